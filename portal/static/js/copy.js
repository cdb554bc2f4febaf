// Copying: a button copies the text of the element that it names, or selects it.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  if (source.select) source.select();
  else window.getSelection().selectAllChildren(source);
  try {
    // plain http has no clipboard: the text stays selected, to be copied by hand
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    button.textContent = "已复制";
  } catch {
    button.textContent = document.execCommand("copy") ? "已复制" : "请按 Ctrl+C";
  }
});
