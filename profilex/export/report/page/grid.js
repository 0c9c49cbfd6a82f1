// The cards. Only those in view and a few rows around them exist, so that thousands scroll like a hundred.
const grid = document.getElementById("grid");
const CARD = { least: 212, height: 236, gap: 14 };
const SPARE_ROWS = 3;

const cards = new Map(); // place in the list -> element
let list = []; // indices of vessels
let active = 0; // place of the card that Tab reaches
let columns = 1;
let toScale = false;

function showList(found, oneScale) {
  list = found;
  toScale = oneScale;
  active = 0;
  for (const card of cards.values()) card.remove();
  cards.clear();
  const none = document.getElementById("none");
  none.hidden = list.length > 0;
  none.textContent = vessels.length ? "No vessel matches these filters." : "No vessels were found.";
  measure();
  render();
}

function measure() {
  columns = Math.max(1, Math.floor((grid.clientWidth + CARD.gap) / (CARD.least + CARD.gap)));
  grid.style.height = `${Math.max(0, Math.ceil(list.length / columns) * (CARD.height + CARD.gap) - CARD.gap)}px`;
}

function render() {
  const pitch = CARD.height + CARD.gap;
  const above = -grid.getBoundingClientRect().top;
  const firstRow = Math.max(0, Math.floor(above / pitch) - SPARE_ROWS);
  const lastRow = Math.ceil((above + window.innerHeight) / pitch) + SPARE_ROWS;
  const first = firstRow * columns;
  const last = Math.min(list.length, lastRow * columns);
  for (const [place, card] of cards) {
    if ((place < first || place >= last) && !card.contains(document.activeElement)) {
      card.remove();
      cards.delete(place);
    }
  }
  const width = (grid.clientWidth - CARD.gap * (columns - 1)) / columns;
  const fresh = document.createDocumentFragment();
  for (let place = first; place < last; place += 1) {
    let card = cards.get(place);
    if (!card) {
      card = cardOf(place);
      cards.set(place, card);
      fresh.append(card);
    }
    const [row, column] = [Math.floor(place / columns), place % columns];
    card.style.width = `${width}px`;
    card.style.transform = `translate(${column * (width + CARD.gap)}px, ${row * pitch}px)`;
  }
  grid.append(fresh);
}

function cardOf(place) {
  const vessel = vessels[list[place]];
  const sizes = sizeLine(vessel);
  const confidence = element("span", { class: "confidence", title: `confidence ${vessel.confidence.toFixed(2)}` },
    element("i", {}));
  confidence.firstChild.style.width = `${vessel.confidence * 100}%`;
  const flags = vessel.review.length
    ? element("span", { class: "flag", title: vessel.review.map((flag) => flag.reason).join("\n") }, vessel.review.length)
    : null;
  const name = vessel.figure ? `Fig. ${vessel.figure}` : vessel.identifier;
  const button = element("button", { type: "button", tabindex: place === active ? 0 : -1,
    "aria-label": spoken(vessel, sizes) },
    element("span", { class: "picture" }, drawing(vessel, { toScale })),
    element("span", { class: "name" }, element("b", { title: vessel.identifier }, name), stamp(vessel), flags),
    element("span", { class: "source", title: pageName(pages[vessel.page]) }, fileName(pages[vessel.page])),
    element("span", { class: "sizes" }, sizes), confidence);
  button.addEventListener("click", () => { active = place; openDetail(place); });
  button.addEventListener("focus", () => moveTabStop(place));
  return element("div", { role: "listitem", class: "card", "aria-posinset": place + 1, "aria-setsize": list.length }, button, choosing(list[place]));
}

// What a person has made of the vessel.
function stamp(vessel) {
  return vessel.status ? element("span", { class: `stamp ${vessel.status}` }, vessel.status) : null;
}

function sizeLine(vessel) {
  const order = orders.get(fields.sort.value);
  const shown = [["⌀", "rim_diameter_mm"], [vessel.complete === 0 ? "H ≥" : "H", "height_mm"], ["W", "wall_thickness_mm_p50"]];
  const known = shown.map(([sign, name]) => [sign, measureOf(vessel, name)]).filter(([, m]) => m && m.value !== null);
  const sizes = known.map(([sign, m]) => `${sign} ${number(m.value)}`);
  const extra = order && order.index !== undefined && !shown.some(([, name]) => name === measures[order.index].name);
  if (extra && vessel.measures[order.index] && vessel.measures[order.index].value !== null) {
    const { label, unit } = measures[order.index];
    return `${label} ${number(vessel.measures[order.index].value)} ${unit}`;
  }
  if (sizes.length) return `${sizes.join("  ")} ${vessel.page_measures ? "px" : "mm"}`;
  return vessel.scale ? "not measured" : "no scale";
}

function spoken(vessel, sizes) {
  const review = vessel.review.length ? `, to review: ${vessel.review.map((flag) => flag.reason).join("; ")}` : "";
  return `${vessel.identifier}, ${pages[vessel.page].source}, ${sizes}, confidence ${vessel.confidence.toFixed(2)}${review}`;
}

function moveTabStop(place) {
  const before = cards.get(active);
  if (before) before.firstChild.tabIndex = -1;
  active = place;
  cards.get(place).firstChild.tabIndex = 0;
}

// Bring a card into view and give it the focus.
function focusCard(place) {
  const pitch = CARD.height + CARD.gap;
  const top = grid.getBoundingClientRect().top + Math.floor(place / columns) * pitch;
  if (top < 0) window.scrollBy(0, top - CARD.gap);
  else if (top + CARD.height > window.innerHeight) window.scrollBy(0, top + pitch - window.innerHeight);
  render();
  cards.get(place).firstChild.focus({ preventScroll: true });
}

grid.addEventListener("keydown", (event) => {
  const screen = columns * Math.max(1, Math.floor(window.innerHeight / (CARD.height + CARD.gap)));
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, PageDown: screen, PageUp: -screen,
    Home: -list.length, End: list.length };
  if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  focusCard(Math.min(list.length - 1, Math.max(0, active + steps[event.key])));
});

let awaited = false;
function renderSoon() {
  if (awaited) return;
  awaited = true;
  requestAnimationFrame(() => { awaited = false; render(); });
}
window.addEventListener("scroll", renderSoon, { passive: true });
window.addEventListener("resize", () => { measure(); renderSoon(); });

// Paper has no scrolling: all that is found is laid out for it, and taken back afterwards.
window.addEventListener("beforeprint", () => {
  for (let place = 0; place < list.length; place += 1) {
    if (cards.has(place)) cards.get(place).remove();
    const card = cardOf(place);
    cards.set(place, card);
    grid.append(card);
  }
});
window.addEventListener("afterprint", () => {
  for (const card of cards.values()) card.remove();
  cards.clear();
  render();
});
