// The page on which the three houses are made; the board itself does not load it.
import { announce, byId, page } from "./page.js";
import { Wire } from "./wire.js";
import * as apply from "./apply.js";
import * as commands from "./commands.js";
import * as dialogs from "./dialogs.js";
import * as drawing from "./drawing.js";
import * as forms from "./forms.js";
import * as leave from "./leave.js";
import * as status from "./status.js";
import * as tray from "./tray.js";

const wire = new Wire(page.seq);

wire
  .on("state", status.changed)
  .on("welcome", (frame) => {
    if (frame.reset) return reload();
    take(frame);
    commands.sendAll();
    status.changed();
  })
  .on("event", take)
  .on("ack", commands.confirmed)
  .on("error", (frame) => commands.refused(frame) || tray.notice(frame.message))
  .on("bye", reload);

function reload() {
  if (!leave.isLeaving()) location.reload();
}

function take({ html, say: told, by }) {
  apply.apply(html, true);
  if (by !== page.person) announce(told);
}

// What was refused after its form was left: nothing of it may be lost.
const keepRefused = ({ name, data }, refusal) =>
  tray.notice(refusal.message, data.text ?? "", data.text ? () => commands.ask(name, data) : null);

// Some of it may be another's, as what the child made alone is for the grown-up who sits with them.
function mark() {
  for (const thing of document.querySelectorAll(".thing")) {
    const { by, child } = thing.dataset;
    thing.classList.toggle("not-mine", by !== page.person && child !== page.person);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-command]");
  if (!button) return;
  event.preventDefault();
  forms.press(button, null);
});

apply.onApplied(mark);
leave.start({ unsent: () => commands.waitingCount() > 0, stop: commands.forget });
mark();
dialogs.start();
forms.start();
drawing.start();
await commands.start(wire, keepRefused);
status.start(wire);
if (!leave.isLeaving()) wire.connect();
