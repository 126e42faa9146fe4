// Somebody who is not in the room: asked once whether they are alone; then one small button, which
// says nothing to who looks over their shoulder, tells the facilitator that they no longer are.
import { byId, itemOf, page } from "./page.js";
import { onApplied } from "./apply.js";
import { ask, outcome } from "./commands.js";
import { notice } from "./tray.js";

let alone = page.alone ?? null;

const isAfar = () => itemOf(byId(`person-${page.person}`))?.joins_by === "remote";

function mark() {
  document.body.classList.toggle("afar", isAfar());
  byId("ask-alone").hidden = !isAfar() || alone !== null;
  const button = byId("all-well");
  button.hidden = !isAfar() || alone === null;
  button.setAttribute("aria-pressed", String(alone === true));
}

async function tell(answer) {
  const before = alone;
  alone = answer;
  mark();
  const refusal = await outcome(ask("afar.tell", { alone }));
  if (!refusal) return;
  alone = before;
  mark();
  notice(refusal.message);
}

export function start() {
  for (const button of byId("ask-alone").querySelectorAll("[data-alone]"))
    button.addEventListener("click", () => tell(button.dataset.alone === "yes"));
  byId("all-well").addEventListener("click", () => tell(!alone));
  onApplied((ids) => ids.has(`person-${page.person}`) && mark());
  mark();
}
