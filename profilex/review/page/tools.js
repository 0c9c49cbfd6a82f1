// What the pointer and the keys do to the vessel in hand. Each finished gesture is one decision, and one step of undo.
import { fetched } from "./api.js";
import { element } from "./dom.js";
import {
  areaOf, boundsOf, cleaned, distance, inVessel, nearestEdge, nearestVertex, onSegment, pointsOf, rounded, simplified, softly, withStretch,
} from "./geometry.js";
import { word } from "./words.js";

const REACH_PX = 9, EDGE_REACH_PX = 7, CLICK_PX = 4; // on the screen
const SOFT_PX = 70;
const SHOWN = ["edit", "grow", "axis", "rim", "redraw", "loop", "erase", "split", "merge", "add", "breaks", "bar"];

const closed = (ring) => [...rounded(ring), ...rounded([ring[0]])];
export const sectionsFor = (sections) => sections.map(({ rings, handle }) => ({ polygon: rings.map(closed), is_handle: Boolean(handle) }));
const copied = (sections) => sections.map(({ rings, handle }) => ({ rings: rings.map((ring) => ring.map((point) => [...point])), handle }));

export class Tools {
  constructor(app, place) {
    this.app = app;
    this.place = place;
    this.tool = "select";
    this.drag = null;
    this.active = null; // the vertex that keys move
    place.addEventListener("pointerdown", (event) => this.down(event));
    place.addEventListener("pointermove", (event) => this.move(event));
    place.addEventListener("pointerup", (event) => this.up(event));
    place.addEventListener("pointercancel", () => this.forget());
    place.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.app.viewer.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), this.at(event));
    }, { passive: false });
    place.addEventListener("dblclick", (event) => { if (this.tool === "select") this.app.viewer.zoom(2, this.at(event)); });
    place.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  // Whether something is drawn on the screen that has not been sent.
  get isDragging() { return Boolean(this.unsent) || (this.drag !== null && this.drag.kind !== "pan"); }
  get vessel() { return this.app.vessel; }

  fill() {
    const bar = document.getElementById("tools");
    bar.replaceChildren(...SHOWN.map((tool) => element("button", {
      type: "button", "data-tool": tool, "aria-pressed": String(tool === this.tool), title: `${word(tool)} (${this.app.keys.shown(tool)})`,
      on: { click: () => { this.take(this.tool === tool ? "select" : tool); } },
    }, element("span", {}, word(tool).split(":")[0]), element("kbd", {}, this.app.keys.shown(tool)))));
    this.hint();
  }

  take(tool) {
    this.flush();
    this.forget();
    this.tool = tool;
    this.active = null;
    this.place.dataset.tool = tool;
    for (const button of document.querySelectorAll("#tools button")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    this.bar = tool === "bar" ? this.foundBar() : null;
    this.breakStart = null;
    this.hint();
    if (tool !== "select") this.place.focus({ preventScroll: true });
    this.app.panel.showBar(tool === "bar");
    this.mark();
    if (tool === "bar" && this.bar) { this.showBar(); this.app.panel.focus("bar-length"); }
  }

  hint() { document.getElementById("hint").textContent = word("hints")[this.tool] || word("hints").select; }

  forget() {
    this.drag = null;
    this.app.overlay.draft && this.app.overlay.sketch(null);
    if (this.tool !== "grow") this.grown = null;
  }

  finish() { this.take("select"); document.getElementById("view").focus(); }

  at(event) { const box = this.place.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; }
  pagePx(px) { return px / this.app.viewer.scale; }

  mark() {
    const { vessel } = this;
    const editing = this.tool === "edit" && vessel;
    const vertices = editing ? vessel.sections.flatMap((section) => section.rings.flat()) : [];
    const lines = editing ? [vessel.axis, vessel.rim].filter(Boolean).flatMap((line) => [line[0], line[line.length - 1]]) : [];
    const active = this.active && editing ? this.vertex(this.active) : this.breakStart;
    this.app.overlay.marks(vertices, this.bar ? this.bar : lines, active || null);
  }

  vertex({ s, r, v }) {
    const section = this.vessel.sections[s];
    return section && section.rings[r] && section.rings[r][v];
  }

  down(event) {
    this.place.focus({ preventScroll: true });
    if (event.button > 1 || this.drag) return;
    this.place.setPointerCapture(event.pointerId);
    const screen = this.at(event), point = this.app.viewer.toPage(screen);
    const common = { screen, point, last: screen, moved: false, shift: event.shiftKey, alt: event.altKey };
    const drag = event.button === 1 || !this.app.page ? { kind: "pan" } : this.begin(point, event) || { kind: "pan" };
    this.drag = { ...common, ...drag };
  }

  begin(point, event) {
    const { vessel, tool } = this;
    if (tool === "bar") return this.beginBar(point);
    if (tool === "add" || (tool === "grow" && vessel)) return { kind: tool, path: [point] };
    if (!vessel) return null;
    if (tool === "edit") return this.beginEdit(point, event);
    if (["redraw", "loop", "erase", "axis", "rim", "split"].includes(tool)) return { kind: tool, path: [point] };
    if (tool === "merge" || tool === "breaks") return { kind: tool };
    return null;
  }

  beginEdit(point, event) {
    const { vessel } = this, reach = this.pagePx(REACH_PX);
    const vertex = nearestVertex(vessel.sections, point);
    for (const name of ["axis", "rim"]) {
      const line = vessel[name];
      if (!line) continue;
      const end = [0, line.length - 1].find((index) => distance(line[index], point) <= reach);
      const behind = vertex && vertex.away <= (end === undefined ? 0 : distance(line[end], point)) + this.pagePx(3); // a rim's end lies on the lip
      if (end !== undefined && !behind) return { kind: "line", name, end, was: line.map((each) => [...each]) };
    }
    if (vertex && vertex.away <= reach) {
      if (event.altKey) { this.removeAt(vertex); return { kind: "none" }; }
      return { kind: "vertex", ...vertex, was: copied(vessel.sections) };
    }
    const edge = nearestEdge(vessel.sections, point);
    const edgeReach = this.pagePx(EDGE_REACH_PX);
    for (const name of ["axis", "rim"]) {
      const line = vessel[name];
      if (line && onSegment(point, line[0], line[line.length - 1]).away <= edgeReach && !(edge && edge.away <= edgeReach)) {
        return { kind: "line", name, end: -1, was: line.map((each) => [...each]) };
      }
    }
    if (edge && edge.away <= edgeReach) return { kind: "edge", ...edge, was: copied(vessel.sections) };
    return null;
  }

  beginBar(point) {
    const reach = this.pagePx(REACH_PX * 1.4);
    const end = this.bar ? this.bar.findIndex((each) => distance(each, point) <= reach) : -1;
    if (end < 0) this.bar = [point, point];
    return { kind: "bar", end: end < 0 ? 1 : end };
  }

  move(event) {
    const { drag } = this;
    if (!drag) return;
    const screen = this.at(event), point = this.app.viewer.toPage(screen);
    if (!drag.moved && distance(screen, drag.screen) < CLICK_PX) return;
    drag.moved = true;
    const by = [point[0] - drag.point[0], point[1] - drag.point[1]];
    if (drag.kind === "pan") this.app.viewer.pan(screen[0] - drag.last[0], screen[1] - drag.last[1]);
    else if (drag.kind === "vertex" || drag.kind === "edge") this.dragVertex(drag, by, event.shiftKey);
    else if (drag.kind === "line") this.dragLine(drag, by);
    else if (drag.kind === "bar") { this.bar[drag.end] = point; this.showBar(); }
    else if (drag.path) this.dragPath(drag, point);
    drag.last = screen;
  }

  dragVertex(drag, by, soft) {
    const { vessel } = this;
    vessel.sections = copied(drag.was);
    const ring = vessel.sections[drag.s].rings[drag.r];
    if (drag.kind === "edge") ring.splice(drag.v, 0, [...drag.place]);
    const index = drag.v;
    if (soft) vessel.sections[drag.s].rings[drag.r] = softly(ring, index, by, this.pagePx(SOFT_PX));
    else ring[index] = [ring[index][0] + by[0], ring[index][1] + by[1]];
    this.active = { s: drag.s, r: drag.r, v: index };
    this.redrawn({ sections: sectionsFor(vessel.sections) });
  }

  dragLine(drag, by) {
    const moved = drag.was.map(([x, y], index) => (drag.end < 0 || index === drag.end ? [x + by[0], y + by[1]] : [x, y]));
    this.vessel[drag.name] = moved;
    this.redrawn({ [drag.name]: rounded([moved[0], moved[moved.length - 1]]) });
  }

  dragPath(drag, point) {
    if (["axis", "rim", "split"].includes(drag.kind)) drag.path = [drag.path[0], point];
    else if (drag.kind === "grow") {
      const [x, y] = drag.path[0];
      drag.path = [[x, y], [point[0], y], point, [x, point[1]]];
      drag.path.corner = point;
    } else if (distance(point, drag.path[drag.path.length - 1]) > this.pagePx(2)) drag.path.push(point);
    this.app.overlay.sketch(drag.path, drag.kind, ["loop", "erase", "grow", "add"].includes(drag.kind));
  }

  // Show the vessel as it is being changed, and its measures with it.
  redrawn(parts) {
    this.app.overlay.redraw(this.vessel);
    this.mark();
    this.measure(parts);
  }

  async measure(parts) {
    this.wanted = parts;
    if (this.measuring) return;
    this.measuring = true;
    while (this.wanted && this.drag) {
      const { vessel, app } = this, asked = this.wanted;
      this.wanted = null;
      const found = await fetched(`api/measure/${app.page.page}`, { id: "measure", act: "mend", vessel: vessel.id, prev: vessel.heads, parts: asked }).catch(() => null);
      if (found && this.drag && app.vessel === vessel) app.panel.measures({ ...vessel, ...found });
    }
    this.measuring = false;
  }

  up(event) {
    const { drag } = this;
    this.drag = null;
    if (!drag) return;
    this.app.overlay.sketch(null);
    const screen = this.at(event), point = this.app.viewer.toPage(screen);
    if (!drag.moved) { this.click(drag, point, event); return; }
    const action = {
      vertex: () => this.mend({ sections: sectionsFor(this.vessel.sections) }, "drag"),
      edge: () => this.mend({ sections: sectionsFor(this.vessel.sections) }, "drag"),
      line: () => this.mend({ [drag.name]: rounded([this.vessel[drag.name][0], this.vessel[drag.name].at(-1)]) }, "drag"),
      bar: () => { this.showBar(); this.app.panel.focus("bar-length"); },
      grow: () => this.growBox(drag), add: () => this.addLoop(drag.path), redraw: () => this.redraw(drag.path),
      loop: () => this.shape("add", drag.path), erase: () => this.shape("erase", drag.path), split: () => this.split(drag.path),
      axis: () => this.mend({ axis: rounded(this.downwards(drag.path)) }, "drawn"), rim: () => this.mend({ rim: rounded(drag.path) }, "drawn"),
    }[drag.kind];
    if (action) action();
  }

  click(drag, point, event) {
    const { tool, vessel } = this;
    if (drag.kind === "edge") { // a click on an edge puts a vertex there
      vessel.sections[drag.s].rings[drag.r].splice(drag.v, 0, drag.place);
      this.active = { s: drag.s, r: drag.r, v: drag.v };
      this.mend({ sections: sectionsFor(vessel.sections) }, "insert");
    } else if (drag.kind === "vertex") { this.active = drag; this.mark(); this.tell(); }
    else if (tool === "grow" && vessel) this.grow(point, null, event.shiftKey);
    else if (tool === "add") this.addGrown(point);
    else if (tool === "axis" && vessel) this.mend({ axis: this.uprightAt(point) }, "click");
    else if (tool === "rim" && vessel) this.mend({ rim: this.levelAt(point) }, "click");
    else if (tool === "merge" && vessel) this.mergeAt(point);
    else if (tool === "breaks" && vessel) this.breakAt(point);
    else if (drag.kind !== "none") this.chooseAt(point);
  }

  chooseAt(point) {
    const found = this.vesselAt(point);
    if (found && found !== this.vessel) this.app.choose(found, false);
  }

  vesselAt(point, except = null) {
    const reach = this.pagePx(REACH_PX);
    const near = this.app.page.vessels.filter((vessel) => vessel !== except && vessel.sections.length
      && (inVessel(vessel, point) || nearestEdge(vessel.sections, point).away <= reach));
    const size = (vessel) => vessel.sections.reduce((sum, section) => sum + areaOf(section.rings[0]), 0);
    return near.sort((a, b) => size(a) - size(b))[0] || null;
  }

  // The axis through a point, as tilted as the rim says, or upright, as long as the section is high.
  uprightAt([x, y]) {
    const { vessel } = this, [, top, , bottom] = boundsOf(pointsOf(vessel));
    const rim = vessel.rim && vessel.axis_source ? vessel.rim : null;
    const tilt = rim ? -(rim.at(-1)[1] - rim[0][1]) / (rim.at(-1)[0] - rim[0][0] || 1) : 0;
    return rounded([[x + tilt * (top - y), top], [x + tilt * (bottom - y), bottom]]);
  }

  levelAt([x, y]) {
    const { vessel } = this, [left, , right] = boundsOf(pointsOf(vessel));
    const axis = vessel.axis, tilt = axis ? (axis.at(-1)[0] - axis[0][0]) / (axis.at(-1)[1] - axis[0][1] || 1) : 0;
    const middle = axis ? axis[0][0] : (left + right) / 2, reach = Math.max(middle - left, right - middle, 5);
    return rounded([[middle - reach, y - tilt * (middle - reach - x)], [middle + reach, y - tilt * (middle + reach - x)]]);
  }

  downwards(path) { return path[0][1] <= path.at(-1)[1] ? [path[0], path.at(-1)] : [path.at(-1), path[0]]; }

  async mend(parts, how) { return this.app.decide("mend", { parts, how: [how] }); }

  setSections(sections, how) {
    this.vessel.sections = sections;
    this.app.overlay.redraw(this.vessel);
    this.mark();
    return this.mend({ sections: sectionsFor(sections) }, how);
  }

  removeVertex() { if (this.active && this.tool === "edit") this.removeAt(this.active); }

  removeAt({ s, r, v }) {
    const sections = copied(this.vessel.sections), ring = sections[s].rings[r];
    if (ring.length > 3) ring.splice(v, 1);
    else if (r > 0) sections[s].rings.splice(r, 1);
    else if (sections.length > 1) sections.splice(s, 1);
    else return;
    this.active = null;
    this.setSections(sections, "remove");
  }

  async redraw(path) {
    if (path.length < 2) return;
    const { vessel } = this, sections = copied(vessel.sections);
    const line = simplified(path, this.pagePx(1));
    const edge = nearestEdge(sections, line[0]);
    sections[edge.s].rings[edge.r] = withStretch(sections[edge.s].rings[edge.r], line);
    this.setSections(sections, "redraw");
  }

  async shape(operation, path) {
    const ring = cleaned(simplified(path, this.pagePx(1)));
    if (ring.length < 3) return;
    const { app, vessel } = this;
    const found = await fetched(`api/shape/${app.page.page}`, { operation, sections: sectionsFor(vessel.sections), ring: closed(ring) }).catch((error) => app.toast(word("refused") + error.message));
    if (found && found.sections.length) this.setSections(found.sections, operation === "add" ? "loop" : "erase");
  }

  // One click: the section that the network sees there takes the place of the one that it overlaps.
  async grow(point, threshold, more) {
    const { app } = this;
    const found = await this.ask({ at: point, threshold });
    if (!found || !this.vessel) return;
    this.grown = { at: point, threshold: found.threshold, more, before: this.grown ? this.grown.before : copied(this.vessel.sections) };
    await this.placeGrown(found, more);
    document.getElementById("live").textContent = word("grew")(found.threshold);
    document.getElementById("hint").textContent = `${word("hints").grow} – ${word("grew")(found.threshold)}`;
    app.panel.show();
  }

  async placeGrown(found, more) {
    const fresh = { rings: found.rings, handle: false };
    const box = boundsOf(found.rings[0]);
    const overlaps = (section) => {
      const [left, top, right, bottom] = boundsOf(section.rings[0]);
      return !more && left < box[2] && right > box[0] && top < box[3] && bottom > box[1];
    };
    const base = this.grown && this.grown.before ? this.grown.before : this.vessel.sections;
    const rest = base.length === 1 && !more ? [] : base.filter((section) => !overlaps(section));
    await this.setSections([...rest, fresh], "grow");
  }

  async growBox(drag) {
    const corner = drag.path.corner;
    if (!corner) return;
    const [left, top, right, bottom] = boundsOf([drag.path[0], corner]);
    const found = await this.ask({ box: [left, top, right, bottom] });
    if (found) { this.grown = null; await this.placeGrown(found, drag.shift); }
  }

  async ask(request) {
    const { app } = this;
    this.place.classList.add("busy");
    const found = await fetched(`api/grow/${app.page.page}`, request).catch((error) => app.toast(word("refused") + error.message));
    this.place.classList.remove("busy");
    if (found && !found.rings) { app.toast(word("nothingSeen")); return null; }
    return found;
  }

  // The next threshold at the last click.
  threshold(by) {
    const steps = this.app.collection.thresholds;
    if (!this.grown) return;
    const here = steps.reduce((best, step, index) => (Math.abs(step - this.grown.threshold) < Math.abs(steps[best] - this.grown.threshold) ? index : best), 0);
    const next = Math.max(0, Math.min(steps.length - 1, here + by));
    if (next !== here) this.grow(this.grown.at, steps[next], this.grown.more);
  }

  async addGrown(point) {
    const found = await this.ask({ at: point });
    if (found) this.addSections([{ rings: found.rings, handle: false }], "grow");
  }

  addLoop(path) {
    const ring = cleaned(simplified(path, this.pagePx(1)));
    if (ring.length >= 3) this.addSections([{ rings: [ring], handle: false }], "loop");
  }

  async addSections(sections, how) {
    const state = await this.app.decide("add", { parts: { sections: sectionsFor(sections) }, how: [how] }, null);
    const made = state && this.app.page.vessels.find((vessel) => vessel.id === state.about);
    if (made) { this.take("select"); this.app.choose(made, false); }
  }

  async split(path) {
    const { app, vessel } = this;
    const found = await fetched(`api/shape/${app.page.page}`, { operation: "cut", sections: sectionsFor(vessel.sections), ring: rounded([path[0], path.at(-1)]), axis: vessel.axis && rounded([vessel.axis[0], vessel.axis.at(-1)]) }).catch((error) => app.toast(word("refused") + error.message));
    if (!found) return;
    await app.decide("split", { parts: { sections: sectionsFor(found.kept) }, others: [{ sections: sectionsFor(found.other) }], how: ["cut"] });
    this.take("select");
  }

  async mergeAt(point) {
    const { vessel } = this, other = this.vesselAt(point, vessel);
    if (!other) return;
    await this.app.decide("merge", { parts: { sections: sectionsFor([...vessel.sections, ...other.sections]) }, takes: [other.id], how: ["click"] });
    this.take("select");
  }

  breakAt(point) {
    const { vessel } = this, reach = this.pagePx(REACH_PX);
    const breaks = vessel.edges.filter((edge) => edge.kind === "break").map((edge) => ({ line: edge.line, ends: [edge.line[0], edge.line.at(-1)] }));
    const on = (line) => Math.min(...line.slice(1).map((end, i) => onSegment(point, line[i], end).away));
    if (!this.breakStart) {
      const hit = breaks.findIndex((each) => on(each.line) <= reach);
      if (hit >= 0) { this.mend({ breaks: breaks.filter((_, index) => index !== hit).map((each) => rounded(each.ends)) }, "click"); return; }
      const edge = nearestEdge(vessel.sections, point);
      if (edge.away <= 3 * reach) { this.breakStart = edge.place; this.mark(); }
      return;
    }
    const end = nearestEdge(vessel.sections, point).place;
    const pairs = [...breaks.map((each) => rounded(each.ends)), rounded([this.breakStart, end])];
    this.breakStart = null;
    this.mend({ breaks: pairs }, "click");
  }

  // The ends of the page's own bar: the middles of its short sides.
  foundBar() {
    const { page } = this.app;
    if (page.scale.stated && page.scale.stated.bar) return page.scale.stated.bar.map((end) => [...end]);
    const ring = page.bars[0];
    if (!ring || ring.length !== 4) return null;
    const middle = (i) => [(ring[i][0] + ring[(i + 1) % 4][0]) / 2, (ring[i][1] + ring[(i + 1) % 4][1]) / 2];
    const first = distance(ring[0], ring[1]) <= distance(ring[1], ring[2]) ? 0 : 1;
    return [middle(first), middle(first + 2)].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }

  showBar() { this.app.overlay.sketch(this.bar, "bar"); this.mark(); }

  // "10 cm", "50" (mm) or "1:3": what the bar or the page stands for; null where it cannot be read.
  scaleOf(text) {
    const ratio = /^\s*1\s*[:/]\s*(\d+(?:[.,]\d+)?)\s*$/.exec(text);
    const { dpi } = this.app.page;
    if (ratio) {
      if (!dpi) { this.app.toast(word("ratioNeedsDpi")); return null; }
      const times = Number(ratio[1].replace(",", "."));
      return times > 0 ? { mm_per_px: (25.4 / dpi) * times, uncertainty: 0.005, drawing_scale: `1:${ratio[1]}` } : null;
    }
    const length = /^\s*(\d+(?:[.,]\d+)?)\s*(mm|cm|m)?\s*$/i.exec(text);
    if (!length || !this.bar) return null;
    const mm = Number(length[1].replace(",", ".")) * { mm: 1, cm: 10, m: 1000 }[(length[2] || "mm").toLowerCase()];
    const px = distance(...this.bar);
    if (!(mm > 0) || px < 5) return null;
    return { mm_per_px: mm / px, uncertainty: Math.min(0.2, (0.5 * Math.SQRT2) / px), bar: rounded(this.bar), length_mm: mm };
  }

  async setScale(text, wholePage) {
    const scale = this.scaleOf(text);
    if (!scale) return false;
    await this.app.decide("scale", { parts: { scale }, ...(wholePage ? { scope: "page" } : {}), how: [scale.bar ? "bar" : "ratio"] });
    this.finish();
    return true;
  }

  // Without a pointer: Tab goes from vertex to vertex, arrows move it by 1 px, with Shift by 10.
  onKey(event) {
    if (this.tool !== "edit" || !this.vessel || event.target.id !== "view") {
      const way = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
      if (way && event.target.id === "view") { this.app.viewer.pan(...way); return true; }
      return false;
    }
    if (event.key === "Tab") return this.nextVertex(event.shiftKey ? -1 : 1);
    const step = event.shiftKey ? 10 : 1;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (by && this.active) { this.nudge(by); return true; }
    if ((event.key === "Delete") && this.active) { this.removeVertex(); return true; }
    return false;
  }

  nextVertex(way) {
    const all = this.vessel.sections.flatMap((section, s) => section.rings.flatMap((ring, r) => ring.map((_, v) => ({ s, r, v }))));
    const here = this.active ? all.findIndex((each) => each.s === this.active.s && each.r === this.active.r && each.v === this.active.v) : way > 0 ? -1 : all.length;
    const next = here + way;
    if (next < 0 || next >= all.length) { this.active = null; this.mark(); return false; } // Tab leaves the scan at its ends
    this.active = all[next];
    this.mark();
    this.tell();
    return true;
  }

  tell() {
    const [x, y] = this.vertex(this.active);
    document.getElementById("live").textContent = word("vertex")(Math.round(x), Math.round(y));
  }

  nudge(by) {
    const { s, r, v } = this.active, ring = this.vessel.sections[s].rings[r];
    ring[v] = [ring[v][0] + by[0], ring[v][1] + by[1]];
    this.app.overlay.redraw(this.vessel);
    this.mark();
    this.tell();
    const { vessel } = this;
    clearTimeout(this.nudging);
    this.unsent = () => this.app.decide("mend", { parts: { sections: sectionsFor(vessel.sections) }, how: ["keys"] }, vessel);
    this.nudging = setTimeout(() => this.flush(), 500);
  }

  // Send what keys have moved, before anything else is decided or shown.
  flush() {
    clearTimeout(this.nudging);
    const { unsent } = this;
    this.unsent = null;
    if (unsent) unsent();
  }
}
