// What is being typed into something new outlives a reload; it is forgotten once it is sent.
import { seat } from "./page.js";

const FORMS = "form[data-new-id], .number-form";
const key = (form) => `kinboard:draft:${seat}:${form.dataset.command}:${form.dataset.column ?? form.elements.form?.value ?? form.dataset.scale ?? ""}`;
const choice = (form) => form.elements.shown;
const texts = (form) => [...form.elements].filter((control) => control.matches("textarea, input:not([type])"));

function save(form) {
  const typed = texts(form).map((control) => control.value);
  try {
    if (typed.some(Boolean)) localStorage.setItem(key(form), JSON.stringify([...typed, choice(form)?.value]));
    else localStorage.removeItem(key(form));
  } catch {
    // A private window: the words live as long as the page.
  }
}

function restore(form) {
  try {
    const typed = JSON.parse(localStorage.getItem(key(form)) ?? "[]");
    texts(form).forEach((control, index) => (control.value ||= typed[index] ?? ""));
    const shown = typed[texts(form).length];
    if (choice(form) && shown) choice(form).value = shown;
  } catch {
    // As above.
  }
}

// Whether anything is half-written on this page.
export const areThere = () => [...document.querySelectorAll(FORMS)].some((form) => texts(form).some((one) => one.value.trim()));

export function start() {
  document.querySelectorAll(FORMS).forEach(restore);
  document.addEventListener("input", (event) => {
    const form = event.target.form ?? event.target;
    if (form.matches?.(FORMS)) save(form);
  });
  document.addEventListener("sent", (event) => {
    if (!event.target.matches(FORMS)) return;
    localStorage.removeItem(key(event.target));
  });
}
