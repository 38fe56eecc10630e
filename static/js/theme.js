// Switches the theme in place; without this script the form posts to /theme.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const value = event.submitter?.value;
  if (!form.matches("form[data-theme-form]") || value === undefined) return;
  event.preventDefault();
  const root = document.documentElement;
  if (value === "auto") delete root.dataset.theme;
  else root.dataset.theme = value;
  for (const button of document.querySelectorAll("[data-theme-form] [aria-pressed]"))
    button.setAttribute("aria-pressed", String(button.value === value));
  // The server keeps the choice: it owns the cookie.
  fetch(form.action, { method: "POST", body: new URLSearchParams({ theme: value }), redirect: "manual" });
});
