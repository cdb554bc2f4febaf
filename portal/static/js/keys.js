// Keys: Enter and the arrows move between figures in the paper's order, as in a spreadsheet.
"use strict";

const cells = () => [...document.querySelectorAll("td.row__figure input")];

function go(cell) {
  if (!cell) return;
  cell.focus();
  cell.select();
}

const step = (cell, by) => { const all = cells(); return all[all.indexOf(cell) + by]; };

// the other figure of a pair stands in the neighbouring row of the same group
const partner = (cell) => [...cell.closest("tbody").querySelectorAll("td.row__figure input")].find((other) => other !== cell);

function restore(cell) {
  cell.value = cell.closest("tr").dataset.value;
  cell.select();
}

const atStart = (cell) => cell.selectionEnd === 0;
const atEnd = (cell) => cell.selectionStart === cell.value.length;

const MOVES = {
  Enter: (cell) => go(step(cell, 1)),
  ArrowDown: (cell) => go(step(cell, 1)),
  ArrowUp: (cell) => go(step(cell, -1)),
  Escape: restore,
};

document.addEventListener("keydown", (event) => {
  const cell = event.target;
  // while an input method composes, every key belongs to it
  if (!cell.matches || !cell.matches("td.row__figure input") || event.isComposing || event.keyCode === 229) return;
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
