// Who is writing where, and the words of a new card while they are typed.
import { byId, isPartQuiet, isPartShut, page, people, say } from "./page.js";
import { onApplied } from "./apply.js";

const OFTEN = 250;
const FORGET = 10000;

let wire = null;
let told = { where: null, text: null };
let timer = 0;

// -- telling ---------------------------------------------------------------------------------

// `where` is "column-worries" (with the words) or "ITEM.FIELD" (whose words come by themselves).
// `shown` is who will see the words: a draft is told to nobody.
export function tellTyping(where, text, shown = "all") {
  const part = where.slice("column-".length);
  if (shown === "own" || isPartShut(part) || isPartQuiet(part)) return stopTyping(where);
  told = { where, text, shown };
  timer ||= setTimeout(send, OFTEN);
}

export function stopTyping(where) {
  if (told.where !== where) return;
  told = { ...told, text: null };
  send();
  told = { where: null, text: null };
}

function send() {
  clearTimeout(timer);
  timer = 0;
  if (told.where && wire.isLive) wire.send({ type: "typing", ...told });
}

// -- showing ---------------------------------------------------------------------------------

// person -> {where, name, timer}
const writing = new Map();

export function heard({ person, name, where, text }) {
  if (person === page.person) return;
  forget(person);
  if (!where || text === null) return;
  writing.set(person, { where, name, timer: setTimeout(() => forget(person), FORGET) });
  if (where.startsWith("column-")) showGhost(person, name, where, text);
  else mark();
}

function forget(person) {
  const known = writing.get(person);
  if (!known) return;
  clearTimeout(known.timer);
  writing.delete(person);
  byId(`ghost-${person}`)?.remove();
  mark();
}

function showGhost(person, name, where, text) {
  const shelf = byId(`ghosts-${where.slice("column-".length)}`);
  if (!shelf || !text.trim()) return;
  const ghost = document.createElement("li");
  ghost.id = `ghost-${person}`;
  ghost.className = "ghost card";
  const words = Object.assign(document.createElement("p"), { className: "text", textContent: text, dir: "auto" });
  const color = people().find((one) => one.id === person)?.color ?? 0;
  ghost.append(words, Object.assign(document.createElement("span"), { className: `who p${color}`, textContent: name }));
  shelf.append(ghost);
}

// Marks everything in which somebody writes; fragments that come in take the mark off again.
function mark() {
  for (const element of document.querySelectorAll(".typing")) {
    element.classList.remove("typing");
    element.removeAttribute("data-typing");
  }
  for (const { where, name } of writing.values()) {
    const id = where.split(".")[0];
    const element = document.querySelector(`[data-item][id$="-${CSS.escape(id)}"]`);
    if (!element) continue;
    element.classList.add("typing");
    element.dataset.typing = [element.dataset.typing, name].filter(Boolean).join(", ");
  }
}

// -- what waits for the network is seen by who wrote it --------------------------------------

export function showWaiting(commands, isLive) {
  document.querySelectorAll(".waits-here").forEach((element) => element.remove());
  if (isLive) return;
  for (const { id, name, data } of commands) {
    if (name !== "card.add" || byId(`card-${data.id}`)) continue;
    const card = document.createElement("li");
    card.id = `waits-${id}`;
    card.className = "ghost card waits-here";
    card.append(Object.assign(document.createElement("p"), { className: "text", textContent: data.text, dir: "auto" }));
    card.append(Object.assign(document.createElement("small"), { textContent: say("waits") }));
    byId(`ghosts-${data.column}`)?.append(card);
  }
}

export function start(theWire) {
  wire = theWire;
  onApplied(mark);
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-composer]");
    if (!form || !["text", "shown"].includes(event.target.name)) return;
    const where = `column-${form.dataset.column}`;
    const { text, shown } = form.elements;
    // Those who may not see the words any more are told that the writing has ended.
    if (event.target === shown) stopTyping(where);
    if (text.value.trim()) tellTyping(where, text.value, shown.value);
    else stopTyping(where);
  });
  document.addEventListener("sent", ({ target }) => {
    if (target.matches("form[data-composer]")) stopTyping(`column-${target.dataset.column}`);
  });
}
