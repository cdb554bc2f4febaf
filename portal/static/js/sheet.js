// The sheet: each row shows one state, and what the server answered about it.
"use strict";

// what its siblings ask of a row, and which saves are under way
const sheetRows = (() => {
  const WORDS = { saving: "保存中", failed: "未保存" };
  const NOT_SAVED = "没有保存，请再试。";
  const UNREACHABLE = {
    "htmx:sendError": "网络不通，没有保存；网络恢复后会自动再存。",
    "htmx:timeout": "系统没有回应，不知道是否已保存；会自动再存，不会重复。",
  };

  // milliseconds until a save that did not arrive is tried again, at first and at most
  const SOON = 5000;
  const LATE = 60000;

  const rowOf = (element) => element && element.closest("tr[data-code]");
  const inputOf = (row) => row.querySelector("td.row__figure input");
  const noticeOf = (row) => row.querySelector(".notice");

  // how many saves of a row are queued or under way
  const waiting = new Map();

  // a row says what the browser alone can know: that a save is under way, or did not arrive
  function mark(row, state, why) {
    const notice = noticeOf(row);
    row.dataset.state = notice.dataset.state = state;
    notice.querySelector(".state__word").textContent = WORDS[state];
    notice.querySelectorAll(".state__time, .state__why").forEach((part) => part.remove());
    if (why) notice.append(reasonWithButton(why));
  }

  function reasonWithButton(why) {
    const line = document.createElement("p");
    line.className = "state__why";
    line.textContent = `${why} `;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "choice";
    again.name = "again";
    again.textContent = "再存一次";
    line.append(again);
    return line;
  }

  // what the server said of a row goes to the row itself, for styles and for scripts
  function take(row, sent) {
    const notice = noticeOf(row);
    const { state, value } = notice.dataset;
    row.dataset.state = state;
    row.dataset.value = value;
    const input = inputOf(row);
    if (!input) return;
    input.setAttribute("aria-invalid", String(state === "invalid"));
    input.readOnly = state === "locked";
    // shown back as it is kept, unless it was refused or somebody has typed on meanwhile
    if (!refused(notice) && input.value === sent && sent !== value) input.value = value;
  }

  const refused = (notice) => Boolean(notice.querySelector(":scope > .state__why"));

  // why the server did not take a text, without the buttons that stand behind it
  function refusal(notice) {
    const line = notice.querySelector(":scope > .state__why");
    return line ? line.firstChild.textContent.trim() : "";
  }

  // a row whose text is not what the server keeps
  const unsaved = (row) => waiting.has(row) || refused(noticeOf(row)) || (inputOf(row) && inputOf(row).value.trim() !== row.dataset.value);

  // a row that was locked meanwhile has no version any more
  const versionOf = (row) => { const field = row.querySelector("input[name$='.version']"); return field ? field.value : ""; };

  document.addEventListener("change", (event) => {
    const row = rowOf(event.target);
    if (!row || !row.hasAttribute("hx-post")) return;
    pending.typed(row.dataset.code, inputOf(row).value, versionOf(row));
    waiting.set(row, (waiting.get(row) || 0) + 1);
    mark(row, "saving");
  }, true);

  document.addEventListener("htmx:configRequest", (event) => {
    const row = rowOf(event.detail.elt);
    if (!row) return;
    const { code } = row.dataset;
    const going = pending.going(code, versionOf(row));
    Object.assign(event.detail.parameters, { [code]: going.text, [`${code}.version`]: going.version, nonce: going.nonce });
  });

  // an answer that is none of the portal's (of a proxy, a sign-in page) must not replace a row
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = rowOf(event.detail.target);
    if (!row || !event.detail.shouldSwap || event.detail.serverResponse.includes(`id="state-${row.dataset.code}"`)) return;
    event.detail.shouldSwap = false;
    event.detail.isError = true;
  });

  // other rows hear what follows from a save, but not over a text of their own that is not kept yet
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const row = rowOf(event.detail.target);
    if (row && event.detail.target.matches(".notice") && inputOf(row) && (waiting.has(row) || refused(noticeOf(row)))) event.detail.shouldSwap = false;
  });

  document.addEventListener("htmx:oobAfterSwap", (event) => {
    const { target, shouldSwap } = event.detail;
    if (shouldSwap && target.matches(".notice")) take(rowOf(document.getElementById(target.id)));
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const row = rowOf(event.detail.elt);
    if (!row) return;
    const left = waiting.get(row) - 1;
    if (left > 0) waiting.set(row, left);
    else waiting.delete(row);
    if (!event.detail.failed && event.detail.xhr.status) {
      take(row, event.detail.requestConfig.parameters[row.dataset.code]);
      const { code } = row.dataset;
      const why = refusal(noticeOf(row));
      if (why) pending.refuse(code, versionOf(row), why);
      else pending.answered(code, versionOf(row));
      patience = SOON;
      // a try of before went out first; what stands in the cell follows it
      if (left <= 0 && pending.of(code) && !pending.isRefused(code)) save(row);
    }
    if (left > 0) mark(row, "saving");
  });

  document.addEventListener("htmx:responseError", (event) => {
    const row = rowOf(event.detail.elt);
    if (!row) return;
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const refusal = answer.querySelector(".refusal");
    mark(row, "failed", refusal ? refusal.textContent : NOT_SAVED);
    if (refusal && refusal.dataset.token) window.portalRenewToken(refusal.dataset.token);
    // 400: this browser signed in anew in another window, perhaps as somebody else
    if ([400, 401].includes(event.detail.xhr.status)) window.portalSignInAgain();
    if (event.detail.xhr.status >= 500 || event.detail.xhr.status < 400) tryLater();
  });

  for (const [trouble, why] of Object.entries(UNREACHABLE)) {
    document.addEventListener(trouble, (event) => {
      const row = rowOf(event.detail.elt);
      if (!row) return;
      mark(row, "failed", why);
      tryLater();
    });
  }

  function save(row) {
    inputOf(row).dispatchEvent(new Event("change", { bubbles: true }));
  }

  // what did not arrive goes out again in the order in which it was typed
  function saveFailed() {
    for (const code of pending.inOrder()) {
      const row = document.getElementById(`item-${code}`);
      if (row && row.dataset.state === "failed") save(row);
    }
  }

  let patience = SOON;
  let later = 0;

  // without a network the browser itself says when it is back, without a session the dialog does
  function tryLater() {
    if (later || !navigator.onLine) return;
    later = setTimeout(() => {
      later = 0;
      patience = Math.min(2 * patience, LATE);
      if (!document.querySelector("dialog[open]")) document.dispatchEvent(new Event("portal:again"));
    }, patience);
  }

  window.addEventListener("online", () => document.dispatchEvent(new Event("portal:again")));
  document.addEventListener("portal:again", saveFailed);

  // what waits from an earlier page: into its cell and out to the server, or told of where the
  // report takes nothing any more
  function resume() {
    pending.restore();
    const lost = [];
    for (const code of pending.inOrder()) {
      const row = document.getElementById(`item-${code}`);
      const entry = pending.of(code);
      const text = entry.next === undefined ? entry.text : entry.next;
      if (row && row.hasAttribute("hx-post")) {
        inputOf(row).value = text;
        save(row);
      } else {
        if (row && row.dataset.value !== text) lost.push(`${code} ${text || "空白"}`);
        pending.drop(code);
      }
    }
    if (lost.length) tellLost(lost);
  }

  function tellLost(lost) {
    const line = document.createElement("p");
    line.className = "refusal";
    line.setAttribute("role", "alert");
    line.textContent = `上次填的这些数没有保存，报表现在不能修改：${lost.join("，")}。`;
    document.getElementById("bar").before(line);
  }

  document.addEventListener("DOMContentLoaded", resume);

  // without scripts these buttons post the whole sheet; here they change one row
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.choice");
    if (!button) return;
    event.preventDefault();
    const [code, text] = button.name === "offer" ? button.value.split("=") : [rowOf(button).dataset.code];
    const row = document.getElementById(`item-${code}`);
    const input = inputOf(row);
    if (button.name === "offer") input.value = text;
    if (button.name === "theirs") input.value = row.dataset.value;
    input.focus();
    save(row);
  });

  return { rowOf, inputOf, noticeOf, waiting, mark, take, refused, refusal, unsaved };
})();
