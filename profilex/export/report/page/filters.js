// What is shown and in which order; the choice also stands in the address, to be kept or sent.
const WORST = "worst";
const fields = Object.fromEntries(
  ["q", "sort", "page", "from", "to", "complete", "status", "size", "scale", "same"].map((id) => [id, document.getElementById(id)]));
const flagBoxes = [];

const byName = new Intl.Collator("en", { numeric: true }).compare;
const places = (() => { // each vessel's place by source and frame, compared once and not at every sort
  const order = vessels.map((_, index) => index);
  const names = vessels.map((vessel) => `${pageName(pages[vessel.page])}\n${vessel.identifier}`);
  order.sort((a, b) => byName(names[a], names[b]));
  const ranks = new Float64Array(vessels.length);
  order.forEach((index, rank) => { ranks[index] = rank; });
  return ranks;
})();

const orders = new Map([
  [WORST, { label: "worst first", key: (vessel) => vessel.review.length * 2 + 1 - vessel.confidence, down: true }],
  ["source", { label: "source", key: (vessel, index) => places[index] }],
  ["confidence", { label: "confidence, low first", key: (vessel) => vessel.confidence }],
  ["-confidence", { label: "confidence, high first", key: (vessel) => vessel.confidence, down: true }],
]);
measures.forEach((measure, index) => {
  const key = (vessel) => (vessel.measures[index] ? vessel.measures[index].value : null);
  orders.set(`-${measure.name}`, { label: `${measure.label}, large first`, key, down: true, index });
  orders.set(measure.name, { label: `${measure.label}, small first`, key, index });
});

function fillFilters() {
  for (const [value, order] of orders) fields.sort.append(element("option", { value }, order.label));
  const present = [...new Set(vessels.map((vessel) => vessel.page))];
  present.sort((a, b) => byName(pageName(pages[a]), pageName(pages[b])));
  for (const index of present) fields.page.append(element("option", { value: index }, pageName(pages[index])));
  const counts = new Map();
  for (const vessel of vessels) for (const kind of vessel.kinds) counts.set(kind, (counts.get(kind) || 0) + 1);
  const clean = vessels.filter((vessel) => !vessel.review.length).length;
  const kinds = [...counts].sort((a, b) => b[1] - a[1]);
  for (const [kind, count] of [...kinds, ["", clean]]) {
    const box = element("input", { type: "checkbox", value: kind });
    flagBoxes.push(box);
    const label = element("label", kind ? {} : { class: "clean" }, box, element("span", {}, words(kind) || "nothing to review"),
      element("small", {}, count.toLocaleString("en")));
    document.getElementById("flags").append(label);
  }
}

// Indices of the vessels that pass all filters, in the chosen order.
function chosen() {
  const asked = fold(fields.q.value).trim();
  const figure = /^(?:fig|abb|figure)\b\.?\s*(\S.*)$/.exec(asked); // "Fig. 3" is a number, not a word
  const isReason = Object.values(data.words).some(([name]) => fold(name) === asked); // "no axis" is one word here
  const sought = figure ? [] : (isReason ? [asked] : asked.split(/\s+/).filter(Boolean)).map(wordMatcher);
  const [sizeName, least, most] = fields.size.value.split(":");
  const sizeIndex = measures.findIndex((measure) => measure.name === sizeName);
  const sizeOf = (vessel) => (vessel.measures[sizeIndex] ? vessel.measures[sizeIndex].value : null);
  const status = fields.status.value;
  const flags = flagBoxes.filter((box) => box.checked).map((box) => box.value);
  const page = fields.page.value === "" ? null : Number(fields.page.value);
  const from = fields.from.value === "" ? -Infinity : Number(fields.from.value);
  const to = fields.to.value === "" ? Infinity : Number(fields.to.value);
  const complete = { "": undefined, 1: 1, 0: 0, "?": null }[fields.complete.value];
  const scale = fields.scale.value;
  const passes = (vessel) =>
    (page === null || vessel.page === page) &&
    vessel.confidence >= from && vessel.confidence <= to &&
    (complete === undefined || vessel.complete === complete) &&
    (scale === "" || Boolean(vessel.scale) === (scale === "1")) &&
    (!flags.length || flags.some((flag) => (flag ? vessel.kinds.has(flag) : !vessel.review.length))) &&
    (status === "" || (vessel.status || "none") === status) &&
    (sizeIndex < 0 || (sizeOf(vessel) !== null && sizeOf(vessel) >= Number(least) && sizeOf(vessel) < Number(most || Infinity))) &&
    (!figure || fold(vessel.figure) === figure[1]) &&
    sought.every((matches) => matches(vessel.sought));
  const found = [];
  vessels.forEach((vessel, index) => { if (passes(vessel)) found.push(index); });
  return sorted(found, orders.get(fields.sort.value) || orders.get(WORST));
}

// A number is sought as a whole number begins: "426" is not in "1426".
function wordMatcher(word) {
  if (!/^\d/.test(word)) return (text) => text.includes(word);
  const pattern = new RegExp(`(^|[^\\d.,])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
  return (text) => pattern.test(text);
}

function sorted(found, order) {
  const sign = order.down ? -1 : 1;
  const keys = new Float64Array(vessels.length);
  for (const index of found) {
    const key = order.key(vessels[index], index);
    keys[index] = key === null ? Infinity : sign * key; // what is not known comes last in either direction
  }
  return found.sort((a, b) => (keys[a] === keys[b] ? a - b : keys[a] - keys[b]));
}

function readAddress() {
  const kept = new URLSearchParams(location.hash.slice(1));
  for (const [id, field] of Object.entries(fields)) {
    if (field.type === "checkbox") field.checked = kept.has(id);
    else if (kept.has(id)) field.value = kept.get(id);
    else if (id === "size") field.value = "";
  }
  if (!orders.has(fields.sort.value)) fields.sort.value = WORST;
  const flags = kept.getAll("flag");
  for (const box of flagBoxes) box.checked = flags.includes(box.value);
}

function writeAddress() {
  const kept = new URLSearchParams();
  for (const [id, field] of Object.entries(fields)) {
    const value = field.type === "checkbox" ? (field.checked ? "1" : "") : field.value;
    if (value && !(id === "sort" && value === WORST)) kept.set(id, value);
  }
  for (const box of flagBoxes) if (box.checked) kept.append("flag", box.value);
  if (dialog.open) kept.set("vessel", vessels[list[shown]].key);
  try {
    history.replaceState(null, "", `#${kept}`);
  } catch {
    // some browsers forbid it for local files; nothing is lost but the address
  }
}
