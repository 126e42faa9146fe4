// What people ask for: through the outbox to the server, and back as "saved" or as a refusal.
import { newId } from "./page.js";
import { Outbox } from "./outbox.js";

let outbox = null;
let wire = null;
const ready = Outbox.open();
const answers = new Map();
// Sent and not answered yet. So many at most; one at a time while the server asks for patience.
const under = new Set();
const AT_ONCE = 50;
// While the board is locked or oneself is muted, it is tried again so often, in seconds; and while
// the server cannot save, at random in between, so that not all come at once when it can again.
const PAUSED = 3;
const resting = () => 1 + 2 * Math.random();
let slowUntil = 0;
// The code with which the server asked for patience, until nothing waits any more, or until it
// saves again.
let held = "";
export const RESTING = "not_saved";
const listeners = new Set();

export class Refusal extends Error {
  // {code, field, message}: a sentence in the person's language.
  constructor(told) {
    super(told.message);
    this.code = told.code;
    this.field = told.field;
  }
}

export const waitingCount = () => outbox?.waiting.length ?? 0;

// Called with each refusal of a command that no part of the page waits for any more.
let onOrphan = () => {};

export async function start(theWire, orphan) {
  wire = theWire;
  onOrphan = orphan;
  outbox = await ready;
  tell();
}

export const onChange = (listener) => listeners.add(listener);
const tell = () => listeners.forEach((listener) => listener());

// Asks for a command. `kept` resolves when it would survive a reload, `done` at its commit;
// `done` rejects with a Refusal.
export function ask(name, data) {
  const id = newId();
  const done = new Promise((saved, refused) => answers.set(id, { saved, refused }));
  done.catch(() => {});
  const kept = ready
    .then((box) => {
      const adding = box.add(id, name, data);
      tell();
      return adding;
    })
    .then((command) => {
      pump();
    });
  return { id, kept, done };
}

const send = (command) => wire.send({ type: "command", id: command.id, name: command.name, data: command.data });

// Sends what waits, in the order in which it was asked.
function pump() {
  if (!outbox || !wire?.isLive || Date.now() < slowUntil) return;
  if (!outbox.waiting.length) held = "";
  const most = held ? 1 : AT_ONCE;
  for (const command of outbox.waiting) {
    if (under.size >= most) return;
    if (under.has(command.id)) continue;
    under.add(command.id);
    send(command);
  }
}

// After every welcome: all that was not confirmed.
export function sendAll() {
  under.clear();
  pump();
}

export const heldBack = () => (waitingCount() ? held : "");

// This page is being left: nothing is sent or kept any more.
export function forget() {
  outbox?.close();
  wire?.leave();
}

export const pending = () => outbox?.waiting ?? [];

export function confirmed(frame) {
  under.delete(frame.id);
  if (held === RESTING) held = "";
  outbox.remove(frame.id);
  answers.get(frame.id)?.saved(frame);
  answers.delete(frame.id);
  pump();
  tell();
}

export function refused(frame) {
  const command = frame.id && outbox?.find(frame.id);
  if (!command) return false;
  under.delete(command.id);
  // Not for good: it stays here, and so does what came after it. That may be refused for the sole
  // reason that what was asked before is not done yet: then its turn comes again.
  const waits = { slow_down: frame.retry_after, locked: PAUSED, muted: PAUSED, [RESTING]: resting() };
  const wait = waits[frame.code] ?? (held && outbox.waiting[0] !== command ? PAUSED : 0);
  if (wait) {
    if (frame.code in waits) held = frame.code;
    slowUntil = Date.now() + 1000 * wait;
    setTimeout(pump, 1000 * wait + 10);
    tell();
    return true;
  }
  outbox.remove(command.id);
  const asked = answers.get(command.id);
  answers.delete(command.id);
  asked?.refused(new Refusal(frame));
  if (!asked?.isHeard) onOrphan(command, new Refusal(frame));
  pump();
  tell();
  return true;
}

// Says that the caller shows a refusal itself. Returns a promise of null, or of the refusal.
export function outcome(asked) {
  const waits = answers.get(asked.id);
  if (waits) waits.isHeard = true;
  return asked.done.then(
    () => null,
    (refusal) => refusal,
  );
}
