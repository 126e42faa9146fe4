// Forms and buttons with data-command: what they hold becomes a command, a refusal stands beside its field.
import { ask, outcome, Refusal } from "./commands.js";
import { newId, say } from "./page.js";
import { confirmed } from "./dialogs.js";
import { notice } from "./tray.js";

// A dialog waits so long for "saved" before it closes; then the command waits in the outbox.
const PATIENCE = 2500;

const read = {
  int: (control) => parseInt(control.value, 10),
  float: (control) => parseFloat(control.value),
  year: (control) => parseInt(control.value, 10) || 0,
  bool: (control) => control.checked,
  id: (control) => control.value || null,
};

// What a form holds, by the names of the commands' fields; "parts.who" becomes {parts: {who}}.
export function collect(form) {
  const data = {};
  for (const control of form.elements) {
    const { name, type } = control;
    if (!name || control.disabled || type === "fieldset") continue;
    const kind = control.dataset.type;
    if (kind === "list") {
      data[name] ??= [];
      if (control.checked) data[name].push(control.value);
    } else if (type !== "radio" || control.checked) {
      put(data, name, kind ? read[kind](control) : control.value);
    }
  }
  return data;
}

function put(data, name, value) {
  const [first, rest] = name.split(".");
  if (rest) put((data[first] ??= {}), rest, value);
  else data[name] = value;
}

const started = new WeakMap();

// What the form held when it was filled: data-only-changed sends the rest.
export function remember(form) {
  form.noValidate = true; // our own words beside the field, in the person's language
  started.set(form, collect(form));
}

function changes(form, data) {
  const before = started.get(form) ?? {};
  const same = (name) => JSON.stringify(before[name]) === JSON.stringify(data[name]);
  return Object.fromEntries(Object.entries(data).filter(([name]) => name === "id" || !same(name)));
}

export async function submit(form) {
  if (form.ariaBusy === "true") return;
  clearErrors(form);
  let data = collect(form);
  const empty = [...form.elements].find((control) => control.required && !control.value.trim());
  if (empty) return showError(form, new Refusal({ code: "empty", field: empty.name, message: say("empty") }));
  if (form.dataset.command === "scale.answer" && data.number === undefined)
    return showError(form, new Refusal({ code: "missing", field: "number", message: say("number") }));
  if ("onlyChanged" in form.dataset) {
    data = changes(form, data);
    if (!Object.keys(data).some((name) => name !== "id")) return void finish(form);
  }
  if (data.under) data.after = null;
  if ("newId" in form.dataset) data.id = newId();
  const asked = ask(form.dataset.command, data);
  if ("close" in form.dataset && form.closest("dialog")) await sendFromDialog(form, asked);
  else await sendInPlace(form, asked);
}

async function sendFromDialog(form, asked) {
  form.ariaBusy = "true";
  const refusal = await Promise.race([outcome(asked), new Promise((go) => setTimeout(go, PATIENCE, null))]);
  form.ariaBusy = null;
  if (refusal) return showError(form, refusal);
  finish(form);
}

// A composer is free for the next card at once; what was refused comes back into it.
async function sendInPlace(form, asked) {
  const sent = snapshot(form);
  finish(form);
  const refusal = await outcome(asked);
  if (!refusal) return remember(form);
  if (isUntouched(form) && form.checkVisibility() && spotFor(form, refusal)) {
    for (const [control, value] of sent) control.value = value;
    form.dispatchEvent(new Event("input", { bubbles: true }));
    showError(form, refusal);
  } else notice(refusal.message, [...sent.values()].filter(Boolean).join("\n"));
}

const texts = (form) => [...form.elements].filter((control) => control.matches("textarea, input:not([type])"));
const snapshot = (form) => new Map(texts(form).map((control) => [control, control.value]));
const isUntouched = (form) => "reset" in form.dataset && texts(form).every((control) => !control.value);

function finish(form) {
  if ("reset" in form.dataset) {
    // Who sees it stays as it was chosen: the next words are not shown to more people by mistake.
    const shown = form.elements.shown?.value;
    form.reset();
    if (shown) form.elements.shown.value = shown;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
  form.dispatchEvent(new CustomEvent("sent", { bubbles: true }));
  if ("close" in form.dataset) form.closest("dialog")?.close();
}

// -- errors ----------------------------------------------------------------------------------

// A part of the board that is closed by now is told of beside the words, which stay.
function spotFor(root, refusal) {
  const spots = [...root.querySelectorAll("[data-error-for]")];
  const first = refusal.code === "section_locked" ? spots[0] : undefined;
  return spots.find((one) => one.dataset.errorFor === refusal.field) ?? first;
}

export function showError(root, refusal) {
  const spot = spotFor(root, refusal);
  if (!spot) return notice(refusal.message);
  spot.textContent = refusal.message;
  const control = root.querySelector(`[name="${refusal.field}"], [data-write="${refusal.field}"]`);
  control?.setAttribute("aria-invalid", "true");
  control?.focus();
}

export function clearErrors(root) {
  for (const spot of root.querySelectorAll("[data-error-for]")) spot.textContent = "";
  for (const control of root.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

// -- buttons ---------------------------------------------------------------------------------

export async function press(button, item) {
  if (button.dataset.confirm && !(await confirmed(button.dataset.confirm, button.textContent.trim()))) return;
  const data = JSON.parse(button.dataset.data || "{}", (_, value) =>
    typeof value === "string" && value.startsWith("$") ? item?.[value.slice(1)] : value,
  );
  const dialog = "closeDialog" in button.dataset ? button.closest("dialog") : null;
  const asked = ask(button.dataset.command, data);
  dialog?.close();
  const refusal = await outcome(asked);
  if (refusal) notice(refusal.message);
}

export function start() {
  document.querySelectorAll("form[data-command]").forEach(remember);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-command]")) return;
    event.preventDefault();
    submit(event.target);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("form[data-command][data-auto]")) submit(form);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("form[data-command]") && event.isTrusted) clearErrors(form);
  });
  // A card is a line or two: Enter adds it, Shift and Enter begins a new line. Phones have a button.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (!event.target.matches("form[data-composer] textarea") || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
}
