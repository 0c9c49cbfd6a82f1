"""What the page asks for, answered from the collection; every method may run in any thread."""

from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from shapely import Polygon

from profilex.decisions import replay
from profilex.decisions.applying import corrected
from profilex.decisions.event import Outline, slots_from_json
from profilex.errors import Code, PageError, ProfilexError, RunError
from profilex.export.columns.reasons import MISSING, REVIEW, as_json
from profilex.review.collection import Collection
from profilex.review.growing import THRESHOLDS, Grower, grown, grown_in_box
from profilex.review.scans import Scans
from profilex.review.shaping import divided, with_loop, without_loop
from profilex.review.showing import entry_lines, measures_state, page_state, quantities_state, scale_state

_TAKEN_FOR_S = 20.0  # a page is a person's while its window has asked for changes this recently


class PageRequests:
    """Answers for one collection."""

    def __init__(self, collection: Collection, scans: Scans, grower: Grower) -> None:
        self._collection, self._scans, self._grower = collection, scans, grower
        self._summaries: dict[int, list[dict[str, Any]]] = {}
        self._summarised = 0  # of the collection's changes
        self._clicks = 0  # that wait for the network
        self._taken: dict[str, tuple[int, float]] = {}  # by window: the page's place, and when it was said

    def collection_state(self) -> dict[str, Any]:
        """All vessels for the queue, and what the page has to know once."""
        with self._collection.lock:
            self._collection.refresh()
            self._forget_summaries()
            pages = [
                {
                    "source": page.record.source,
                    "frame": page.record.frame,
                    "scan": self._scans.has(page.record),
                    "vessels": self._summary(place),
                }
                for place, page in enumerate(self._collection.pages)
            ]
            return {
                "reviewer": self._collection.reviewer.name,
                "pages": pages,
                "quantities": quantities_state(),
                "thresholds": THRESHOLDS,
                "reasons": as_json(REVIEW),
                "missing": as_json(MISSING),
                "version": len(self._collection.changes),
                "notices": self._collection.log.notices,
                **self._footer(),
            }

    def page_state(self, place: int) -> dict[str, Any]:
        """A page with its vessels."""
        with self._collection.lock:
            self._collection.refresh()
            return self._page(place)

    def changes(self, since: int, window: str) -> dict[str, Any]:
        """The pages that were decided about since a version; `window` is "NAME:PLACE", a window and its page."""
        name, _, place = window.rpartition(":")
        now = monotonic()
        with self._collection.lock:
            self._collection.refresh()
            if name and place.isdigit():
                self._taken[name[:64]] = (int(place), now)
            self._taken = {key: each for key, each in self._taken.items() if now - each[1] < _TAKEN_FOR_S}
            changed = sorted(set(self._collection.changes[since:]))
            self._forget_summaries()
            return {
                "version": len(self._collection.changes),
                "pages": {place: self._summary(place) for place in changed},
                "taken": sorted({page for key, (page, _) in self._taken.items() if key != name}),
                **self._footer(),
            }

    def decide(self, place: int, request: Mapping[str, Any]) -> dict[str, Any]:
        """Save a decision, and return the page as it is then."""
        with self._collection.lock:
            about = self._collection.decide(place, request)
            return self._after(place) | {"about": about}

    def step(self, forward: bool, request: Mapping[str, Any]) -> dict[str, Any]:
        """Undo or redo; the page that it was about is in the answer, or nothing is."""
        with self._collection.lock:
            done = self._collection.step(forward, str(request.get("id")))
            if done is None:
                return {"page": None, **self._footer()}
            return self._after(done[0]) | {"about": done[1]}

    def measure(self, place: int, request: Mapping[str, Any]) -> dict[str, Any]:
        """The measures that a vessel would have, with nothing saved."""
        with self._collection.lock:
            page, view = self._collection.pages[place], self._collection.view(place)
            event = self._collection.tentative(place, request)
            known = page.result if page.result is not None else view.result
            events = [*page.events, event]
        found = corrected(known, replay(events), digest=page.digest, memory=dict(page.memory))
        subject = event.subject
        for vessel in found.result.vessels:
            owner = found.subjects.get(vessel.identifier)
            if vessel.identifier == request.get("vessel") or (owner is not None and owner.name == subject):
                return {"measures": measures_state(vessel), "scale": scale_state(vessel), "side": vessel.side}
        raise ValueError("there is no such vessel")

    def expect_click(self) -> None:
        """A click waits for the network."""
        self._clicks += 1

    def grow(self, place: int, request: Mapping[str, Any]) -> dict[str, Any]:
        """The section around a click or in a box, as the network saw it at a threshold."""
        record = self._collection.pages[place].record
        try:
            seen = self._grower.see(record.folder, self._scans.page(record))
        finally:
            self._clicks = max(0, self._clicks - 1)
        threshold = request.get("threshold")
        level = None if threshold is None else min(max(float(threshold), THRESHOLDS[0]), THRESHOLDS[-1])
        if "box" in request:
            left, top, right, bottom = (float(value) for value in request["box"])
            polygon, used = grown_in_box(seen, (left, top, right, bottom), level or 0.5)
        else:
            x, y = (float(value) for value in request["at"])
            polygon, used = grown(seen, (x, y), level)
        return {"rings": None if polygon is None else _open_rings(polygon), "threshold": used}

    def shape(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A vessel's sections with a loop added or cut away, or divided by a line; nothing is saved."""
        outlines = slots_from_json({"sections": request.get("sections")})["sections"]
        points = [(float(x), float(y)) for x, y in request["ring"]]
        if request.get("operation") == "cut":
            axis = request.get("axis")
            line = slots_from_json({"axis": axis})["axis"] if axis else None
            kept, other = divided(outlines, points, line)
            return {"kept": [_open_section(each) for each in kept], "other": [_open_section(each) for each in other]}
        combine = {"add": with_loop, "erase": without_loop}[str(request.get("operation"))]
        return {"sections": [_open_section(each) for each in combine(outlines, points)]}

    def look_ahead(self, place: int) -> None:
        """Let the network see a page, so that a click need not wait; nothing is returned.

        A click has priority: while one waits, nothing is computed ahead.
        """
        for near in (place, place + 1):
            if near >= len(self._collection.pages) or self._clicks:
                return
            record = self._collection.pages[near].record
            if not self._scans.has(record) or self._grower.has_seen(record.folder):
                continue
            try:
                self._grower.see(record.folder, self._scans.page(record))
            except ProfilexError:
                return  # the next click reports it

    def tile(self, place: int, level: int, column: int, row: int) -> bytes:
        """A tile of a page's scan."""
        return self._scans.tile(self._collection.pages[place].record, level, column, row)

    def preview(self, place: int) -> bytes:
        """The picture that batch wrote of a page, for collections whose scans are not at hand."""
        record = self._collection.pages[place].record
        name = f"pages/{record.folder}/preview.jpg"
        if name not in dict(record.outputs):
            raise PageError(Code.UNREADABLE, "the page has no preview.")
        return (self._collection.folder / name).read_bytes()

    def look_for_scans(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Look for scans in a folder that the person names; how many of the collection's pages have theirs then."""
        try:
            self._scans.look_in([Path(str(request.get("folder"))).expanduser()])
        except RunError as error:
            raise ValueError(str(error)) from error
        found = [self._scans.has(page.record) for page in self._collection.pages]
        return {"found": sum(found), "pages": len(found), "scans": found}

    def _after(self, place: int) -> dict[str, Any]:
        self._forget_summaries()
        return {
            **self._page(place),
            "summary": self._summary(place),
            "version": len(self._collection.changes),
            **self._footer(),
        }

    def _page(self, place: int) -> dict[str, Any]:
        view = self._collection.view(place)
        page = self._collection.decisions(place).page
        record = self._collection.pages[place].record
        return {
            **page_state(view, place, page=page),
            "scan": self._scans.has(record),
            "preview": f"pages/{record.folder}/preview.jpg" in dict(record.outputs),
            "entries": list(entry_lines(self._collection.folder, view.result)),
        }

    def _footer(self) -> dict[str, Any]:
        undo, redo = self._collection.can_step()
        return {"undo": undo, "redo": redo}

    def _summary(self, place: int) -> list[dict[str, Any]]:
        if place not in self._summaries:
            self._summaries[place] = self._collection.summary(place)
        return self._summaries[place]

    def _forget_summaries(self) -> None:
        for place in self._collection.changes[self._summarised :]:
            self._summaries.pop(place, None)
        self._summarised = len(self._collection.changes)


def _open_section(outline: Outline) -> dict[str, Any]:
    return {"rings": _open_rings(outline.polygon), "handle": outline.is_handle}


def _open_rings(polygon: Polygon) -> list[list[list[float]]]:
    rings = (polygon.exterior, *polygon.interiors)
    return [[[round(x, 3), round(y, 3)] for x, y in list(ring.coords)[:-1]] for ring in rings]
