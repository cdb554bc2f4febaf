// Head: adds to the counts above the table the rows whose state only the browser knows.
"use strict";

{
  const { rowOf, inputOf, noticeOf, refused } = sheetRows;
  const SAVED = "全部已保存";
  const rowsToType = () => [...document.querySelectorAll("tr[hx-post]")];
  const wrong = (row) => row.dataset.state === "invalid";
  const lost = (row) => row.dataset.state === "failed" || row.dataset.state === "conflict";
  const saving = (row) => row.dataset.state === "saving";
  const typing = (row) => !wrong(row) && inputOf(row).value.trim() !== row.dataset.value;

  const ABOUT = { "next-error": wrong, "next-unsaved": (row) => lost(row) || typing(row) };

  // a count of 0 is no link
  function say(id, words, row) {
    const shown = document.getElementById(id);
    if (!shown) return;
    const place = shown.matches("a") === Boolean(row) ? shown : document.createElement(row ? "a" : "span");
    if (place !== shown) {
      place.id = id;
      place.className = shown.className;
      shown.replaceWith(place);
    }
    if (place.textContent !== words) place.textContent = words;
    if (row) place.setAttribute("href", `#item-${row.dataset.code}`);
  }

  function tellHead() {
    const rows = rowsToType();
    if (!rows.length) return;
    const errors = rows.filter(wrong);
    const unsaved = rows.filter(ABOUT["next-unsaved"]);
    say("next-error", `有误 ${errors.length}`, errors[0]);
    say("next-unsaved", unsavedWords(rows, unsaved.length), unsaved[0]);
    document.getElementById("progress").toggleAttribute("data-lost", unsaved.some(lost));
  }

  function unsavedWords(rows, unsaved) {
    if (unsaved) return `未保存 ${unsaved}`;
    if (rows.some(saving)) return "正在保存";
    const isSaved = document.getElementById("progress").hasAttribute("data-saved");
    return isSaved && !rows.some((row) => refused(noticeOf(row))) ? SAVED : "";
  }

  // each click leads to the next such row after the focused cell
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a#next-error, a#next-unsaved");
    if (!link) return;
    const rows = rowsToType();
    const here = rows.indexOf(rowOf(document.activeElement));
    const ahead = [...rows.slice(here + 1), ...rows.slice(0, here + 1)];
    const row = ahead.find(ABOUT[link.id]);
    if (row) link.setAttribute("href", `#item-${row.dataset.code}`);
  }, true);

  const watch = new MutationObserver(tellHead);
  watch.observe(document.getElementById("sheet-table"), { subtree: true, attributes: true, attributeFilter: ["data-state", "data-value"] });
  watch.observe(document.getElementById("bar"), { subtree: true, childList: true });
  document.addEventListener("input", tellHead);
  document.addEventListener("DOMContentLoaded", tellHead);
}
