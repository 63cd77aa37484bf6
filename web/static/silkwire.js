// A little comfort on pages that work without it: "/" goes to the search box,
// j and k walk through the items, or through what there is to judge of one, o
// or Enter opens an item, one key says one verdict, "?" lists the keys, Escape
// lets go of what has the focus, fields for concepts suggest them, and a search
// keeps empty fields out of its address.
"use strict";

(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const boxes = all(".judge").filter((box) => box.querySelector("button"));
  boxes.sort((a, b) => a.dataset.order - b.dataset.order);
  const rows = () => (boxes.length > 0 ? boxes : all(".row"));
  let at = boxes.findIndex((box) => box.classList.contains("current"));

  // What is current comes into sight, and with it the words it rests on.
  const show = (row) => {
    row.scrollIntoView({ block: "center", behavior: "instant" });
    all(".lit").forEach((el) => el.classList.remove("lit"));
    const [kind, id] = (row.dataset.target ?? "").split(":");
    const anchor = kind === "tag" ? document.getElementById(`at-${id}`) : null;
    const words = anchor?.parentElement.querySelector(`#${CSS.escape(anchor.id)} ~ .m`);
    words?.classList.add("lit");
    const pane = document.querySelector(".judging .story");
    if (words && pane) pane.scrollTop += words.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
  };

  const walk = (step) => {
    const list = rows();
    if (list.length === 0) return;
    at = Math.min(Math.max(at + step, 0), list.length - 1);
    all(".current").forEach((el) => el.classList.remove("current"));
    list[at].classList.add("current");
    list[at].querySelector("h3 a, button")?.focus({ preventScroll: true });
    show(list[at]);
  };

  // A key presses the button of what is current, or of the page; a field that
  // has the key is opened and entered.
  const press = (key) => {
    const keyed = `[data-key="${CSS.escape(key)}"]`;
    const el = boxes[at]?.querySelector(keyed) ?? all(keyed).find((other) => !other.closest(".judge")); // never another tag's
    if (!el) return false;
    if (!el.matches("input, textarea, select")) return el.click(), true;
    quote(el.form);
    el.closest("details").open = true;
    document.addEventListener("keyup", () => el.focus(), { once: true }); // so that the key itself is not typed
    return true;
  };

  // What is selected in the text goes along as the words that say it.
  const quote = (form) => {
    const words = String(getSelection()).trim();
    const field = form?.querySelector("[data-quote]");
    if (field && words !== "") field.value = words;
  };

  const replace = () => {
    const target = boxes[at]?.dataset.target ?? "";
    const kind = target.split(":")[0];
    const select = document.querySelector(`[data-instead="${CSS.escape(kind)}"]`);
    if (!select) return;
    select.value = target;
    press(kind === "event" ? "w" : "+");
  };

  const typing = (el) => el.closest("input, select, textarea, [contenteditable]") !== null;

  const help = () => {
    const list = document.querySelector("#keys dl");
    if (!list) return;
    let dialog = document.querySelector("dialog");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.setAttribute("aria-label", document.querySelector("#keys summary").textContent);
      dialog.append(list.cloneNode(true));
      document.body.append(dialog);
    }
    if (dialog.open) dialog.close();
    else dialog.showModal();
  };

  const keys = {
    "/": () => document.getElementById("q")?.focus(),
    "?": help,
    j: () => walk(1),
    k: () => walk(-1),
    o: () => rows()[at]?.querySelector("h3 a")?.click(),
    e: replace,
  };

  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") return document.activeElement?.blur();
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || typing(e.target)) return;
    if (e.key in keys) {
      e.preventDefault();
      keys[e.key]();
    } else if (e.key.length === 1 && press(e.key)) {
      e.preventDefault();
    }
  });

  const now = document.getElementById("now");
  if (now && location.hash === "#now") {
    show(now);
    (now.querySelector("button") ?? now).focus({ preventScroll: true });
  }

  // A verdict is sent once, however often the key is hit.
  for (const form of all('form[method="post"]')) {
    let sent = false;
    form.addEventListener("submit", (e) => {
      if (sent) e.preventDefault();
      sent = true;
    });
    window.addEventListener("pageshow", () => (sent = false));
  }

  const suggestions = document.getElementById("concepts");
  let asked = 0;
  const suggest = async (field) => {
    const word = field.value.trim();
    if (word.length < 2 || !suggestions) return;
    const mine = ++asked;
    const answer = await fetch(`${field.dataset.suggest}?${new URLSearchParams({ q: word })}`);
    if (!answer.ok || mine !== asked) return;
    const { concepts } = await answer.json();
    suggestions.replaceChildren(
      ...concepts.slice(0, 20).map((c) => {
        const names = [c.name, ...Object.values(c.labels)];
        const meant = names.find((n) => n.toLowerCase().includes(word.toLowerCase()));
        const option = document.createElement("option");
        option.value = c.id;
        option.label = meant && meant !== c.name ? `${c.name} (${meant})` : c.name;
        return option;
      }),
    );
  };
  for (const field of all("[data-suggest]")) field.addEventListener("input", () => suggest(field));

  for (const form of document.querySelectorAll("form.search")) {
    form.addEventListener("submit", () => {
      for (const el of form.elements) if (el.name && el.value === "") el.disabled = true;
    });
    window.addEventListener("pageshow", () => {
      for (const el of form.elements) el.disabled = false;
    });
  }
})();
