// The meeting's page: joins the parts together.
import { announce, byId, isLockedOut, isMuted, itemOf, page, say } from "./page.js";
import { Wire } from "./wire.js";
import * as alone from "./alone.js";
import * as apply from "./apply.js";
import * as choices from "./choices.js";
import * as circles from "./circles.js";
import * as commands from "./commands.js";
import * as dialogs from "./dialogs.js";
import * as drafts from "./drafts.js";
import * as drag from "./drag.js";
import * as forms from "./forms.js";
import * as leave from "./leave.js";
import * as sheets from "./sheets.js";
import * as stages from "./stages.js";
import * as status from "./status.js";
import * as tabs from "./tabs.js";
import { keepLocal, localize } from "./times.js";
import * as tray from "./tray.js";
import * as typing from "./typing.js";
import * as writing from "./writing.js";

const wire = new Wire(page.seq);

wire
  .on("state", status.changed)
  .on("welcome", (frame) => {
    if (frame.reset) return reload();
    take(frame);
    commands.sendAll();
    writing.reconnected();
    status.changed();
  })
  .on("event", take)
  .on("soft", ({ html }) => apply.apply(html))
  .on("ack", commands.confirmed)
  .on("error", (frame) => commands.refused(frame) || tray.notice(frame.message))
  .on("typing", typing.heard)
  .on("text", writing.opened)
  .on("bye", reload);

// The page is made anew by the server; the last letters reach the outbox first.
function reload() {
  writing.closeWriters();
  setTimeout(() => leave.isLeaving() || location.reload(), 100);
}

function take({ html, texts = [], merges, say: told, by }) {
  apply.apply(html, by === page.person);
  apply.rewrite(texts);
  writing.merged(merges);
  if (by !== page.person) announce(told);
}

function click(event) {
  const target = event.target;
  const button = target.closest("button[data-command]");
  if (button) {
    event.preventDefault();
    forms.press(button, button.closest("#sheet") ? sheets.shownItem() : null);
    button.closest("[data-once]")?.remove();
    return;
  }
  const opener = target.closest("[data-open]");
  if (opener && !opener.matches(".pill")) {
    if ("closeDialog" in opener.dataset) opener.closest("dialog").close();
    return openFrom(opener);
  }
  const tab = target.closest("[data-tab]");
  if (tab) return tabs.show(tab.dataset.tab);
  const copied = target.closest("[data-copy]");
  if (copied) return tray.copy(copied.dataset.copy);
  if (target.closest("[data-close-dialog]")) target.closest("dialog").close();
}

function openFrom(opener) {
  const what = opener.dataset.open;
  if (what.startsWith("#")) return sheets.openDialog(byId(what.slice(1)));
  sheets.openSheet(what, opener.dataset.of ? byId(opener.dataset.of) : opener);
}

// The demo's programs play while the page stays open.
async function play(event) {
  if (!event.target.matches("form[data-play]")) return;
  event.preventDefault();
  const answer = await fetch(event.target.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(event.target)),
    headers: { "HX-Request": "true" },
    redirect: "manual",
  });
  tabs.show("map");
  announce(say(answer.ok || answer.type === "opaqueredirect" ? "playing" : "again"));
}

// A form that came with a fragment.
function newForm(form) {
  if (form.noValidate) return;
  choices.fillPeople(form);
  forms.remember(form);
}

// What this person may do just now; the styles hide what would be refused.
function mark() {
  document.body.classList.toggle("locked-out", isLockedOut());
  document.body.classList.toggle("muted", isMuted());
  if (byId("waiting")) localize(byId("waiting"));
}

apply.onApplied((ids) => {
  mark();
  for (const id of ids)
    if (id.startsWith("scale-")) byId(id)?.querySelectorAll("form[data-command]").forEach(newForm);
  if (!ids.has("choices")) return;
  for (const form of document.querySelectorAll("form[data-command]")) choices.fillPeople(form);
});

leave.start({ unsent: () => commands.waitingCount() > 0 || drafts.areThere(), stop: commands.forget });
mark();
dialogs.start();
typing.start(wire);
writing.start(wire);
for (const form of document.querySelectorAll("main form[data-command]")) choices.fillPeople(form);
drafts.start();
forms.start();
sheets.start();
drag.start();
circles.start();
tabs.start();
stages.start();
// Only some need what follows.
if (byId("lead-notes")) import("./notes.js").then((notes) => notes.start());
if (byId("nextquestions")) import("./supervision.js").then((supervision) => supervision.start());
if (byId("alone")) alone.start();
let isAfar = false;
function withAfar() {
  if (isAfar || itemOf(byId(`person-${page.person}`))?.joins_by !== "remote") return;
  isAfar = true;
  import("./afar.js").then((afar) => afar.start());
}
apply.onApplied((ids) => ids.has(`person-${page.person}`) && withAfar());
withAfar();
// Only the wall needs this.
if (document.body.classList.contains("projector")) import("./wall.js").then((wall) => wall.start());
for (const id of ["history", "balance"]) if (byId(id)) keepLocal(byId(id));
document.addEventListener("click", click);
document.addEventListener("submit", play);
// The keyboard of a phone goes, or the page is put aside: what was typed is sent at once.
addEventListener("pagehide", () => writing.closeWriters());
await commands.start(wire, tray.keepRefused);
status.start(wire);
if (!leave.isLeaving()) wire.connect();
// Not before the board is live: on a slow line each file is time.
if (byId("asked-apart")) import("./tools.js").then((tools) => tools.start());
