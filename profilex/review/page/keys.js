// Keys: one table for what they do, what the help says, and what a person has changed. Kept in this browser.
const STORE = "profilex-review-keys";

export const ACTIONS = {
  accept: "a", reject: "x", later: " ", next: "j", previous: "k", nextPage: "PageDown", previousPage: "PageUp",
  undo: "ctrl+z", redo: "ctrl+shift+z", undoPlain: "Backspace",
  edit: "e", grow: "g", box: "v", less: "[", more: "]", redraw: "r", loop: "p", erase: "w", axis: "l", rim: "t", bar: "b",
  split: "c", merge: "u", add: "n", breaks: "o", remove: "d", cancel: "Escape", finish: "Enter",
  hide: "h", fit: "0", fitPage: "9", zoomIn: "+", zoomOut: "-", figure: "f", note: "m", help: "?",
};
export const EDITING = ["edit", "grow", "box", "redraw", "loop", "erase", "axis", "rim", "bar", "split", "merge", "add", "breaks"];

export class Keys {
  constructor() {
    let own = {};
    try { own = JSON.parse(localStorage.getItem(STORE)) || {}; } catch { /* a browser that keeps nothing */ }
    this.off = own["*"] === "off";
    this.table = { ...ACTIONS };
    for (const [action, key] of Object.entries(own)) if (action in ACTIONS && typeof key === "string") this.table[action] = key;
  }

  set(action, key) {
    for (const other of Object.keys(this.table)) if (this.table[other] === key) this.table[other] = "";
    this.table[action] = key;
    this.keep();
  }

  turn(off) { this.off = off; this.keep(); }

  reset() { this.table = { ...ACTIONS }; this.off = false; this.keep(); }

  keep() {
    const own = Object.fromEntries(Object.entries(this.table).filter(([action, key]) => ACTIONS[action] !== key));
    if (this.off) own["*"] = "off";
    try { localStorage.setItem(STORE, JSON.stringify(own)); } catch { /* as above */ }
  }

  actionOf(event) {
    const name = nameOf(event);
    if (this.off && !/^(ctrl\+|Escape|Enter)/.test(name)) return null;
    return Object.keys(this.table).find((action) => this.table[action] === name) || null;
  }

  shown(action) {
    const key = this.table[action];
    const names = { " ": "␣", Escape: "Esc", Enter: "⏎", Backspace: "⌫", PageDown: "Pg↓", PageUp: "Pg↑", "ctrl+z": "Ctrl Z", "ctrl+shift+z": "Ctrl ⇧ Z" };
    return names[key] || key.toUpperCase();
  }
}

export function nameOf(event) {
  const control = event.ctrlKey || event.metaKey ? "ctrl+" : "";
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return control + (control && event.shiftKey ? "shift+" : "") + key;
}
