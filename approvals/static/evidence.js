// Photographs become smaller before they are sent, with the day and place that the camera wrote into them. Without this
// script they are sent as they are.
"use strict";

const LONGEST = 2048; // pixels of the longer side
const SMALL = 600 * 1024; // bytes: what is smaller goes as it is
const QUALITY = 0.85;
const ORIENTATION = 0x0112; // the tag of EXIF; pixels are upright once they are drawn

// The EXIF segment of a JPEG, with the picture declared upright; nothing when there is none.
async function exifOf(file) {
  const bytes = new Uint8Array(await file.slice(0, 256 * 1024).arrayBuffer());
  const view = new DataView(bytes.buffer);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda; ) {
    const end = at + 2 + view.getUint16(at + 2);
    const isExif = bytes[at + 1] === 0xe1 && String.fromCharCode(...bytes.subarray(at + 4, at + 8)) === "Exif";
    if (isExif && end <= bytes.length) return upright(bytes.slice(at, end));
    at = end;
  }
  return null;
}

function upright(segment) {
  const view = new DataView(segment.buffer, 10);
  const isLittle = view.getUint16(0) === 0x4949;
  try {
    const start = view.getUint32(4, isLittle);
    for (let index = 0; index < view.getUint16(start, isLittle); index += 1) {
      const entry = start + 2 + 12 * index;
      if (view.getUint16(entry, isLittle) === ORIENTATION) view.setUint16(entry + 8, 1, isLittle);
    }
  } catch {
    return null; // it says nothing that can be read
  }
  return segment;
}

async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size <= SMALL) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const drawn = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    if (!drawn || drawn.size >= file.size) return file;
    const exif = file.type === "image/jpeg" ? await exifOf(file) : null;
    const parts = exif ? [drawn.slice(0, 2), exif, drawn.slice(2)] : [drawn];
    const name = `${file.name.replace(/\.[^.]*$/, "")}.jpg`;
    return new File(parts, name, { type: "image/jpeg", lastModified: file.lastModified });
  } catch {
    return file; // this browser cannot open it; the service says whether it can
  }
}

const kept = new WeakMap(); // by field: the files to be sent
const ready = new WeakMap(); // by field: its files are being made smaller

function show(field, files) {
  const [camera, all] = field.querySelectorAll("input[type=file]");
  const list = new DataTransfer();
  for (const file of files) list.items.add(file);
  all.files = list.files;
  camera.value = "";
  const state = field.querySelector("[role=status]");
  state.replaceChildren(...files.map((file, index) => {
    const line = document.createElement("span");
    const remove = Object.assign(document.createElement("button"), { type: "button", textContent: field.dataset.remove });
    remove.className = "btn btn-sm btn-link";
    remove.addEventListener("click", () => show(field, files.filter((_, other) => other !== index)));
    line.append(`${file.name} (${Math.ceil(file.size / 1024)} KB)`, remove);
    return line;
  }));
  kept.set(field, files);
}

// What was chosen joins what was chosen before: several photographs are taken one after the other.
async function take(field, chosen) {
  const state = field.querySelector("[role=status]");
  const files = [];
  for (const [index, file] of chosen.entries()) {
    state.textContent = field.dataset.shrinking.replace("##", chosen.length).replace("#", index + 1);
    files.push(await smaller(file));
  }
  show(field, [...(kept.get(field) ?? []), ...files]);
}

document.addEventListener("change", (event) => {
  const field = event.target.closest?.("[data-evidence]");
  if (!field || event.target.type !== "file") return;
  const chosen = [...event.target.files];
  const before = ready.get(field) ?? Promise.resolve();
  ready.set(field, before.then(() => take(field, chosen)).finally(() => ready.delete(field)));
});

// A form waits for its photographs, then goes. Before the page's own script sees that it was sent.
document.addEventListener("submit", (event) => {
  const field = event.target.querySelector("[data-evidence]");
  if (!field) return;
  const waits = ready.get(field);
  if (waits) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    waits.finally(() => event.target.requestSubmit(button));
  } else if (field.querySelector("input[type=file][multiple]").files.length) {
    field.querySelector("[role=status]").textContent = field.dataset.sending;
  }
}, true);
