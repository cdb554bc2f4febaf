// Panel: beside the sheet, what there is to know of the item that has the focus.
"use strict";

{
  const KEY = "portal.panel";
  const SETTLED = 150;
  const desk = document.getElementById("desk");
  const panel = document.getElementById("panel");
  const content = document.getElementById("panel-content");
  const button = document.getElementById("panel-switch");
  const drafts = new Map();
  let shown = null;
  let asked = null;
  let timer = 0;

  const codeOf = (element) => {
    const row = element && element.closest("#sheet-table tr[data-code]");
    return row && row.dataset.code;
  };
  const isOpen = () => !panel.hidden;
  const draft = () => content.querySelector("textarea");

  // a browser that keeps nothing opens the page with the panel closed
  const remembered = () => { try { return localStorage.getItem(KEY) === "open"; } catch (refused) { return false; } };
  const remember = (open) => { try { if (open) localStorage.setItem(KEY, "open"); else localStorage.removeItem(KEY); } catch (refused) { /* as above */ } };

  function set(open) {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) desk.dataset.panel = "open";
    else delete desk.dataset.panel;
  }

  function say(sentence) {
    shown = null;
    const line = document.createElement("p");
    line.className = "quiet";
    line.textContent = sentence;
    content.replaceChildren(line);
  }

  // a note that is being written waits until its item is looked at again
  function keepDraft() {
    if (shown && draft()) drafts.set(shown, draft().value);
  }

  function show(code, text) {
    keepDraft();
    content.innerHTML = text;
    window.htmx.process(content);
    shown = code;
    if (draft() && drafts.get(code)) draft().value = drafts.get(code);
  }

  async function load(code) {
    if (asked) asked.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${panel.dataset.items}/${code}/panel`, { headers: { "HX-Request": "true" }, signal: asked.signal });
      const text = await answer.text();
      if (text.includes('id="item-panel"')) { show(code, text); return; }
      keepDraft();
      say(answer.status === 401 ? "登录已过期，重新登录后再看。" : "没有取到说明，请再试。");
    } catch (error) {
      if (error.name === "AbortError") return;
      keepDraft();
      say("网络不通，没有取到说明。");
    }
  }

  // the rows move when the panel comes or goes, and on a telephone it lies over some of them
  function keepInView() {
    const cell = document.activeElement;
    if (cell.matches("td.row__figure input")) cell.scrollIntoView({ block: "nearest" });
  }

  function follow(code, wait) {
    clearTimeout(timer);
    if (code && isOpen()) timer = setTimeout(load, wait, code);
  }

  function open(code) {
    set(true);
    remember(true);
    keepInView();
    follow(code, 0);
  }

  button.addEventListener("click", () => {
    if (isOpen()) close();
    else open(codeOf(document.activeElement));
  });

  function close() {
    set(false);
    remember(false);
    keepInView();
  }

  document.getElementById("panel-close").addEventListener("click", () => { close(); button.focus(); });

  document.addEventListener("focusin", (event) => {
    if (!event.target.matches("td.row__figure input")) return;
    follow(codeOf(event.target), SETTLED);
    if (isOpen()) keepInView();
  });

  // the code of a row leads to the panel; it must not count as leaving the page
  window.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a.row__about");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    open(codeOf(link));
  }, true);

  // what a save changed is told where it is being looked at
  document.addEventListener("htmx:afterRequest", (event) => {
    if (codeOf(event.detail.elt) === shown && shown) follow(shown, SETTLED);
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== "item-panel" || !event.detail.requestConfig || event.detail.requestConfig.verb !== "post") return;
    if (event.detail.xhr.status < 400) drafts.delete(shown);
  });

  // from cell to cell with Tab: the codes are reached by the panel that follows
  document.querySelectorAll("a.row__about").forEach((link) => { link.tabIndex = -1; });
  set(remembered());
}
