// Speaks through the one polite live region of the page, at most one sentence
// in ten seconds for what comes by itself.
let last = 0;

export function say(text, patient = false) {
  const region = document.getElementById("status");
  const now = Date.now();
  if (!region || (patient && now - last < 10_000)) return;
  last = now;
  region.textContent = text;
}
