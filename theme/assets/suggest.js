// What a reader would change is kept in this browser until the plan's page says what
// became of it. Words are only ever set as text, and nothing here uses the network.
(() => {
  "use strict";
  const place = document.getElementById("suggest");
  if (!place || !window.HTMLDialogElement) return;
  const { room, base, mail, endpoint, looks, locale, form: linked } = place.dataset;
  const words = JSON.parse(place.dataset.words);
  const stated = JSON.parse(place.dataset.stated);
  const known = new Map(Object.entries(JSON.parse(place.dataset.known || "{}")));
  const parts = {};
  for (const one of place.querySelectorAll("[data-part]")) parts[one.dataset.part] = one;
  const { form, fields, sheet, said } = parts;
  const [asked, me] = [form, sheet].map((one) => one.querySelector("form"));
  const links = [...document.querySelectorAll("a[data-at]")];
  const choices = [...form.querySelectorAll(".map-pick")];
  const KEY = "mapsite.suggest." + room;
  const MOST_LINK = 1900, MOST_OPS = 50;
  const OVER = /accepted|already|declined|superseded/;
  const others = document.querySelectorAll("[data-suggestion]");
  let at, item, facts, ready, latest, memory = "{}";

  // The outbox: a draft that grows, and what is on its way, which never changes.
  const load = () => {
    let kept = JSON.parse(memory);
    try {
      kept = JSON.parse(localStorage.getItem(KEY)) || kept;
    } catch (_) {
      // A browser that stores nothing still sends what is said in this visit.
    }
    return { draft: { ops: [] }, sent: [], by: {}, ...kept };
  };
  const change = (edit) => {
    const box = load();
    edit(box);
    memory = JSON.stringify(box);
    try {
      localStorage.setItem(KEY, memory);
    } catch (_) {
      // As above.
    }
    show();
  };
  // Another content is another suggestion, also where the first one may have arrived.
  const begin = (draft) => {
    if (draft.id && !draft.json) return;
    Object.assign(draft, { id: ulid(), since: now(), json: "" });
  };

  const element = (tag, more, ...inside) => {
    const made = Object.assign(document.createElement(tag), more);
    made.append(...inside);
    return made;
  };
  const fill = (text, values) =>
    text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  // Without what no plan holds: controls, turned directions, half characters.
  const clean = (text) => text.normalize("NFC").replace(/\r\n?/g, "\n").replace(
    /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\p{Cs}/gu,
    "").trim();
  const line = (text) => clean(text || "").replace(/\s+/g, " ");
  const now = () => new Date().toISOString().slice(0, 19) + "Z";
  const day = (text) => {
    if (!/^\d{4}-\d\d-\d\d/.test(text || "")) return "";
    const form = { day: "numeric", month: "short", timeZone: "UTC" };
    if (!text.startsWith(new Date().getFullYear())) form.year = "numeric";
    const told = new Date(text).toLocaleDateString(locale, form);
    return told.replace(/^1 /, locale === "fr-FR" ? "1er " : "1 ");
  };
  const time = (text) => new Date(text).toLocaleString(locale, {
    hour: "2-digit", minute: "2-digit",
    ...(!now().startsWith(text.slice(0, 10)) && { day: "numeric", month: "short" }),
  });
  // A ULID: the time, and 80 bits of chance.
  const ulid = () => {
    const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let id = "";
    for (let rest = Date.now(); id.length < 10; rest = Math.floor(rest / 32)) {
      id = signs[rest % 32] + id;
    }
    const chance = crypto.getRandomValues(new Uint8Array(16));
    return id + [...chance].map((byte) => signs[byte % 32]).join("");
  };

  // [[mapsite1 LEN CRC32 TEXT ]]: base64url of the raw deflate stream of the JSON.
  const crc32 = (bytes) => {
    let crc = -1;
    for (const byte of bytes) {
      crc ^= byte;
      for (let n = 8; n; n--) crc = (crc >>> 1) ^ (crc & 1 && 0xedb88320);
    }
    return (~crc >>> 0).toString(16).padStart(8, "0");
  };
  const block = async (json) => {
    // Browsers of before 2023 cannot deflate: a person can file the JSON itself.
    if (!window.CompressionStream) return json;
    const bytes = new TextEncoder().encode(json);
    const packing = new CompressionStream("deflate-raw");
    const stream = new Blob([bytes]).stream().pipeThrough(packing);
    const packed = new Uint8Array(await new Response(stream).arrayBuffer());
    const text = btoa(String.fromCharCode(...packed))
      .replace(/[+/=]/g, (sign) => ({ "+": "-", "/": "_" })[sign] || "");
    return `[[mapsite1 ${text.length} ${crc32(bytes)} ${text} ]]`;
  };

  const people = Object.entries(stated)
    .filter(([path, one]) => /^people/.test(path) && one.name !== "unknown")
    .map(([path, one]) => [path.slice(7), one.name]);
  const idOf = (name) => people.find((one) => one[1] === name)?.[0];

  const quoted = encodeURIComponent;
  // What is sent, in the three ways that need no server.
  const written = ({ draft, by }) => {
    const name = line(by.name), email = line(by.email) || undefined;
    return draft.json || JSON.stringify({
      mapsite: "change/1", id: draft.id, plan: room, base: base || undefined,
      at: draft.since, by: { name, id: idOf(name), email },
      ops: draft.ops.map((one) => one.op),
    });
  };
  const message = async ({ ops, json }, name) => {
    const lines = [fill(words.hello, { name: line(name) }), ""];
    lines.push(...ops.map((one) => `- ${one.text}`), "", words.keep);
    return [...lines, await block(json)].join("\r\n");
  };
  const prepare = async () => {
    const box = load(), { draft, by } = box;
    if (!draft.ops.length) return;
    const entry = { ...draft, json: written(box) };
    const text = await message(entry, by.name);
    const to = quoted(mail).replace("%40", "@");
    const empty = `mailto:${to}?subject=${quoted(words.subject)}`;
    const whole = `${empty}&body=${quoted(text)}`;
    const long = whole.length > MOST_LINK, href = long ? empty : whole;
    ready = { entry, text, long, href };
    sheet.querySelector("[data-do=mail]").href = href;
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch (_) {
      parts.text.hidden = false;
      const { control } = parts.text;
      control.value = text;
      control.select();
    }
  };
  const save = ({ id, json }) => {
    const href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
    element("a", { href, download: `${words.file_name}-${id}.json` }).click();
  };
  const leave = async (way) => {
    if (!me.reportValidity()) return;
    if (ready?.entry.json !== written(load())) await prepare();
    const { entry, text, long, href } = ready;
    if (way === "copy" || (way === "mail" && long)) copy(text);
    if (way === "file") save(entry);
    change((box) => {
      const others = box.sent.filter((one) => one.id !== entry.id);
      const state = way === "mail" && long ? "long" : way;
      box.sent = [{ ...entry, state, when: now() }, ...others].slice(0, 30);
      box.draft = { ops: [] };
      latest = entry.id;
    });
    announce();
    if (way === "mail") location.href = href;
  };

  // One edit: what the form says as an operation, and as a sentence.
  const picked = () => asked.elements.what.value;
  const chosen = () => choices.find((one) => one.control.checked);
  const needed = () => chosen().dataset.needs.split(" ");
  const entered = (name) => asked.elements[name].value;
  const main = (needs) => needs[needs[0] === "instead" ? 1 : 0];
  const set = (field, value) =>
    ({ op: "set", path: `${at}/${field}`, old: facts[field] ?? null, new: value });
  const added = (path, value, op = "add") => {
    const all = Object.keys(stated).filter((one) => one.startsWith(path + "/"));
    const before = all.includes(at) ? at : all.pop();
    return { op, path, value, after: before?.split("/")[1] };
  };
  const comment = (text) => ({ op: "comment", path: at, value: { text } });
  const owners = (who) => {
    const { owners } = facts, one = idOf(who) || who;
    if (!owners) return comment(fill(words.says_owner, { item, new: who }));
    const left = [...owners], where = asked.elements.instead.value || left.length;
    if (left.length < 2) return set("owners", [one]);
    left.splice(where, 1, one);
    return set("owners", left);
  };
  const operation = () => {
    const [text, due, who, role] = ["text", "date", "who", "role"].map(entered);
    const when = facts.start ? "start" : "due", title = line(text);
    const about = at.includes("/") ? `${item}: ` : "";
    return {
      works: () => ({ op: "confirm", path: `${at}/${when}`, old: facts[when] }),
      move: () => set(at === "goal" ? "date" : when, due),
      owner: () => owners(who),
      done: () => set("status", "done"),
      answer: () => ({ op: "answer", path: at, old: null, new: text }),
      name: () => set("name", who),
      position: () => set("title", role),
      met: () => set("status", "met"),
      reword: () => set("outcome", title),
      ask: () => added("questions", { text: line(about + text) }, "ask"),
      step: () => added("steps", {
        title, due: due || undefined, owners: who ? [idOf(who) || who] : undefined,
      }),
      person: () => added("people", {
        name: who, side: asked.elements.side.value, title: role || undefined,
      }),
      criterion: () => added("criteria", { text: title }),
      comment: () => comment(text),
    }[picked()]();
  };
  const sentence = (op) => {
    const needs = needed(), why = needs.includes("why") && line(entered("why"));
    const told = line(needs[0] ? entered(main(needs)) : "");
    const key = picked() === "move" && !facts.day ? "day" : picked();
    const more = { step: [day(entered("date")), line(entered("who"))],
      person: [line(entered("role"))] }[key]?.filter(Boolean).join(", ");
    const to = needs[0] === "date" ? day(told) : told;
    const values = { item, old: day(facts.day), new: more ? `${to} (${more})` : to };
    const what = fill(words[`says_${key}`], values);
    if (why) op.why = why;
    return why ? fill(words.because, { what, why }) : what;
  };
  const take = () => {
    for (const one of asked.querySelectorAll("[maxlength]")) one.value = clean(one.value);
    if (!asked.reportValidity()) return;
    const same = picked() === "move" && facts.day === entered("date") && !entered("why");
    if (same && at.startsWith("steps/")) asked.elements.what.value = "works";
    const op = operation();
    const text = sentence(op);
    change(({ draft }) => {
      begin(draft);
      // A second thought about a field takes the place of the first.
      draft.ops = draft.ops.filter((one) => op.op !== "set" || one.op.path !== op.path);
      if (draft.ops.length < MOST_OPS) draft.ops.push({ op, text, at });
    });
    form.close();
  };

  // The form, for one item.
  const choose = () => {
    fields.hidden = !picked();
    if (fields.hidden) return;
    const needs = needed();
    chosen().after(fields);
    for (const one of fields.querySelectorAll("[data-field]")) {
      const { field } = one.dataset, label = one.firstElementChild;
      one.hidden = !needs.includes(field) || (field === "instead" && !(facts.owners?.[1]));
      one.control.required = field === main(needs) && field !== "why";
      if (field === "text") label.textContent = words[`text_${picked()}`] || "";
      if (field === "date") label.textContent = words[needs[0] === field ? "new_day" : "day"];
    }
    const { date, text } = asked.elements;
    if (picked() === "move") date.value ||= facts.day || "";
    if (picked() === "reword") text.value ||= facts.outcome;
  };
  const open = (link) => {
    const [list, one] = link.dataset.at.split("/");
    const key = one && list !== "goal" ? `${list}/` : link.dataset.at;
    at = list === "goal" ? list : link.dataset.at;
    item = (link.querySelector("b") || link).textContent.trim();
    facts = stated[at] || {};
    asked.reset();
    for (const row of choices) {
      const { value } = row.control, { on, once } = row.dataset;
      row.hidden = !(on.split(" ").includes(key) || (one && on.includes("*")))
        || (once && facts.over) || (value === "works" && !facts.day);
    }
    choices[0].lastElementChild.textContent = fill(words.works, { day: day(facts.day) });
    const called = (one) => {
      const { name, title } = stated[`people/${one.who || one}`] || {};
      const words = one.who || one.buyer || one.seller || one;
      return (name === "unknown" ? title : name) || words;
    };
    const owners = (facts.owners || []).map((one, n) => new Option(called(one), n));
    asked.elements.instead.replaceChildren(...owners, new Option(words.also, ""));
    asked.querySelector("datalist").replaceChildren(...people.map((one) => new Option(one[1])));
    form.querySelector("h2").textContent = item;
    const first = choices.find((one) => !one.hidden).control;
    if (!one) first.checked = true;
    choose();
    form.showModal();
    first.focus();
  };

  // What is on its way, and what became of it.
  const receipt = ({ state, when, why }) =>
    fill(words[`state_${state}${why ? "_why" : ""}`], { time: time(when), who: looks, why });
  const button = (name, value, text, label) => {
    const className = label ? "map-form__close" : "map-do";
    const made = element("button", { type: "button", name, value, className }, text);
    if (label) made.setAttribute("aria-label", label);
    return made;
  };
  const show = () => {
    const { draft, sent, by } = load(), { ops } = draft, count = ops.length;
    parts.bar.hidden = !count;
    parts.draft.hidden = !count;
    const form = words[count === 1 ? "unsent_one" : "unsent_other"];
    parts.count.textContent = count ? fill(form, { count }) : "";
    parts.ops.replaceChildren(...ops.map(({ text }, n) => element("li", {}, text,
      button("drop", n, "", fill(words.remove, { what: text })))));
    parts.sent.replaceChildren(...sent.map((entry) => {
      const { id, state, ops } = entry;
      const ends = element("p", { className: "map-form__ends" });
      const by = /mail|long|copy|file|refused|waiting/.test(state) && ["copy", "file", "back"];
      const offers = [...(by || []), "forget"];
      ends.append(...offers.map((one) => button(one, id, words[one === "back" ? "again" : one])));
      const told = element("p", { className: "map-note" }, receipt(entry));
      return element("li", {}, ...ops.map((one) => element("p", {}, one.text)), told, ends);
    }));
    parts.mine.hidden = !sent.length;
    parts.mine.firstElementChild.textContent = `${parts.mine.dataset.label} (${sent.length})`;
    const left = sent.find((one) => one.id === latest);
    if (left) said.textContent = receipt(left);
    for (const name of ["name", "email"]) me.elements[name].value ||= by[name] || "";
    for (const old of document.querySelectorAll(".map-said--mine")) old.remove();
    const say = (told) => ({ text, at }) => note(at, fill(told, { what: text }), "mine");
    ops.forEach(say(words.yours_unsent));
    for (const { state, ops } of sent) {
      const waits = state === "received" ? ` (${fill(words.waits, { who: looks })})` : "";
      if (!OVER.test(state)) ops.forEach(say(words.yours + waits));
    }
    const ours = new Set(sent.map((one) => one.id));
    for (const said of others) said.hidden = ours.has(said.dataset.suggestion);
    prepare();
  };
  // Say *text* at the item that *path* leads to, or to one of its fields.
  const note = (path, text, kind) => {
    const [list, one] = path.split("/"), item = one ? `${list}/${one}` : list;
    const row = links.find(({ dataset }) => dataset.at.startsWith("goal/")
      ? list === "goal" : dataset.at === item)?.closest("tr, li, .map-metric, p");
    if (!row) return;
    const className = `map-said map-said--${kind} map-noprint`;
    const told = element("button", { type: "button", className }, text);
    told.addEventListener("click", () => sheet.showModal());
    (row.matches("tr") ? row.querySelector("th") : row).append(told);
  };

  place.addEventListener("click", (event) => {
    const pressed = event.target.closest("button, a");
    if (!pressed) return;
    const { name, value } = pressed, { do: what } = pressed.dataset;
    if (what === "close") pressed.closest("dialog").close();
    if (what === "look") sheet.showModal();
    if (/mail|copy|file|send/.test(what)) {
      event.preventDefault();
      leave(what);
    }
    const kept = value && load().sent.find((one) => one.id === value);
    if (kept && name === "file") save(kept);
    if (kept && name === "copy") message(kept, JSON.parse(kept.json).by.name).then(copy);
    if (name === "drop") change(({ draft }) => begin(draft) || draft.ops.splice(value, 1));
    if (name === "forget" || name === "back") change((box) => {
      const entry = box.sent.find((one) => one.id === value);
      box.sent = box.sent.filter((one) => one !== entry);
      if (name === "forget" || !entry) return;
      const { draft } = box;
      box.draft = entry;
      if (!draft.ops.length) return;
      entry.ops.push(...draft.ops);
      begin(entry);
    });
  });
  place.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target === asked) take();
  });
  place.addEventListener("input", ({ target }) => {
    if (target.name === "what") choose();
    if (target.form === me) change(({ by, draft }) => {
      by[target.name] = target.value;
      if (draft.json) begin(draft);
    });
    else if (!load().draft.id) change(({ draft }) => begin(draft));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-at]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (linked) window.open(link.href, "_blank", "noopener");
    else open(link);
  });
  addEventListener("storage", ({ key }) => key === KEY && show());
  for (const link of linked ? [] : links) link.setAttribute("aria-haspopup", "dialog");
  place.hidden = false;
  // What the page said of them when it was built, where that is news.
  const learn = ({ sent }) => sent.filter((entry) => {
    const [state, why] = known.get(entry.id) || [];
    const news = state && state !== entry.state;
    if (news) Object.assign(entry, { state, why });
    return news;
  }).length;
  if (learn(load())) change(learn);
  else show();
  // To sending.js, where the room has it.
  const detail = { load, change, endpoint };
  const announce = () => document.dispatchEvent(new CustomEvent("mapsite:outbox", { detail }));
  announce();
})();
