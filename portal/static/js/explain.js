// Explaining: saves an explanation when its line is left, and asks before unsaved text is lost.
"use strict";

{
  const underWay = new Set();
  const failed = new Set();
  let afterwards = null;
  let goOn = false;
  let leaving = false;

  const forms = () => [...document.querySelectorAll("form.explain")];
  const isWhole = ({ elements }) => elements.reason.value && elements.words.value.trim();
  // one text for several ticked items is saved by its button only, not by leaving the line
  const ONE = "form.explain[hx-post]";
  const isWritten = ({ elements }) => {
    const chosen = elements.reason.selectedOptions[0];
    return elements.words.value !== elements.words.defaultValue || Boolean(chosen.value) && !chosen.defaultSelected;
  };
  const isOpen = (form) => isWritten(form) || form.closest("[data-refused]");

  function save(form) {
    if (!underWay.has(form)) form.querySelector("button").click();
  }

  document.addEventListener("focusout", (event) => {
    const form = event.target.closest(ONE);
    if (!form || form.contains(event.relatedTarget) || document.querySelector("dialog[open]")) return;
    if (isWritten(form) && isWhole(form)) save(form);
  });

  // other forms wait for running saves; an explanation that cannot be saved is shown
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches(ONE)) return;
    const open = forms().find((each) => each !== form && isOpen(each));
    if (form.hasAttribute("hx-post") || !underWay.size && !open) { leaving = !form.hasAttribute("hx-post"); return; }
    event.preventDefault();
    event.stopPropagation();
    if (underWay.size) afterwards = event.submitter;
    else open.elements.words.focus();
  }, true);

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches("form.explain")) return;
    if (underWay.has(form)) { event.preventDefault(); return; }
    underWay.add(form);
    failed.delete(form);
    goOn = form.contains(document.activeElement);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    // the answer has replaced the form itself
    const form = event.detail.requestConfig && event.detail.requestConfig.elt;
    if (!underWay.delete(form)) return;
    if (event.detail.failed || !event.detail.xhr.status) return;
    if (!afterwards || underWay.size) { if (goOn) next(event.detail.target.id); return; }
    const pressed = afterwards;
    afterwards = null;
    pressed.click();
  });

  // focus moves to the next query, or back to the refused one, as between rows of the sheet
  function next(id) {
    goOn = false;
    const queries = [...document.querySelectorAll("article.query[data-issue]")];
    const here = document.getElementById(id);
    const refused = here && (here.matches("[data-refused]") ? here : here.querySelector("[data-refused]"));
    const after = queries.slice(queries.indexOf(here) + 1);
    const to = refused || after.find((query) => !query.hasAttribute("data-explained"));
    const field = to && to.querySelector(refused ? "[name=words]" : "select");
    if (field) field.focus();
  }

  function tell(form, sentence) {
    failed.add(form);
    afterwards = null;
    let line = form.parentElement.querySelector(".explain__why");
    if (!line) {
      line = document.createElement("p");
      line.className = "refusal explain__why";
      line.setAttribute("role", "alert");
      form.before(line);
    }
    line.textContent = sentence;
  }

  document.addEventListener("htmx:responseError", (event) => {
    const form = event.detail.elt;
    if (!form.matches("form.explain")) return;
    const { status, responseText } = event.detail.xhr;
    const refusal = new DOMParser().parseFromString(responseText, "text/html").querySelector(".refusal");
    tell(form, refusal ? refusal.textContent : "说明没有保存，请再试。");
    if (refusal && refusal.dataset.token) window.portalRenewToken(refusal.dataset.token);
    if ([400, 401].includes(status)) window.portalSignInAgain();
  });

  for (const trouble of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(trouble, (event) => {
      if (event.detail.elt.matches("form.explain")) tell(event.detail.elt, "网络不通，说明没有保存；网络恢复后会自动再存。");
    });
  }

  const saveFailed = () => [...failed].filter((form) => form.isConnected).forEach(save);
  window.addEventListener("online", saveFailed);
  document.addEventListener("portal:again", saveFailed);

  window.addEventListener("beforeunload", (event) => {
    if (leaving || !underWay.size && !forms().some(isOpen)) return;
    event.preventDefault();
    event.returnValue = ""; // browsers before 2024 need this to ask
  });
}
