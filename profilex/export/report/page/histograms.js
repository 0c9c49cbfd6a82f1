// How often each size occurs: all vessels faintly, those found in front of them.
const SHOWN = ["rim_diameter_mm", "height_mm", "wall_thickness_mm_p50"];
const BINS = 28;
const CHART = { width: 280, height: 72 };

const charts = SHOWN.map((name) => {
  const index = measures.findIndex((measure) => measure.name === name);
  const value = (vessel) => (vessel.measures[index] ? vessel.measures[index].value : null);
  const all = vessels.map(value).filter((known) => known !== null).sort((a, b) => a - b);
  const step = niceStep((all[Math.floor(all.length * 0.99)] || 1) / BINS); // one giant must not flatten all others
  return { measure: measures[index], value, step, all: bins(all, step), any: all.length > 0 };
});

function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 2.5, 5, 10].map((times) => times * power).find((step) => step >= least * 0.999);
}

function bins(values, step) {
  const counts = new Array(BINS).fill(0);
  for (const value of values) counts[Math.min(BINS - 1, Math.max(0, Math.floor(value / step)))] += 1;
  return counts;
}

function showHistograms(found) {
  document.getElementById("histograms").replaceChildren(...charts.map((chart) => histogram(chart, found)));
}

function histogram(chart, found) {
  const values = found.map((index) => chart.value(vessels[index])).filter((value) => value !== null);
  values.sort((a, b) => a - b);
  const unit = chart.measure.unit;
  const median = values.length ? `median ${number(values[Math.floor(values.length / 2)])} ${unit}` : "none measured";
  const caption = element("figcaption", { title: chart.measure.meaning }, element("b", {}, chart.measure.label),
    element("span", {}, values.length ? `${median}, ${values.length.toLocaleString("en")} measured` : median));
  const counts = bins(values, chart.step);
  const most = Math.max(1, ...chart.all);
  const chosenSize = fields.size.value;
  const picture = shape("svg", { viewBox: `0 0 ${CHART.width} ${CHART.height + 16}`, role: "img",
    "aria-label": `${chart.measure.label}: ${median}` });
  chart.all.forEach((count, bin) => {
    if (!count) return;
    const range = [chart.measure.name, bin * chart.step, bin === BINS - 1 ? "" : (bin + 1) * chart.step].join(":");
    const bar = column(bin, count, most, chosenSize === range ? "all picked" : "all");
    const area = shape("rect", { class: "area", x: (bin * CHART.width) / BINS, width: CHART.width / BINS, y: 0, height: CHART.height });
    area.append(shape("title", {}, `${number(bin * chart.step)} ${unit}: ${count.toLocaleString("en")}; a click shows these alone`));
    area.addEventListener("click", () => chooseSize(chosenSize === range ? "" : range));
    picture.append(bar, area);
  });
  counts.forEach((count, bin) => {
    if (!count) return;
    const upper = bin === BINS - 1 ? "and more" : `to ${number((bin + 1) * chart.step)}`;
    const title = shape("title", {}, `${number(bin * chart.step)} ${upper} ${unit}: ${count.toLocaleString("en")}`);
    picture.append(column(bin, count, most, "some", title));
  });
  picture.append(shape("line", { class: "base", x1: 0, x2: CHART.width, y1: CHART.height, y2: CHART.height }));
  for (let bin = 0; chart.any && bin <= BINS; bin += 7) picture.append(tick(bin, chart.step, unit));
  return element("figure", {}, caption, picture);
}

// Only vessels of one bar, or of any size.
function chooseSize(range) {
  fields.size.value = range;
  show();
  writeAddress();
}

function column(bin, count, most, kind, ...children) {
  const width = CHART.width / BINS;
  const height = count ? Math.max(1.5, (count / most) * (CHART.height - 4)) : 0;
  return shape("rect", { class: kind, x: bin * width + 0.75, width: width - 1.5, y: CHART.height - height, height },
    ...children);
}

function tick(bin, step, unit) {
  const anchor = bin === 0 ? "start" : bin === BINS ? "end" : "middle";
  const label = number(bin * step) + (bin === BINS ? ` ${unit}` : "");
  return shape("text", { x: (bin * CHART.width) / BINS, y: CHART.height + 13, "text-anchor": anchor }, label);
}
