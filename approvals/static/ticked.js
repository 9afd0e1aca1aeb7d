// Ticks all boxes of a list at once and counts those that are ticked; without it each is ticked by hand.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("ticked");
  if (!form) return;
  const boxes = [...form.elements].filter((field) => field.name === "pick");
  const all = form.querySelector("[data-tick-all]");
  const count = form.querySelector("[data-tick-count]");
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    count.value = String(ticked);
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  const bar = form.querySelector("[data-ticked]"); // stands above the list, where ticking begins
  boxes[0]?.closest(".table-wrap")?.before(bar);
  bar.hidden = boxes.length === 0;
  show();
});
