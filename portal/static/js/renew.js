// Renewing: signs in again inside the page after a session ended, then sends the waiting saves.
"use strict";

window.portalRenewToken = (token) => {
  document.querySelectorAll("input[name=csrf_token]").forEach((field) => { field.value = token; });
};

window.portalSignInAgain = () => {
  const dialog = document.getElementById("sign-in-again");
  if (!dialog.open) dialog.showModal();
};

document.addEventListener("htmx:afterSettle", () => {
  const signedIn = document.getElementById("signed-in");
  if (!signedIn) return;
  // another person must not continue on this page
  if (signedIn.dataset.user !== document.body.dataset.user) { window.location.reload(); return; }
  window.portalRenewToken(signedIn.dataset.token);
  signedIn.remove();
  document.getElementById("sign-in-again").close();
  document.dispatchEvent(new Event("portal:again"));
});

document.addEventListener("htmx:responseError", (event) => {
  if (!event.detail.elt.closest("#sign-in-again")) return;
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").querySelector(".refusal");
  if (!answer) return;
  if (answer.dataset.token) window.portalRenewToken(answer.dataset.token);
  document.getElementById("sign-in-answer").textContent = answer.textContent;
});
