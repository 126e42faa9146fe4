// What people ask for: through the outbox to the server, and back as "saved" or as a refusal.
import { newId } from "./page.js";
import { Outbox } from "./outbox.js";

let outbox = null;
let wire = null;
const ready = Outbox.open();
const answers = new Map();
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
      if (wire?.isLive) send(command);
    });
  return { id, kept, done };
}

const send = (command) => wire.send({ type: "command", id: command.id, name: command.name, data: command.data });

// After every welcome: all that was not confirmed, in the order in which it was asked.
export function sendAll() {
  outbox?.waiting.forEach(send);
}

export const pending = () => outbox?.waiting ?? [];

export function confirmed(frame) {
  outbox.remove(frame.id);
  answers.get(frame.id)?.saved(frame);
  answers.delete(frame.id);
  tell();
}

export function refused(frame) {
  const command = frame.id && outbox?.find(frame.id);
  if (!command) return false;
  if (frame.code === "not_saved") {
    // The server's trouble, not the command's.
    setTimeout(() => wire.isLive && outbox.find(command.id) && send(command), 1500);
    return true;
  }
  outbox.remove(command.id);
  const waits = answers.get(command.id);
  answers.delete(command.id);
  waits?.refused(new Refusal(frame));
  if (!waits?.isHeard) onOrphan(command, new Refusal(frame));
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
