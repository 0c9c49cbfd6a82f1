// Everything that the filters change, and what starts it.
function show() {
  const found = chosen();
  const total = vessels.length.toLocaleString("en");
  document.getElementById("count").textContent = found.length === vessels.length
    ? `${total} vessels` : `${found.length.toLocaleString("en")} of ${total} vessels`;
  const [sizeName, least, most] = fields.size.value.split(":");
  const size = measures.find((measure) => measure.name === sizeName);
  const told = document.getElementById("size-shown");
  told.hidden = !size;
  if (size) {
    const all = element("button", { type: "button" }, "any size");
    all.addEventListener("click", () => chooseSize(""));
    told.replaceChildren(`${size.label} ${number(Number(least))}${most ? ` to ${number(Number(most))}` : " and more"} ${size.unit} `, all);
  }
  showHistograms(found);
  showList(found, fields.same.checked);
}

const filters = document.getElementById("filters");
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("input", () => { show(); writeAddress(); });
filters.addEventListener("reset", () => setTimeout(() => { fields.size.value = ""; show(); writeAddress(); }));
fields.same.addEventListener("input", () => { show(); writeAddress(); });
window.addEventListener("hashchange", () => { readAddress(); show(); openAddressed(); });
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || dialog.open || /^(INPUT|SELECT)$/.test(document.activeElement.tagName)) return;
  event.preventDefault();
  fields.q.focus();
});

fields.same.closest("label").hidden = commonFactor === null;
fillFilters();
readAddress();
show();
showCompared();
openAddressed();

// With #measure in the address the page times itself, layout included, and leaves the milliseconds in the document.
if (location.hash === "#measure") {
  const timed = (action) => {
    const start = performance.now();
    action();
    document.body.getBoundingClientRect();
    return performance.now() - start;
  };
  const choose = (field, value) => timed(() => { fields[field].value = value; show(); });
  const times = {
    filter: ["a", "ab", "1", "12", ""].map((text) => choose("q", text)),
    range: ["0.9", "0.5", ""].map((least) => choose("from", least)),
    sort: [...orders.keys()].map((order) => choose("sort", order)),
    scroll: Array.from({ length: 20 }, (_, step) => timed(() => {
      window.scrollTo(0, (document.body.scrollHeight * (step + 1)) / 21);
      render();
    })),
    start: [performance.now()],
  };
  const output = element("output", { id: "measured" }, JSON.stringify({ ...times, cards: cards.size }));
  output.hidden = true;
  document.body.append(output);
}
