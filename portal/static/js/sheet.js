// The sheet: each row shows one state, and what the server answered about it.
"use strict";

const WORDS = { saving: "保存中", failed: "未保存" };
const UNREACHABLE = "网络不通，没有保存。";

const rowOf = (element) => element && element.closest("tr[data-code]");
const inputOf = (row) => row.querySelector("td.row__figure input");

// a row says what the browser alone can know: that a save is under way, or did not arrive
function mark(row, state, why) {
  row.dataset.state = state;
  const notice = row.querySelector(".notice");
  notice.dataset.state = state;
  notice.querySelector(".state__word").textContent = WORDS[state];
  notice.querySelectorAll(".state__time, .state__why").forEach((part) => part.remove());
  if (!why) return;
  const line = document.createElement("p");
  line.className = "state__why";
  line.textContent = why;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "choice";
  again.dataset.again = "";
  again.textContent = "再存一次";
  line.append(" ", again);
  notice.append(line);
}

// what the server said of a row goes to the row itself, for styles and for scripts
function take(notice) {
  const row = rowOf(notice);
  if (!row) return;
  row.dataset.state = notice.dataset.state;
  row.dataset.value = notice.dataset.value;
  const input = inputOf(row);
  if (!input) return;
  input.setAttribute("aria-invalid", String(notice.dataset.state === "invalid"));
  // shown back as it is kept, unless somebody has typed on meanwhile
  if (row.dataset.sent === input.value && notice.dataset.state !== "conflict" && !refused(notice)) {
    input.value = notice.dataset.value;
  }
}

const refused = (notice) => Boolean(notice.querySelector(":scope > .state__why"));

const nonce = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

document.addEventListener("htmx:configRequest", (event) => {
  const row = rowOf(event.detail.elt);
  if (!row) return;
  row.dataset.sent = inputOf(row).value;
  event.detail.parameters.nonce = nonce();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const row = rowOf(event.detail.elt);
  if (row) mark(row, "saving");
});

document.addEventListener("htmx:afterSettle", (event) => {
  const row = rowOf(event.detail.elt);
  if (row) take(row.querySelector(".notice"));
});

document.addEventListener("htmx:oobAfterSwap", (event) => {
  const notice = event.detail.target;
  if (notice.classList.contains("notice")) take(document.getElementById(notice.id));
});

document.addEventListener("htmx:responseError", (event) => {
  const row = rowOf(event.detail.elt);
  if (!row) return;
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const refusal = answer.querySelector(".refusal");
  mark(row, "failed", refusal ? refusal.textContent : "没有保存，请再试。");
  if (refusal && refusal.dataset.token) window.portalRenewToken(refusal.dataset.token);
  if (event.detail.xhr.status === 401) window.portalSignInAgain();
});

for (const trouble of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(trouble, (event) => {
    const row = rowOf(event.detail.elt);
    if (row) mark(row, "failed", UNREACHABLE);
  });
}

function saveAgain(row) {
  inputOf(row).dispatchEvent(new Event("change", { bubbles: true }));
}

window.portalSaveFailed = () => document.querySelectorAll("tr[data-state=failed]").forEach(saveAgain);
window.addEventListener("online", window.portalSaveFailed);

// without scripts these buttons post the whole sheet; here they change one row
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.choice");
  if (!button) return;
  event.preventDefault();
  const [code, text] = button.value.split("=");
  const row = document.getElementById(`item-${code || rowOf(button).dataset.code}`);
  const input = inputOf(row);
  if (button.name === "offer") input.value = text;
  if (button.name === "theirs") input.value = row.querySelector(".state").dataset.value;
  saveAgain(row);
  input.focus();
});

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("tr[data-state=failed], tr[data-state=saving]")) event.preventDefault();
});
