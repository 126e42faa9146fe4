// What the server told this page of itself, and small things that every script needs.
const read = (id) => JSON.parse(document.getElementById(id)?.textContent || "{}");

// {board, person, role, lang, seq, state, live, here, mine}, see page_data in app/pages/meeting.py.
export const page = read("page");
export const seat = `${page.board}/${page.person}`;
export const leads = page.role === "facilitator" || page.role === "worker";

const words = read("words");

// One of the sentences in parts/script_words.html; {name} in it is filled in.
export const say = (key, values = {}) =>
  (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

// crypto.randomUUID is missing where the page came over plain HTTP, as in a demo on a local network.
export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const byId = (id) => document.getElementById(id);

// The item that an element of the board shows, or null: {kind, id, rev, …its fields}.
export function itemOf(element) {
  const holder = element?.closest("[data-item]");
  return holder ? JSON.parse(holder.dataset.item) : null;
}

// Whether one can write now: the meeting is not closed, the board not locked, oneself not paused.
export const isOpen = () => (byId("head")?.dataset.state ?? page.state) !== "closed" && !isLockedOut() && !isMuted();
export const isLockedOut = () => "locked" in (byId("head")?.dataset ?? {}) && !leads;
export const isMuted = () => !!itemOf(byId(`person-${page.person}`))?.muted;

// Whether this person may change an item, by the rules in app/people/rules.py. The server decides;
// this only keeps from offering what would be refused.
export const isOwn = (item) => !isShut(item) && isByOrFor(item);
const isByOrFor = (item) => leads || item.by === page.person || item.said_by === page.person || isOwner(item);

export function isOwner(item) {
  const mine = new Set([page.person]);
  for (const one of people()) if (one.seat === page.person) mine.add(one.id);
  return (item.owners ?? []).some((id) => mine.has(id));
}

const SHARED = new Set(["harm", "danger", "goal", "circle"]);
export const mayWrite = (item) => !isShut(item) && (SHARED.has(item.kind) || isOwn(item));

// The part of the board in which an item stands, and whether it is closed for this person.
const PARTS = { harm: "worries", danger: "worries", goal: "needs", step: "steps", circle: "circles", scale: "scale" };
export const isShut = (item) => isPartShut(item.column ?? PARTS[item.kind]);
export const isPartShut = (part) => !leads && "locked" in (byId(`section-${part}`)?.dataset ?? {});

export const isPartQuiet = (part) => "quiet" in (byId(`section-${part}`)?.dataset ?? {});

// Everyone who can be named: [{id, name, relation, kind: "person"|"circle", seat, color}].
export const people = () => JSON.parse(byId("choices")?.dataset.people || "[]");

// For those who hear the page.
export function announce(text) {
  const region = byId("announce");
  if (region && text) region.textContent = text;
}
