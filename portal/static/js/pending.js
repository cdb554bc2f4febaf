// Pending: stores typed texts in this browser, by person and report, until the server
// has answered. They survive a reload, and are deleted when their person signs out.
"use strict";

// of each item the try that the server may have seen (`sent`), and the text typed after it (`next`);
// a text that the server did not take (`refused`, and `why`) is kept until it is mended or given up
const pending = (() => {
  const KEY = "portal.pending";
  // by the report and not by the page: a posted sheet answers under an address of its own
  const here = `${KEY} ${document.body.dataset.user} ${document.querySelector("[data-report]").dataset.report} `;

  // a browser that keeps nothing still keeps it as long as the page is open
  const shelf = (() => {
    try { localStorage.getItem(KEY); return localStorage; } catch (refused) { return null; }
  })();
  const inPage = new Map();

  const nonce = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  return {
    last: 0,

    of(code) { return inPage.get(code); },

    keep(code, entry) {
      inPage.set(code, entry);
      try { if (shelf) shelf.setItem(here + code, JSON.stringify(entry)); } catch (full) { /* the page keeps it */ }
    },

    drop(code) {
      inPage.delete(code);
      if (shelf) shelf.removeItem(here + code);
    },

    // somebody left a cell: a try whose fate is unknown goes first, with its own text and nonce
    typed(code, text, version) {
      const entry = this.of(code);
      if (entry && entry.sent && !entry.refused) this.keep(code, { ...entry, next: text === entry.text ? undefined : text });
      else this.keep(code, { text, version, nonce: nonce(), order: entry ? entry.order : this.turn() });
    },

    turn() {
      this.last = Math.max(this.last + 1, Date.now());
      return this.last;
    },

    // the fields of the save that goes out now; a new one goes with the version that the row shows
    going(code, version) {
      const entry = this.of(code);
      const now = { ...entry, version: entry.sent ? entry.version : version, sent: true };
      this.keep(code, now);
      return now;
    },

    // the server has answered; what was typed since is the next to go
    answered(code, version) {
      const entry = this.of(code);
      if (!entry || !entry.sent) return;
      this.drop(code);
      if (entry.next !== undefined) this.typed(code, entry.next, version);
    },

    // the server has answered, and has not taken the text
    refuse(code, version, why) {
      const entry = this.of(code);
      if (!entry || !entry.sent) return;
      if (entry.next !== undefined) this.answered(code, version);
      else this.keep(code, { ...entry, refused: true, why });
    },

    // a text of a pasted block that was not taken
    refusePasted(code, text, why) {
      this.keep(code, { text, version: "", nonce: nonce(), order: this.turn(), sent: true, refused: true, why });
    },

    isRefused(code) { return Boolean(this.of(code) && this.of(code).refused); },

    // what outlives the page, and so may be left without a question
    isKept(code) { return shelf !== null && this.isRefused(code); },

    inOrder() {
      return [...inPage].sort((one, other) => one[1].order - other[1].order).map(([code]) => code);
    },

    // what an earlier page left behind may have reached the server or not
    restore() {
      for (const key of shelf ? Object.keys(shelf) : []) {
        if (!key.startsWith(here)) continue;
        try {
          inPage.set(key.slice(here.length), { ...JSON.parse(shelf.getItem(key)), sent: true, refused: false });
        } catch (damaged) { shelf.removeItem(key); }
      }
      this.last = Math.max(0, ...[...inPage.values()].map((entry) => entry.order));
    },
  };
})();
