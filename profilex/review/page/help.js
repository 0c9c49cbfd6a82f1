// The keys, and how to change them or turn single ones off.
import { element } from "./dom.js";
import { ACTIONS, nameOf } from "./keys.js";
import { word } from "./words.js";

export class Help {
  constructor(app) {
    this.app = app;
    this.place = document.getElementById("help");
    this.place.addEventListener("click", (event) => { if (event.target === this.place) this.place.close(); });
    this.place.addEventListener("close", () => { this.app.tools.fill(); this.app.panel.show(); });
  }

  open() {
    this.fill();
    if (!this.place.open) this.place.showModal();
  }

  fill() {
    const { keys } = this.app;
    const rows = Object.keys(ACTIONS).filter((action) => action !== "undoPlain" && action !== "box").map((action) => element("div", { class: "key" },
      element("span", {}, word(action)), element("kbd", {}, keys.shown(action)),
      element("button", { type: "button", class: "link", "aria-label": `${word("change")}: ${word(action)}`, on: { click: (event) => this.ask(action, event.target) } }, word("change"))));
    this.place.replaceChildren(
      element("header", {}, element("h2", { id: "help-title" }, word("sheet")), element("button", { type: "button", autofocus: true, on: { click: () => this.place.close() } }, word("close"))),
      element("p", {}, word("helpText")), element("div", { class: "keys" }, ...rows),
      element("footer", {}, element("label", { class: "check" }, element("input", { type: "checkbox", checked: keys.off, on: { change: (event) => keys.turn(event.target.checked) } }), word("turnOff")),
        element("button", { type: "button", class: "link", on: { click: () => { keys.reset(); this.fill(); } } }, word("reset"))));
  }

  // The next key pressed is the action's; Escape leaves it as it was.
  ask(action, button) {
    button.textContent = word("press");
    const take = (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (/^(Shift|Control|Alt|Meta)$/.test(event.key)) return;
      window.removeEventListener("keydown", take, true);
      if (event.key !== "Escape") this.app.keys.set(action, nameOf(event));
      this.fill();
    };
    window.addEventListener("keydown", take, true);
  }
}
