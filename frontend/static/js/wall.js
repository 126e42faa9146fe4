// The wall: everything that matters fits on it, as large as it can be, and it does not jump.
import { byId } from "./page.js";
import { onApplied } from "./apply.js";

const LARGEST = 0.0135; // of the wall's width, for the root's letters
const SMALLEST = 0.0072;
const STEP = 0.93;
// It grows only where it can grow a good deal: a card less must not make all others move.
const WORTH_IT = 1.15;

let size = 0;
let filled = "";

// The circles' own letters grow with the drawing, which has what room the others leave.
const room = () => (byId("main").dataset.full === "circles" ? SMALLEST * 1.2 : LARGEST);
const largest = () => Math.min(Math.max(innerWidth * room(), 15), 44);

// What has to be seen: the column that the stage is about; without one, the map, or what is shown.
function parts() {
  const { shown = "", full = "" } = byId("main").dataset;
  if (full === "circles") return [...document.querySelectorAll("#circles .canvas")];
  if (full.startsWith("ring-")) return [...document.querySelectorAll(`#circle-list .r${full.slice(5)}`)];
  if (shown === "needs steps") return [...document.querySelectorAll("#main .c-needs > *, #tab-steps > *")];
  const column = document.querySelector(`#main .column.c-${shown.split(" ")[0] || "none"}`);
  if (column?.checkVisibility()) return [...column.children];
  const columns = [...document.querySelectorAll("#main .column")].filter((one) => one.checkVisibility());
  return columns.length ? columns.flatMap((one) => [...one.children]) : [...document.querySelectorAll("#main > section")];
}

const isSeen = (part) => part.checkVisibility() && part.getBoundingClientRect().height > 0;
const bottom = () => Math.max(0, ...parts().filter(isSeen).map((part) => part.getBoundingClientRect().bottom));

function fits(letters) {
  document.documentElement.style.fontSize = `${letters}px`;
  return bottom() + scrollY <= innerHeight;
}

function fit() {
  const before = size || largest();
  let letters = largest();
  while (letters > innerWidth * SMALLEST && !fits(letters)) letters *= STEP;
  const { full } = byId("main").dataset;
  const isOther = filled !== full;
  filled = full;
  const isCalm = !isOther && size && letters > before && letters < before * WORTH_IT;
  size = isCalm ? before : letters;
  document.documentElement.style.fontSize = `${size}px`;
}

let asked = 0;

function soon() {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(fit);
}

export function start() {
  onApplied(soon);
  addEventListener("resize", () => {
    size = 0;
    soon();
  });
  document.fonts.ready.then(soon);
  soon();
}
