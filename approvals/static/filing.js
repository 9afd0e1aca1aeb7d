// Says so when what is typed could not be kept, instead of leaving the last good word standing.
"use strict";

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const state = event.target.closest?.("[data-autosave]");
    if (state) {
      state.textContent = state.dataset.failed;
      state.classList.add("typed-failed");
    }
  });
}
document.addEventListener("htmx:afterSwap", (event) => event.target.classList?.remove("typed-failed"));

// Questions that the answers so far make pointless are put away; without this they stay, and may be left empty.
document.addEventListener("htmx:afterSwap", (event) => {
  const names = event.target.querySelector?.("[data-not-asked]")?.dataset.notAsked;
  if (names === undefined) return;
  for (const question of document.querySelectorAll("[data-question]")) {
    question.hidden = names.split(" ").includes(question.dataset.question);
  }
});
