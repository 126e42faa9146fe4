// Puts fragments where they belong, and disturbs nobody: focus, caret and scroll stay where they are.
import { byId, itemOf } from "./page.js";
import { parsed, trusted } from "./trusted.js";

let morph = null;
htmx.registerExtension("kinboard", {
  init: (inside) => {
    morph = inside.morph;
    // What htmx itself loads becomes HTML by the same policy; it brings no scripts.
    inside.initSecurity({ createHTML: trusted, createScript: () => "" });
  },
});

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const listeners = [];
// What waits until the drag is over.
const held = [];
let isHeld = false;

// Called with the ids of what was put in place.
export const onApplied = (listener) => listeners.push(listener);

// While somebody drags something, nothing moves under their finger.
export function hold() {
  isHeld = true;
}

export function release() {
  isHeld = false;
  held.splice(0).forEach((go) => go());
}

// `isOwn`: what this person did themselves may move the page; what others do must not.
export function apply(html, isOwn = false) {
  if (!html) return;
  if (isHeld) return void held.push(() => apply(html));
  const fragments = parse(html);
  const ids = new Set(fragments.map((fragment) => fragment.id));
  const before = positions(fragments);
  const steady = isOwn ? () => {} : anchor(ids);
  let left = fragments;
  // What belongs into something that comes later in the same message has to wait for it.
  for (let rest; left.length; left = rest) {
    rest = left.filter((fragment) => !place(fragment));
    if (rest.length === left.length) break;
  }
  for (const fragment of left) byId(fragment.id)?.remove();
  steady();
  glide(before);
  listeners.forEach((listener) => listener(ids));
}

// New words of cards of which nothing else is new: [{card, rev, text}].
export function rewrite(texts) {
  if (isHeld && texts.length) return void held.push(() => rewrite(texts));
  const ids = new Set(texts.map(({ card }) => `card-${card}`));
  const steady = anchor(ids);
  for (const { card: id, ...fresh } of texts) {
    const card = byId(`card-${id}`);
    if (!card) continue;
    card.dataset.item = JSON.stringify({ ...itemOf(card), ...fresh });
    card.querySelector(":scope > .text").textContent = fresh.text;
  }
  steady();
  listeners.forEach((listener) => listener(ids));
}

function parse(html) {
  return [...parsed(html).children].flatMap((element) =>
    element.hasAttribute("data-wrap") ? [...element.children] : [element],
  );
}

// False where its container is not there (yet).
function place(fragment) {
  const old = byId(fragment.id);
  if (fragment.hasAttribute("data-gone")) {
    old?.remove();
    return true;
  }
  const shelf = fragment.dataset.in ? byId(fragment.dataset.in) : old?.parentNode;
  if (!shelf) return !fragment.dataset.in;
  if (!old) {
    shelf.insertBefore(fragment, nextOnShelf(shelf, fragment));
    return true;
  }
  if (fragment.dataset.in) moveTo(shelf, old, fragment);
  if (fragment.dataset.radius) fit(fragment);
  const content = document.createDocumentFragment();
  content.append(fragment);
  morph(old, content, false);
  return true;
}

function moveTo(shelf, old, fragment) {
  const next = nextOnShelf(shelf, fragment);
  const stands = old.parentNode === shelf && old.nextElementSibling === next;
  if (stands || next === old) return;
  if (shelf.moveBefore && old.isConnected) shelf.moveBefore(old, next);
  else shelf.insertBefore(old, next);
}

function nextOnShelf(shelf, fragment) {
  const isBehind = (other) =>
    other.id !== fragment.id &&
    (other.dataset.pos > fragment.dataset.pos ||
      (other.dataset.pos === fragment.dataset.pos && other.id > fragment.id));
  return [...shelf.children].find((other) => other.dataset.pos && isBehind(other)) ?? null;
}

// The drawing grows with its rings.
function fit(rings) {
  const radius = Number(rings.dataset.radius) + 6;
  const box = `${-radius} ${-radius} ${2 * radius} ${2 * radius}`;
  byId("rings")?.closest("svg").setAttribute("viewBox", box);
}

// Something that stays in its place on the screen whatever grows above it.
function anchor(ids) {
  const focused = document.activeElement;
  const isWritten = focused?.matches?.("#main :is(textarea, input)");
  const element = isWritten ? focused : topmost(ids);
  const top = element?.getBoundingClientRect().top;
  return () => {
    if (!element?.isConnected) return;
    const shift = element.getBoundingClientRect().top - top;
    if (Math.abs(shift) >= 1) scrollBy({ top: shift, behavior: "instant" });
  };
}

function topmost(ids) {
  if (scrollY < 1) return null;
  for (const element of document.querySelectorAll("#main [data-item]:not(g)")) {
    const { top, bottom } = element.getBoundingClientRect();
    if (bottom > 80 && top < innerHeight && bottom > top && !ids.has(element.id)) return element;
  }
  return null;
}

function positions(fragments) {
  const found = new Map();
  if (calm.matches || fragments.length > 60) return found;
  for (const { id, dataset } of fragments) {
    const old = dataset.in && byId(id);
    if (old) found.set(old, { box: old.getBoundingClientRect(), spot: old.getAttribute("transform") });
  }
  return found;
}

// What moved goes there, instead of jumping.
function glide(before) {
  for (const [element, { box, spot }] of before) {
    if (!element.isConnected || !box.width) continue;
    const now = element.getBoundingClientRect();
    const x = box.left - now.left;
    const y = box.top - now.top;
    if (!now.width || Math.abs(x) + Math.abs(y) < 4 || Math.abs(y) > 2 * innerHeight) continue;
    if (spot) glideInDrawing(element, spot);
    else element.animate([{ translate: `${x}px ${y}px` }, { translate: "none" }], { duration: 250, easing: "ease-out" });
  }
}

function glideInDrawing(element, spot) {
  const to = element.getAttribute("transform");
  const frames = [spot, to].map((place) => ({ transform: place.replace(/(-?[\d.]+) (-?[\d.]+)/, "$1px, $2px") }));
  element.animate(frames, { duration: 250, easing: "ease-out" });
}
