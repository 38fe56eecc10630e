// A button with data-copy="<id>" copies that element's text and says so.
import { say } from "./say.js";

function textOf(source) {
  const lines = [...source.querySelectorAll(".ln")];
  if (!lines.length) return source.value ?? source.innerText.trimEnd();
  return lines.map((line) => line.querySelector("span:not(.sign, .why)").textContent).join("\n");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(textOf(source));
  } catch {
    getSelection().selectAllChildren(source);
    return say("Copying is blocked here. The text is selected: press Ctrl and C.");
  }
  button.dataset.done = "";
  say("Copied.");
  setTimeout(() => delete button.dataset.done, 2000);
});
