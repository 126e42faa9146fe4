// Times as the clock of the person who reads says; the server knows only UTC.
import { page } from "./page.js";

const clock = new Intl.DateTimeFormat(page.lang, { hour: "numeric", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(page.lang, { weekday: "short", hour: "numeric", minute: "2-digit" });

export function localize(root) {
  for (const element of root.querySelectorAll('time[datetime*="T"]')) {
    const at = new Date(element.dateTime);
    const isToday = at.toDateString() === new Date().toDateString();
    element.textContent = (isToday ? clock : calendar).format(at);
  }
}

// Now, and whenever something is loaded into it.
export function keepLocal(root) {
  localize(root);
  new MutationObserver(() => localize(root)).observe(root, { childList: true });
}
