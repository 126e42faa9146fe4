// People in the circles, moved by mouse, finger or arrow keys. The server finds each a free spot
// near the wish; until it has answered, the person stands where they were dropped.
import { hold, release } from "./apply.js";
import { ask, outcome } from "./commands.js";
import { announce, byId, isOpen, itemOf, page } from "./page.js";
import { openSheet } from "./sheets.js";
import { notice } from "./tray.js";

const FAR_ENOUGH = 5;
// One press of an arrow key: a twenty-fourth of the way around.
const STEP = 1 / 24;

let drag = null;

const svgOf = (pill) => pill.closest("svg");

function pointIn(svg, event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
}

// [[ring, radius], …] from the middle outwards.
const rings = () =>
  [...document.querySelectorAll("#rings .ring")]
    .map((circle) => [Number(/\br(\d)\b/.exec(circle.getAttribute("class"))[1]), Number(circle.getAttribute("r"))])
    .sort(([one], [other]) => one - other);

function placeOf({ x, y }) {
  const distance = Math.hypot(x, y);
  const ring = (rings().find(([, radius]) => distance <= radius) ?? [3])[0];
  return { ring, turn: ((Math.atan2(x, -y) / (2 * Math.PI) + 1) % 1) % 1 };
}

function begin(event) {
  const pill = event.target.closest?.(".pill");
  if (!pill || event.button || !isOpen() || page.role === "projector") return;
  const start = pointIn(svgOf(pill), event);
  const [, x, y] = /translate\((-?[\d.]+)[ ,]+(-?[\d.]+)/.exec(pill.getAttribute("transform")).map(Number);
  drag = { pill, start, x, y, isOn: false, at: { x: event.clientX, y: event.clientY }, was: pill.getAttribute("transform") };
  pill.setPointerCapture(event.pointerId);
}

function move(event) {
  if (!drag) return;
  if (!drag.isOn) {
    if (Math.hypot(event.clientX - drag.at.x, event.clientY - drag.at.y) < FAR_ENOUGH) return;
    drag.isOn = true;
    drag.pill.classList.add("dragging");
    hold();
  }
  const now = pointIn(svgOf(drag.pill), event);
  drag.spot = { x: drag.x + now.x - drag.start.x, y: drag.y + now.y - drag.start.y };
  drag.pill.setAttribute("transform", `translate(${drag.spot.x.toFixed(1)} ${drag.spot.y.toFixed(1)})`);
  const { ring } = placeOf(drag.spot);
  for (const circle of document.querySelectorAll("#rings .ring")) circle.classList.toggle("drop", circle.classList.contains(`r${ring}`));
}

function end(event) {
  if (!drag) return;
  const { pill, isOn, spot, was } = drag;
  drag = null;
  pill.classList.remove("dragging");
  document.querySelectorAll("#rings .drop").forEach((circle) => circle.classList.remove("drop"));
  if (!isOn) {
    if (event.type === "pointerup") openSheet("sheet-circle", pill);
    return;
  }
  if (event.type === "pointerup") place(pill, placeOf(spot), was);
  else pill.setAttribute("transform", was);
  release();
}

async function place(pill, { ring, turn }, was) {
  const { id } = itemOf(pill);
  const refusal = await outcome(ask("circle.place", { id, ring, turn: Math.round(turn * 10000) / 10000 % 1 }));
  if (!refusal) return;
  byId(pill.id)?.setAttribute("transform", was);
  notice(refusal.message);
}

// id -> {ring, turn}: several presses of a key add up while the first is on its way.
const wishes = new Map();

async function press(event) {
  const pill = event.target.closest?.(".pill");
  if (!pill) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    return openSheet("sheet-circle", pill);
  }
  const [inward, around] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [];
  if (inward === undefined || !isOpen()) return;
  event.preventDefault();
  const item = itemOf(pill);
  const now = wishes.get(item.id) ?? { ring: item.ring, turn: item.turn };
  const wish = { ring: Math.min(3, Math.max(0, now.ring + inward)), turn: (now.turn + around * STEP + 1) % 1 };
  if (wish.ring === now.ring && wish.turn === now.turn) return;
  wishes.set(item.id, wish);
  await place(pill, wish, pill.getAttribute("transform"));
  if (wishes.get(item.id) === wish) wishes.delete(item.id);
  announce(byId(`circle-${item.id}`)?.getAttribute("aria-label"));
}

export function start() {
  const drawing = byId("circles");
  drawing?.addEventListener("pointerdown", begin);
  drawing?.addEventListener("pointermove", move);
  drawing?.addEventListener("pointerup", end);
  drawing?.addEventListener("pointercancel", end);
  drawing?.addEventListener("keydown", press);
}
