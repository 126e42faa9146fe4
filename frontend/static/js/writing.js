// Writing in a text together with others. While the line is live each keystroke becomes a Yjs
// update, so that two people in one card lose nothing; without a line the new words are sent with
// the words that they started from, and the server merges them.
import { ask, outcome } from "./commands.js";
import { byId, itemOf, newId, page } from "./page.js";
import { notice } from "./tray.js";
import { stopTyping, tellTyping } from "./typing.js";

const BATCH = 250;
const BATCH_PLAIN = 800;
const KEY = "t";

let wire = null;
let yjs = null;
let writers = [];

export const start = (theWire) => (wire = theWire);

const load = async () => (yjs ??= await import(document.querySelector("meta[name=yjs]").content));

const toBytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const toText = (bytes) => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};

export function openWriters(root, item, showError) {
  closeWriters();
  const areas = [...root.querySelectorAll("[data-write]")].filter((area) => !area.closest("[hidden]"));
  writers = areas.map((area) => new Writer(area, item, (refusal) => showError(root, refusal)));
}

export function closeWriters() {
  writers.forEach((writer) => writer.close());
  writers = [];
}

// Frames from the server: the state that was asked for, and what others wrote.
export const opened = (frame) => writers.find((writer) => writer.asked === frame.id)?.begin(frame.state);
export function merged(merges) {
  for (const { item, field, update } of merges ?? [])
    writers.find((writer) => writer.id === item && writer.field === field)?.merge(toBytes(update));
}
// After a new connection, texts that are open are asked for, unless they are known already.
export function reconnected() {
  writers.forEach((writer) => writer.open());
  // Not needed to see the board and to add to it: it comes when the line is free.
  if (page.role !== "projector") setTimeout(() => load().catch(() => {}), 1500);
}

class Writer {
  #doc = null;
  #text = null;
  #updates = [];
  #late = [];
  #timer = 0;
  #composing = false;

  constructor(area, item, onRefusal) {
    this.area = area;
    this.id = item.id;
    this.kind = item.kind;
    this.field = area.dataset.write;
    this.onRefusal = onRefusal;
    // The words as the server has them, as far as this page knows; what is typed starts from here.
    this.base = area.value;
    this.asked = null;
    area.addEventListener("input", (event) => event.isComposing || this.#typed());
    area.addEventListener("compositionstart", () => (this.#composing = true));
    area.addEventListener("compositionend", () => {
      this.#composing = false;
      this.#typed();
      this.#late.splice(0).forEach((update) => this.merge(update));
    });
    area.addEventListener("blur", () => {
      this.flush();
      stopTyping(this.where);
    });
    this.open();
  }

  get where() {
    return `${this.id}.${this.field}`;
  }

  async open() {
    if (this.#doc || !wire.isLive) return;
    this.asked = newId();
    const asked = this.asked;
    await load().catch(() => null);
    if (yjs && this.asked === asked) wire.send({ type: "open", id: asked, item: this.id, field: this.field });
  }

  // The state came: what was typed until now is put on top of it.
  begin(state) {
    if (this.#doc || this.#waitsForPlain) return;
    const doc = new yjs.Doc();
    const text = doc.getText(KEY);
    yjs.applyUpdate(doc, toBytes(state));
    const typed = this.area.value;
    const isUntouched = typed === this.base;
    const now = text.toString();
    if (!isUntouched && this.base !== now) return; // others wrote meanwhile: the server merges
    this.#doc = doc;
    this.#text = text;
    doc.on("update", (update, origin) => origin === this && this.#updates.push(update));
    this.base = now;
    if (isUntouched) this.#put(now);
    else this.#typed();
  }

  merge(update) {
    if (this.#composing) return void this.#late.push(update);
    if (!this.#doc) return this.#followPlain();
    let delta = [];
    const listen = (event) => (delta = event.delta);
    this.#text.observe(listen);
    yjs.applyUpdate(this.#doc, update);
    this.#text.unobserve(listen);
    this.base = this.#text.toString();
    if (delta.length) this.#put(this.base, delta);
  }

  // Without a document: a text that nobody touches here follows the board.
  #followPlain() {
    const now = itemOf(byId(`${this.kind}-${this.id}`))?.[this.field];
    if (now === undefined || this.area.value !== this.base || this.#waitsForPlain) return;
    this.base = now;
    this.#put(now);
  }

  // Sets the words; the caret stays between the letters between which it was.
  #put(words, delta = []) {
    const { area } = this;
    if (area.value === words) return;
    const hasFocus = document.activeElement === area;
    let { selectionStart: start, selectionEnd: end, selectionDirection: direction, scrollTop } = area;
    let at = 0;
    for (const { retain, insert, delete: gone } of delta) {
      const length = insert?.length ?? 0;
      if (retain) at += retain;
      if (length) {
        if (at < start) start += length;
        if (at < end) end += length;
        at += length;
      }
      if (gone) {
        start -= Math.max(0, Math.min(gone, start - at));
        end -= Math.max(0, Math.min(gone, end - at));
      }
    }
    area.value = words;
    if (hasFocus) area.setSelectionRange(start, end, direction);
    area.scrollTop = scrollTop;
    area.dispatchEvent(new Event("echo", { bubbles: true }));
  }

  #typed() {
    tellTyping(this.where, "");
    this.area.removeAttribute("aria-invalid");
    if (this.#doc) {
      const change = splice(this.base, this.area.value);
      if (change) {
        const { at, gone, words } = change;
        this.#doc.transact(() => {
          if (gone) this.#text.delete(at, gone);
          if (words) this.#text.insert(at, words);
        }, this);
        this.base = this.#text.toString();
      }
    }
    this.#timer ||= setTimeout(() => this.flush(), this.#doc ? BATCH : BATCH_PLAIN);
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#doc) this.#flushUpdates();
    else if (this.area.value !== this.base) this.#sendPlain();
  }

  async #flushUpdates() {
    if (!this.#updates.length) return;
    const update = toText(yjs.mergeUpdates(this.#updates.splice(0)));
    const refusal = await this.#send({ update });
    if (refusal) this.#startAgain();
  }

  #waitsForPlain = 0;

  async #sendPlain() {
    const was = this.base;
    const text = this.area.value;
    this.base = text;
    this.#waitsForPlain += 1;
    const refusal = await this.#send({ text, was });
    this.#waitsForPlain -= 1;
    if (refusal) this.base = was;
    else if (!this.#waitsForPlain) {
      if (this.area.value === this.base) this.#followPlain();
      this.open();
    }
  }

  // Words that the server refused stay in front of who wrote them, and are tried again with the
  // next letter; the document that knows them is not the server's any more.
  #startAgain() {
    this.#doc = this.#text = null;
    this.#updates = [];
    this.base = itemOf(byId(`${this.kind}-${this.id}`))?.[this.field] ?? this.base;
  }

  async #send(words) {
    const refusal = await outcome(ask("words.write", { id: this.id, field: this.field, ...words }));
    if (!refusal) return null;
    // Its sheet may be closed by now: the words are kept where they can be seen.
    if (this.area.isConnected) this.onRefusal(Object.assign(refusal, { field: this.field }));
    else notice(refusal.message, this.area.value);
    return refusal;
  }

  close() {
    this.flush();
    stopTyping(this.where);
  }
}

// The one stretch that differs: {at, gone, words}, never between the halves of a letter.
function splice(old, now) {
  if (old === now) return null;
  const isHalf = (text, at) => /[\uDC00-\uDFFF]/.test(text[at] ?? "");
  let start = 0;
  const most = Math.min(old.length, now.length);
  while (start < most && old[start] === now[start]) start += 1;
  while (start && (isHalf(old, start) || isHalf(now, start))) start -= 1;
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  while (end && (isHalf(old, old.length - end) || isHalf(now, now.length - end))) end -= 1;
  return { at: start, gone: old.length - start - end, words: now.slice(start, now.length - end) };
}
