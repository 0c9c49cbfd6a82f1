// The queue: doubtful vessels first, page by page; a list that holds only the rows in view, so that 50,000 are no burden.
import { element } from "./dom.js";
import { language, word } from "./words.js";

const ROW_PX = 44;
const SAMPLE_SHARE = 0.05; // of sure vessels, to measure how many of them are right

const doubt = (vessel) => vessel.review.length * 2 + 1 - vessel.confidence;
const isDisputed = (vessel) => vessel.review.some((reason) => reason.startsWith("disputed") || reason === "look_again");

// A number from 0 to 1 that depends on the vessel alone: the sample is the same in every window.
function lot(text) {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
}

const KINDS = {
  doubtful: (vessel) => !vessel.done && (vessel.review.length > 0 || vessel.status === "corrected"),
  open: (vessel) => !vessel.done,
  sample: (vessel, page) => !vessel.done && !vessel.review.length && lot(`${page.source}#${page.frame}/${vessel.id}`) < SAMPLE_SHARE,
  decided: (vessel) => vessel.done,
  all: () => true,
};

export class Queue {
  constructor(app) {
    this.app = app;
    this.rows = [];
    this.list = document.getElementById("list");
    this.which = document.getElementById("which");
    this.which.addEventListener("change", () => { this.order(); this.refresh(); this.list.scrollTop = 0; this.app.go(this.first()); });
    this.list.addEventListener("scroll", () => this.draw());
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    new ResizeObserver(() => this.draw()).observe(this.list);
  }

  fill() {
    this.which.replaceChildren(...Object.keys(KINDS).map((kind) => element("option", { value: kind }, word(kind))));
    this.order();
    if (!this.rows.length) { this.which.value = "open"; this.order(); }
    if (!this.rows.length) { this.which.value = "all"; this.order(); }
  }

  translate() { for (const option of this.which.options) option.textContent = word(option.value); }

  // The order stays while a person works through it: what is decided keeps its place, greyed.
  order() {
    const passes = KINDS[this.which.value];
    const pages = this.app.collection.pages.map((page, place) => {
      const vessels = page.vessels.filter((vessel) => passes(vessel, page));
      return { place, vessels, disputed: vessels.some(isDisputed), worst: Math.max(0, ...vessels.map(doubt)) };
    }).filter((page) => page.vessels.length);
    if (this.which.value !== "all") pages.sort((a, b) => b.disputed - a.disputed || b.worst - a.worst || a.place - b.place);
    this.rows = pages.flatMap(({ place, vessels }) =>
      [...vessels].sort((a, b) => (this.which.value === "all" ? 0 : isDisputed(b) - isDisputed(a) || doubt(b) - doubt(a))).map(({ id }) => ({ place, id })));
    this.places = new Map(this.rows.map((row, index) => [`${row.place}/${row.id}`, index]));
  }

  vesselOf(row) { return this.app.collection.pages[row.place].vessels.find((vessel) => vessel.id === row.id); }
  indexOf(row) { return row ? this.places.get(`${row.place}/${row.id}`) ?? -1 : -1; }
  first() { return this.rows.find((row) => this.isOpen(row)) || this.rows[0] || null; }
  isOpen(row) { const vessel = this.vesselOf(row); return vessel && (!vessel.done || this.which.value === "decided" || this.which.value === "all"); }

  // The next open one, round the end; those on pages of other windows come last.
  after(row) {
    const start = this.indexOf(row), count = this.rows.length;
    let passed = null;
    for (let n = 1; n <= count; n++) {
      const next = this.rows[(start + n + count) % count];
      if (row && next.place === row.place && next.id === row.id) continue;
      if (!this.isOpen(next)) continue;
      if (!this.app.taken.has(next.place)) return next;
      passed = passed || next;
    }
    return passed;
  }

  before(row) {
    const start = this.indexOf(row), count = this.rows.length;
    return count ? this.rows[(start - 1 + count) % count] : null;
  }

  nextPage(row, way) {
    const start = this.indexOf(row), count = this.rows.length;
    for (let n = 1; n <= count; n++) {
      const next = this.rows[(start + way * n + count * n) % count];
      if (!row || next.place !== row.place) return next;
    }
    return row;
  }

  refresh() {
    const all = this.app.collection.pages.flatMap((page) => page.vessels);
    const done = all.filter((vessel) => vessel.done).length;
    const bar = document.getElementById("progress-bar");
    bar.setAttribute("aria-valuemax", all.length);
    bar.setAttribute("aria-valuenow", done);
    bar.firstElementChild.style.inlineSize = `${(100 * done) / Math.max(all.length, 1)}%`;
    document.getElementById("progress-text").textContent = word("ofDone")(done, all.length);
    const left = this.rows.filter((row) => !(this.vesselOf(row) || { done: true }).done).length;
    document.getElementById("queue-count").textContent = word("nVessels")(this.which.value === "decided" || this.which.value === "all" ? this.rows.length : left);
    this.draw();
  }

  mark() {
    const { page, vessel } = this.app;
    const index = page && vessel ? this.indexOf({ place: page.page, id: vessel.id }) : -1;
    if (index >= 0) {
      const top = index * ROW_PX;
      if (top < this.list.scrollTop + ROW_PX) this.list.scrollTop = top - ROW_PX;
      else if (top + 2 * ROW_PX > this.list.scrollTop + this.list.clientHeight) this.list.scrollTop = top - this.list.clientHeight + 2 * ROW_PX;
    }
    this.draw();
  }

  draw() {
    const { list, rows, app } = this;
    const first = Math.max(0, Math.floor(list.scrollTop / ROW_PX) - 3), last = Math.min(rows.length, first + Math.ceil(list.clientHeight / ROW_PX) + 7);
    const space = element("div", { class: "space" });
    space.style.blockSize = `${rows.length * ROW_PX}px`;
    const scroll = list.scrollTop;
    let active = "";
    const shown = rows.slice(first, last).map((row, offset) => {
      const vessel = this.vesselOf(row) || { id: row.id, review: [], confidence: 0, status: "", done: true, figure: "" };
      const index = first + offset, isHere = app.page && app.vessel && row.place === app.page.page && row.id === app.vessel.id;
      if (isHere) active = `row-${index}`;
      return this.row(row, vessel, index, isHere);
    });
    space.append(...shown);
    list.replaceChildren(space);
    list.scrollTop = scroll;
    active ? list.setAttribute("aria-activedescendant", active) : list.removeAttribute("aria-activedescendant");
  }

  row(row, vessel, index, isHere) {
    const page = this.app.collection.pages[row.place];
    const name = page.source.split("/").pop() + (page.frame ? ` #${page.frame}` : "");
    const state = vessel.status || (vessel.review.length ? "doubtful" : "sure");
    const node = element("div", {
      id: `row-${index}`, role: "option", "aria-selected": String(Boolean(isHere)), "aria-setsize": this.rows.length, "aria-posinset": index + 1,
      class: `row ${state}${vessel.done ? " done" : ""}${isHere ? " here" : ""}`, title: page.source,
      on: { click: () => this.app.go(row) },
    },
    element("i", { class: "mark", "aria-hidden": "true" }, { accepted: "✓", corrected: "✎", rejected: "✕" }[vessel.status] || (vessel.review.length ? String(vessel.review.length) : "")),
    element("b", {}, vessel.figure || vessel.id), element("span", { class: "source" }, name),
    element("small", {}, vessel.confidence.toLocaleString(language.name, { minimumFractionDigits: 2, maximumFractionDigits: 2 })),
    this.app.taken.has(row.place) ? element("em", { title: word("taken") }, "⧉") : null,
    element("span", { class: "unseen" }, word(vessel.status || "open_")));
    node.style.insetBlockStart = `${index * ROW_PX}px`;
    return node;
  }

  onKey(event) {
    const { page, vessel } = this.app;
    const here = page && vessel ? this.indexOf({ place: page.page, id: vessel.id }) : -1;
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -here, End: this.rows.length - 1 - here }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const row = this.rows[Math.max(0, Math.min(this.rows.length - 1, here + by))];
    if (row) this.app.go(row);
  }
}
