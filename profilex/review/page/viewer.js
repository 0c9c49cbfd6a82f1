// The scan as tiles on a canvas, at any zoom. screen = page * scale + offset, in CSS pixels.

const MOST_TILES = 400;
const FARTHEST_IN = 24, FARTHEST_OUT = 0.02;

export class Viewer {
  constructor(place, canvas, changed) {
    this.place = place;
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.changed = changed; // called after each change of the view
    this.scale = 1;
    this.offset = [0, 0];
    this.tiles = new Map();
    this.page = null;
    new ResizeObserver(() => this.resize()).observe(place);
    this.resize();
  }

  get size() { return [this.place.clientWidth, this.place.clientHeight]; }

  resize() {
    this.ratio = window.devicePixelRatio || 1;
    const [width, height] = this.size;
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    if (this.fitted) this.fit(this.fitted);
    this.invalidate();
  }

  show(page) {
    if (this.page && this.page.page === page.page && this.page.scan === page.scan) { this.page = page; return; }
    this.page = page;
    this.tiles.clear();
    this.invalidate();
  }

  toPage([x, y]) { return [(x - this.offset[0]) / this.scale, (y - this.offset[1]) / this.scale]; }
  toScreen([x, y]) { return [x * this.scale + this.offset[0], y * this.scale + this.offset[1]]; }

  // Bring a box of the page into view, with some room around it.
  fit(box) {
    this.fitted = box;
    const [width, height] = this.size;
    const [left, top, right, bottom] = box;
    const room = 0.12 * Math.max(right - left, bottom - top, 40);
    const scale = Math.min(width / (right - left + 2 * room), (height - 60) / (bottom - top + 2 * room));
    this.scale = Math.max(FARTHEST_OUT, Math.min(FARTHEST_IN, scale));
    this.offset = [width / 2 - (this.scale * (left + right)) / 2, (height - 48) / 2 - (this.scale * (top + bottom)) / 2];
    this.invalidate();
  }

  fitPage() { if (this.page) this.fit([0, 0, this.page.width, this.page.height]); }

  zoom(factor, at = this.size.map((length) => length / 2)) {
    this.fitted = null;
    const scale = Math.max(FARTHEST_OUT, Math.min(FARTHEST_IN, this.scale * factor));
    const held = this.toPage(at);
    this.scale = scale;
    this.offset = [at[0] - held[0] * scale, at[1] - held[1] * scale];
    this.invalidate();
  }

  pan(dx, dy) {
    this.fitted = null;
    this.offset = [this.offset[0] + dx, this.offset[1] + dy];
    this.invalidate();
  }

  invalidate() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.draw(); this.changed(); });
  }

  draw() {
    const { context, page, ratio, scale } = this;
    const [width, height] = this.size;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = getComputedStyle(this.place).getPropertyValue("--desk");
    context.fillRect(0, 0, width, height);
    if (!page) return;
    context.imageSmoothingEnabled = scale * ratio < 2.5;
    context.fillStyle = "#fff";
    context.fillRect(...this.offset, page.width * scale, page.height * scale);
    if (!page.scan) { this.drawPreview(); return; }
    const wanted = Math.max(0, Math.min(page.levels - 1, Math.floor(Math.log2(1 / (scale * ratio)) + 0.35)));
    for (let level = page.levels - 1; level >= wanted; level--) {
      if (level === wanted || level === page.levels - 1 || level === wanted + 1) this.drawLevel(level, level === wanted || level === page.levels - 1);
    }
  }

  drawLevel(level, load) {
    const { context, page, scale } = this;
    const [width, height] = this.size;
    const side = page.tile * 2 ** level; // of a tile, in page pixels
    const [left, top] = this.toPage([0, 0]), [right, bottom] = this.toPage([width, height]);
    const columns = Math.ceil(page.width / side), rows = Math.ceil(page.height / side);
    for (let row = Math.max(0, Math.floor(top / side)); row < rows && row * side < bottom; row++) {
      for (let column = Math.max(0, Math.floor(left / side)); column < columns && column * side < right; column++) {
        const tile = this.tile(level, column, row, load);
        if (!tile || !tile.ready) continue;
        const [x, y] = this.toScreen([column * side, row * side]);
        const zoom = scale * 2 ** level;
        context.drawImage(tile.image, x, y, tile.image.naturalWidth * zoom, tile.image.naturalHeight * zoom);
      }
    }
  }

  tile(level, column, row, load) {
    const address = `tile/${this.page.page}/${level}/${column}/${row}`;
    let tile = this.tiles.get(address);
    if (tile || !load) return tile;
    tile = { image: new Image(), ready: false };
    tile.image.onload = () => { tile.ready = true; this.invalidate(); };
    tile.image.src = address;
    this.tiles.set(address, tile);
    if (this.tiles.size > MOST_TILES) this.tiles.delete(this.tiles.keys().next().value);
    return tile;
  }

  drawPreview() {
    if (!this.page.preview) return;
    const address = `preview/${this.page.page}`;
    let tile = this.tiles.get(address);
    if (!tile) {
      tile = { image: new Image(), ready: false };
      tile.image.onload = () => { tile.ready = true; this.invalidate(); };
      tile.image.src = address;
      this.tiles.set(address, tile);
    }
    if (tile.ready) this.context.drawImage(tile.image, ...this.offset, this.page.width * this.scale, this.page.height * this.scale);
  }
}
