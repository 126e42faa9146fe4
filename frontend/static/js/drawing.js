// Drawing with finger, pen or mouse. A stroke is sent when the finger is lifted, by the same way as
// all else that people do: it waits in this browser until the server has it.
import { byId, newId } from "./page.js";
import { ask, outcome } from "./commands.js";
import { hold, onApplied, release } from "./apply.js";
import { notice } from "./tray.js";

// The sheet, see app/houses/things.py.
const ACROSS = 2000;
const DOWN = 1500;
const MOST_POINTS = 200;
// What is nearer to the straight line than this is left out.
const FINE = 1.5;
// So near a stroke the eraser takes it.
const NEAR = 45;
const SVG = "http://www.w3.org/2000/svg";

let sheet = null;
let opener = null;
let pointer = null;
let points = [];
let line = null;
// What was drawn here just now, newest last.
let drawn = [];

const tools = byId("tools");
const chosen = (name) => tools.querySelector(`[name=${name}]:checked`).value;
const paper = () => sheet?.querySelector(".paper");

// -- the sheet -------------------------------------------------------------------------------

function begin(house) {
  const id = newId();
  const item = byId("new-sheet").content.cloneNode(true).firstElementChild;
  item.id = `drawing-${id}`;
  item.querySelector(".paper").id = `strokes-${id}`;
  const child = item.dataset.child;
  byId(`in-${house}.${child}`).append(item);
  tell(ask("house.drawing", { id, child, house }), item);
  open(item);
}

function open(item) {
  opener = document.activeElement;
  sheet = item;
  drawn = [];
  item.classList.add("open");
  document.body.classList.add("drawing");
  tools.hidden = false;
  byId("done").focus();
}

function close() {
  if (pointer !== null) lift();
  sheet?.classList.remove("open");
  sheet = null;
  tools.hidden = true;
  document.body.classList.remove("drawing");
  if (opener?.isConnected) opener.focus();
}

// What is refused was not drawn; the words say why.
async function tell(asked, element) {
  const refusal = await outcome(asked);
  if (!refusal) return;
  element.remove();
  if (element === sheet) close();
  notice(refusal.message);
}

// -- drawing ---------------------------------------------------------------------------------

function place(event) {
  const box = paper().getBoundingClientRect();
  const within = (value, most) => Math.round(Math.min(Math.max(value, 0), 1) * most);
  return [
    within((event.clientX - box.left) / box.width, ACROSS),
    within((event.clientY - box.top) / box.height, DOWN),
  ];
}

function down(event) {
  if (!sheet || pointer !== null || event.button > 0 || !event.target.closest(".open .paper")) return;
  event.preventDefault();
  pointer = event.pointerId;
  hold();
  paper().setPointerCapture(pointer);
  points = [place(event)];
  if (byId("eraser").checked) return rubOut(points[0]);
  line = stroke(chosen("colour"), chosen("width"));
  paper().append(line);
  show();
}

function move(event) {
  if (event.pointerId !== pointer) return;
  const steps = event.getCoalescedEvents?.() ?? [];
  for (const each of steps.length ? steps : [event]) points.push(place(each));
  if (line) show();
  else rubOut(points.at(-1));
}

function up(event) {
  if (event.pointerId !== pointer) return;
  const isLine = line !== null;
  lift();
  if (isLine) for (const piece of pieces(simpler(points))) send(piece);
}

function lift() {
  pointer = null;
  line?.remove();
  line = null;
  release();
}

function send(piece) {
  const id = newId();
  const drawing = sheet.id.slice("drawing-".length);
  const [colour, width] = [chosen("colour"), Number(chosen("width"))];
  const element = stroke(colour, width);
  element.id = `stroke-${id}`;
  element.firstChild.setAttribute("d", path(piece));
  paper().append(element);
  drawn.push(id);
  tell(ask("house.draw", { id, drawing, points: piece.flat(), colour, width }), element);
}

const show = () => line.firstChild.setAttribute("d", path(points));

function stroke(colour, width) {
  const element = document.createElementNS(SVG, "svg");
  element.setAttribute("class", `stroke k-${colour} w${width}`);
  element.setAttribute("viewBox", `0 0 ${ACROSS} ${DOWN}`);
  element.append(document.createElementNS(SVG, "path"));
  return element;
}

// As `path` in app/houses/things.py draws it.
function path(all) {
  if (all.length === 1) return `M${all[0][0]} ${all[0][1]}h0`;
  return all.map(([x, y], index) => `${index ? "L" : "M"}${x} ${y}`).join("");
}

// Ramer, Douglas and Peucker, without recursion.
function simpler(all) {
  const kept = new Set([0, all.length - 1]);
  const open = [[0, all.length - 1]];
  while (open.length) {
    const [from, to] = open.pop();
    let far = FINE;
    let at = 0;
    for (let index = from + 1; index < to; index += 1) {
      const distance = away(all[index], all[from], all[to]);
      if (distance > far) [far, at] = [distance, index];
    }
    if (!at) continue;
    kept.add(at);
    open.push([from, at], [at, to]);
  }
  return all.filter((_, index) => kept.has(index));
}

// How far a place is from the line between two others.
function away([x, y], [x1, y1], [x2, y2]) {
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const part = length ? Math.min(Math.max(((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length, 0), 1) : 0;
  return Math.hypot(x - x1 - part * (x2 - x1), y - y1 - part * (y2 - y1));
}

// A long stroke goes in pieces, each of which begins where the one before ended.
function pieces(all) {
  const cut = [];
  for (let from = 0; from === 0 || from < all.length - 1; from += MOST_POINTS - 1) cut.push(all.slice(from, from + MOST_POINTS));
  return cut;
}

// -- taking away -----------------------------------------------------------------------------

function rubOut(spot) {
  for (const element of paper().querySelectorAll(".stroke[id]")) {
    const numbers = element.firstElementChild.getAttribute("d").match(/-?\d+/g).map(Number);
    const places = [];
    for (let index = 0; index + 1 < numbers.length; index += 2) places.push([numbers[index], numbers[index + 1]]);
    if (places.some((one, index) => away(spot, one, places[index + 1] ?? one) < NEAR)) gone(element);
  }
}

function undo() {
  const own = drawn.map((id) => byId(`stroke-${id}`)).filter(Boolean);
  const last = own.at(-1) ?? [...paper().querySelectorAll(".stroke[id]")].at(-1);
  if (last) gone(last);
}

async function gone(element) {
  element.remove();
  const refusal = await outcome(ask("house.rub_out", { id: element.id.slice("stroke-".length) }));
  if (refusal && refusal.code !== "withdrawn") notice(refusal.message);
}

export function start() {
  document.addEventListener("click", ({ target }) => {
    const fresh = target.closest("[data-new-sheet]");
    const old = target.closest("[data-draw]");
    if (fresh) begin(fresh.dataset.newSheet);
    if (old) open(byId(`drawing-${old.dataset.draw}`));
  });
  document.addEventListener("pointerdown", down);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", up);
  document.addEventListener("pointercancel", up);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && close());
  byId("undo-stroke").addEventListener("click", undo);
  byId("done").addEventListener("click", close);
  tools.addEventListener("change", ({ target }) => {
    if (target.name === "colour") byId("eraser").checked = false;
  });
  // A sheet that comes anew from the server is still the one that is drawn on.
  onApplied(() => {
    if (!sheet) return;
    if (!sheet.isConnected) return close();
    sheet.classList.add("open");
    // It did not move, it was only small for a moment.
    for (const glide of sheet.getAnimations()) glide.cancel();
  });
}
