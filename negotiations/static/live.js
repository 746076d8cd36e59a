// Saves the live page's notes while they are typed. Without it the Save button does the same.
const form = document.querySelector("form[data-autosave]");
const path = form.dataset.autosave;
const copies = form.dataset.audience === "secretariat" ? window.localStorage : null;
const REST = 1000, AT_LATEST = 1500, SPOKEN = 10_000, A_DAY = 86_400_000; // milliseconds
const KEPT_ALIVE = 60_000; // bytes that a browser still sends when a page is left
const field = (name) => form.elements.namedItem(name);

class Box {
  constructor(section) {
    this.section = section;
    this.id = section.dataset.item;
    this.area = field(`body/${this.id}`);
    this.base = field(`base/${this.id}`);
    this.line = section.querySelector("[data-saved]");
    this.saved = this.area.value;
    this.key = `live:${form.dataset.copyOf}:${this.id}`;
    this.seen = `${form.dataset.audience}:${this.key}`;
    this.sent = []; // what is on its way: a page that is made meanwhile may show it already
    this.busy = this.stuck = false;
    this.tries = 0;
    this.area.addEventListener("input", () => this.typed());
    this.area.addEventListener("blur", () => this.save());
    this.restore();
    if (revision(sessionStorage.getItem(this.seen)) > revision(this.base.value)) this.refresh();
  }
  get isDirty() { return this.area.value !== this.saved; }
  typed() {
    this.copy();
    const now = Date.now();
    this.since ??= now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), Math.min(REST, Math.max(0, this.since + AT_LATEST - now)));
  }
  copy() {
    try {
      copies?.setItem(this.key, JSON.stringify({
        text: this.area.value, base: this.base.value, at: Date.now(), sent: this.sent,
      }));
    } catch { /* full or forbidden: the service has what was saved */ }
  }
  forget() { copies?.removeItem(this.key); }
  restore() { // what an ended tab left behind
    let left = null;
    try { left = JSON.parse(copies?.getItem(this.key) ?? "null"); } catch { this.forget(); }
    if (!left) return;
    if (left.text === this.area.value || Date.now() - left.at > A_DAY) return this.forget();
    // A page may be older than what its tab was told was saved while the page was on its way.
    if (revision(left.base) > revision(this.base.value)) this.base.value = left.base;
    if (left.base === this.base.value || left.sent?.includes(this.area.value)) {
      this.area.value = left.text;
      this.sent = left.sent ?? [];
      this.say("Put back what was typed here and not saved.");
      this.typed();
    } else if (this.area.value.startsWith(left.text)) this.forget(); // an old copy: all of it was saved
    else this.differ(left.text, this.area.value, "What you typed here before was not saved, and the note has changed since.");
  }
  async refresh() { // the tab was loaded anew while its last save was on its way
    const page = await shown();
    if (!page || this.isDirty) return;
    for (const one of [this.area, this.base]) one.value = page.querySelector(`[name="${one.name}"]`).value;
    this.saved = this.area.value;
  }
  async save(leaving = false) {
    clearTimeout(this.timer);
    if (this.stuck || !this.isDirty || (this.busy && !leaving)) return;
    const text = this.area.value;
    const body = new URLSearchParams({
      csrf: field("csrf").value, audience: field("audience").value,
      [`base/${this.id}`]: this.base.value, [`body/${this.id}`]: text,
    });
    this.busy = true;
    this.since = undefined;
    this.sent = [...this.sent.filter((one) => one !== text).slice(-4), text];
    this.copy();
    try {
      const keepalive = leaving && body.toString().length < KEPT_ALIVE;
      await this.take(await fetch(path, { method: "POST", body, keepalive, redirect: "manual" }), text);
    } catch {
      this.again("Not saved: no connection. What you typed is still here.");
    }
    this.busy = false;
    if (this.isDirty && !this.stuck && !this.tries) this.typed();
  }
  async take(answer, text) {
    const told = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
    if (answer.ok) {
      this.saved = text;
      this.tries = 0;
      this.base.value = told.base;
      this.sent = [];
      sessionStorage.setItem(this.seen, told.base);
      if (!this.isDirty) this.forget(); else this.copy();
      this.line.textContent = told.saved;
      this.line.classList.remove("late");
      this.section.querySelector("[data-suggested]").innerHTML = told.suggestions;
      speak(told.saved);
    } else if (answer.status === 412) {
      this.base.value = told.base;
      if (this.sent.includes(told.stands)) this.saved = told.stands; // one's own, from a tab that ended
      else this.differ(text, told.stands, "Somebody else saved this note meanwhile.");
    } else if (answer.status === 401 || answer.status === 403) {
      if (await sealed()) return this.again("Signed in again. Saving.", 0);
      this.say("Not saved: your sign-in has ended. What you typed is still here. ", ["Sign in in another tab", "/sign-in"]);
      this.again("");
    } else if (told.error) {
      this.stuck = true; // until something else is typed
      this.area.addEventListener("input", () => { this.stuck = false; }, { once: true });
      this.say(`Not saved: ${told.error}`);
    } else this.again(`Not saved: the service answered ${answer.status}. What you typed is still here.`);
  }
  again(words, after = Math.min(10_000, 1000 * 2 ** this.tries)) {
    if (words) this.say(words);
    this.tries += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.busy = false; this.save(); }, after);
  }
  say(words, link) {
    // Said already: a link that is made anew at each try can't be clicked.
    if (this.line.textContent === words + (link ? link[0] : "")) return;
    this.line.textContent = words;
    this.line.classList.add("late");
    if (link) {
      const a = Object.assign(document.createElement("a"), { textContent: link[0], href: link[1], target: "_blank" });
      this.line.append(a);
    }
    speak(words);
  }
  differ(mine, theirs, why) { // both texts side by side; nothing is sent until one is chosen
    this.stuck = true;
    this.say(`${why} Choose what stands.`);
    const pane = document.createElement("div");
    pane.className = "differ texts note warning";
    const shown = (title, text) => {
      const part = document.createElement("div");
      part.append(
        Object.assign(document.createElement("h3"), { textContent: title }),
        Object.assign(document.createElement("pre"), { textContent: text }),
      );
      return part;
    };
    const acts = document.createElement("p");
    acts.className = "acts";
    const choice = (label, text) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
      button.addEventListener("click", () => {
        pane.remove();
        this.stuck = false;
        this.area.value = text;
        this.saved = theirs;
        this.area.focus();
        if (this.isDirty) this.save();
        else { this.forget(); this.say("What was saved stands."); }
      });
      acts.append(button);
    };
    choice("Keep mine", mine);
    choice("Take theirs", theirs);
    choice("Keep both", `${theirs}\n\n${mine}`);
    pane.append(shown("Yours", mine), shown("Saved", theirs), acts);
    this.section.querySelector(".differ")?.remove();
    this.area.closest(".field").after(pane);
  }
}

let spokenAt = -SPOKEN;
function speak(words) { // to a screen reader, at most every ten seconds
  const region = form.querySelector("[data-status]");
  if (Date.now() - spokenAt < SPOKEN) return;
  spokenAt = Date.now();
  region.textContent = words;
}

const revision = (base) => parseInt(base, 10) || 0;

async function shown() { // this page as it is now, if one is signed in
  const answer = await fetch(location.href, { redirect: "manual" });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

async function sealed() { // the forms of a new login carry another seal
  const seal = (await shown())?.querySelector("form[data-autosave] input[name=csrf]")?.value;
  if (!seal || seal === field("csrf").value) return false;
  for (const input of document.querySelectorAll("input[name=csrf]")) input.value = seal;
  return true;
}

const boxes = [...form.querySelectorAll("section[data-item]")].map((section) => new Box(section));
const all = (leaving) => boxes.forEach((box) => box.save(leaving));
window.addEventListener("pagehide", () => all(true));
document.addEventListener("visibilitychange", () => all(false));
window.addEventListener("online", () => all(false));
form.addEventListener("submit", () => boxes.forEach((box) => { box.stuck = true; clearTimeout(box.timer); }));

const clock = document.querySelector("[data-minutes]");
if (clock) {
  const began = Date.now() - 60_000 * clock.dataset.minutes;
  setInterval(() => {
    clock.textContent = `${Math.floor((Date.now() - began) / 60_000)} of ${clock.dataset.of} minutes`;
  }, 15_000);
}
