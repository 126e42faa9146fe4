// The parts of the board: map, circles, steps, people, more. The address keeps which one is shown.
import { byId } from "./page.js";

export function show(name) {
  if (!byId(`tab-${name}`) || !byId(`to-${name}`)) return;
  for (const panel of document.querySelectorAll("[data-tab-panel]")) panel.hidden = panel.id !== `tab-${name}`;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const isShown = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", isShown);
    tab.tabIndex = isShown ? 0 : -1;
  }
  history.replaceState(null, "", name === "map" ? location.pathname : `#${name}`);
  scrollTo({ top: 0, behavior: "instant" });
}

function move(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || event.target.role !== "tab") return;
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const way = document.dir === "rtl" ? -step : step;
  const next = tabs[(tabs.indexOf(event.target) + way + tabs.length) % tabs.length];
  show(next.dataset.tab);
  next.focus();
}

export function start() {
  document.addEventListener("keydown", move);
  if (location.hash) show(location.hash.slice(1));
}
