// Buttons open dialogs by command and commandfor; this stands in where the
// browser does not know them yet.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[commandfor]");
    const dialog = button && document.getElementById(button.getAttribute("commandfor"));
    if (!dialog) return;
    if (button.getAttribute("command") === "show-modal") dialog.showModal();
    else dialog.close();
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-dismiss]");
  button?.closest(".toast")?.remove();
});
