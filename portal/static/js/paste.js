// Paste: sends a block copied from a spreadsheet in one request, which can be undone.
"use strict";

{
  const { rowOf, inputOf, noticeOf, waiting, mark, take, refused, refusal } = sheetRows;

  const pasteBlock = document.getElementById("paste-block");
  const pasteResult = () => document.getElementById("paste-result");
  const isFigure = (cell) => cell.matches && cell.matches("td.row__figure input");

  // milliseconds until a server that does not answer is given up
  const PATIENCE = 20000;

  // the cells typed in since the last paste: what stands there is newer than what was pasted
  const typedSince = new Set();
  let composing = false;
  let pasteUnderWay = 0;
  let undoNext = false;
  let lastPost = null;
  let lastBlock = null;
  let lastFailed = false;

  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => { composing = false; });
  document.addEventListener("input", (event) => { if (isFigure(event.target)) typedSince.add(event.target); });

  // what is sent waits in the queue of the sheet, after the rows that were saved before
  function postBlock(path, values, doing) {
    lastPost = [path, values, doing];
    lastFailed = false;
    pasteUnderWay += 1;
    waiting.set(pasteBlock, pasteUnderWay);
    tell(doing);
    // what went wrong is told by the events below
    htmx.ajax("POST", path, { source: pasteBlock, target: "#paste-result", swap: "outerHTML", values }).catch(() => {});
  }

  function paste(block, start, reading = "") {
    typedSince.clear();
    undoNext = false;
    lastBlock = [block, start];
    postBlock(pasteBlock.dataset.paste, { block, start, reading }, "正在粘贴……");
  }

  function undoPaste() {
    const form = document.getElementById("undo-paste");
    if (form) postBlock(form.getAttribute("action"), Object.fromEntries(new FormData(form)), "正在撤销……");
  }

  function tell(sentence, again) {
    const line = document.createElement("p");
    line.textContent = sentence;
    if (again) line.append(" ", button("again-paste", "再试一次"));
    pasteResult().replaceChildren(line);
    pasteResult().hidden = false;
  }

  function button(name, word) {
    const made = document.createElement("button");
    made.type = "button";
    made.name = name;
    made.textContent = word;
    return made;
  }

  document.addEventListener("paste", (event) => {
    const cell = event.target;
    if (!pasteBlock || composing || !isFigure(cell) || cell.readOnly) return;
    // a single cell copied from a spreadsheet ends with a line break and is one figure
    const block = event.clipboardData.getData("text/plain").replace(/[\r\n]+$/, "");
    if (!/[\t\r\n]/.test(block)) return;
    event.preventDefault();
    paste(block, cell.name);
  });

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("#paste, #paste-result button");
    if (!pressed || !pasteBlock) return;
    event.preventDefault();
    if (pressed.id === "paste") paste(document.getElementById("paste-text").value, document.getElementById("paste-start").value);
    if (pressed.closest("#undo-paste")) undoPaste();
    if (pressed.name === "reading") paste(...lastBlock, pressed.value);
    if (pressed.name === "again-paste") postBlock(...lastPost);
    // what the block's heading says was asked about: the same block goes once more, with the answer
    if (pressed.name === "answer") postBlock(lastPost[0], { ...lastPost[1], answer: pressed.value }, lastPost[2]);
    if (pressed.name === "close-paste") pasteResult().hidden = true;
  });

  // a button of the panel that is pressed with the mouse leaves the focus in its cell
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("#paste-result button")) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!isFigure(cell) || event.isComposing || event.key.toLowerCase() !== "z") return;
    if (!event.ctrlKey && !event.metaKey || event.shiftKey || event.altKey) return;
    // after typing, the browser takes back what was typed
    if (typedSince.has(cell) || pasteResult().hidden) return;
    if (!pasteUnderWay && !document.getElementById("undo-paste")) return;
    event.preventDefault();
    if (pasteUnderWay) undoNext = true;
    else undoPaste();
  });

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt === pasteBlock) event.detail.timeout = PATIENCE;
  });

  // a row that the block changed shows its figure, unless somebody has typed on meanwhile
  function takePasted(row) {
    const input = inputOf(row);
    const newer = typedSince.has(input) || waiting.has(row);
    take(row, newer ? null : input.value);
    if (!refused(noticeOf(row)) && pending.isRefused(row.dataset.code)) pending.drop(row.dataset.code);
    if (waiting.has(row)) mark(row, "saving");
  }

  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target.matches(".state")) takePasted(rowOf(document.getElementById(event.detail.target.id)));
  });

  // a refused figure stands in its cell, where it can be mended
  function showRefused() {
    pasteResult().querySelectorAll("li[data-code]").forEach((line) => {
      const input = document.getElementById(line.dataset.code);
      if (typedSince.has(input)) return;
      input.value = line.dataset.text;
      pending.refusePasted(line.dataset.code, line.dataset.text, refusal(noticeOf(rowOf(input))));
    });
  }

  // an answer that is none of the portal's must not replace the panel
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.elt !== pasteBlock && event.detail.target.id !== "paste-result") return;
    if (!event.detail.shouldSwap || event.detail.serverResponse.includes('id="paste-result"')) return;
    event.detail.shouldSwap = false;
    event.detail.isError = true;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== pasteBlock) return;
    pasteUnderWay -= 1;
    if (pasteUnderWay) waiting.set(pasteBlock, pasteUnderWay);
    else waiting.delete(pasteBlock);
    showRefused();
    const panel = pasteResult();
    document.documentElement.toggleAttribute("data-pasted", !panel.hidden);
    // the button that was pressed with a key is gone
    if (document.activeElement === document.body) panel.focus();
    // the panel must not cover the cell that has the focus
    else document.activeElement.scrollIntoView({ block: "nearest" });
    if (!pasteUnderWay && undoNext) {
      undoNext = false;
      undoPaste();
    }
  });

  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.elt !== pasteBlock) return;
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const refusal = answer.querySelector(".refusal");
    lastFailed = true;
    tell(refusal ? refusal.textContent : NOT_SAVED, true);
    if (refusal && refusal.dataset.token) window.portalRenewToken(refusal.dataset.token);
    if ([400, 401].includes(event.detail.xhr.status)) window.portalSignInAgain();
  });

  for (const trouble of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(trouble, (event) => {
      if (event.detail.elt !== pasteBlock) return;
      lastFailed = true;
      tell("网络不通或系统没有回应，不知道是否已粘贴；网络恢复后会自动再试，不会重复。", true);
    });
  }

  document.addEventListener("portal:again", () => { if (lastFailed && !pasteUnderWay) postBlock(...lastPost); });
}
