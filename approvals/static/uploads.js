// Uploads files as soon as they are chosen, one after the other, and shows how far they are. Without it the button does.
"use strict";

const SECTION = "[data-hand-in]";
document.documentElement.classList.add("uploads-at-once");

// Lines of the form that the person has ticked or cleared, by what they stand for.
function ticks(section) {
  const boxes = [...section.querySelectorAll("input[data-line]")];
  return new Map(boxes.map((box) => [`${box.value}\n${box.dataset.line}`, box.checked]));
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const before = document.querySelector(SECTION);
  const after = page.querySelector(SECTION);
  if (!after) return false;
  const kept = ticks(before);
  for (const box of after.querySelectorAll("input[data-line]")) {
    const key = `${box.value}\n${box.dataset.line}`;
    if (kept.has(key)) box.checked = kept.get(key);
  }
  for (const select of before.querySelectorAll("select[form]")) {
    const same = after.querySelector(`select[aria-label="${CSS.escape(select.getAttribute("aria-label"))}"]`);
    if (same) same.value = select.value;
  }
  before.replaceWith(after);
  return true;
}

function send(form, file, progress) {
  const data = new FormData(form);
  data.delete("file");
  data.append("file", file);
  data.set("once", [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", () => resolve(null));
    request.send(data);
  });
}

async function upload(form) {
  const input = form.querySelector("input[type=file]");
  const bar = form.querySelector("progress");
  const state = form.querySelector("[role=status]");
  const files = [...input.files];
  const material = form.closest("[data-material]").dataset.material;
  const refusals = [];
  let page = null;
  bar.hidden = false;
  for (const [index, file] of files.entries()) {
    state.textContent = files.length > 1 ? `${index + 1} / ${files.length}  ${file.name}` : file.name;
    const answer = await send(form, file, (part) => { bar.value = ((index + part) / files.length) * 100; });
    if (answer?.status === 200) page = answer.responseText;
    else refusals.push(reason(answer, material, file) || `${file.name}: ${form.dataset.failed}`);
  }
  bar.hidden = true;
  input.value = "";
  state.textContent = "";
  if (page) show(page);
  tell(material, refusals);
}

// Why a file was refused, as the page says it that comes back.
function reason(answer, material, file) {
  const page = answer && new DOMParser().parseFromString(answer.responseText, "text/html");
  const row = page && [...page.querySelectorAll("[data-material]")].find((one) => one.dataset.material === material);
  const said = row?.querySelector("[data-upload] .field-faults") || page?.querySelector("main .alert-danger, main .lead");
  return said && `${file.name}: ${said.textContent.trim()}`;
}

function tell(material, refusals) {
  const row = [...document.querySelectorAll("[data-material]")].find((one) => one.dataset.material === material);
  const form = row?.querySelector("[data-upload]");
  if (!form || !refusals.length) return;
  form.querySelector(".field-faults")?.remove();
  const faults = document.createElement("div");
  faults.className = "field-faults";
  faults.setAttribute("role", "alert");
  for (const text of refusals) faults.append(Object.assign(document.createElement("div"), { textContent: text }));
  form.append(faults);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-upload]");
  if (form && event.target.type === "file" && event.target.files.length) upload(form);
});
