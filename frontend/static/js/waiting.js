// At the door: this page opens by itself once the facilitator has let this person in.
import { byId, page, say } from "./page.js";
import { isLeaving, start } from "./leave.js";
import { Wire } from "./wire.js";

const reload = () => isLeaving() || location.reload();
const wire = new Wire(page.seq)
  .on("state", (state) => (byId("status").textContent = say(state === "live" ? "waiting_here" : state)))
  .on("waiting", () => (byId("status").textContent = say("waiting_here")))
  .on("admitted", reload)
  .on("welcome", reload)
  .on("bye", reload);
start({ unsent: () => false, stop: () => wire.leave() });
wire.connect();
