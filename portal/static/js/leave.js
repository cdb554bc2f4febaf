// Leaving: saves the last typed cell before the page is left, and asks before text is lost.
"use strict";

{
  const { inputOf, waiting, unsaved } = sheetRows;

  let afterwards = null;
  let posted = false;

  const leafRows = () => [...document.querySelectorAll("tr[hx-post]")];

  // pressing a button leaves the focus in its cell: else the cell's save could replace the button
  // between the press and the click
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("#bar a, #bar button, button.choice")) event.preventDefault();
  });

  function saveFirst(event, pressed) {
    const cell = document.activeElement;
    if (cell.closest("td.row__figure")) cell.blur();
    if (!waiting.size) return;
    event.preventDefault();
    event.stopPropagation();
    afterwards = pressed;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.getAttribute("href").startsWith("#")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    saveFirst(event, link);
  }, true);

  // the buttons of the bar post the sheet where there are no scripts: here its rows save themselves
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const pressed = event.submitter;
    const ofBar = pressed && pressed.closest("#bar");
    if (form.hasAttribute("hx-post")) return;
    if (form.id !== "sheet" || ofBar) saveFirst(event, pressed);
    if (event.defaultPrevented) return;
    if (ofBar && pressed.dataset.page) {
      event.preventDefault();
      event.stopPropagation();
      location.assign(pressed.dataset.page);
    } else if (form.id === "sheet") posted = true;
  }, true);

  document.addEventListener("htmx:afterRequest", () => {
    if (!afterwards || waiting.size) return;
    const pressed = afterwards;
    afterwards = null;
    const open = leafRows().find(unsaved);
    if (open) inputOf(open).focus();
    else again(pressed);
  });

  // a save may have drawn the buttons anew
  function again(pressed) {
    const there = pressed.isConnected ? pressed : document.getElementById(pressed.id);
    if (there) there.click();
  }

  window.addEventListener("beforeunload", (event) => {
    if (posted || !leafRows().some((row) => unsaved(row) && !pending.isKept(row.dataset.code))) return;
    event.preventDefault();
    event.returnValue = ""; // browsers before 2024 ask only for this
  });
}
