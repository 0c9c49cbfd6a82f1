// Two to six vessels over one another, at one scale, laid together at the rim or only at the axis.
const MOST_COMPARED = 6;
const compared = new Set(); // indices of vessels
const compareDialog = document.getElementById("compare");
const compareButton = document.getElementById("compare-open");

const comparable = (vessel) => Boolean(vessel.drawing && vessel.scale);

function choosing(index) {
  const box = element("input", { type: "checkbox", "aria-label": `Compare ${vessels[index].identifier}` });
  box.checked = compared.has(index);
  box.disabled = !comparable(vessels[index]);
  box.addEventListener("change", () => {
    if (box.checked && compared.size >= MOST_COMPARED) box.checked = false;
    else if (box.checked) compared.add(index);
    else compared.delete(index);
    showCompared();
  });
  return element("label", { class: "choose", title: box.disabled ? "No scale: it cannot be compared" : "Compare" }, box);
}

function showCompared() {
  compareButton.hidden = compared.size === 0;
  compareButton.disabled = compared.size < 2;
  compareButton.textContent = compared.size < 2 ? "Choose another to compare" : `Compare ${compared.size} vessels`;
}

// In millimetres: x from the axis (else the right end), y from the rim line (else the top).
function compareView(atRim) {
  const shown = [...compared].map((index) => vessels[index]);
  let left = 0, right = 0, top = 0, bottom = 0;
  const groups = shown.map((vessel, place) => {
    const { drawing } = vessel, axis = drawing.axis === null ? drawing.w : drawing.axis;
    const level = atRim && drawing.rim ? drawing.rim[1] : atRim ? 0 : drawing.h;
    const k = drawing.k;
    left = Math.min(left, -axis / k); right = Math.max(right, (drawing.w - axis) / k);
    top = Math.min(top, -level / k); bottom = Math.max(bottom, (drawing.h - level) / k);
    return shape("path", { class: `compared c${place}`, d: drawing.d, "fill-rule": "evenodd", transform: `scale(${1 / k}) translate(${-axis} ${-level})` });
  });
  const room = 0.06 * Math.max(right - left, bottom - top);
  const picture = shape("svg", { viewBox: [left - room, top - room, right - left + 2 * room, bottom - top + 2 * room].join(" "), role: "img",
    "aria-label": `${shown.length} vessels over one another` }, line("axis", 0, top - room, 0, bottom + room),
  ...(atRim ? [line("rim", left, 0, right, 0)] : []), ...groups);
  const legend = element("ul", { class: "legend" }, ...shown.map((vessel, place) => element("li", { class: `c${place}` },
    element("b", {}, vessel.figure ? `Fig. ${vessel.figure}` : vessel.identifier), ` ${fileName(pages[vessel.page])}`)));
  return element("div", {}, zoomable(picture), legend);
}

function openCompare() {
  const place = element("div", { id: "compared" });
  const alignment = element("select", { "aria-label": "Laid together at" }, element("option", { value: "rim" }, "at the rim"), element("option", { value: "base" }, "at the base"));
  const fill = () => place.replaceChildren(compareView(alignment.value === "rim"));
  alignment.addEventListener("change", fill);
  const close = element("button", { type: "button", "aria-label": "Close", title: "Close (Esc)" }, "×");
  close.addEventListener("click", () => compareDialog.close());
  const none = element("button", { type: "button" }, "Choose none");
  none.addEventListener("click", () => { compared.clear(); showCompared(); compareDialog.close(); show(); });
  compareDialog.replaceChildren(element("header", {}, element("h2", { id: "compare-title" }, "Compared"), element("nav", {}, alignment, none, close)), place);
  fill();
  compareDialog.showModal();
}

compareButton.addEventListener("click", openCompare);
