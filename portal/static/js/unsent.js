// Unsent: lists before 上报 the texts that this browser has and the server does not.
"use strict";

{
  const section = document.getElementById("unsent");
  const list = document.getElementById("unsent-list");
  const { report } = document.querySelector("[data-report]").dataset;

  function line(code) {
    const entry = pending.of(code);
    const text = entry.next === undefined ? entry.text : entry.next;
    const made = document.createElement("li");
    made.dataset.unsent = code;
    made.append(`${code} 您填的“${text || "空白"}”没有保存。${entry.next === undefined && entry.why || ""} `, way(code), " ", giveUp(code));
    return made;
  }

  function way(code) {
    const link = document.createElement("a");
    link.href = `${report}#item-${code}`;
    link.textContent = `去改 ${code}`;
    return link;
  }

  function giveUp(code) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "choice";
    button.name = "give-up";
    button.value = code;
    button.textContent = "放弃";
    return button;
  }

  function tell() {
    const codes = pending.inOrder();
    list.replaceChildren(...codes.map(line));
    document.getElementById("unsent-title").textContent = `没有保存的填写（${codes.length}）`;
    section.hidden = !codes.length;
    // the page must not say "ready" while a text is unsaved
    const good = document.querySelector("#said .good");
    if (good) good.hidden = Boolean(codes.length);
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[name=give-up]");
    if (!button) return;
    pending.drop(button.value);
    tell();
    (list.querySelector("button") || document.querySelector("main")).focus();
  });

  // submitting and 补“0” are blocked while a typed text is neither saved nor given up
  document.addEventListener("submit", (event) => {
    if (section.hidden || !event.target.closest("[data-report]") || event.target.hasAttribute("hx-post")) return;
    event.preventDefault();
    event.stopPropagation();
    section.scrollIntoView();
    section.focus();
  }, true);

  pending.restore();
  tell();
}
