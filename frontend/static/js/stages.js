// Where the meeting is: the time that is left, and going along when the facilitator moves on.
import { byId, page, say } from "./page.js";
import { onApplied } from "./apply.js";
import * as tabs from "./tabs.js";

const COLUMNS = new Set(["worries", "working", "needs", "scale"]);
// A phone's clock may be wrong; the server's is the one that counts.
const ahead = Date.now() - Date.parse(page.now);

const isWall = !byId("to-map");

let stage = null;
let part = null; // the part of the board that is shown to everyone
let isUnfolded = false;

function tick() {
  for (const timer of document.querySelectorAll("#agenda .timer")) {
    const { ends, left } = timer.dataset;
    const seconds = ends ? Math.round((Date.parse(ends) - (Date.now() - ahead)) / 1000) : Number(left);
    const text = seconds > 0 ? clock(seconds) : say("time_is_up");
    const shown = timer.querySelector(".left");
    if (shown.textContent !== text) shown.textContent = text;
    timer.dataset.state = seconds <= 0 ? "over" : ends ? (seconds <= 60 ? "soon" : "running") : "held";
  }
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function unfold(open) {
  isUnfolded = open;
  const about = byId("stage-about");
  if (!about) return;
  about.hidden = !open && !isWall; // the wall has room for all of it
  document.querySelector("#agenda [data-unfold]").setAttribute("aria-expanded", open);
}

function changed() {
  const agenda = byId("agenda");
  const shown = agenda.dataset.spot.match(/^section-(.+)/)?.[1] ?? "";
  if (isWall) {
    const wall = byId("wall");
    // The large code makes way when the meeting goes on.
    const goesOn = stage !== null && (agenda.dataset.stage !== stage || (shown && shown !== part));
    if (goesOn && wall.dataset.full === "join") wall.dataset.full = "";
    fill(wall.dataset.full || shown);
  }
  else if (part !== null && shown && shown !== part) moved(shown);
  else if (stage !== null && agenda.dataset.stage !== stage) moved(sections()[0]);
  stage = agenda.dataset.stage;
  part = shown;
  unfold(isUnfolded);
  light(agenda.dataset.spot);
  tick();
}

// What the wall shows: what the facilitator fills it with, or what the stage is about.
function fill(full) {
  const { dataset } = byId("main");
  dataset.full = full;
  if (full === "join") dataset.full = ""; // before everything else, which stays as it is
  dataset.shown = dataset.full.startsWith("ring-") ? "circles" : dataset.full || sections().join(" ");
}

// The spotlight: the wall goes there, a phone stays where it is and reads it at the top.
function light(id) {
  const holds = (lit) => id && (lit.id === id || lit.querySelector(`.part-state#${CSS.escape(id)}`));
  for (const lit of document.querySelectorAll(".lit")) if (!holds(lit)) lit.classList.remove("lit");
  const whole = id.startsWith("section-") && byId(id)?.closest(".column, .safety, [id^=tab-]");
  const spot = whole || (id && byId(id));
  if (!spot || spot.classList.contains("lit")) return;
  spot.classList.add("lit");
  // Somebody in the family's picture is shown with all of it.
  if (isWall && !whole) (spot.closest("#genogram") ?? spot).scrollIntoView({ block: "nearest" });
}

// One's own hand: up or down.
function hands() {
  const button = byId("my-hand");
  const isUp = JSON.parse(byId("hands").dataset.people).includes(page.person);
  if (!button) return;
  button.setAttribute("aria-pressed", isUp);
  button.dataset.command = isUp ? "hand.lower" : "hand.raise";
}

// Nobody is dragged away from what they are writing: they are shown the way instead.
function moved(section) {
  if (!section) return;
  byId("follow").dataset.to = section;
  if (isBusy()) byId("follow").hidden = isThere(section);
  else go(section);
}

const sections = () => byId("agenda").dataset.sections.split(" ").filter(Boolean);
const place = (section) => `tab-${COLUMNS.has(section) || section === "questions" ? "map" : section}`;

function isThere(section) {
  const column = byId(`col-${section}`);
  return !byId(place(section))?.hidden && (!column || column.checked);
}

function isBusy() {
  const focused = document.activeElement;
  if (document.querySelector("dialog[open]") || focused?.matches("textarea, input:not([type=radio])")) return true;
  return [...document.querySelectorAll("#main [data-composer] textarea")].some((area) => area.value.trim());
}

function go(section) {
  byId("follow").hidden = true;
  if (COLUMNS.has(section)) byId(`col-${section}`).click();
  tabs.show(place(section).slice(4));
  if (section === "questions") byId("supervising")?.scrollIntoView({ block: "center" });
}

function click({ target }) {
  if (target.closest("#agenda [data-unfold]")) unfold(!isUnfolded);
  if (target.closest("#follow [data-go]")) go(byId("follow").dataset.to);
  if (target.closest("#follow [data-stay]")) byId("follow").hidden = true;
}

export function start() {
  if (!byId("agenda")) return;
  // A phone's keyboard leaves little room.
  document.addEventListener("focusin", ({ target }) => target.matches("#main textarea") && unfold(false));
  document.addEventListener("click", click);
  onApplied((ids) => {
    if (ids.has("agenda") || (isWall && ids.has("wall"))) changed();
    else if (ids.has(byId("agenda").dataset.spot)) light(byId("agenda").dataset.spot);
    if (ids.has("hands")) hands();
  });
  changed();
  hands();
  setInterval(tick, 500);
  // A phone that wakes shows the true time at once.
  document.addEventListener("visibilitychange", tick);
}
