// Moves through the board's past. One moment is fetched at a time; the slider may have moved on by then.
import { byId } from "./page.js";
import "./leaves.js";
import { localize } from "./times.js";
import { parsed } from "./trusted.js";

const slider = byId("replay");
let isFetching = false;

async function follow() {
  if (isFetching) return;
  isFetching = true;
  for (let shown = null; shown !== slider.value; ) {
    shown = slider.value;
    const answer = await fetch(slider.dataset.at + shown);
    if (!answer.ok) return location.reload();
    byId("then").replaceWith(parsed(await answer.text()).querySelector("#then"));
    localize(byId("then"));
    history.replaceState(null, "", slider.dataset.at + shown);
  }
  isFetching = false;
  const at = Number(slider.value);
  byId("earlier").href = slider.dataset.at + Math.max(1, at - 1);
  byId("later").href = slider.dataset.at + Math.min(Number(slider.max), at + 1);
}

// The links go one step, without loading the whole page again.
for (const [id, step] of [["earlier", -1], ["later", 1]])
  byId(id).addEventListener("click", (event) => {
    event.preventDefault();
    slider.value = Number(slider.value) + step;
    follow();
  });
slider.addEventListener("input", follow);
localize(byId("then"));
