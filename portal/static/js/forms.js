// Forms: one click is one post, the print button prints, and a page from the back button is fresh.
"use strict";

document.documentElement.dataset.script = "on";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  // after the event, so that the pressed button is still among the fields
  else if (!form.hasAttribute("hx-post")) setTimeout(() => { form.dataset.sent = "yes"; });
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// what the back button brings may belong to somebody who has signed out
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
