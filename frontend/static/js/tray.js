// What the server refused and nobody is looking at any more: the words, the reason, and what to do.
import { announce, byId, say } from "./page.js";
import * as commands from "./commands.js";

const LONG_ENOUGH = 10000;

// Shows a sentence; with words that were not saved it stays until somebody has seen it.
export function notice(message, words = "", again = null) {
  const box = document.createElement("div");
  box.append(paragraph(message));
  if (words) box.append(paragraph(words, "read"));
  const row = document.createElement("p");
  if (words) row.append(button(say("copy"), () => copy(words)));
  if (again) row.append(button(say("again"), () => (box.remove(), again())));
  row.append(button(say(words ? "discard" : "ok"), () => box.remove()));
  box.append(row);
  byId("tray")?.append(box);
  announce(message);
  if (!words) setTimeout(() => box.remove(), LONG_ENOUGH);
}

// What was refused after its form was left: nothing of it may be lost.
export function keepRefused({ name, data }, refusal) {
  const words = [data.text, data.what, data.called, data.reason, data.comment, ...Object.values(data.parts ?? {})];
  notice(refusal.message, words.filter(Boolean).join("\n"), () => commands.ask(name, data));
}

function paragraph(text, name = "") {
  const element = document.createElement("p");
  element.textContent = text;
  element.className = name;
  element.dir = "auto";
  return element;
}

function button(text, act) {
  const element = document.createElement("button");
  element.textContent = text;
  element.addEventListener("click", act);
  return element;
}

// The clipboard is closed to pages that came over plain HTTP; an old way still works there.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  announce(say("copied"));
}
