// The facilitator's own notes: kept as they are typed.
import { ask, outcome } from "./commands.js";
import { byId } from "./page.js";
import { onApplied } from "./apply.js";
import { clearErrors, showError } from "./forms.js";

const PAUSE = 1000;
const dialog = byId("lead-notes");
// What each field held when it was last kept, and its timer.
const kept = new Map();
const timers = new Map();

const areas = () => [...dialog.querySelectorAll("[data-note]")];

async function keep(area) {
  clearTimeout(timers.get(area));
  const text = area.value;
  const was = kept.get(area);
  if (text.trim() === was.trim()) return;
  kept.set(area, text);
  const refusal = await outcome(ask("note.write", { stage: area.dataset.note, text, was }));
  const around = area.closest("details, section");
  clearErrors(around);
  if (refusal) showError(around, refusal);
}

// Written on another device; what is being typed here is not touched.
function follow(ids) {
  for (const one of byId("notes").children) {
    const area = ids.has(one.id) && areas().find((each) => each.dataset.note === one.dataset.stage);
    if (!area || area.value.trim() !== kept.get(area).trim() || area.value.trim() === one.dataset.text) continue;
    area.value = one.dataset.text;
    kept.set(area, area.value);
  }
  if (!ids.has("agenda")) return;
  const stage = byId("agenda").dataset.stage;
  for (const each of dialog.querySelectorAll("details")) each.open ||= each.dataset.stage === stage;
}

export function start() {
  for (const area of areas()) kept.set(area, area.value);
  dialog.addEventListener("input", ({ target }) => {
    clearTimeout(timers.get(target));
    if (kept.has(target)) timers.set(target, setTimeout(keep, PAUSE, target));
  });
  const keepAll = () => areas().forEach(keep);
  dialog.addEventListener("focusout", keepAll);
  dialog.addEventListener("close", keepAll);
  addEventListener("pagehide", keepAll);
  onApplied(follow);
}
