// Owner: what this browser stores belongs to one person, and is deleted when they sign out or
// somebody else signs in.
"use strict";

{
  const PENDING = "portal.pending ";
  const user = document.body.dataset.user;
  let leaving = false;

  function forget(others) {
    try {
      Object.keys(localStorage)
        .filter((key) => key.startsWith(PENDING) && !(others && key.startsWith(`${PENDING}${user} `)))
        .forEach((key) => localStorage.removeItem(key));
    } catch (refused) { /* without storage there is nothing to delete */ }
  }

  if (user) forget(true);

  document.addEventListener("submit", (event) => {
    if (event.target.id === "sign-out") leaving = true;
  });

  // not earlier: somebody asked about unsaved figures may stay on the page
  window.addEventListener("pagehide", () => { if (leaving) forget(false); });
}
