// Plane geometry in page pixels. A ring is a list of points [x, y], not closed.

export const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

// The nearest place on the segment from a to b, as its share (0..1), the point and the distance.
export function onSegment(point, a, b) {
  const dx = b[0] - a[0], dy = b[1] - a[1];
  const square = dx * dx + dy * dy;
  const share = square ? Math.max(0, Math.min(1, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / square)) : 0;
  const place = [a[0] + share * dx, a[1] + share * dy];
  return { share, place, away: distance(point, place) };
}

// The nearest vertex of all rings of all sections.
export function nearestVertex(sections, point) {
  let best = null;
  sections.forEach((section, s) => section.rings.forEach((ring, r) => ring.forEach((vertex, v) => {
    const away = distance(vertex, point);
    if (!best || away < best.away) best = { s, r, v, away };
  })));
  return best;
}

// The nearest place on an edge: a vertex put in at v would lie there.
export function nearestEdge(sections, point) {
  let best = null;
  sections.forEach((section, s) => section.rings.forEach((ring, r) => ring.forEach((vertex, v) => {
    const found = onSegment(point, vertex, ring[(v + 1) % ring.length]);
    if (!best || found.away < best.away) best = { s, r, v: v + 1, ...found };
  })));
  return best;
}

export function pathOf(rings) {
  return rings.map((ring) => `M${ring.map((point) => `${point[0]} ${point[1]}`).join("L")}Z`).join("");
}

export function boundsOf(points) {
  let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
  for (const [x, y] of points) {
    left = Math.min(left, x); top = Math.min(top, y); right = Math.max(right, x); bottom = Math.max(bottom, y);
  }
  return [left, top, right, bottom];
}

export const pointsOf = (vessel) => vessel.sections.flatMap((section) => section.rings[0]);

// What a person wants to see of a vessel: the section and its image beyond the axis; without one the room on both sides.
export function drawingBounds(vessel, page) {
  const [left, top, right, bottom] = boundsOf([...pointsOf(vessel), ...(vessel.rim || [])]);
  const x = vessel.axis && (vessel.axis[0][0] + vessel.axis.at(-1)[0]) / 2;
  const reach = vessel.axis ? Math.max(x - left, right - x) : 0, room = vessel.axis ? 0 : right - left;
  const box = vessel.axis ? [x - reach, top, x + reach, bottom] : [left - room, top, right + room, bottom];
  return [Math.max(0, box[0]), Math.max(0, box[1]), Math.min(page.width, box[2]), Math.min(page.height, box[3])];
}

export function inRing(ring, [x, y]) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i], [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

export const inVessel = (vessel, point) => vessel.sections.some((section) => inRing(section.rings[0], point));

export function areaOf(ring) {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) twice += (ring[j][0] - ring[i][0]) * (ring[j][1] + ring[i][1]);
  return Math.abs(twice) / 2;
}

// A drawn line with fewer points: none of those left out is farther from it than the tolerance.
export function simplified(points, tolerance) {
  if (points.length < 3) return points;
  const kept = new Set([0, points.length - 1]);
  const spans = [[0, points.length - 1]];
  while (spans.length) {
    const [first, last] = spans.pop();
    let worst = -1, most = tolerance;
    for (let i = first + 1; i < last; i++) {
      const { away } = onSegment(points[i], points[first], points[last]);
      if (away > most) [worst, most] = [i, away];
    }
    if (worst > 0) { kept.add(worst); spans.push([first, worst], [worst, last]); }
  }
  return points.filter((_, index) => kept.has(index));
}

// The ring with the shorter stretch between the ends of a drawn line replaced by that line.
export function withStretch(ring, line) {
  const sections = [{ rings: [ring] }];
  const start = nearestEdge(sections, line[0]), end = nearestEdge(sections, line[line.length - 1]);
  const along = (from, to, last) => { // the vertices from one place on the ring to another
    const found = [];
    if (from.v === to.v && from.share <= to.share) return found;
    for (let i = from.v % ring.length, n = 0; n < ring.length; i = (i + 1) % ring.length, n++) {
      found.push(ring[i]);
      if (i === (to.v - 1 + ring.length) % ring.length) break;
    }
    return found;
  };
  const length = (points) => points.slice(1).reduce((sum, point, i) => sum + distance(points[i], point), 0);
  const ahead = along(start, end), back = along(end, start);
  const aheadLength = length([start.place, ...ahead, end.place]), backLength = length([end.place, ...back, start.place]);
  const kept = aheadLength <= backLength ? [line, back] : [[...line].reverse(), ahead];
  return cleaned([...kept[0], ...kept[1]]);
}

// Without points that are met twice in a row.
export function cleaned(ring) {
  return ring.filter((point, i) => distance(point, ring[(i + 1) % ring.length]) > 1e-3);
}

export const rounded = (points) => points.map(([x, y]) => [Math.round(x * 1000) / 1000, Math.round(y * 1000) / 1000]);

// A vertex moved, and its neighbours along the ring with it, the less the farther they are.
export function softly(ring, v, by, reach) {
  const moved = ring.map((point) => [...point]);
  const shift = (i, weight) => { moved[i] = [ring[i][0] + by[0] * weight, ring[i][1] + by[1] * weight]; };
  shift(v, 1);
  for (const way of [1, -1]) {
    let run = 0;
    for (let n = 1; n < ring.length / 2; n++) {
      const i = (v + way * n + ring.length * n) % ring.length, before = (i - way + ring.length) % ring.length;
      run += distance(ring[i], ring[before]);
      if (run >= reach) break;
      shift(i, (1 + Math.cos((Math.PI * run) / reach)) / 2);
    }
  }
  return moved;
}
