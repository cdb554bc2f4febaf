// Panel: shows beside the sheet the panel of the item that has the focus.
"use strict";

{
  const KEY = "portal.panel";
  const SETTLED_MS = 150;
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

  // without storage the page opens with the panel closed
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

  // an unfinished note is kept until its item is shown again
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

  // rows move when the panel opens or closes, and on a phone it covers some of them
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
    follow(codeOf(event.target), SETTLED_MS);
    if (isOpen()) keepInView();
  });

  // the code of a row opens the panel; that must not count as leaving the page
  window.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a.row__about");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    open(codeOf(link));
  }, true);

  // a save of the shown item refreshes the panel
  document.addEventListener("htmx:afterRequest", (event) => {
    if (codeOf(event.detail.elt) === shown && shown) follow(shown, SETTLED_MS);
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== "item-panel" || !event.detail.requestConfig || event.detail.requestConfig.verb !== "post") return;
    if (event.detail.xhr.status < 400) drafts.delete(shown);
  });

  // Tab moves from cell to cell: the codes leave the tab order while the panel follows the focus
  document.querySelectorAll("a.row__about").forEach((link) => { link.tabIndex = -1; });
  set(remembered());
}
