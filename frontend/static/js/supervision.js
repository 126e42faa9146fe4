// Group supervision: one's own vote, which fragments cannot know.
import { page } from "./page.js";
import { onApplied } from "./apply.js";

function mark() {
  for (const button of document.querySelectorAll("#nextquestions [data-votes]")) {
    const isMine = JSON.parse(button.dataset.votes).includes(page.person);
    button.setAttribute("aria-pressed", isMine);
    button.dataset.data = JSON.stringify({ ...JSON.parse(button.dataset.data), good: !isMine });
  }
}

export function start() {
  onApplied(mark);
  mark();
}
