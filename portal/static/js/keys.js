// Keys: Enter and the arrows move between figures in the paper's order, as in a spreadsheet.
"use strict";

{
  // a row that the filter hides is passed over
  const cells = () => [...document.querySelectorAll("td.row__figure input:not([type=hidden])")].filter((cell) => !cell.closest("[hidden]"));

  function go(cell) {
    if (!cell) return;
    cell.focus();
    cell.select();
  }

  const step = (cell, by) => { const all = cells(); return all[all.indexOf(cell) + by]; };

  // the other figure of a pair stands in the neighbouring row of the same group
  const partner = (cell) => [...cell.closest("tbody").querySelectorAll("td.row__figure input")].find((other) => other !== cell);

  // a refused text that is given up is saved as what is stored, so that the row says so again
  function restore(cell) {
    const row = cell.closest("tr");
    const refusedOne = ["invalid", "conflict", "failed"].includes(row.dataset.state) && cell.value !== row.dataset.value;
    cell.value = row.dataset.value;
    cell.select();
    if (refusedOne) cell.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function next(cell) {
    const after = step(cell, 1);
    if (after) { go(after); return; }
    // leaving the last cell, and coming back, saves it
    cell.blur();
    go(cell);
  }

  const atStart = (cell) => cell.selectionEnd === 0;
  const atEnd = (cell) => cell.selectionStart === cell.value.length;

  const isCell = (element) => element.matches && element.matches("td.row__figure input");
  const isSelected = (cell) => cell.value && cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
  const caretToEnd = (cell) => cell.setSelectionRange(cell.value.length, cell.value.length);

  // the first click into a cell selects its content, as in a spreadsheet; the second one places the caret
  let clicked = null;
  let selecting = null;

  document.addEventListener("mousedown", (event) => {
    const cell = event.target;
    selecting = null;
    if (!isCell(cell) || event.button || event.shiftKey || cell === clicked) return;
    if (document.activeElement !== cell) selecting = cell;
    else if (isSelected(cell)) {
      // it was reached by a key: the browser would take the selection away when the button is let go
      event.preventDefault();
      clicked = cell;
    }
  });

  // what was dragged over stays selected as it is
  document.addEventListener("click", (event) => {
    if (!selecting || event.target !== selecting) return;
    clicked = selecting;
    selecting = null;
    if (clicked.selectionStart === clicked.selectionEnd) clicked.select();
  });

  document.addEventListener("focusout", () => { clicked = null; });

  const MOVES = {
    Enter: next,
    F2: caretToEnd,
    ArrowDown: next,
    ArrowUp: (cell) => go(step(cell, -1)),
    Escape: restore,
  };

  // a link to a row leads into its cell
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#item-']");
    const cell = link && document.querySelector(`${link.hash} td.row__figure input`);
    if (cell) setTimeout(() => go(cell));
  });

  document.addEventListener("keydown", (event) => {
    const cell = event.target;
    // while an input method composes, every key belongs to it
    if (!isCell(cell) || event.isComposing || event.keyCode === 229) return;
    if (event.altKey || event.metaKey) return;
    let move = event.ctrlKey ? null : MOVES[event.key];
    if (event.ctrlKey && event.key === "Home") move = () => go(cells()[0]);
    if (event.ctrlKey && event.key === "End") move = () => go(cells().pop());
    if (event.key === "ArrowLeft" && atStart(cell) || event.key === "ArrowRight" && atEnd(cell)) {
      const other = partner(cell);
      if (other && !event.shiftKey && !event.ctrlKey) move = () => go(other);
    }
    if (!move) return;
    event.preventDefault();
    move(cell);
  });
}
