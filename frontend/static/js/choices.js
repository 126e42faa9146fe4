// Lists to choose from: people, goals and dangers, places on a shelf.
import { byId, isOwn, itemOf, people, say } from "./page.js";

const short = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

// Everybody once: who sits in the meeting is not named again as somebody in the circles.
function named() {
  const seated = new Set(people().filter((one) => one.kind === "person").map((one) => one.id));
  return people()
    .filter((one) => !seated.has(one.seat))
    .map((one) => [one.id, one.relation ? `${one.name} (${one.relation})` : one.name]);
}

// Who stands in the circles.
const placed = () => people().filter((one) => one.kind === "circle").map((one) => [one.id, one.name]);

// Who stands in the family's picture.
const kin = () => [...document.querySelectorAll("#kin-list [data-item]")].map(itemOf).map((one) => [one.id, one.name]);

export const nameOf = (id) => people().find((one) => one.id === id)?.name ?? "";

function ofKind(kind) {
  const elements = document.querySelectorAll(`li[data-kind="${kind}"]:not([data-in="withdrawn"])`);
  return [...elements].map((element) => {
    const item = itemOf(element);
    return [item.id, short(item.what || item.outcome || item.act || item.met || say("unnamed"))];
  });
}

function onShelf(select, item) {
  const column = select.form.elements.column?.value;
  const shelf = column ? byId(`column-${column}`) : byId(`${item.kind}-${item.id}`)?.parentElement;
  return [...(shelf?.children ?? [])]
    .map(itemOf)
    .filter((other) => other && other.id !== item.id)
    .map((other) => [other.id, short(other.text ?? other.what)]);
}

// Sets the options of a list; the first one of the template ("None yet") stays, and the choice.
function offer(select, options, chosen) {
  const first = [...select.options].filter((option) => option.value === "");
  const wanted = chosen ?? select.value;
  select.replaceChildren(...first, ...options.map(([id, text]) => new Option(text, id)));
  select.value = wanted;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

// Who has a page here or waits at the door, but for the facilitator and whom the form is about.
function inMeeting(form) {
  const inside = people().filter((one) => one.kind === "person" && one.role !== "facilitator");
  const waiting = [...document.querySelectorAll("#waiting [data-item]")].map(itemOf);
  return [...inside.map((one) => [one.id, one.name]), ...waiting.map((one) => [one.id, say("at_door", one)])].filter(
    ([id]) => id !== form.elements.id.value,
  );
}

function boxes(fieldset) {
  const name = fieldset.dataset.peopleBoxes;
  const chosen = new Set([...fieldset.querySelectorAll(":checked")].map((box) => box.value));
  fieldset.querySelectorAll("label").forEach((label) => label.remove());
  for (const [id, text] of "inMeeting" in fieldset.dataset ? inMeeting(fieldset.form) : named()) {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name, value: id });
    box.checked = chosen.has(id);
    box.dataset.type = "list";
    if (fieldset.dataset.from) box.dataset.from = fieldset.dataset.from;
    label.append(box, text);
    fieldset.append(label);
  }
}

// The other cards of a column that this person may group under one: [id, words].
export const groupable = (item) =>
  [...(byId(`column-${item.column}`)?.children ?? [])]
    .map(itemOf)
    .filter((other) => other && other.id !== item.id && isOwn(other))
    .map((other) => [other.id, short(other.text)]);

function check(fieldset, [id, text]) {
  const label = document.createElement("label");
  const name = fieldset.dataset.cardsBoxes;
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name, value: id });
  box.dataset.type = "list";
  label.append(box, text);
  fieldset.append(label);
}

export function fillPeople(root) {
  for (const select of root.querySelectorAll("select[data-people]")) offer(select, named());
  for (const select of root.querySelectorAll("select[data-placed]")) offer(select, placed());
  for (const select of root.querySelectorAll("select[data-kin]")) offer(select, kin());
  root.querySelectorAll("[data-people-boxes]").forEach(boxes);
}

// `item` is the one that a sheet shows; dialogs for something new have none.
export function fillLists(root, item = null) {
  fillPeople(root);
  for (const select of root.querySelectorAll("select[data-items]"))
    offer(select, ofKind(select.dataset.items), item?.[select.name]);
  fillPlaces(root, item);
  for (const fieldset of item ? root.querySelectorAll("[data-cards-boxes]") : [])
    groupable(item).forEach((one) => check(fieldset, one));
}

export function fillPlaces(root, item) {
  if (!item) return;
  const before = byId(`${item.kind}-${item.id}`)?.previousElementSibling;
  for (const select of root.querySelectorAll("select[data-places]")) {
    const stays = (select.form.elements.column?.value ?? item.column) === item.column;
    const chosen = { after: itemOf(before)?.id ?? "", under: item.under ?? "" }[select.dataset.places];
    offer(select, onShelf(select, item), stays ? chosen : "");
  }
}
