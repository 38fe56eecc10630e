// Shows whether the page is live, and puts what went wrong into a toast.
import { say } from "./say.js";

const words = { live: "live", paused: "paused", lost: "reconnecting" };

function show(state) {
  const root = document.documentElement;
  if (root.dataset.live === state) return;
  root.dataset.live = state;
  for (const el of document.querySelectorAll("[data-live-status]")) el.textContent = words[state];
  if (state === "lost") say("The live connection is lost. Trying again.", true);
}

document.addEventListener("htmx:sse:after:connection", () => show("live"));
document.addEventListener("htmx:sse:after:message", () => show("live"));
document.addEventListener("htmx:sse:error", () => show("lost"));
document.addEventListener("visibilitychange", () => {
  if (document.documentElement.dataset.live) show(document.hidden ? "paused" : "live");
});

function toast(text) {
  const template = document.getElementById("toast-fail");
  const region = document.getElementById("toasts");
  if (!template || !region) return;
  const item = template.content.cloneNode(true);
  item.querySelector("[data-text]").textContent = text;
  region.replaceChildren(item);
}

// Pages of errors are for people who follow a link; a partial that fails keeps
// what is on the screen and says why.
document.addEventListener("htmx:before:swap", (event) => {
  const status = event.detail?.ctx?.response?.status ?? 200;
  if (status < 400 || status === 422) return;
  event.preventDefault();
  toast(status === 429 ? "Too many requests. Wait a moment, then try again." : `The server answered ${status}. Nothing was changed here.`);
});
document.addEventListener("htmx:error", () => toast("The server could not be reached. Nothing was changed here."));
