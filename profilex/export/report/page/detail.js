// One vessel in full: drawing and scan side by side, every measure with its uncertainty or the reason why there is none.
const dialog = document.getElementById("detail");
const HEAT_MAP = "residual.jpg";
let shown = 0;

function openDetail(place) {
  shown = place;
  const vessel = vessels[list[place]];
  const page = pages[vessel.page];
  dialog.replaceChildren(
    element("header", {},
      element("div", {}, element("h2", { id: "detail-title" }, vessel.figure ? `Fig. ${vessel.figure}` : vessel.identifier),
        element("p", {}, `${vessel.figure ? `${vessel.identifier}, ` : ""}${pageName(page)}`)),
      element("nav", { "aria-label": "Vessels" }, printing(), step("‹", "Previous vessel", -1), step("›", "Next vessel", 1),
        closing())),
    element("div", { class: "views" },
      element("figure", {}, zoomable(drawing(vessel)), element("figcaption", {}, "Profile in its own frame")), scanView(vessel, page),
      heatView(vessel, page)),
    reviewList(vessel),
    element("div", { class: "tables" }, measureTable(vessel), factTable(vessel)),
    links(vessel, page));
  if (!dialog.open) dialog.showModal();
  writeAddress();
}

// The vessel that the address names, in whatever list it is in.
function openAddressed() {
  const key = new URLSearchParams(location.hash.slice(1)).get("vessel");
  const index = key ? vessels.findIndex((vessel) => vessel.key === key) : -1;
  if (index < 0) return;
  const place = list.indexOf(index);
  if (place < 0) showList([index], toScale);
  openDetail(Math.max(0, place));
}

function printing() {
  const button = element("button", { type: "button", class: "print", title: "Print this vessel on a sheet" }, "Print");
  button.addEventListener("click", () => {
    document.body.classList.add("sheet");
    window.print();
    document.body.classList.remove("sheet");
  });
  return button;
}

function step(sign, label, by) {
  const button = element("button", { type: "button", "aria-label": label, title: label }, sign);
  button.disabled = shown + by < 0 || shown + by >= list.length;
  button.addEventListener("click", () => move(by));
  return button;
}

function closing() {
  const button = element("button", { type: "button", "aria-label": "Close", title: "Close (Esc)", autofocus: "" }, "×");
  button.addEventListener("click", () => dialog.close());
  return button;
}

// The buttons are made anew for every vessel: the focus goes to the one that has taken the old one's place.
function move(by) {
  if (shown + by < 0 || shown + by >= list.length) return;
  const held = document.activeElement.getAttribute("aria-label");
  openDetail(shown + by);
  const buttons = [...dialog.querySelectorAll("nav button:not(:disabled)")];
  (buttons.find((button) => button.getAttribute("aria-label") === held) || buttons.at(-1)).focus();
}

dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") move(1);
  if (event.key === "ArrowLeft") move(-1);
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("close", () => { writeAddress(); if (list.length) focusCard(shown); });

// The vessel's part of the preview: the page lies under a view box that is the vessel's own, with some room around.
function scanView(vessel, page) {
  if (!vessel.drawn_px || !page.files.includes("preview.jpg")) return null;
  const [left, top, right, bottom] = vessel.drawn_px;
  const room = Math.max(right - left, bottom - top) * 0.12;
  const box = [left - room, top - room, right - left + 2 * room, bottom - top + 2 * room];
  const [width, height] = page.size;
  const picture = shape("svg", { viewBox: box.join(" "), role: "img", "aria-label": "The scan with the outline over it" },
    shape("image", { href: `${page.href}preview.jpg`, width, height, preserveAspectRatio: "none" }));
  return element("figure", {}, zoomable(picture), element("figcaption", {}, "Scan with outlines"));
}

// Where the outline is off the scan's ink: written for vessels whose residual is large.
function heatView(vessel, page) {
  if (!vessel.files.includes(HEAT_MAP)) return null;
  const href = page.href + encodeURIComponent(`${stemOf(vessel)}.${HEAT_MAP}`);
  return element("figure", {}, element("img", { src: href, alt: "The outline coloured by its distance to the ink" }),
    element("figcaption", {}, "On ink blue, off it red; strange tones magenta"));
}

function reviewList(vessel) {
  if (!vessel.review.length) return null;
  return element("ul", { class: "reasons", "aria-label": "To review" },
    ...vessel.review.map((flag) => element("li", {}, element("b", {}, flag.reason), flag.meaning ? ` ${flag.meaning}` : "")));
}

function measureTable(vessel) {
  const rows = measures.map((measure, index) => [measure, vessel.shown[index]]).filter(([, found]) => found);
  if (!rows.length) return element("p", { class: "quiet" }, "Nothing could be measured.");
  return element("table", {}, ...rows.map(([measure, found]) => {
    const cell = element("td", {});
    const spread = found.uncertainty === null ? "" : ` ± ${number(found.uncertainty)}`;
    if (found.value !== null) cell.append(element("b", {}, number(found.value)), `${spread} ${unitOf(vessel, measure)}`);
    if (found.reason) cell.append(element("small", {}, found.reason));
    return element("tr", {}, element("th", { scope: "row", title: measure.meaning }, measure.label), cell);
  }));
}

function factTable(vessel) {
  const scale = vessel.scale;
  const printed = scale && scale.printed ? `, printed ${scale.printed}` : "";
  const complete = { 1: "rim and base are drawn", 0: "rim or base is missing" }[vessel.complete] || "not known";
  const rows = [
    ["reviewed", vessel.reviewed ? `${vessel.status || "noted"} by ${vessel.reviewed[0]}, ${vessel.reviewed[1].slice(0, 10)}` : ""],
    ["note", vessel.reviewed ? vessel.reviewed[2] : ""],
    ["confidence", vessel.confidence.toFixed(2)],
    ["scale", scale ? `${scale.mmPerPx} mm/px, from ${scale.source}${printed}` : "unknown: drawings are in pixels"],
    ["axis", words(vessel.axis_source) || "not found"],
    ["section drawn", vessel.side],
    ["completeness", complete],
    ["outline on the scan", vessel.residual ? onInk(vessel.residual) : ""],
    ["outline within", vessel.tolerance_px === null ? "" : `${number(vessel.tolerance_px)} px of its contour`],
  ];
  return element("table", {}, ...rows.filter(([, value]) => value).map(([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value))));
}

const onInk = ([distance, share, tone]) =>
  `${number(distance)} px from ink, ${percent(share)} without` + (tone >= 0.005 ? `, ${percent(tone)} of another tone` : "");

const percent = (share) => `${Math.round(100 * share)} %`;

function links(vessel, page) {
  const names = [...vessel.files.map((suffix) => `${stemOf(vessel)}.${suffix}`), ...page.files];
  return element("footer", {}, ...names.map((name) =>
    element("a", { href: page.href + encodeURIComponent(name), target: "_blank", rel: "noopener" }, name)));
}
