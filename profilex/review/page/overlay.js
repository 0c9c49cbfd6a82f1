// What lies over the scan: outlines, axes, rims and bars as SVG; the handles of the vessel in hand on a canvas.
import { pathOf } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";

export function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export class Overlay {
  constructor(svg, canvas, viewer) {
    this.svg = svg;
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.viewer = viewer;
    this.world = shape("g");
    svg.append(this.world);
    this.parts = new Map(); // by vessel: its group
  }

  // Draw all vessels anew: the page or a decision has changed.
  show(page, chosen) {
    this.page = page;
    this.world.replaceChildren(shape("g", { class: "bars" },
      ...page.bars.map((ring) => shape("path", { class: "bar", d: pathOf([ring]) }))));
    this.parts.clear();
    for (const vessel of page.vessels) {
      const group = shape("g", { class: this.kind(vessel, chosen) });
      this.parts.set(vessel.id, group);
      this.fill(group, vessel);
      this.world.append(group);
    }
    this.draft = shape("g", { class: "draft" });
    this.world.append(this.draft);
    const own = this.parts.get(chosen);
    if (own) this.world.insertBefore(own, this.draft);
    this.place();
  }

  kind(vessel, chosen) {
    const state = vessel.status || (vessel.review.length ? "doubtful" : "sure");
    return `vessel ${state}${vessel.id === chosen ? " chosen" : ""}`;
  }

  // Only the vessel in hand changes while it is dragged.
  fill(group, vessel) {
    const rings = vessel.sections.map((section) => shape("path", {
      class: section.handle ? "outline handle" : "outline", d: pathOf(section.rings), "fill-rule": "evenodd",
    }));
    const lines = [["axis", vessel.axis], ["rim", vessel.rim]].filter(([, line]) => line).map(([kind, line]) =>
      shape("path", { class: kind, d: `M${line[0].join(" ")}L${line[line.length - 1].join(" ")}` }));
    const breaks = vessel.edges.filter((edge) => edge.kind === "break").map((edge) =>
      shape("path", { class: "break", d: `M${edge.line.map((point) => point.join(" ")).join("L")}` }));
    group.replaceChildren(...rings, ...breaks, ...lines);
  }

  redraw(vessel) {
    const group = this.parts.get(vessel.id);
    if (group) this.fill(group, vessel);
  }

  // A line or loop that is being drawn.
  sketch(points, kind = "line", closed = false) {
    this.draft.replaceChildren();
    if (points && points.length > 1) {
      const d = `M${points.map((point) => point.join(" ")).join("L")}${closed ? "Z" : ""}`;
      this.draft.append(shape("path", { class: `sketch ${kind}`, d }));
    }
  }

  place() {
    const { scale, offset } = this.viewer;
    this.world.setAttribute("transform", `matrix(${scale} 0 0 ${scale} ${offset[0]} ${offset[1]})`);
  }

  // Handles: vertices as small squares, ends of lines as circles; the one in hand is filled.
  marks(vertices, ends, active) {
    const { canvas, context, viewer } = this;
    const ratio = window.devicePixelRatio || 1, [width, height] = viewer.size;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas), colour = style.getPropertyValue("--handle"), paper = style.getPropertyValue("--handle-paper");
    context.lineWidth = 1.5;
    for (const [x, y] of vertices.map((point) => viewer.toScreen(point))) {
      if (x < -9 || y < -9 || x > width + 9 || y > height + 9) continue;
      context.fillStyle = paper; context.strokeStyle = colour;
      context.fillRect(x - 3.5, y - 3.5, 7, 7);
      context.strokeRect(x - 3.5, y - 3.5, 7, 7);
    }
    for (const [x, y] of ends.map((point) => viewer.toScreen(point))) {
      context.beginPath();
      context.arc(x, y, 6.5, 0, 7);
      context.fillStyle = paper; context.strokeStyle = style.getPropertyValue("--line-handle");
      context.fill(); context.stroke();
    }
    if (active) {
      const [x, y] = viewer.toScreen(active);
      context.fillStyle = colour; context.strokeStyle = paper;
      context.beginPath(); context.arc(x, y, 6, 0, 7); context.fill(); context.stroke();
    }
  }
}
