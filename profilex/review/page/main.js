// The state of the page and what decisions do to it. Geometry is drawn by viewer and overlay, changed by the tools.
import { fetched, newId, Sender } from "./api.js";
import { element } from "./dom.js";
import { drawingBounds } from "./geometry.js";
import { Help } from "./help.js";
import { EDITING, Keys } from "./keys.js";
import { Overlay } from "./overlay.js";
import { Panel } from "./panel.js";
import { Queue } from "./queue.js";
import { Tools } from "./tools.js";
import { Viewer } from "./viewer.js";
import { language, otherLanguage, reasonWords, word } from "./words.js";

const LEAST_VIEW_MS = 300; // a vessel that was not in view so long cannot be accepted
const POLL_MS = 3000;
const $ = (id) => document.getElementById(id);

class App {
  constructor() {
    this.keys = new Keys();
    this.pages = new Map(); // page states by place
    this.page = null;
    this.vessel = null;
    this.version = 0;
    this.taken = new Set();
    this.window = newId().slice(0, 8);
    this.sender = new Sender((state, jobs, error) => this.showSaved(state, jobs, error));
    this.viewer = new Viewer($("view"), $("scan"), () => { this.overlay.place(); this.tools.mark(); });
    this.overlay = new Overlay($("overlay"), $("marks"), this.viewer);
    this.tools = new Tools(this, $("view"));
    this.queue = new Queue(this);
    this.panel = new Panel(this);
    this.help = new Help(this);
  }

  async start() {
    const collection = await fetched("api/collection");
    Object.assign(this, { collection, version: collection.version });
    this.queue.fill();
    this.translate();
    this.showSteps(collection);
    for (const notice of collection.notices) this.toast(notice);
    document.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("keyup", (event) => { if (this.keys.table.hide === event.key.toLowerCase()) $("view").classList.remove("hidden"); });
    $("undo").addEventListener("click", () => this.step("undo"));
    $("redo").addEventListener("click", () => this.step("redo"));
    $("language").addEventListener("click", () => { otherLanguage(); this.translate(); });
    $("help-open").addEventListener("click", () => this.help.open());
    window.addEventListener("beforeunload", (event) => { if (this.sender.waits) event.preventDefault(); });
    window.addEventListener("hashchange", () => this.followAddress());
    setInterval(() => this.poll(), POLL_MS);
    if (!await this.followAddress()) await this.go(this.queue.first());
    document.body.dataset.ready = "yes";
  }

  // #PLACE/VESSEL in the address shows that vessel.
  async followAddress() {
    const [place, name] = decodeURIComponent(location.hash.slice(1)).split("/");
    if (!name || !(Number(place) in this.collection.pages)) return false;
    if (this.vessel && this.page.page === Number(place) && this.vessel.id === name) return true;
    return this.go({ place: Number(place), id: name });
  }

  async load(place, again = false) {
    if (again || !this.pages.has(place)) {
      const state = await fetched(`api/page/${place}`);
      if (!this.pages.has(place) || !this.sender.waits) this.keepPage(state);
    }
    return this.pages.get(place);
  }

  keepPage(state) {
    this.pages.set(state.page, state);
    if (this.pages.size > 12) for (const place of this.pages.keys()) {
      if (place !== state.page && (!this.page || place !== this.page.page)) { this.pages.delete(place); break; }
    }
  }

  // Show a vessel: { place, id }. Moving decides nothing.
  async go(target, { fit = true } = {}) {
    this.tools.flush();
    if (!target) { this.page ? this.choose(null) : this.panel.show(); return false; }
    const asked = (this.asked = newId());
    const page = await this.load(target.place);
    if (this.asked !== asked) return false;
    if (this.page !== page) {
      this.page = page;
      this.viewer.show(page);
      this.poll();
    }
    this.choose(page.vessels.find((vessel) => vessel.id === target.id) || page.vessels[0] || null, fit);
    const ahead = this.queue.after(target);
    if (ahead && ahead.place !== target.place) this.load(ahead.place).catch(() => {});
    return true;
  }

  choose(vessel, fit = true) {
    this.vessel = vessel;
    this.shownAt = performance.now();
    this.before = vessel ? vessel.measures : null;
    this.tools.forget();
    this.overlay.show(this.page, vessel && vessel.id);
    if (fit) vessel && vessel.sections.length ? this.viewer.fit(drawingBounds(vessel, this.page)) : this.viewer.fitPage();
    this.tools.mark();
    this.panel.show();
    this.queue.mark();
    if (vessel) {
      history.replaceState(null, "", `#${this.page.page}/${encodeURIComponent(vessel.id)}`);
      $("live").textContent = `${vessel.figure || vessel.id}, ${word(vessel.status || "open_")}`;
    }
  }

  // A decision about the vessel in hand (or the page); saved behind the person's back, and told.
  async decide(act, body = {}, vessel = this.vessel) {
    const page = this.page, key = body.scope === "page" ? "page" : vessel ? vessel.id : "";
    const heads = body.scope === "page" ? page.scale.heads : vessel && act !== "add" ? vessel.heads : [];
    const request = { id: newId(), act, vessel: vessel && act !== "add" ? vessel.id : "", ms: Math.round(performance.now() - this.shownAt), ...body };
    const job = {
      place: page.page, key, prev: heads,
      send: () => fetched(`api/decide/${page.page}`, { ...request, prev: job.prev }),
      after: (state) => { // what waits was decided with this one in view
        const next = key === "page" ? state.scale.heads : (state.vessels.find((each) => each.id === key) || { heads: [] }).heads;
        for (const waiting of this.sender.jobs) if (waiting.place === job.place && waiting.key === key) waiting.prev = next;
        this.takeIn(state, key);
      },
    };
    try {
      return await this.sender.add(job);
    } catch (error) {
      if (error.code === "stale") this.toast(word("stale"));
      else this.toast(word("refused") + (error.message.includes("valid") ? word("crosses") : error.message));
      const state = await this.load(page.page, true);
      this.keepPage(state);
      this.takeIn(state);
      return null;
    }
  }

  // A page as the server has it now, unless more of our own is on its way.
  takeIn(state, key = "") {
    this.version = Math.max(this.version, state.version || 0);
    if (state.summary) { this.collection.pages[state.page].vessels = state.summary; this.queue.refresh(); }
    if ("undo" in state) this.showSteps(state);
    const more = this.sender.jobs.some((job) => job.place === state.page);
    if (more || this.tools.isDragging) {
      if (this.page && this.page.page === state.page) this.adopt(state, false, key);
      return;
    }
    this.keepPage(state);
    if (this.page && this.page.page === state.page) this.adopt(state, true);
  }

  adopt(state, whole, key = "") {
    if (!whole) { // heads alone: what is being drawn stays, and follows what we decided ourselves, not what others did
      for (const vessel of this.page.vessels) {
        const known = state.vessels.find((each) => each.id === vessel.id);
        if (known && (vessel !== this.vessel || vessel.id === key)) vessel.heads = known.heads;
      }
      this.page.scale = state.scale;
      return;
    }
    const name = this.vessel && this.vessel.id;
    this.page = state;
    this.viewer.page = state;
    this.vessel = state.vessels.find((vessel) => vessel.id === name) || null;
    this.overlay.show(state, this.vessel && this.vessel.id);
    this.tools.mark();
    this.panel.show();
    this.queue.mark();
  }

  verdict(act, reason = "") {
    const vessel = this.vessel;
    if (!vessel || performance.now() - this.shownAt < LEAST_VIEW_MS) return;
    this.tools.flush();
    this.last = { page: this.page, vessel, act };
    const row = this.collection.pages[this.page.page].vessels.find((each) => each.id === vessel.id);
    const next = this.queue.after({ place: this.page.page, id: vessel.id });
    if (row) { row.done = true; row.status = act === "accept" ? row.status || "accepted" : "rejected"; }
    this.queue.refresh();
    this.decide(act, reason ? { reason } : {}, vessel);
    this.tools.take("select");
    if (act === "reject") this.panel.askWhy();
    next ? this.go(next) : this.panel.finished();
  }

  // The reason for the last rejection, said after it.
  async because(number) {
    const { last } = this;
    if (!last || last.act !== "reject") return;
    last.act = "";
    const page = await this.load(last.page.page, true), vessel = page.vessels.find((each) => each.id === last.vessel.id);
    if (!vessel) return;
    const state = await fetched(`api/decide/${page.page}`, { id: newId(), act: "reject", vessel: vessel.id, prev: vessel.heads, reason: ["decoration", "find", "exterior", "text", "twice", "other"][number - 1] });
    this.panel.askWhy(false);
    this.takeIn(state);
  }

  async step(way) {
    const id = newId();
    this.tools.flush();
    this.tools.forget();
    const state = await this.sender.add({ place: -1, key: way, send: () => fetched(`api/step/${way}`, { id }) }).catch((error) => this.toast(error.message));
    if (!state) return;
    if (state.page === null) { this.toast(word(way === "undo" ? "gone" : "nothingRedo")); this.showSteps(state); return; }
    this.takeIn(state);
    const about = state.vessels.find((vessel) => vessel.id === state.about);
    if (about && (!this.vessel || this.page.page !== state.page || this.vessel.id !== about.id)) await this.go({ place: state.page, id: about.id });
  }

  async lookForScans(folder) {
    const found = await fetched("api/scans", { folder }).catch((error) => this.toast(error.message));
    if (!found) return;
    document.activeElement.blur();
    this.toast(word("foundScans")(found.found, found.pages));
    found.scans.forEach((has, place) => { this.collection.pages[place].scan = has; });
    this.pages.clear();
    const target = { place: this.page.page, id: this.vessel ? this.vessel.id : "" };
    this.page = null;
    await this.go(target, { fit: false });
  }

  async poll() {
    const at = `${this.window}:${this.page ? this.page.page : ""}`;
    const found = await fetched(`api/changes/${this.version}?at=${encodeURIComponent(at)}`).catch(() => null);
    if (!found) return;
    this.taken = new Set(found.taken);
    const changed = Object.keys(found.pages).map(Number);
    if (changed.length && !this.sender.waits) {
      for (const place of changed) {
        this.collection.pages[place].vessels = found.pages[place];
        if (!this.page || place !== this.page.page) this.pages.delete(place);
      }
      this.version = found.version;
      if (this.page && changed.includes(this.page.page) && !this.tools.isDragging) {
        this.keepPage(await fetched(`api/page/${this.page.page}`));
        this.adopt(this.pages.get(this.page.page), true);
      }
    }
    this.queue.refresh();
  }

  onKey(event) {
    if ($("help").open) return;
    const field = event.target.closest("input, textarea, select");
    if (field) {
      if (event.key === "Escape") { field.blur(); $("view").focus(); }
      return;
    }
    if (this.tools.onKey(event)) { event.preventDefault(); return; }
    if (/^[1-6]$/.test(event.key) && this.last && this.last.act === "reject") { this.because(Number(event.key)); return; }
    const action = this.keys.actionOf(event);
    if (!action || (event.target.closest("button, summary") && /^(Enter| )$/.test(event.key))) return;
    if (event.target.id === "list" && /^(Enter| )$/.test(event.key)) return;
    event.preventDefault();
    if (event.repeat && ["accept", "reject", "later"].includes(action)) return; // a key that is held decides nothing more
    this.act(action);
  }

  act(action) {
    const here = this.page && this.vessel ? { place: this.page.page, id: this.vessel.id } : null;
    const simple = {
      accept: () => this.verdict("accept"), reject: () => this.verdict("reject"),
      later: () => this.go(this.queue.after(here, true)), next: () => this.go(this.queue.after(here)), previous: () => this.go(this.queue.before(here)),
      nextPage: () => this.go(this.queue.nextPage(here, 1)), previousPage: () => this.go(this.queue.nextPage(here, -1)),
      undo: () => this.step("undo"), undoPlain: () => this.step("undo"), redo: () => this.step("redo"),
      hide: () => $("view").classList.add("hidden"), fit: () => this.vessel && this.viewer.fit(drawingBounds(this.vessel, this.page)), fitPage: () => this.viewer.fitPage(),
      zoomIn: () => this.viewer.zoom(1.3), zoomOut: () => this.viewer.zoom(1 / 1.3), figure: () => this.panel.focus("figure"), note: () => this.panel.focus("note"),
      help: () => this.help.open(), less: () => this.tools.threshold(-1), more: () => this.tools.threshold(1),
      finish: () => this.tools.finish(), cancel: () => this.tools.take("select"), remove: () => this.tools.removeVertex(),
    };
    if (EDITING.includes(action)) this.tools.take(action === "box" ? "grow" : action);
    else simple[action]();
  }

  showSaved(state, jobs, error) {
    const place = $("saved");
    place.textContent = word(state) + (state === "unsaved" && error && error.status ? ` (${error.message})` : "");
    place.className = `saved ${state}`;
    document.body.dataset.saved = state;
  }

  showSteps({ undo, redo }) { $("undo").disabled = !undo; $("redo").disabled = !redo; }

  toast(text) {
    const place = $("toast");
    place.textContent = text;
    place.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { place.hidden = true; }, 6000);
    return null;
  }

  reason(name) { return reasonWords(this.collection.reasons, name); }
  missing(name) { return reasonWords(this.collection.missing, name); }

  translate() {
    document.documentElement.lang = language.name;
    document.title = `${word("title")} – profilex`;
    for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
    for (const node of document.querySelectorAll("[data-title]")) { node.title = word(node.dataset.title); node.setAttribute("aria-label", word(node.dataset.title)); }
    for (const [id, name] of [["queue", "queue"], ["list", "list"], ["tools", "tools"], ["panel", "panel"], ["view", "view"]]) $(id).setAttribute("aria-label", word(name));
    document.querySelector(".stage").setAttribute("aria-label", word("stage"));
    document.querySelector(".progress").setAttribute("aria-label", word("progress"));
    $("language").textContent = language.name === "de" ? "EN" : "DE";
    this.tools.fill();
    this.queue.translate();
    this.queue.refresh();
    this.panel.show();
    this.showSaved("saved", 0);
    $("saved").textContent = "";
  }
}

const app = new App();
app.start().catch((error) => document.body.append(element("p", { role: "alert" }, error.message)));
export { app };
