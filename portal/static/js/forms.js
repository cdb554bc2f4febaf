// Forms: one click is one post, the print button prints, the back button reloads the page.
"use strict";

document.documentElement.dataset.script = "on";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  // disabled after the event, so that the pressed button is posted
  else if (!form.hasAttribute("hx-post")) setTimeout(() => { form.dataset.sent = "yes"; });
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// a page from the back button may belong to somebody who has signed out
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
