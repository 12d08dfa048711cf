"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const words = JSON.parse(document.getElementById("messages").textContent);
  const card = document.getElementById("card");
  const chosen = ".fig, svg [data-figure]";
  const language = document.documentElement.lang || "en";
  const phone = window.matchMedia("(max-width: 43rem)");
  let owner = null;
  let pinned = false;
  let timer = 0;

  const make = (tag, text, name) => {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (name) element.className = name;
    return element;
  };
  const exact = (value) => new Intl.NumberFormat(language, { maximumSignificantDigits: 17 }).format(value);
  const web = (address) => /^https?:\/\//i.test(address || "");

  function facts(record) {
    const list = make("dl");
    const add = (name, ...contents) => {
      const row = make("div");
      const content = make("dd");
      content.append(...contents.filter(Boolean));
      row.append(make("dt", words[name]), content);
      list.append(row);
    };
    const unit = record.unit_label || record.unit;
    if (record.value !== null) add("value", `${exact(record.value)} ${unit}`);
    if (record.low !== undefined && record.high !== undefined) {
      add("range", `${exact(record.low)} – ${exact(record.high)} ${unit}`);
    }
    if (record.shown_period) add("period", record.shown_period);
    add("status", make("b", record.status, `sample is-${record.status}`), ` ${words["is-" + record.status] || ""}`);
    if (record.citation) {
      const source = [record.citation];
      if (web(record.url)) {
        const link = make("a", words.open);
        link.href = record.url;
        link.rel = "noopener noreferrer external";
        source.push(". ", link);
      }
      if (record.weak) source.push(make("small", words.weak, "weak"));
      add("source", ...source);
      if (record.licence) add("licence", record.licence);
    } else if (!record.inputs) {
      add("source", words.assumed);
    }
    if (record.note) add("note", record.note);
    if (record.cell) add("cell", make("code", record.cell));
    if (record.code) add("code", make("code", record.code));
    return list;
  }

  function chain(record) {
    const box = make("div", "", "chain");
    box.append(make("p", words.inputs, "chain-name"));
    for (const id of record.inputs) {
      const below = figures[id];
      if (!below) continue;
      const item = make("details");
      const head = make("summary");
      head.append(make("b", below.shown), ` ${below.measure}`, below.shown_period ? `, ${below.shown_period}` : "");
      item.append(head);
      // Built when opened, so that long chains cost nothing until somebody asks.
      item.addEventListener("toggle", () => {
        if (!item.open || item.childElementCount > 1) return;
        item.append(facts(below));
        if (below.inputs) item.append(chain(below));
        place();
      });
      box.append(item);
    }
    return box;
  }

  function fill(record) {
    const head = make("div", "", "card-head");
    const close = make("button", "×", "close");
    close.type = "button";
    close.setAttribute("aria-label", words.close);
    close.addEventListener("click", () => hide(true));
    head.append(make("p", record.shown, "card-value"), close);
    const explain = make("p", "", "explain");
    explain.append(`${words.explain}: `, make("code", `landbridge explain ${record.id} --pair ${words.pair}`));
    const parts = [head, make("p", record.measure, "card-measure"), facts(record)];
    if (record.inputs) parts.push(chain(record));
    card.replaceChildren(...parts, explain);
  }

  function place() {
    if (!owner || card.hidden) return;
    if (phone.matches) {
      card.style.left = card.style.top = "";
      return;
    }
    const at = owner.getBoundingClientRect();
    const size = card.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left, window.innerWidth - size.width - 8));
    const below = at.bottom + 6;
    const above = at.top - size.height - 6;
    const top = below + size.height <= window.innerHeight || above < 0 ? below : above;
    card.style.left = `${left}px`;
    card.style.top = `${Math.max(8, Math.min(top, window.innerHeight - size.height - 8))}px`;
  }

  function open(element, pin) {
    const record = figures[element.dataset.figure];
    if (!record) return;
    clearTimeout(timer);
    if (owner !== element || card.hidden) {
      if (owner) owner.classList.remove("open");
      owner = element;
      owner.classList.add("open");
      fill(record);
      card.hidden = false;
    }
    pinned = pin;
    place();
  }

  function hide(back) {
    clearTimeout(timer);
    if (card.hidden) return;
    const inside = card.contains(document.activeElement);
    card.hidden = true;
    pinned = false;
    const last = owner;
    owner = null;
    if (last) last.classList.remove("open");
    if (back && inside && last && last.focus) {
      last.dataset.quiet = "";
      last.focus();
      delete last.dataset.quiet;
    }
  }

  const later = (act, wait) => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
  const figure = (event) => (event.target.closest ? event.target.closest(chosen) : null);

  for (const element of document.querySelectorAll(".fig")) {
    // The card tells more than the title did, and two bubbles would cover each other.
    element.removeAttribute("title");
    element.setAttribute("role", "button");
    element.setAttribute("aria-haspopup", "dialog");
  }
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch" || pinned) return;
    const element = figure(event);
    if (element) later(() => open(element, false), 120);
    else if (card.contains(event.target)) clearTimeout(timer);
    else if (!card.hidden) later(() => hide(false), 260);
  });
  document.addEventListener("focusin", (event) => {
    const element = figure(event);
    if (element && element.dataset.quiet === undefined) open(element, false);
    else if (!card.contains(event.target) && !pinned) hide(false);
  });
  document.addEventListener("click", (event) => {
    const element = figure(event);
    if (element) {
      const again = pinned && owner === element && !card.hidden;
      if (again) hide(false);
      else open(element, true);
    } else if (!card.contains(event.target)) hide(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide(true);
    const element = figure(event);
    if (element && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      open(element, true);
      card.focus();
    }
  });
  window.addEventListener("scroll", place, { passive: true });
  window.addEventListener("resize", place);

  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let up = target && target.parentElement; up; up = up.parentElement) if (up.localName === "details") up.open = true;
    if (target && target.closest("details")) target.scrollIntoView();
  };
  window.addEventListener("hashchange", reveal);
  reveal();

  const menu = document.querySelector(".menu");
  const narrow = window.matchMedia("(max-width: 64rem)");
  const fold = () => { menu.open = !narrow.matches; };
  fold();
  narrow.addEventListener("change", fold);
  menu.addEventListener("click", (event) => { if (narrow.matches && event.target.closest("a")) menu.open = false; });

  let closed = [];
  window.addEventListener("beforeprint", () => {
    hide(false);
    closed = [...document.querySelectorAll("details.all:not([open])")];
    for (const item of closed) item.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const item of closed) item.open = false;
  });
})();
