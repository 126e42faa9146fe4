// The socket: says hello with the last event seen, notices when the line is dead, comes back.
import { page } from "./page.js";

const FIRST_WAIT = 300;
const LONGEST_WAIT = 5000;
// Too much was sent, or too many pages are open: the server says so and closes.
const FLOOD = 4429;
// The worker restarts: another one is there already, or soon. Not all pages come in one instant.
const RESTART = 1012;
const SOON = 150;
const AFTER_FLOOD = 45000;
// The server is there, but its database is not.
const TRY_LATER = 4503;
const SILENCE = 15000;
const PATIENCE = 5000;
// So many tries in vain, and the page says that it is offline.
const TRIES = 3;

// Milliseconds until the next try.
function waitAfter(code, tries) {
  if (code === RESTART && tries === 1) return Math.random() * SOON;
  const wait = code === FLOOD ? AFTER_FLOOD : Math.min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT);
  return wait * (0.5 + Math.random());
}

export class Wire {
  #socket = null;
  #tries = 0;
  #timer = 0;
  #watch = 0;
  #lastFrame = 0;
  #handlers = {};
  #isLeft = false;

  constructor(seq) {
    this.seq = seq;
    this.state = "reconnecting";
    addEventListener("online", () => this.#now());
    addEventListener("offline", () => this.#drop());
    document.addEventListener("visibilitychange", () => document.hidden || this.#now());
    setInterval(() => this.#look(), 3000);
  }

  // What is done with frames of a type; and with "state", whenever that changes.
  on(type, handle) {
    this.#handlers[type] = handle;
    return this;
  }

  connect() {
    clearTimeout(this.#timer);
    if (this.#socket || this.#isLeft) return;
    const address = location.origin.replace(/^http/, "ws") + page.live;
    const socket = new WebSocket(address, ["kinboard.v1.html"]);
    this.#socket = socket;
    this.#lastFrame = Date.now();
    socket.onopen = () => this.send({ type: "hello", person: page.person, after: this.seq });
    socket.onmessage = (event) => this.#hear(JSON.parse(event.data));
    socket.onclose = (event) => this.#socket === socket && this.#lost(event.code);
  }

  get isLive() {
    return this.state === "live";
  }

  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  // For good: this page is being left.
  leave() {
    clearTimeout(this.#timer);
    this.#isLeft = true;
    if (this.#socket) this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket?.close();
    this.state = "left";
  }

  // After a gap in the events, or a line that may be dead: start anew from what was seen last.
  again() {
    this.#drop();
    this.#now();
  }

  #hear(frame) {
    this.#lastFrame = Date.now();
    this.#watch = 0;
    if (frame.type === "welcome") {
      this.#tries = 0;
      this.#become("live");
    }
    if (frame.type === "event") {
      if (frame.seq <= this.seq) return;
      if (frame.from > this.seq + 1) return this.again();
    }
    this.#handlers[frame.type]?.(frame);
    if (frame.type === "event" || frame.type === "welcome") this.seq = Math.max(this.seq, frame.seq);
  }

  #lost(code) {
    this.#socket = null;
    if (this.#isLeft) return;
    // Sent away, or nobody whom this board knows: the server tells why on the page.
    if (code === 4401 || code === 4403) return location.reload();
    this.#tries += 1;
    const lost = navigator.onLine && this.#tries < TRIES ? "reconnecting" : "offline";
    this.#become(code === TRY_LATER ? "resting" : lost);
    this.#timer = setTimeout(() => this.connect(), waitAfter(code, this.#tries));
  }

  #drop() {
    const socket = this.#socket;
    if (!socket) return this.#become(navigator.onLine ? this.state : "offline");
    socket.onclose = socket.onmessage = null;
    socket.close();
    this.#lost(0);
  }

  #now() {
    if (!this.#socket) this.connect();
    else this.#look();
  }

  // A line that was silent for long is asked for a sign of life.
  #look() {
    if (!this.#socket) return; // it is being tried again already
    const silent = Date.now() - this.#lastFrame;
    if (this.#watch && Date.now() - this.#watch > PATIENCE) return this.again();
    if (!this.#watch && silent > (document.hidden ? SILENCE : SILENCE / 2)) {
      this.#watch = Date.now();
      if (!this.send({ type: "ping" }) && silent > SILENCE) this.again();
    }
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.#handlers.state?.(state);
  }
}
