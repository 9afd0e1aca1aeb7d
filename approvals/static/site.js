// Improves what works without it: focus on the first problem, menus that close, extra rows in lists.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("[data-focus]")?.focus();
});

// A menu closes when something else is clicked, or with Escape.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.user-menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.user-menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.user-menu[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// "/" leads to the search while nothing is being typed, on a narrow screen by its link; a Chinese keyboard writes 、 or ／.
document.addEventListener("keydown", (event) => {
  if (!["/", "／", "、"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const shown = [...document.querySelectorAll("[data-search], [data-search-link]")].find((one) => one.offsetParent);
  if (!shown) return;
  event.preventDefault();
  if (shown.matches("[data-search-link]")) shown.click();
  else shown.select();
});

// On a narrow screen the menu is folded; without this script all of it stands there.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu-button]");
  button?.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
});
document.addEventListener("keydown", (event) => {
  const button = document.querySelector('[data-menu-button][aria-expanded="true"]');
  if (event.key !== "Escape" || !button) return;
  button.setAttribute("aria-expanded", "false");
  button.focus();
});

// When the last row of a list is typed into, another empty one appears.
document.addEventListener("input", (event) => {
  const row = event.target.closest("[data-row]");
  const list = row?.closest("[data-rows]");
  if (!list) return;
  const rows = [...list.querySelectorAll("[data-row]")];
  if (row !== rows.at(-1) || rows.length >= 50) return;
  const next = row.cloneNode(true);
  const index = rows.length;
  const renumber = (text) => text.replace(/([.-])\d+(?=([.-]|$))/, `$1${index}`);
  for (const field of next.querySelectorAll("input, textarea, select")) {
    field.value = "";
    if (field.name.includes(".")) field.name = renumber(field.name);
    if (field.id) field.id = renumber(field.id);
    if (field.hasAttribute("aria-label")) {
      field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, String(index + 1)));
    }
  }
  for (const label of next.querySelectorAll("label[for]")) label.htmlFor = renumber(label.htmlFor);
  for (const fault of next.querySelectorAll(".field-faults")) fault.remove();
  row.after(next);
});

// A form that was sent is not sent again by an impatient second click; the server would carry it out once anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What scrolls sideways takes the focus, for the arrow keys; it is named as its table, its drawing or its section is.
function nameOf(box) {
  const heading = box.closest(".report-table, section, .tab-panel, main")?.querySelector("h1, h2, h3");
  return box.dataset.scrolls || box.querySelector("caption")?.textContent || heading?.textContent || document.title;
}
function reach(box) {
  if (box.scrollWidth > box.clientWidth) {
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", nameOf(box).trim());
  } else for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
}
const scrollers = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".table-wrap, .report-wrap, .drawing-wrap")) scrollers.observe(box);
});

// A tab is the current one also where an anchor has opened it.
function markTab() {
  const panel = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest(".tab-panel");
  for (const link of panel ? document.querySelectorAll("[data-tabs] [data-tab]") : []) {
    if (link.dataset.tab === panel.dataset.panel) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
document.addEventListener("DOMContentLoaded", markTab);
window.addEventListener("hashchange", markTab);
