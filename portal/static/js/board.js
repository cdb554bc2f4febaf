// Board: shows a line when the status board can no longer refresh itself.
"use strict";

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.id !== "board") return;
  const { successful, xhr } = event.detail;
  const why = xhr.status === 401 ? "登录已过期，请刷新页面重新登录。" : "暂时连不上系统，恢复后会继续刷新。";
  document.getElementById("board-trouble").textContent = successful ? "" : `进度不再自动刷新：${why}`;
});
