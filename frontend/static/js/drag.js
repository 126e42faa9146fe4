// Moving cards with the mouse or a finger. By keyboard and screen reader: "Move it" in the card's sheet.
import { hold, release } from "./apply.js";
import { ask, outcome } from "./commands.js";
import { byId, isOpen, isOwn, itemOf, page } from "./page.js";
import { notice } from "./tray.js";

const FAR_ENOUGH = 6;
// A finger that rests so long means the card, not the page.
const LONG_PRESS = 350;
const EDGE = 90;

let drag = null;

function begin(event) {
  const card = event.target.closest("li.card[data-item]");
  if (!card || event.button || event.target.closest("button:not(.open), a")) return;
  if (!isOpen() || page.role === "projector" || card.dataset.in === "withdrawn" || !isOwn(itemOf(card))) return;
  drag = { card, id: event.pointerId, x: event.clientX, y: event.clientY, isOn: false };
  if (event.pointerType === "touch") drag.timer = setTimeout(lift, LONG_PRESS);
}

function lift() {
  hold();
  drag.isOn = true;
  drag.line = Object.assign(document.createElement("li"), { className: "drop-line" });
  drag.card.classList.add("dragging");
  getSelection()?.removeAllRanges();
  navigator.vibrate?.(10);
  drag.scroll = setInterval(scrollAtEdge, 16);
}

function move(event) {
  if (!drag || event.pointerId !== drag.id) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > FAR_ENOUGH;
  if (!drag.isOn) {
    if (!far) return;
    if (event.pointerType === "touch") return cancel();
    lift();
  }
  event.preventDefault();
  drag.at = { x: event.clientX, y: event.clientY };
  drag.card.style.translate = `${event.clientX - drag.x}px ${event.clientY - drag.y}px`;
  look();
}

// What lies under the finger: a place between cards, or a card to group this one under.
function look() {
  const { card, line, at } = drag;
  card.style.pointerEvents = "none";
  const below = document.elementFromPoint(at.x, at.y);
  card.style.pointerEvents = "";
  const radio = below?.closest?.(".switcher label")?.querySelector("input");
  if (radio && radio.id !== "col-scale") radio.checked = true;
  document.querySelectorAll(".drop").forEach((element) => element.classList.remove("drop"));
  line.remove();
  drag.target = null;
  const shelf = below?.closest?.("section.column")?.querySelector(":scope > [data-shelf]");
  if (!shelf) return;
  const head = [...shelf.children].find((one) => one !== card && one !== line && isInMiddle(one, at.y));
  if (head) return aimUnder(head);
  const next = [...shelf.children].find((one) => one !== card && one !== line && at.y < middle(one)) ?? null;
  shelf.classList.add("drop");
  shelf.insertBefore(line, next);
  const before = previous(line, card);
  drag.target = { shelf, next, column: shelf.id.slice("column-".length), after: before, under: "" };
}

function aimUnder(head) {
  head.classList.add("drop");
  const item = itemOf(head);
  const shelf = byId(`under-${item.id}`);
  drag.target = { shelf, next: null, column: item.column, after: null, under: item.id };
}

const middle = (element) => {
  const box = element.getBoundingClientRect();
  return box.top + box.height / 2;
};

function isInMiddle(element, y) {
  const box = element.getBoundingClientRect();
  return Math.abs(y - (box.top + box.height / 2)) < Math.min(box.height * 0.25, 40);
}

function previous(line, card) {
  let element = line.previousElementSibling;
  if (element === card) element = element.previousElementSibling;
  return itemOf(element?.matches("[data-item]") ? element : null)?.id ?? null;
}

function scrollAtEdge() {
  if (!drag?.at) return;
  const speed = drag.at.y < EDGE ? -12 : drag.at.y > innerHeight - EDGE ? 12 : 0;
  if (!speed) return;
  const before = scrollY;
  scrollBy({ top: speed, behavior: "instant" });
  drag.y -= scrollY - before;
  drag.card.style.translate = `${drag.at.x - drag.x}px ${drag.at.y - drag.y}px`;
  look();
}

async function end(event) {
  if (!drag || event.pointerId !== drag.id) return;
  const { card, isOn, target } = drag;
  const home = { shelf: card.parentElement, next: card.nextElementSibling };
  cancel();
  if (!isOn) return;
  swallowClick();
  if (!target || (target.shelf === home.shelf && (target.next === home.next || target.next === card))) return release();
  target.shelf.insertBefore(card, target.next);
  const { column, after, under } = target;
  const asked = ask("card.move", { id: itemOf(card).id, column, after, under });
  release();
  const refusal = await outcome(asked);
  if (!refusal) return;
  home.shelf.insertBefore(card, home.next?.parentElement === home.shelf ? home.next : null);
  notice(refusal.message);
}

// Letting go over the card it began on is no click on it.
function swallowClick() {
  const swallow = (click) => (click.stopPropagation(), click.preventDefault());
  addEventListener("click", swallow, { capture: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
}

function cancel() {
  if (!drag) return;
  clearTimeout(drag.timer);
  clearInterval(drag.scroll);
  drag.line?.remove();
  drag.card.classList.remove("dragging");
  drag.card.style.translate = "";
  document.querySelectorAll(".drop").forEach((element) => element.classList.remove("drop"));
  drag = null;
}

function giveUp() {
  const wasOn = drag?.isOn;
  cancel();
  if (wasOn) release();
}

export function start() {
  document.addEventListener("pointerdown", begin);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", giveUp);
  document.addEventListener("keydown", (event) => event.key === "Escape" && giveUp());
  // Once a finger has lifted a card, the page no longer scrolls under it.
  document.addEventListener("touchmove", (event) => drag?.isOn && event.preventDefault(), { passive: false });
  document.addEventListener("selectstart", (event) => drag && event.preventDefault());
  document.addEventListener("contextmenu", (event) => drag && event.preventDefault());
}
