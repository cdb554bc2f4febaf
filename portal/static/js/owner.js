// Owner: what this browser keeps belongs to one person, and is gone when they sign out or
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
    } catch (refused) { /* a browser that keeps nothing has nothing to forget */ }
  }

  if (user) forget(true);

  document.addEventListener("submit", (event) => {
    if (event.target.id === "sign-out") leaving = true;
  });

  // not before: whoever is asked about unsaved figures may stay
  window.addEventListener("pagehide", () => { if (leaving) forget(false); });
}
