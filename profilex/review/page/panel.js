// What is known of the vessel in hand: doubts, measures before and after, scale, words; and the decisions about it.
import { element } from "./dom.js";
import { language, number, word } from "./words.js";

const PORTIONS = ["complete", "rim", "base", "wall"];

export class Panel {
  constructor(app) {
    this.app = app;
    this.place = document.getElementById("panel");
  }

  show() {
    const { app } = this, { vessel, page } = app;
    if (!page || !app.collection) return;
    const focused = document.activeElement && this.place.contains(document.activeElement) ? document.activeElement.id : "";
    if (focused && this.isTyping(focused)) { this.measures(); return; } // what is being typed is not taken away
    this.place.replaceChildren(...[page.scan ? null : this.missingScan(), vessel ? null : element("p", { class: "quiet" }, word("noVessel")), ...(vessel ? this.parts(vessel, page) : []), this.orphans(page)].filter(Boolean));
    this.measures();
    this.showBar(app.tools.tool === "bar");
    if (focused) this.focus(focused);
  }

  isTyping(id) {
    const field = document.getElementById(id);
    return field && /^(INPUT|TEXTAREA)$/.test(field.tagName) && field.type !== "checkbox" && field.value !== field.defaultValue;
  }

  parts(vessel, page) {
    const { app } = this;
    const name = element("header", {},
      element("h2", {}, vessel.figure ? `Fig. ${vessel.figure}` : vessel.id),
      element("p", { class: "quiet" }, `${vessel.figure ? `${vessel.id}, ` : ""}${page.source}${page.frame ? ` #${page.frame}` : ""}`),
      vessel.status ? element("p", { class: `stamp ${vessel.status}` }, word(vessel.status),
        vessel.by ? element("small", {}, word("by")(vessel.by, new Date(vessel.at).toLocaleString(language.name))) : null) : null);
    return [name, this.verdicts(), this.why(), this.reasons(vessel), element("section", { id: "measures" }), this.scale(vessel), this.bar(), this.words(vessel, page), this.drawing(vessel)];
  }

  verdicts() {
    const { app } = this;
    const button = (action, kind) => element("button", { type: "button", id: action, class: kind, on: { click: () => app.act(action) } },
      word(action), element("kbd", {}, app.keys.shown(action)));
    return element("div", { class: "verdicts" }, button("accept", "good"), button("reject", "bad"), button("later", ""));
  }

  // The reason for the last rejection can be said while the next vessel is on the screen.
  why() {
    return element("div", { id: "why", class: "why", hidden: !this.asks }, element("p", { class: "quiet" }, word("reasonFor")),
      ...word("reasons").map((reason, index) => element("button", { type: "button", on: { click: () => this.app.because(index + 1) } }, element("kbd", {}, String(index + 1)), reason)));
  }

  askWhy(asks = true) {
    this.asks = asks;
    const place = document.getElementById("why");
    if (place) place.hidden = !asks;
    clearTimeout(this.asking);
    if (asks) this.asking = setTimeout(() => this.askWhy(false), 8000);
    else if (this.app.last) this.app.last.act = "";
  }

  reasons(vessel) {
    if (!vessel.review.length) return null;
    return element("ul", { class: "reasons" }, ...vessel.review.map((reason) => {
      const [name, meaning] = this.app.reason(reason);
      return element("li", { title: meaning }, element("b", {}, name), element("span", {}, meaning));
    }));
  }

  // Measures of the vessel, with those from before the change where they differ.
  measures(vessel = this.app.vessel) {
    const place = document.getElementById("measures");
    if (!place || !vessel) return;
    const before = this.app.before || {};
    const inPixels = !vessel.scale;
    const rows = this.app.collection.quantities.map((quantity) => {
      const name = inPixels ? quantity.page_name : quantity.name, unit = inPixels ? quantity.page_unit : quantity.unit;
      const found = vessel.measures[name];
      if (!found) return null;
      const [value, spread, reason] = found, old = before[name];
      const changed = old && old[0] !== null && value !== null && Math.abs(old[0] - value) > 1e-4 * Math.abs(value);
      const cell = element("td", {});
      if (value !== null) cell.append(element("b", {}, number(value)), spread === null ? "" : ` ± ${number(spread)} ${unit}`);
      if (changed) cell.append(element("small", { class: "was" }, ` ${word("before")} ${number(old[0])}`));
      if (reason) { const [text, meaning] = this.app.missing(reason); cell.append(element("small", { title: meaning }, ` ${text}`)); }
      return element("tr", { class: changed ? "changed" : "" }, element("th", { scope: "row", title: quantity.meaning }, word("measureNames")[quantity.name] || quantity.name), cell);
    });
    place.replaceChildren(element("h3", {}, word("measures"), element("small", {}, `${word("confidence")} ${vessel.confidence.toLocaleString(language.name)}`)), element("table", {}, ...rows.filter(Boolean)));
  }

  scale(vessel) {
    const { scale } = vessel;
    const text = scale ? `${Number(scale.mm_per_px.toPrecision(4)).toLocaleString(language.name, { maximumFractionDigits: 5 })} mm/px${scale.printed ? `, ${scale.printed}` : ""}, ${scale.source}` : word("noScale");
    return element("section", { class: scale ? "" : "lacking" }, element("h3", {}, word("scale"), element("button", { type: "button", class: "link", on: { click: () => this.app.tools.take("bar") } }, word("set"), " ", element("kbd", {}, this.app.keys.shown("bar")))), element("p", {}, text));
  }

  bar() {
    const field = element("input", { id: "bar-length", type: "text", placeholder: word("barHint"), autocomplete: "off", "aria-label": word("barLength") });
    const whole = element("input", { id: "bar-whole", type: "checkbox", checked: true });
    const set = async () => {
      const done = await this.app.tools.setScale(field.value, whole.checked);
      field.classList.toggle("wrong", !done);
      if (done) field.value = "";
    };
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); set(); } });
    return element("section", { id: "bar-form", class: "bar-form", hidden: true }, element("label", { for: "bar-length" }, word("barLength")), element("div", { class: "line" }, field, element("button", { type: "button", on: { click: set } }, word("set"))),
      element("label", { class: "check" }, whole, word("wholePage")));
  }

  showBar(shown) {
    const form = document.getElementById("bar-form");
    if (form) form.hidden = !shown;
  }

  words(vessel, page) {
    const { app } = this;
    const save = (act, slot, value) => app.decide(act, { parts: { [slot]: value } });
    const field = (id, act, slot, value, tag = "input") => {
      const node = element(tag, { id, autocomplete: "off", spellcheck: "false", ...(tag === "input" ? { type: "text", value } : { rows: 2 }) });
      if (tag === "textarea") { node.value = value; node.defaultValue = value; }
      const commit = () => { if (node.value !== node.defaultValue) { node.defaultValue = node.value; save(act, slot, node.value); } };
      node.addEventListener("change", commit);
      node.addEventListener("keydown", (event) => { if (event.key === "Enter" && (tag === "input" || event.ctrlKey)) { event.preventDefault(); commit(); node.blur(); document.getElementById("view").focus(); } });
      return node;
    };
    const label = (id, text, node, key) => element("label", { for: id }, element("span", {}, text, key ? element("kbd", {}, app.keys.shown(key)) : null), node);
    const entries = page.entries.map((entry) => entry.entry || entry.text || Object.values(entry).join(" ")).filter(Boolean);
    return element("section", { class: "words" },
      label("figure", word("figure"), field("figure", "label", "figure", vessel.figure), "figure"),
      label("note", word("note"), field("note", "note", "note", vessel.note, "textarea"), "note"),
      label("entry", word("entry"), field("entry", "label", "entry", vessel.entry, "textarea")),
      ...entries.map((text) => element("div", { class: "entry" }, element("p", {}, text), element("button", { type: "button", class: "link", on: { click: () => save("label", "entry", text) } }, word("take")))));
  }

  drawing(vessel) {
    const { app } = this;
    const choose = (id, values, value, slot, names) => {
      const select = element("select", { id }, ...values.map((each) => element("option", { value: each, selected: each === value }, names(each))));
      if (!values.includes(value)) select.prepend(element("option", { value: "", selected: true }, "–"));
      select.addEventListener("change", () => { if (select.value) app.decide("mend", { parts: { [slot]: select.value } }); });
      return select;
    };
    const toggles = vessel.sections.length < 2 ? [] : vessel.sections.map((section, index) => element("label", { class: "check" },
      element("input", { type: "checkbox", checked: section.handle, on: { change: (event) => {
        const sections = vessel.sections.map((each, i) => ({ ...each, handle: i === index ? event.target.checked : each.handle }));
        app.tools.setSections(sections, "handle");
      } } }), `${word("piece")} ${index + 1}: ${word("asHandle")}`));
    return element("section", { class: "words two" },
      element("label", { for: "side" }, element("span", {}, word("side")), choose("side", ["left", "right", "both"], vessel.side, "side", (each) => word(each))),
      element("label", { for: "portion" }, element("span", {}, word("portion")), choose("portion", PORTIONS, vessel.portion, "portion", (each) => word(each === "rim" ? "rim_" : each))),
      ...toggles);
  }

  missingScan() {
    const field = element("input", { type: "text", id: "scans-folder", placeholder: word("folder"), "aria-label": word("where") });
    const look = () => this.app.lookForScans(field.value);
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") look(); });
    return element("section", { class: "lacking" }, element("p", {}, word("noScan")), element("label", { for: "scans-folder" }, word("where")),
      element("div", { class: "line" }, field, element("button", { type: "button", on: { click: look } }, word("look"))));
  }

  orphans(page) {
    if (!page.orphans.length) return null;
    return element("section", { class: "lacking" }, element("h3", {}, word("orphans")), element("ul", {}, ...page.orphans.map((each) => element("li", {}, `${each.vessel || each.name}: ${each.why}`))));
  }

  finished() { this.app.toast(word("done")); }

  focus(id) {
    const field = document.getElementById(id);
    if (!field) return;
    field.focus();
    if (field.select) field.select();
  }
}
