// Conveniences only: every page works without them.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  });
}
// Copies of notes that were being typed (live.js) end with the login, and after a day.
const mine = () => Object.keys(localStorage).filter((key) => key.startsWith("live:"));
const old = (key) => {
  try { return Date.now() - JSON.parse(localStorage.getItem(key)).at > 86_400_000; } catch { return true; }
};
for (const key of mine().filter(old)) localStorage.removeItem(key);
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => {
  for (const key of mine()) localStorage.removeItem(key);
});
