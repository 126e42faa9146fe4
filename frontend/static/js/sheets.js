// A sheet shows one thing of the board, with all that can be done to it; filled in the page, so
// that it opens without a network.
import { byId, isOpen, isPartQuiet, isOwn, isOwner, itemOf, leads, mayWrite, page } from "./page.js";
import { fillLists, fillPlaces, groupable, nameOf } from "./choices.js";
import { clearErrors, remember, showError } from "./forms.js";
import { onApplied } from "./apply.js";
import { open } from "./dialogs.js";
import { closeWriters, openWriters } from "./writing.js";

let shown = null;

export const shownItem = () => shown && itemOf(byId(shown));

export function openSheet(kind, element) {
  const item = itemOf(element);
  const sheet = byId("sheet");
  const template = byId(kind);
  if (!item || !template || page.role === "projector") return;
  if (sheet.open) sheet.close();
  shown = `${item.kind}-${item.id}`;
  sheet.replaceChildren(template.content.cloneNode(true));
  fill(sheet, item);
  open(sheet);
  openWriters(sheet, item, showError);
  // Reading comes first: no keyboard jumps up over the words.
  sheet.tabIndex = -1;
  sheet.focus();
}

function fill(sheet, item) {
  for (const element of sheet.querySelectorAll("[data-for]")) element.hidden = !isFor(element, item);
  show(sheet, item);
  for (const control of sheet.querySelectorAll("form[data-command] [name]")) setControl(control, item);
  fillLists(sheet, item);
  // Only now there are the options and boxes to choose.
  for (const control of sheet.querySelectorAll("select[data-people], [data-people-boxes] input")) setControl(control, item);
  for (const area of sheet.querySelectorAll("[data-write]")) area.value = item[area.dataset.write] ?? "";
  sheet.querySelectorAll("form[data-command]").forEach(remember);
  sheet.querySelectorAll("[data-echo]").forEach((echo) => echoFrom(sheet, echo));
}

// What only shows, and follows the board while the sheet is open.
function show(sheet, item) {
  for (const element of sheet.querySelectorAll("[data-text]")) element.textContent = item[element.dataset.text] ?? "";
  for (const link of sheet.querySelectorAll("[data-href]")) link.href = `${page.here}/${link.dataset.href}/${item.id}`;
  for (const element of sheet.querySelectorAll("[data-name]"))
    element.textContent = nameOf(item[element.dataset.name] || item.by);
}

function setControl(control, item) {
  const value = item[control.dataset.from ?? control.name];
  if (value === undefined || control.type === "hidden" && control.name !== "id" && !control.dataset.from) return;
  if (control.type === "radio") control.checked = control.value === String(value);
  else if (control.type === "checkbox") control.checked = Array.isArray(value) ? value.includes(control.value) : Boolean(value);
  else control.value = (control.dataset.type === "year" ? value || "" : value) ?? "";
}

function isFor(element, item) {
  if (!isOpen()) return false;
  switch (element.dataset.for) {
    case "open":
      return true;
    case "leads":
      return leads;
    case "facilitator":
      return page.role === "facilitator";
    case "draft":
      return item.shown === "own" && item.by === page.person && !(item.quiet && isPartQuiet(item.column));
    case "shown":
      return leads && item.shown !== "own";
    case "parent":
    case "partner":
      return item.sort === element.dataset.for;
    case "muted":
      return item.muted;
    case "unmuted":
      return !item.muted;
    case "head":
      return !item.under && !item.parked && !!groupable(item).length;
    case "parked":
      return item.parked && isOwn(item);
    case "unparked":
      return !item.parked && isOwn(item);
    case "on-phone":
      return item.joins_by === "phone";
    case "off-phone":
      return item.joins_by !== "phone";
    case "owner":
      return isOwner(item);
    default:
      return element.querySelector("[data-write]") ? mayWrite(item) : isOwn(item);
  }
}

// -- [data-echo]: a sentence that forms while its parts are typed ------------------------------

function echoFrom(root, echo) {
  const name = echo.dataset.echo;
  const source = root.querySelector(`[name="${name}"], [data-write="${name}"]`);
  echo.dataset.own ??= echo.textContent;
  const words = source?.value.trim() ?? "";
  echo.textContent = words || echo.dataset.own;
  echo.toggleAttribute("data-missing", !words);
}

function follow(event) {
  const name = event.target.dataset?.write ?? event.target.name;
  const root = event.target.closest("dialog");
  if (name && root) root.querySelectorAll(`[data-echo="${name}"]`).forEach((echo) => echoFrom(root, echo));
}

// -- keeping up ------------------------------------------------------------------------------

function refresh(ids) {
  const sheet = byId("sheet");
  if (!shown || !sheet?.open || !ids.has(shown)) return;
  const element = byId(shown);
  const item = itemOf(element);
  if (!item || item.withdrawn) {
    // Taken off the board by somebody: words that are just being written are not taken away too.
    if (!sheet.contains(document.activeElement) || !document.activeElement.matches("textarea")) sheet.close();
    return;
  }
  show(sheet, item);
  for (const form of sheet.querySelectorAll("form[data-auto]")) {
    if (form.contains(document.activeElement)) continue;
    for (const control of form.elements) if (control.name) setControl(control, item);
    remember(form);
  }
}

export function start() {
  onApplied(refresh);
  const sheet = byId("sheet");
  sheet?.addEventListener("close", () => {
    closeWriters();
    shown = null;
    sheet.replaceChildren();
  });
  sheet?.addEventListener("change", (event) => {
    if (event.target.name === "column") fillPlaces(event.target.form, shownItem());
  });
  document.addEventListener("input", follow);
  document.addEventListener("reset", (event) => {
    const root = event.target.closest("dialog");
    if (root) setTimeout(() => root.querySelectorAll("[data-echo]").forEach((echo) => echoFrom(root, echo)));
  });
}

// A dialog for something new.
export function openDialog(dialog) {
  fillLists(dialog);
  dialog.querySelectorAll("form").forEach(clearErrors);
  dialog.querySelectorAll("[data-echo]").forEach((echo) => echoFrom(dialog, echo));
  open(dialog);
}
