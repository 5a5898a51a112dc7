// Brings suggestions to the address that the seller configured. Only rooms whose
// settings name one carry this file.
(() => {
  "use strict";
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

  document.addEventListener("mapsite:outbox", ({ detail }) => {
    desk = detail;
    deliver();
  });
  addEventListener("online", deliver);
})();
