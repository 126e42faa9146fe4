// Always true: live, saving, reconnecting, offline, or resting (the server cannot save), with so
// many changes waiting here.
import { byId, say } from "./page.js";
import { RESTING, heldBack, onChange, pending, waitingCount } from "./commands.js";
import { showWaiting } from "./typing.js";

// Most commands are saved before anybody could read "Saving…"; only what takes longer says so.
const SOON = 200;
const SAVED_FOR = 2500;
// From here on it takes so long that people wonder.
const LATE = 4000;

let wire = null;
let timer = 0;
let late = 0;
let before = 0;

function rest() {
  clearTimeout(timer);
  clearTimeout(late);
  timer = late = 0;
}

function write(text) {
  rest();
  byId("status").textContent = text;
}

export function changed() {
  const waiting = waitingCount();
  const isLive = wire.isLive;
  const saving = heldBack() === RESTING ? "resting" : "saving";
  const state = isLive ? (waiting ? saving : "live") : wire.state;
  const pill = byId("status");
  pill.dataset.state = state;
  pill.dataset.waiting = waiting;
  if (state === "saving" && heldBack()) write(say(heldBack() === "slow_down" ? "slow_down" : "paused", { n: waiting }));
  else if (state === "saving") {
    if (!before) write(say("live"));
    else if (waiting < before) rest();
    timer ||= setTimeout(isSlow, SOON);
  } else if (state === "live") {
    write(say(before ? "saved" : "live"));
    timer = setTimeout(() => write(say("live")), SAVED_FOR);
  } else write(say(waiting ? `${state}_waiting` : state, { n: waiting }));
  before = isLive ? waiting : 0;
  showWaiting(pending(), isLive && state !== "resting");
}

function isSlow() {
  byId("status").textContent = say("saving");
  late ||= setTimeout(() => (byId("status").textContent = say("saving_waiting", { n: waitingCount() })), LATE);
}

export function start(theWire) {
  wire = theWire;
  onChange(changed);
  changed();
}
