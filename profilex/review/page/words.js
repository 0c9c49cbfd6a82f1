// German and English. Words about reasons come from the server, which has them for the report as well.
const EN = {
  title: "review", skip: "Skip to the vessel", which: "Vessels shown", language: "Deutsch", help: "Keys and help", undo: "Undo", redo: "Redo",
  queue: "Vessels", stage: "Scan", tools: "Tools", panel: "Vessel in hand", progress: "Progress", list: "Queue of vessels; arrow keys move",
  view: "The scan with its outlines. Tab goes from vertex to vertex while editing, arrow keys move it.",
  doubtful: "Doubtful, open", open: "All open", sample: "Random sample of sure ones", decided: "Decided", all: "All", mine: "This page",
  nVessels: (n) => `${n.toLocaleString("en")} vessel${n === 1 ? "" : "s"}`,
  ofDone: (done, all) => `${done.toLocaleString("en")} of ${all.toLocaleString("en")} decided`,
  saving: "saving …", saved: "saved", unsaved: "NOT saved – trying again",
  accepted: "accepted", corrected: "corrected", rejected: "rejected", open_: "open",
  accept: "Accept", reject: "Reject", later: "Later", next: "Next vessel", previous: "Previous vessel", nextPage: "Next page", previousPage: "Previous page",
  undoPlain: "Undo", edit: "Edit vertices", grow: "Magic: click a section", box: "Magic in a box", less: "Lower threshold: more", more: "Higher threshold: less",
  redraw: "Redraw a stretch", loop: "Add a loop", erase: "Cut a loop away", axis: "Axis", rim: "Rim", bar: "Scale bar", split: "Split", merge: "Merge",
  add: "New vessel", breaks: "Break", remove: "Remove the vertex", cancel: "Cancel", finish: "Finish", hide: "Hide outlines (hold)", fit: "Fit the vessel",
  fitPage: "Fit the page", zoomIn: "Zoom in", zoomOut: "Zoom out", figure: "Figure number", note: "Note",
  reasons: ["decoration", "another find", "exterior, no section", "text or bar", "twice", "something else"], reasonFor: "Why? Keys 1–6",
  noScan: "The scan is not here: the preview is shown, and the magic tool is off.", where: "Where are the scans?", look: "Look there",
  foundScans: (n, all) => `${n} of ${all} pages have their scan`, folder: "Folder",
  stale: "Somebody else has decided about it: it is shown as it is now.", refused: "Not possible: ", gone: "Nothing to undo.", nothingRedo: "Nothing to redo.",
  nothingSeen: "The network sees no section there.", crosses: "An outline may not cross itself.",
  measures: "Measures", scale: "Scale", unknown: "unknown", noScale: "no scale: pixels", confidence: "confidence", side: "Section drawn", portion: "Preserved",
  left: "left", right: "right", both: "both sides", complete: "complete", rim_: "rim", base: "base", wall: "wall", entry: "Catalogue entry", take: "Use this",
  barLength: "Length between the ends", barHint: "10 cm, 50 mm, or 1:3", wholePage: "for all of the page", set: "Set", ratioNeedsDpi: "The scan states no resolution: a ratio alone is not enough.",
  by: (name, at) => `${name}, ${at}`, noVessel: "No vessel is chosen.", done: "All of these are decided.", before: "before", asHandle: "handle", piece: "Section",
  hints: {
    select: "Click a vessel. Wheel zooms, dragging moves the page.",
    edit: "Drag a vertex or an end of axis and rim; drag an edge to put a vertex in; Alt-click removes; Shift moves neighbours along.",
    grow: "Click into a section, or drag a box. [ and ] change the threshold. Shift adds a piece.",
    redraw: "Draw the right line from outline to outline.", loop: "Draw around what belongs to the section.", erase: "Draw around what does not belong to it.",
    axis: "Click a point of the axis, or drag along it.", rim: "Click the height of the rim, or drag along it.",
    bar: "Drag from one end of the bar to the other, then type its length.", split: "Draw a line between the two vessels.",
    merge: "Click the vessel that belongs to this one.", add: "Click a section of the new vessel, or draw around it.",
    breaks: "Click the two ends of a break; click a break to remove it.",
  },
  taken: "open in another window", sheet: "Keys", turnOff: "Single keys off", change: "Change", press: "Press a key …", reset: "As delivered", close: "Close",
  helpText: "Each decision is saved at once. Outlines, axis and rim can be changed at any time; every change can be undone, also tomorrow. Moving to another vessel decides nothing.",
  measureNames: {}, grew: (t) => `threshold ${t}`, vertex: (x, y) => `vertex at ${x}, ${y}`, orphans: "No longer fits", disputed: "People disagree about it",
};
const DE = {
  title: "Durchsicht", skip: "Zum Gefäß springen", which: "Gezeigte Gefäße", language: "English", help: "Tasten und Hilfe", undo: "Rückgängig", redo: "Wiederholen",
  queue: "Gefäße", stage: "Scan", tools: "Werkzeuge", panel: "Gefäß in Arbeit", progress: "Fortschritt", list: "Liste der Gefäße; Pfeiltasten bewegen",
  view: "Der Scan mit seinen Umrissen. Beim Bearbeiten geht Tab von Punkt zu Punkt, Pfeiltasten verschieben ihn.",
  doubtful: "Zweifelhafte, offen", open: "Alle offenen", sample: "Stichprobe der sicheren", decided: "Entschiedene", all: "Alle", mine: "Diese Seite",
  nVessels: (n) => `${n.toLocaleString("de")} Gefäß${n === 1 ? "" : "e"}`,
  ofDone: (done, all) => `${done.toLocaleString("de")} von ${all.toLocaleString("de")} entschieden`,
  saving: "speichert …", saved: "gespeichert", unsaved: "NICHT gespeichert – neuer Versuch",
  accepted: "angenommen", corrected: "korrigiert", rejected: "verworfen", open_: "offen",
  accept: "Annehmen", reject: "Verwerfen", later: "Später", next: "Nächstes Gefäß", previous: "Voriges Gefäß", nextPage: "Nächste Seite", previousPage: "Vorige Seite",
  undoPlain: "Rückgängig", edit: "Punkte bearbeiten", grow: "Zauberstab: Schnitt anklicken", box: "Zauberstab im Kasten", less: "Schwelle tiefer: mehr", more: "Schwelle höher: weniger",
  redraw: "Strecke neu ziehen", loop: "Schlaufe hinzufügen", erase: "Schlaufe wegschneiden", axis: "Achse", rim: "Rand", bar: "Maßstab", split: "Teilen", merge: "Vereinen",
  add: "Neues Gefäß", breaks: "Bruch", remove: "Punkt entfernen", cancel: "Abbrechen", finish: "Fertig", hide: "Umrisse verbergen (halten)", fit: "Gefäß einpassen",
  fitPage: "Seite einpassen", zoomIn: "Größer", zoomOut: "Kleiner", figure: "Abbildungsnummer", note: "Notiz",
  reasons: ["Verzierung", "anderer Fund", "Ansicht, kein Schnitt", "Text oder Balken", "doppelt", "anderes"], reasonFor: "Warum? Tasten 1–6",
  noScan: "Der Scan ist nicht hier: die Vorschau wird gezeigt, der Zauberstab ruht.", where: "Wo liegen die Scans?", look: "Dort suchen",
  foundScans: (n, all) => `${n} von ${all} Seiten haben ihren Scan`, folder: "Ordner",
  stale: "Jemand anders hat inzwischen entschieden: so steht es jetzt.", refused: "Nicht möglich: ", gone: "Nichts rückgängig zu machen.", nothingRedo: "Nichts zu wiederholen.",
  nothingSeen: "Dort sieht das Netz keinen Schnitt.", crosses: "Ein Umriss darf sich nicht kreuzen.",
  measures: "Maße", scale: "Maßstab", unknown: "unbekannt", noScale: "kein Maßstab: Pixel", confidence: "Sicherheit", side: "Schnitt gezeichnet", portion: "Erhalten",
  left: "links", right: "rechts", both: "beidseits", complete: "vollständig", rim_: "Rand", base: "Boden", wall: "Wandung", entry: "Katalogeintrag", take: "Übernehmen",
  barLength: "Länge zwischen den Enden", barHint: "10 cm, 50 mm oder 1:3", wholePage: "für die ganze Seite", set: "Setzen", ratioNeedsDpi: "Der Scan nennt keine Auflösung: ein Verhältnis allein genügt nicht.",
  by: (name, at) => `${name}, ${at}`, noVessel: "Kein Gefäß gewählt.", done: "Alle sind entschieden.", before: "vorher", asHandle: "Henkel", piece: "Schnitt",
  hints: {
    select: "Gefäß anklicken. Das Rad zoomt, Ziehen verschiebt die Seite.",
    edit: "Punkt oder Ende von Achse und Rand ziehen; Kante ziehen setzt einen Punkt; Alt-Klick entfernt; Umschalt nimmt Nachbarn mit.",
    grow: "In einen Schnitt klicken oder einen Kasten ziehen. [ und ] ändern die Schwelle. Umschalt fügt ein Stück hinzu.",
    redraw: "Die richtige Linie von Umriss zu Umriss ziehen.", loop: "Umfahren, was zum Schnitt gehört.", erase: "Umfahren, was nicht dazu gehört.",
    axis: "Einen Punkt der Achse anklicken oder an ihr entlang ziehen.", rim: "Die Höhe des Randes anklicken oder an ihm entlang ziehen.",
    bar: "Von einem Ende des Balkens zum anderen ziehen, dann die Länge eingeben.", split: "Eine Linie zwischen beide Gefäße ziehen.",
    merge: "Das Gefäß anklicken, das zu diesem gehört.", add: "Einen Schnitt des neuen Gefäßes anklicken oder umfahren.",
    breaks: "Beide Enden eines Bruchs anklicken; ein Klick auf einen Bruch entfernt ihn.",
  },
  taken: "in anderem Fenster offen", sheet: "Tasten", turnOff: "Einzelne Tasten aus", change: "Ändern", press: "Taste drücken …", reset: "Wie geliefert", close: "Schließen",
  helpText: "Jede Entscheidung ist sofort gespeichert. Umriss, Achse und Rand lassen sich jederzeit ändern, jede Änderung zurücknehmen, auch morgen. Weitergehen entscheidet nichts.",
  measureNames: {
    rim_diameter_mm: "Randdurchmesser", height_mm: "Höhe", base_diameter_mm: "Bodendurchmesser", max_diameter_mm: "größter Durchmesser",
    wall_thickness_mm_p5: "Wandstärke, dünn", wall_thickness_mm_p50: "Wandstärke", wall_thickness_mm_p95: "Wandstärke, dick",
    capacity_ml: "Inhalt", clay_volume_ml: "Tonvolumen", rim_percent: "Rand erhalten",
  },
  grew: (t) => `Schwelle ${t}`, vertex: (x, y) => `Punkt bei ${x}, ${y}`, orphans: "Passt nicht mehr", disputed: "Darüber besteht Uneinigkeit",
};
Object.assign(EN.measureNames, {
  rim_diameter_mm: "rim diameter", height_mm: "height", base_diameter_mm: "base diameter", max_diameter_mm: "greatest diameter",
  wall_thickness_mm_p5: "wall, thin", wall_thickness_mm_p50: "wall thickness", wall_thickness_mm_p95: "wall, thick",
  capacity_ml: "capacity", clay_volume_ml: "clay volume", rim_percent: "rim preserved",
});
const STORE = "profilex-review-language";
const kept = (() => { try { return localStorage.getItem(STORE); } catch { return null; } })();

export const language = { name: kept === "de" || kept === "en" ? kept : navigator.language.startsWith("de") ? "de" : "en" };
export const word = (name) => (language.name === "de" ? DE : EN)[name];

export function otherLanguage() {
  language.name = language.name === "de" ? "en" : "de";
  try { localStorage.setItem(STORE, language.name); } catch { /* kept for this visit only */ }
}

// [name, meaning] of a reason, as the server says it.
export function reasonWords(table, reason) {
  const known = table[language.name];
  return known[reason] || known[reason.startsWith("disputed") ? "disputed" : reason] || [reason.replaceAll("_", " "), ""];
}

export const number = (value) => {
  if (Math.abs(value) >= 1e6) return value.toLocaleString(language.name, { notation: "compact", maximumSignificantDigits: 4 });
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString(language.name, { maximumFractionDigits: digits });
};
