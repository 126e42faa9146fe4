// "Leave quickly": away at once, and nothing of the board stays on this phone or computer.
import { forgetAll } from "./outbox.js";

const TIMES = 3;
// Quicker than one closes one dialog after another.
const WITHIN = 1000;
// What is deleted here is deleted fast; nobody waits longer for it than this.
const PATIENCE = 600;

const root = document.documentElement;
const control = document.querySelector("[data-leave]");
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("kinboard-leave") : null;

// `unsent`: whether words would be lost; `stop`: what the page still does is ended.
let page = { unsent: () => false, stop: () => {} };
let presses = [];
let isAsking = false;
let isGoing = false;

export const isLeaving = () => isGoing;

// The board is out of sight before anything else happens.
const hide = () => root.classList.add("left");

export function leave() {
  hide();
  if (!isAsking && page.unsent()) return ask();
  tabs?.postMessage("leave");
  go();
}

async function go() {
  if (isGoing) return;
  isGoing = true;
  hide();
  page.stop();
  const body = new URLSearchParams({ csrf: control.dataset.csrf });
  const told = fetch("/leave-device", { method: "POST", body, keepalive: true }).catch(() => {});
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  await Promise.race([Promise.all([forget(), told]), late]);
  // Without a network there is still a page that says nothing.
  location.replace(navigator.onLine ? control.href : "about:blank");
}

async function forget() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("kinboard")) localStorage.removeItem(key);
    sessionStorage.clear();
  } catch {
    // A private window that keeps nothing.
  }
  const names = "caches" in window ? await caches.keys().catch(() => []) : [];
  await Promise.all([forgetAll(), ...names.map((name) => caches.delete(name))]);
}

// Words that were not sent would be gone. Over an empty page; leaving is one press of Enter away.
function ask() {
  isAsking = true;
  const { unsent, anyway, stay } = control.dataset;
  const dialog = document.createElement("dialog");
  dialog.className = "leaving";
  const words = Object.assign(document.createElement("p"), { textContent: unsent, className: "read" });
  dialog.append(words, button(anyway, "main", leave), button(stay, "quiet", () => dialog.close()));
  dialog.addEventListener("close", () => {
    isAsking = false;
    root.classList.remove("left");
    dialog.remove();
  });
  for (const open of document.querySelectorAll("dialog[open]")) open.close();
  document.body.append(dialog);
  // Not modal: Escape, or a phone's way back, would close it, and the board would be seen again.
  dialog.show();
  dialog.querySelector("button").focus();
}

function button(text, name, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, className: name });
  made.addEventListener("click", act);
  return made;
}

function press(event) {
  if (event.key !== "Escape" || event.repeat) return;
  presses = [...presses.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
  if (presses.length < TIMES) return;
  presses = [];
  leave();
}

export function start(thePage = page) {
  page = thePage;
  if (control) {
    control.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
    document.addEventListener("keydown", press, true);
    if (tabs) tabs.onmessage = go;
  }
  // A page that the browser kept is not shown again as it was: it is asked for anew.
  addEventListener("pagehide", (event) => event.persisted && hide());
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    hide();
    location.reload();
  });
}
