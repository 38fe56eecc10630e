// "/" goes to the search field, Escape closes an open menu.
const typing = (el) => el?.closest?.("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !typing(event.target)) {
    const field = [...document.querySelectorAll("[data-search]")].find((el) => el.checkVisibility());
    if (!field) return;
    event.preventDefault();
    field.focus();
  }
  if (event.key === "Escape") {
    const menu = document.activeElement?.closest("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target)) menu.open = false;
});
