(() => {
  "use strict";
  const root = document.documentElement;
  // One key for all rooms of a host: the path of a room must not show in another's.
  const KEY = "mapsite.scheme";
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const kept = () => {
    try {
      const value = localStorage.getItem(KEY);
      return value === "dark" || value === "light" ? value : "";
    } catch (_) {
      return "";
    }
  };
  const keep = (value) => {
    try {
      if (value) localStorage.setItem(KEY, value);
      else localStorage.removeItem(KEY);
    } catch (_) {
      // A browser that stores nothing still switches for this visit.
    }
  };
  const system = () => (dark.matches ? "dark" : "light");
  const show = (value) => {
    if (value) root.dataset.mapScheme = value;
    else delete root.dataset.mapScheme;
  };

  root.classList.replace("no-js", "js");
  show(kept());

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
      keep(value);
      show(value);
      paint(event.target);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    dark.addEventListener("change", () => paint(current()));
    paint(current());
    form.hidden = false;
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
    palette();
    reveal();
  });
})();
