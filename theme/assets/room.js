(() => {
  "use strict";
  const root = document.documentElement;
  // One key for all rooms of a host: the path of a room must not show in another's.
  const KEY = "mapsite.scheme";
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const read = (key) => {
    try {
      return localStorage.getItem(key) || "";
    } catch (_) {
      return "";
    }
  };
  const keep = (key, value) => {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch (_) {
      // A browser that stores nothing still switches for this visit.
    }
  };
  const kept = () => (/^(dark|light)$/.test(read(KEY)) ? read(KEY) : "");
  const system = () => (dark.matches ? "dark" : "light");
  const show = (value) => {
    if (value) root.dataset.mapScheme = value;
    else delete root.dataset.mapScheme;
  };

  root.classList.replace("no-js", "js");
  show(kept());

  // The head has a title for previews of the link, which tells nothing of the deal.
  const named = () => {
    const title = document.querySelector("[data-title]");
    if (title) document.title = title.dataset.title;
  };

  const palette = () => {
    const form = document.querySelector("[data-md-component=palette]");
    if (!form) return;
    const options = [...form.querySelectorAll("input[data-map-scheme]")];
    const of = (kind) => options.find((option) => option.dataset.mapScheme === kind);
    const paint = (chosen) => {
      if (!chosen) return;
      chosen.checked = true;
      const kind = chosen.dataset.mapScheme;
      const source = kind === "auto" ? of(system()) || chosen : chosen;
      for (const part of ["scheme", "primary", "accent"]) {
        const name = "data-md-color-" + part;
        document.body.setAttribute(name, source.getAttribute(name));
      }
    };
    const current = () => of(kept()) || of("auto") || of(system()) || options[0];
    form.addEventListener("change", (event) => {
      const kind = event.target.dataset.mapScheme;
      // Choosing what the system says anyway means to follow it from now on.
      const value = kind === "auto" || (!of("auto") && kind === system()) ? "" : kind;
      keep(KEY, value);
      show(value);
      paint(event.target);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    dark.addEventListener("change", () => paint(current()));
    paint(current());
    form.hidden = false;
  };

  // What changed since the reader was here last. It stays in this browser, as two
  // days: that of the visit before, and that of this one, which a reload leaves alone.
  const seen = () => {
    const line = document.querySelector("[data-room]");
    if (!line) return;
    const { room, asOf, last = "", locale } = line.dataset;
    const key = "mapsite.seen." + room;
    let [before = "", now = ""] = read(key).split(" ");
    if (!/^\d{4}-\d\d-\d\d$/.test(now)) [before, now] = ["", ""];
    if (asOf > now) keep(key, ([before, now] = [now, asOf]).join(" "));
    if (!before) return;
    for (const item of document.querySelectorAll("[data-changed], [data-day]")) {
      const { changed = item.dataset.day } = item.dataset;
      const mark = item.querySelector(".map-new");
      if (mark && changed > before) mark.hidden = false;
    }
    if (last <= before) return;
    const form = { day: "numeric", month: "short", timeZone: "UTC" };
    const day = line.querySelector("time");
    day.dateTime = before;
    const written = new Date(before).toLocaleDateString(locale, form);
    day.textContent = written.replace(/^1 /, locale === "fr-FR" ? "1er " : "1 ");
    line.hidden = false;
  };

  const reveal = () => {
    let target = null;
    try {
      target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch (_) {
      return;
    }
    let fold = target && target.closest("details:not([open])");
    if (!fold) return;
    for (; fold; fold = target.closest("details:not([open])")) fold.open = true;
    target.scrollIntoView();
  };

  addEventListener("hashchange", reveal);
  addEventListener("DOMContentLoaded", () => {
    named();
    palette();
    seen();
    reveal();
  });
})();
