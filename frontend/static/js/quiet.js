// While the family talks alone: a quiet screen, which opens by itself when all are called back.
import { byId, page, say } from "./page.js";
import * as commands from "./commands.js";
import * as forms from "./forms.js";
import * as leave from "./leave.js";
import { keepRefused, notice } from "./tray.js";
import { parsed } from "./trusted.js";
import { Wire } from "./wire.js";

const reload = () => leave.isLeaving() || location.reload();

function take({ html }) {
  const fresh = html && parsed(html).querySelector("#alone");
  if (fresh && fresh.innerHTML !== byId("alone").innerHTML) byId("alone").replaceWith(fresh);
}

const wire = new Wire(page.seq)
  .on("state", (state) => (byId("status").textContent = state === "live" ? "" : say(state)))
  .on("welcome", (frame) => {
    if (frame.reset) return reload();
    take(frame);
    commands.sendAll();
  })
  .on("event", take)
  .on("ack", commands.confirmed)
  .on("error", (frame) => commands.refused(frame) || notice(frame.message))
  .on("bye", reload);

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-command]");
  if (!button) return;
  event.preventDefault();
  forms.press(button);
});
leave.start({ unsent: () => commands.waitingCount() > 0, stop: commands.forget });
// Words that were still on their way are kept here, to be taken up again afterwards.
await commands.start(wire, keepRefused);
if (!leave.isLeaving()) wire.connect();
