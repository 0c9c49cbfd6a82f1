// The vessels as objects. Texts come by number, as many vessels share them.
const data = JSON.parse(document.getElementById("data").textContent);
const measures = data.measures;
const pages = data.pages;

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// reasons are names such as rim_from_section
const words = (reason) => (data.words[reason] || [reason.replaceAll("_", " ")])[0];

// what such a name means, in a sentence
const meaning = (reason) => (data.words[reason] || data.words[reason.split("_")[0]] || ["", ""])[1];

const measureFrom = (told) =>
  told && { value: told[0], uncertainty: told[1], reason: told.length > 2 ? words(data.texts[told[2]]) : "" };

// three digits are what a measured drawing can bear
const number = (value) => {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
};

// a size as people would look for it: rounded as it is shown, and whole
const sizes = (value) => (value === null ? "" : `${number(value)} ${Math.round(value)}`);

const vessels = data.vessels.map((row) => {
  const vessel = Object.fromEntries(data.columns.map((column, index) => [column, row[index]]));
  const page = pages[vessel.page];
  vessel.review = vessel.review.map(([reason, kind]) => ({
    reason: words(data.texts[reason]), kind: data.texts[kind], meaning: meaning(data.texts[reason]),
  }));
  vessel.status = data.texts[vessel.status];
  vessel.kinds = new Set(vessel.review.map((flag) => flag.kind));
  vessel.measures = vessel.measures.map(measureFrom);
  vessel.shown = vessel.page_measures ? vessel.page_measures.map(measureFrom) : vessel.measures; // never mixed units
  vessel.scale = vessel.scale && {
    mmPerPx: vessel.scale[0], source: data.texts[vessel.scale[1]], printed: data.texts[vessel.scale[2]],
  };
  vessel.axis_source = data.texts[vessel.axis_source];
  vessel.side = data.texts[vessel.side];
  vessel.sought = fold([
    vessel.identifier, vessel.figure && `fig. ${vessel.figure}`, page.source, vessel.status, vessel.reviewed && vessel.reviewed.join(" "),
    ...vessel.review.map((flag) => flag.reason), ...vessel.shown.map((found) => found && sizes(found.value)),
  ].filter(Boolean).join("\n"));
  return vessel;
});

// the names of its files, before their endings
const stemOf = (vessel) => vessel.stem || vessel.identifier;

const pageName = (page) => (page.frame ? `${page.source}, frame ${page.frame}` : page.source);

// the end of the way to the scan: where the names of a catalogue differ
const fileName = (page) => pageName(page).split("/").pop();

const measureOf = (vessel, name) => vessel.shown[measures.findIndex((measure) => measure.name === name)];
const unitOf = (vessel, measure) => (vessel.page_measures ? measure.page_unit : measure.unit);

// Elements are only ever made like this: texts become text nodes, so no name of a scan can become markup.
const SVG = "http://www.w3.org/2000/svg";

function element(tag, attributes = {}, ...children) {
  return furnished(document.createElement(tag), attributes, children);
}

function shape(tag, attributes = {}, ...children) {
  return furnished(document.createElementNS(SVG, tag), attributes, children);
}

function furnished(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}
