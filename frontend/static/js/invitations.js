// The facilitator's page of invitations: copying and printing a link, times as their clock says.
import { start } from "./leave.js";

async function copy(button) {
  const field = document.getElementById("link");
  field.select();
  // The clipboard is closed to pages that came over plain HTTP; an old way still works there.
  await navigator.clipboard?.writeText(field.value).catch(() => {});
  if (!navigator.clipboard) document.execCommand("copy");
  button.querySelector("span").textContent = button.dataset.done;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button?.dataset.do === "copy") copy(button);
  if (button?.dataset.do === "print") print();
});
const moment = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time")) time.textContent = moment.format(new Date(time.dateTime));
start();
