// Conveniences only: every page works without them.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  });
}
// What is being worked out is looked at again every two seconds. The page is loaded anew once it is
// there, but not under the hands of somebody who is about to do something on it.
const working = document.querySelector("[data-working]");
const look = async () => {
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-working]");
    if (now && !working.contains(document.activeElement)) working.replaceChildren(...now.childNodes);
    if (now) return;
  } catch { return; }
  clearInterval(looking);
  if (document.activeElement === document.body) { location.reload(); return; }
  working.replaceChildren();
  const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "See it" });
  document.querySelector("[data-done]").append("The planner has come to an end. ", link);
};
const looking = working && setInterval(look, 2000);
// Copies of notes that were being typed (live.js) end with the login, and after a day.
const mine = () => Object.keys(localStorage).filter((key) => key.startsWith("live:"));
const old = (key) => {
  try { return Date.now() - JSON.parse(localStorage.getItem(key)).at > 86_400_000; } catch { return true; }
};
for (const key of mine().filter(old)) localStorage.removeItem(key);
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => {
  for (const key of mine()) localStorage.removeItem(key);
});
