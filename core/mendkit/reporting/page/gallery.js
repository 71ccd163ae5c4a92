"use strict";

const main = document.querySelector("main");
const dialog = document.querySelector("dialog");
const full = document.querySelector("#full");
const task = document.querySelector("#task");
const order = document.querySelector("#order");
const worse = document.querySelector("#worse");
const count = document.querySelector("#count");
const cards = [...main.children];
let shown = cards;
let current = 0;

const byName = (a, b) => a.dataset.name.localeCompare(b.dataset.name);
const by = {
  "error": (a, b) => b.dataset.error - a.dataset.error,
  "-error": (a, b) => a.dataset.error - b.dataset.error,
  "ratio": (a, b) => b.dataset.ratio - a.dataset.ratio,
  "-ratio": (a, b) => a.dataset.ratio - b.dataset.ratio,
  "name": byName,
};

function arrange() {
  cards.sort((a, b) => by[order.value](a, b) || byName(a, b));
  for (const card of cards) {
    card.hidden = (task.value && card.dataset.task !== task.value) || (worse.checked && card.dataset.worse !== "1");
  }
  main.append(...cards);
  shown = cards.filter((card) => !card.hidden);
  count.textContent = shown.length + " of " + cards.length;
}

function open(index) {
  current = Math.max(0, Math.min(index, shown.length - 1));
  const copy = shown[current].cloneNode(true);
  copy.removeAttribute("tabindex");
  full.replaceChildren(copy);
  if (!dialog.open) dialog.showModal();
}

function blink(before) {
  const [input, output] = full.querySelectorAll("img");
  output.dataset.src ??= output.getAttribute("src");
  output.src = before ? input.getAttribute("src") : output.dataset.src;
}

const cardOf = (event) => shown.indexOf(event.target.closest("article"));

main.addEventListener("click", (event) => { if (cardOf(event) >= 0) open(cardOf(event)); });
main.addEventListener("keydown", (event) => { if (event.key === "Enter" && cardOf(event) >= 0) open(cardOf(event)); });
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("close", () => shown[current].focus());
document.addEventListener("keydown", (event) => {
  if (!dialog.open) return;
  if (event.key === "ArrowRight") open(current + 1);
  if (event.key === "ArrowLeft") open(current - 1);
  if (event.key === " ") { event.preventDefault(); blink(true); }
});
document.addEventListener("keyup", (event) => { if (dialog.open && event.key === " ") blink(false); });
for (const control of [task, order, worse]) control.addEventListener("change", arrange);
arrange();
