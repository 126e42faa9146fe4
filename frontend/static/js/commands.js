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
// While the board is locked or oneself is muted, it is tried again so often, in seconds.
const PAUSED = 3;
let slowUntil = 0;
// The code with which the server asked for patience, until nothing waits any more.
let held = "";
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
  if (frame.code === "not_saved") {
    // The server's trouble, not the command's.
    setTimeout(pump, 1500);
    return true;
  }
  // Not for good: it stays here, and so does what came after it.
  const wait = { slow_down: frame.retry_after, locked: PAUSED, muted: PAUSED }[frame.code];
  if (wait) {
    held = frame.code;
    slowUntil = Date.now() + 1000 * wait;
    setTimeout(pump, 1000 * wait + 10);
    tell();
    return true;
  }
  outbox.remove(command.id);
  const waits = answers.get(command.id);
  answers.delete(command.id);
  waits?.refused(new Refusal(frame));
  if (!waits?.isHeard) onOrphan(command, new Refusal(frame));
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
