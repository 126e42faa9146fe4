// While the family talks alone, new words are its own. They stay so if they are sent when the
// others are back already: what was begun for the family is not shown to more people by mistake.
import { byId } from "./page.js";
import { onApplied } from "./apply.js";

const label = () => byId("alone").dataset.mine;
const isAlone = () => Boolean(label()) && byId("alone").dataset.state === "running";

const isEmpty = (form) =>
  [...form.elements].every((one) => !one.matches("textarea, input:not([type])") || !one.value.trim());

// Lists that were folded out stay so, whatever comes in.
const unfolded = new Set();

function fold({ target }) {
  if (target.closest?.("#alone")) unfolded[target.open ? "add" : "delete"](target.className);
}

function mark() {
  for (const one of document.querySelectorAll("#alone details")) one.open ||= unfolded.has(one.className);
  document.body.classList.toggle("family-alone", isAlone());
  if (label()) document.querySelectorAll("select[name=shown]").forEach(choose);
}

function choose(select) {
  const all = select.querySelector("[value=all]");
  const family = select.querySelector("[value=family]");
  if (!family) all.after(new Option(label(), "family"));
  all.disabled = isAlone();
  if (isAlone() && select.value === "all") select.value = "family";
  if (isAlone() || select.value !== "family" || !isEmpty(select.form)) return;
  select.value = "all";
}

export function start() {
  document.addEventListener("toggle", fold, true);
  onApplied((ids) => ids.has("alone") && mark());
  // The words were sent: the next ones are for everyone again.
  document.addEventListener("sent", () => isAlone() || setTimeout(mark));
  mark();
}
