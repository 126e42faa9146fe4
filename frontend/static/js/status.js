// Always true: live, saving, reconnecting, or offline with so many changes waiting here.
import { byId, say } from "./page.js";
import { heldBack, onChange, pending, waitingCount } from "./commands.js";
import { showWaiting } from "./typing.js";

// Most commands are saved before anybody could read "Saving…"; only what takes longer says so.
const SOON = 200;
const SAVED_FOR = 2500;

let wire = null;
let timer = 0;
let before = 0;

function write(text) {
  clearTimeout(timer);
  timer = 0;
  byId("status").textContent = text;
}

export function changed() {
  const waiting = waitingCount();
  const isLive = wire.isLive;
  const state = isLive ? (waiting ? "saving" : "live") : wire.state;
  const pill = byId("status");
  pill.dataset.state = state;
  pill.dataset.waiting = waiting;
  if (state === "saving" && heldBack()) write(say(heldBack() === "slow_down" ? "slow_down" : "paused", { n: waiting }));
  else if (state === "saving") {
    if (!before) write(say("live"));
    timer ||= setTimeout(() => write(say("saving")), SOON);
  } else if (state === "live") {
    write(say(before ? "saved" : "live"));
    timer = setTimeout(() => write(say("live")), SAVED_FOR);
  } else write(say(waiting ? `${state}_waiting` : state, { n: waiting }));
  before = isLive ? waiting : 0;
  showWaiting(pending(), isLive);
}

export function start(theWire) {
  wire = theWire;
  onChange(changed);
  changed();
}
