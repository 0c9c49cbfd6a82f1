// A vessel as archaeologists draw it: section black on the left, axis, rim line, and its mirror image faintly on the right.
const MARGIN = 14; // units around a drawing, for the axis to stand out

// Units to one mm at which the largest vessel of the report still fits; null where none has a scale.
const commonFactor = (() => {
  const factors = vessels.filter((vessel) => vessel.scale && vessel.drawing).map((vessel) => vessel.drawing.k);
  return factors.length ? factors.reduce((least, factor) => Math.min(least, factor)) : null;
})();

function drawing(vessel, { toScale = false } = {}) {
  const figure = vessel.drawing;
  if (!figure) return shape("svg", { viewBox: "0 0 1 1", "aria-hidden": "true" });
  const height = figure.h + 2 * MARGIN;
  const parts = [];
  if (figure.axis !== null) {
    const mirrored = `matrix(-1 0 0 1 ${2 * figure.axis} 0)`;
    parts.push(shape("path", { class: "ghost", d: figure.d, transform: mirrored, "fill-rule": "evenodd" }));
    parts.push(line("axis", figure.axis, -MARGIN + 2, figure.axis, figure.h + MARGIN - 2));
  }
  if (figure.rim) parts.push(line("rim", figure.rim[0], figure.rim[1], figure.rim[2], figure.rim[1]));
  parts.push(shape("path", { class: "section", d: figure.d, "fill-rule": "evenodd" }));
  const box = toScale && vessel.scale ? enlarged(figure) : [-MARGIN, -MARGIN, figure.w + 2 * MARGIN, height];
  return shape("svg", { viewBox: box.join(" "), "aria-hidden": "true" }, ...parts);
}

// A view box as much larger as the vessel is smaller than the largest one.
function enlarged(figure) {
  const times = figure.k / commonFactor;
  const width = (640 + 2 * MARGIN) * times;
  const height = (400 + 2 * MARGIN) * times;
  return [(figure.w - width) / 2, (figure.h - height) / 2, width, height];
}

function line(kind, x1, y1, x2, y2) {
  return shape("line", { class: kind, x1, y1, x2, y2 });
}
