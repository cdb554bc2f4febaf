// Words: shows under an amount's box the typed amount in words and in yuan.
"use strict";

{
  const SETTLED_MS = 200;
  let asked = null;
  let timer = 0;

  const isMoney = (cell) => cell.matches("td.row__figure input[inputmode=decimal]");
  const lineOf = (cell) => cell.parentElement.querySelector(".row__words");

  async function ask(cell) {
    if (asked) asked.abort();
    asked = new AbortController();
    const line = lineOf(cell);
    if (!line) return;
    const address = `${cell.closest("tr").dataset.save}/words?${new URLSearchParams({ text: cell.value })}`;
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: asked.signal });
      const said = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(`words-${cell.id}`);
      line.textContent = said ? said.textContent : "";
    } catch (error) {
      if (error.name !== "AbortError") line.textContent = "";
    }
  }

  function askSoon(cell, wait) {
    clearTimeout(timer);
    timer = setTimeout(ask, wait, cell);
  }

  document.addEventListener("focusin", (event) => {
    const cell = event.target;
    if (!isMoney(cell) || lineOf(cell)) return;
    const line = document.createElement("p");
    line.className = "row__words";
    line.setAttribute("aria-live", "polite");
    cell.after(line);
    if (cell.value.trim()) askSoon(cell, SETTLED_MS);
  });

  document.addEventListener("input", (event) => {
    if (isMoney(event.target)) askSoon(event.target, SETTLED_MS);
  });

  document.addEventListener("focusout", (event) => {
    const line = isMoney(event.target) && lineOf(event.target);
    if (line) line.remove();
  });
}
