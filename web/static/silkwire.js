// A little comfort on pages that work without it: "/" goes to the search box,
// j and k walk through the items, o or Enter opens one, Escape lets go of what
// has the focus, and a search keeps empty fields out of its address.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll(".row")];
  let at = -1;

  const walk = (step) => {
    const list = rows();
    if (list.length === 0) return;
    at = Math.min(Math.max(at + step, 0), list.length - 1);
    list.forEach((row, i) => row.classList.toggle("current", i === at));
    const link = list[at].querySelector("h3 a");
    link.focus({ preventScroll: true });
    list[at].scrollIntoView({ block: "center" });
  };

  const typing = (el) => el.closest("input, select, textarea, [contenteditable]") !== null;

  const keys = {
    "/": () => document.getElementById("q")?.focus(),
    j: () => walk(1),
    k: () => walk(-1),
    o: () => rows()[at]?.querySelector("h3 a").click(),
  };

  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") return document.activeElement?.blur();
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || !(e.key in keys)) return;
    e.preventDefault();
    keys[e.key]();
  });

  for (const form of document.querySelectorAll("form.search")) {
    form.addEventListener("submit", () => {
      for (const el of form.elements) if (el.name && el.value === "") el.disabled = true;
    });
    window.addEventListener("pageshow", () => {
      for (const el of form.elements) el.disabled = false;
    });
  }
})();
