// Dialogs: opening, closing, and the question "really?".
import { byId } from "./page.js";

export function open(dialog) {
  if (!dialog.open) dialog.showModal();
}

// Resolves to whether the person said yes.
export function confirmed(question, yes) {
  const dialog = byId("confirm");
  dialog.querySelector("p").textContent = question;
  dialog.querySelector("[value=yes]").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) =>
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }),
  );
}

export function start() {
  // A tap beside a dialog closes it, as people expect on phones. What is written in it stays.
  document.addEventListener("pointerdown", (event) => {
    const dialog = event.target;
    if (!(dialog instanceof HTMLDialogElement)) return;
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });
}
