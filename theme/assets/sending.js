// Brings suggestions to the address that the seller configured, and fetches what became
// of them. Only rooms whose settings say so carry this file.
(() => {
  "use strict";
  const place = document.getElementById("suggest");
  if (!place) return;
  const WAITS = [2, 8, 30, 120];
  const ENOUGH = 30;
  let desk = null, tries = 0, timer = 0, busy = false;

  const tell = (id, state, more = {}) => desk.change((box) => {
    const entry = box.sent.find((one) => one.id === id);
    if (entry) Object.assign(entry, { state }, more);
  });
  const again = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(deliver, 1000 * (seconds || WAITS[Math.min(tries, WAITS.length - 1)]));
    tries += 1;
  };
  const post = (json) => fetch(desk.endpoint, {
    method: "POST", mode: "cors", credentials: "omit", cache: "no-store",
    headers: { "Content-Type": "application/json" }, body: json,
    signal: AbortSignal.timeout(1000 * ENOUGH),
  });
  // One after the other, always the same bytes: the receiver knows what it has by its id.
  const deliver = async () => {
    if (busy || !desk || !desk.endpoint) return;
    const entry = desk.load().sent.find((one) => /^(send|waiting)$/.test(one.state));
    if (!entry) return;
    busy = true;
    let answer = null;
    try {
      answer = await post(entry.json);
    } catch (_) {
      // No connection, or none that was allowed: both may pass.
    }
    busy = false;
    if (answer && answer.ok) {
      tries = 0;
      tell(entry.id, "sent", { when: new Date().toISOString().slice(0, 19) + "Z" });
      deliver();
    } else if (!answer || answer.status === 429 || answer.status >= 500) {
      tell(entry.id, "waiting");
      again(answer && Math.min(Number(answer.headers.get("Retry-After")) || 0, 600));
    } else {
      tell(entry.id, "refused");
      deliver();
    }
  };

  // What the seller's side says of suggestions, in changes.json beside the page.
  const text = (value) => (typeof value === "string" ? value.slice(0, 2000) : "");
  const list = (value) => (Array.isArray(value) ? value : []).filter((one) =>
    one && typeof one === "object");
  const show = ({ pending, done }) => {
    const { words, fill, note, load, change } = desk;
    const ours = new Set(load().sent.map((one) => one.id));
    for (const one of list(pending)) {
      if (ours.has(one.id)) continue;
      const told = fill(words.pending, { who: text(one.who) || "…", what: text(one.what) });
      const waits = one.waits_for ? fill(words.waits, { who: text(one.waits_for) }) : "";
      note(text(one.path), waits ? `${told} (${waits})` : told, "theirs");
    }
    const outcomes = new Map(list(done).map((one) => [one.id, one]));
    const waiting = new Set(list(pending).map((one) => one.id));
    change((box) => {
      for (const entry of box.sent) {
        const one = outcomes.get(entry.id);
        if (one) {
          entry.state = one.outcome === "declined" ? "declined" : "accepted";
          entry.why = one.outcome === "declined" ? text(one.why) : "";
        } else if (waiting.has(entry.id)) entry.state = "received";
      }
    });
  };
  const look = async (name) => {
    try {
      const answer = await fetch(name, { cache: "no-store", credentials: "omit" });
      if (answer.ok) show(await answer.json());
    } catch (_) {
      // Without it the page says what it said when it was built.
    }
  };

  document.addEventListener("mapsite:outbox", ({ detail }) => {
    if (!desk && place.dataset.answers) look(place.dataset.answers);
    desk = detail;
    deliver();
  });
  addEventListener("online", deliver);
})();
