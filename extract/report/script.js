"use strict";
// A box and its row light up together; a click goes from one to the other.
const light = (id, on) => document.querySelectorAll(`[data-field="${CSS.escape(id)}"]`)
  .forEach((part) => part.classList.toggle("lit", on));
for (const part of document.querySelectorAll("[data-field]")) {
  const id = part.dataset.field;
  part.addEventListener("mouseenter", () => light(id, true));
  part.addEventListener("mouseleave", () => light(id, false));
  part.addEventListener("click", () => {
    const others = [...document.querySelectorAll(`[data-field="${CSS.escape(id)}"]`)].filter((other) => other !== part);
    if (others.length) others[0].scrollIntoView({ block: "center" });
  });
}
// The list of what to look at, one column at a time.
const choice = document.getElementById("choice");
if (choice) choice.addEventListener("change", () => {
  for (const card of document.querySelectorAll(".card"))
    card.hidden = choice.value !== "" && card.dataset.column !== choice.value;
});
