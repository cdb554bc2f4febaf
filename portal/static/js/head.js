// Head: the counts above the table are true of every row, of those that only the browser knows too.
"use strict";

{
  const SAVED = "全部已保存";
  const rowsToType = () => [...document.querySelectorAll("tr[hx-post]")];
  const wrong = (row) => row.dataset.state === "invalid";
  const lost = (row) => row.dataset.state === "failed" || row.dataset.state === "conflict";
  const saving = (row) => row.dataset.state === "saving";
  const typing = (row) => !wrong(row) && inputOf(row).value.trim() !== row.dataset.value;

  const ABOUT = { "next-error": wrong, "next-unsaved": (row) => lost(row) || typing(row) };

  // a link that leads nowhere is a word
  function say(id, words, row) {
    const link = document.getElementById(id);
    if (!link) return;
    const href = row ? `#item-${row.dataset.code}` : null;
    if (link.textContent !== words) link.textContent = words;
    if (link.getAttribute("href") !== href) {
      if (href) link.setAttribute("href", href);
      else link.removeAttribute("href");
    }
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

  // each click leads to the next such row behind the cell that has the focus
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#next-error, #next-unsaved");
    if (!link || !link.hasAttribute("href")) return;
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
