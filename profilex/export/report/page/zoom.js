// A picture that the wheel enlarges about the pointer and that can be dragged; a double click shows all of it again.
function zoomable(picture) {
  const whole = picture.getAttribute("viewBox").split(" ").map(Number);
  let box = [...whole];
  const set = (next) => { box = next; picture.setAttribute("viewBox", box.join(" ")); };
  const at = (event) => {
    const matrix = picture.getScreenCTM().inverse();
    return [matrix.a * event.clientX + matrix.e, matrix.d * event.clientY + matrix.f];
  };
  const zoom = (factor, [x, y]) => {
    const size = Math.min(whole[2], Math.max(whole[2] / 40, box[2] * factor)) / box[2];
    if (size === 1 && factor > 1) { set([...whole]); return; }
    set([x - (x - box[0]) * size, y - (y - box[1]) * size, box[2] * size, box[3] * size]);
  };
  let held = null;
  picture.addEventListener("wheel", (event) => { event.preventDefault(); zoom(Math.exp(event.deltaY * 0.0016), at(event)); }, { passive: false });
  picture.addEventListener("pointerdown", (event) => { held = at(event); picture.setPointerCapture(event.pointerId); });
  picture.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = at(event);
    set([box[0] + held[0] - x, box[1] + held[1] - y, box[2], box[3]]);
  });
  picture.addEventListener("pointerup", () => { held = null; });
  picture.addEventListener("dblclick", () => set([...whole]));
  const middle = () => [box[0] + box[2] / 2, box[1] + box[3] / 2];
  picture.tabIndex = 0;
  picture.addEventListener("keydown", (event) => {
    const factor = { "+": 0.7, "-": 1 / 0.7 }[event.key];
    if (factor) zoom(factor, middle());
  });
  picture.classList.add("zoomable");
  return picture;
}
