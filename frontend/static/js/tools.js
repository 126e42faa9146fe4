// Structured assessments: answering alone, who is asked, and what an item is about.
import { byId, itemOf, page, people, say } from "./page.js";
import { onApplied } from "./apply.js";
import { open } from "./dialogs.js";
import { clearErrors, remember } from "./forms.js";
import { notice } from "./tray.js";
import { parsed } from "./trusted.js";

const asks = (one) => JSON.parse(one.dataset.raters).includes(page.person);
const shelf = () => [...(byId("assessments")?.children ?? [])];

// What one is asked oneself; fragments are the same for all who see the same.
function mark() {
  let waiting = null;
  for (const one of shelf()) {
    const mine = one.querySelector(".mine");
    if (!mine) continue;
    mine.hidden = !asks(one);
    if (asks(one)) waiting ??= one;
  }
  const bell = byId("asked-apart");
  bell.hidden = !waiting;
  if (!waiting) return;
  bell.querySelector("b").textContent = waiting.dataset.name;
  bell.querySelector("button").dataset.answer = waiting.dataset.id;
}

async function answer(id) {
  const dialog = byId("answering");
  const answered = await fetch(`${page.here}/tools/${id}`).catch(() => null);
  if (!answered?.ok) return notice(say("offline"));
  dialog.replaceChildren(parsed(await answered.text()));
  dialog.dataset.of = id;
  dialog.querySelectorAll("form").forEach(remember);
  open(dialog);
}

function box(name, value, label, type = "checkbox", checked = false) {
  const input = Object.assign(document.createElement("input"), { type, name, value, checked });
  if (type === "checkbox") input.dataset.type = "list";
  const line = document.createElement("label");
  line.append(input, Object.assign(document.createElement("span"), { textContent: label, dir: "auto" }));
  return line;
}

function fill(fieldset, lines) {
  fieldset.querySelectorAll("label:not(:has([value='']))").forEach((line) => line.remove());
  fieldset.append(...lines);
}

function raters(form, chosen) {
  const inside = people().filter((one) => one.kind === "person");
  const isChosen = (one) => (chosen ? chosen.includes(one.id) : one.role === "worker");
  fill(form.querySelector("[data-raters]"), inside.map((one) => box("raters", one.id, one.name, "checkbox", isChosen(one))));
}

const KINDS = ["harm", "danger", "goal", "card", "step"];

function things(form, chosen) {
  const items = KINDS.flatMap((kind) => [...document.querySelectorAll(`#main [data-kind="${kind}"]:not([data-in="withdrawn"])`)]).map(itemOf);
  const words = (one) => (one.text || one.what || one.outcome || one.act || one.met || say("unnamed")).slice(0, 120);
  fill(form.querySelector("[data-things]"), items.map((one) => box("cards", one.id, words(one), "checkbox", chosen.includes(one.id))));
}

function show(id, data) {
  const dialog = byId(id);
  const form = dialog.querySelector("form");
  // Not by form.elements: its "item" is a method.
  for (const control of form.querySelectorAll(":is([name=id], [name=item], [name=reason])")) control.value = data[control.name] ?? "";
  const asked = form.querySelector("[data-asked]");
  if (asked) asked.textContent = data.text;
  clearErrors(form);
  open(dialog);
  return form;
}

function agree(data) {
  const form = show("agree-item", data);
  fill(form.querySelector("[data-choices]"), data.choices.map((id, index) => box("answer", id, data.labels[index], "radio")));
  for (const one of form.elements.answer) one.checked = one.value === data.answer;
}

function click({ target }) {
  const button = target.closest("button");
  if (!button) return;
  const { dataset } = button;
  if (dataset.answer) answer(dataset.answer);
  else if (dataset.ask) raters(show("ask-raters", { id: dataset.ask }), JSON.parse(byId(`assessment-${dataset.ask}`).dataset.raters));
  else if (dataset.agree) agree(JSON.parse(dataset.agree));
  else if (dataset.link) {
    const data = JSON.parse(dataset.link);
    things(show("link-item", data), data.cards);
  } else if (dataset.open === "#open-tool" && page.role === "facilitator") raters(byId("open-tool").querySelector("form"));
}

// All answers were shown while one was still answering: there is nothing to change any more.
function follow(ids) {
  const dialog = byId("answering");
  const shown = byId(`assessment-${dialog.dataset.of}`);
  if (dialog.open && ids.has(`assessment-${dialog.dataset.of}`) && (!shown || "revealed" in shown.dataset)) dialog.close();
  mark();
}

export function start() {
  document.addEventListener("click", click);
  onApplied(follow);
  mark();
}
