"""A finished folder as people review it: its pages, what was decided, and each decision taken in."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from profilex import __version__, manifest
from profilex.decisions import (
    NOTHING,
    Act,
    Corrected,
    DecisionLog,
    Event,
    PageDecisions,
    Person,
    Scan,
    Seen,
    Subject,
    by_page,
    corrected,
    drawn,
    replay,
)
from profilex.decisions.applying import LOOK_AGAIN, Memory, status_of
from profilex.decisions.event import PAGE_SUBJECT, part_from_json, slots_from_json
from profilex.decisions.history import descent, steps
from profilex.decisions.replay import PageKey
from profilex.errors import Code, RunError
from profilex.files import printable_source
from profilex.reexport.folder import Profiles
from profilex.reexport.taking_in import take_in_hand_edits
from profilex.types import PageResult, Record

MOST_SUMMARY_REASONS = 20


class StaleError(Exception):
    """A decision that was made without knowing of another about the same vessel."""


@dataclass(slots=True)
class _Known:
    """What is known of a page: the model's result, read when it is first needed, and what was measured."""

    record: Record
    rows: tuple[manifest.Row, ...]
    digest: str
    events: list[Event] = field(default_factory=list)
    result: PageResult | None = None
    memory: Memory = field(default_factory=dict)
    decisions: PageDecisions | None = None
    view: Corrected | None = None


class Collection:
    """All pages of an output folder; for one thread at a time (see `lock`)."""

    def __init__(self, folder: Path, reviewer: Person) -> None:
        """Open a folder.

        Raises:
            RunError: it holds no records, or its corrections.jsonl cannot be written.
        """
        self.folder = folder
        self.reviewer = reviewer
        self.lock = threading.RLock()
        entries = [entry for entry in manifest.entries(folder) if entry.record.status == "ok"]
        if not entries:
            raise RunError(
                Code.NO_INPUT,
                f"{printable_source(folder)}: holds no finished pages of profilex batch.",
                "Name the folder that was its --out.",
            )
        self.pages = [_Known(entry.record, entry.rows, _digest(entry.record)) for entry in entries]
        self._places: defaultdict[PageKey, list[int]] = defaultdict(list)  # copies of a scan are several pages
        for place, page in enumerate(self.pages):
            self._places[page.record.sha256, page.record.frame].append(place)
        taken = take_in_hand_edits(folder)
        self.log = DecisionLog(folder)
        if taken:
            self.log.notices.append(f"{taken} edits of page.geojson were taken in as corrections.")
        self.changes: list[int] = []  # places of pages, in the order in which something was decided about them
        self._take_in(self.log.events)
        self.changes.clear()
        self._profiles = Profiles(folder, tuple(page.record for page in self.pages), (), (), {})

    def refresh(self) -> None:
        """Take in what others decided in the meantime, through the same file."""
        self._take_in(self.log.refresh())

    def view(self, place: int) -> Corrected:
        """A page as it is corrected.

        Raises:
            PageError: its page.geojson cannot be used.
        """
        page = self.pages[place]
        if page.view is None:
            if page.result is None:
                page.result, page.digest = self._profiles.read_page(page.record)
            decisions = self.decisions(place)
            page.view = corrected(page.result, decisions, digest=page.digest, memory=page.memory)
        return page.view

    def decisions(self, place: int) -> PageDecisions:
        """What was decided about a page."""
        page = self.pages[place]
        if page.decisions is None:
            page.decisions = replay(page.events) if page.events else NOTHING
        return page.decisions

    def summary(self, place: int) -> list[dict[str, Any]]:
        """The vessels of a page for the queue, without reading its drawing where that is not needed."""
        page, decisions = self.pages[place], self.decisions(place)
        known = {subject.vessel for subject in decisions.subjects}
        unread = page.view is None and all(
            subject.result == page.digest and not subject.is_new and not subject.takes for subject in decisions.subjects
        )
        if unread and known <= {row.get("identifier") for row in page.rows}:
            return self._quick_summary(page, decisions)
        view = self.view(place)
        return [
            _line(
                vessel.identifier,
                vessel.figure,
                vessel.confidence,
                vessel.review,
                vessel.reviewed.status,
                _is_done(view.subjects.get(vessel.identifier), vessel.review),
            )
            for vessel in view.result.vessels
        ]

    def _quick_summary(self, page: _Known, decisions: PageDecisions) -> list[dict[str, Any]]:
        subjects = {subject.vessel: subject for subject in decisions.subjects}
        lines = []
        for row in page.rows:
            name = str(row.get("identifier"))
            subject = subjects.get(name)
            reasons = tuple(str(row.get("review") or "").split("; ")) if row.get("review") else ()
            has_scale = decisions.scale is not None or (subject is not None and "scale" in subject.values)
            status = status_of(subject or Subject(name, ()), has_scale=has_scale)
            disputes = tuple(f"disputed_{each}" for each in subject.disputed) if subject else ()
            figure = subject.values.get("figure", row.get("figure")) if subject else row.get("figure")
            done = _is_done(subject, disputes)
            confidence = float(row.get("confidence") or 0.0)
            lines.append(
                _line(name, figure or "", confidence, disputes if done else (*disputes, *reasons), status, done)
            )
        return lines

    def decide(self, place: int, request: Mapping[str, Any]) -> str:
        """Take in what a person decided on the page, durably, and return the name of the vessel that it is about.

        Raises:
            StaleError: somebody has decided about the vessel since it was shown.
            ValueError: the request is no decision.
            RunError: it cannot be saved; nothing was.
        """
        self.refresh()
        event_id = request.get("id")
        known = next((event for event in self.pages[place].events if event.id == event_id), None)
        if known is None:  # else it is sent again, as the first answer got lost
            known = self._event(place, request)
            self._take_in(self.log.append([known]))
        return self.name_of(place, known.subject)

    def name_of(self, place: int, subject: str) -> str:
        """What the vessel of a subject is called on its page; "" where it is gone."""
        return next((name for name, each in self.view(place).subjects.items() if each.name == subject), "")

    def tentative(self, place: int, request: Mapping[str, Any]) -> Event:
        """The decision that a request would become; nothing is saved.

        Raises:
            StaleError, ValueError: as for `decide`.
        """
        return self._event(place, request)

    def step(self, forward: bool, event_id: str) -> tuple[int, str] | None:
        """Undo the reviewer's last decision, or redo what was undone last.

        The place of its page and its vessel's name are returned, None where there is nothing of that kind.

        Raises:
            RunError: it cannot be saved; nothing was.
        """
        self.refresh()
        if any(event.id == event_id for event in self.log.events):
            return None
        own = steps(self.log.events, self.reviewer.name)
        stack = own.redo if forward else own.undo
        if not stack:
            return None
        undone = next(event for event in self.log.events if event.id == stack[-1])
        places = self._places.get((undone.scan.sha256, undone.scan.frame))
        same = [event for event in self.log.events if event.subject == undone.subject and event.scan == undone.scan]
        heads = descent(same).latest(event.id for event in same)
        event = Event(
            id=event_id,
            subject=undone.subject,
            act=Act.UNDO,
            scan=undone.scan,
            at=_now(),
            by=self.reviewer,
            prev=tuple(heads),
            undoes=(undone.id,),
            seen=Seen(vessel=undone.seen.vessel),
            software=f"profilex {__version__}",
        )
        self._take_in(self.log.append([event]))
        if not places:
            return None
        place = places[0]
        return place, self.name_of(place, undone.subject) or undone.seen.vessel

    def can_step(self) -> tuple[bool, bool]:
        """Whether there is something to undo, and to redo."""
        own = steps(self.log.events, self.reviewer.name)
        return bool(own.undo), bool(own.redo)

    def _event(self, place: int, request: Mapping[str, Any]) -> Event:
        page, view = self.pages[place], self.view(place)
        name = str(request.get("vessel") or "")
        vessel = next((each for each in view.result.vessels if each.identifier == name), None)
        subject = view.subjects.get(name)
        act = Act(str(request.get("act")))
        whole_page = act is Act.SCALE and request.get("scope") == PAGE_SUBJECT
        if vessel is None and act is not Act.ADD and not whole_page:
            raise StaleError(f"there is no vessel {name!r} any more")
        if whole_page:
            subject, vessel = self.decisions(place).page, None
        heads = subject.heads if subject else ()
        if set(_texts(request.get("prev"))) != set(heads) and act is not Act.ADD:
            raise StaleError("somebody has decided about it since")
        event_id = str(request.get("id"))
        takes = [each for each in view.result.vessels if each.identifier in _texts(request.get("takes"))]
        record = page.record
        event = Event(
            id=event_id,
            subject=PAGE_SUBJECT if whole_page else subject.name if subject else event_id,
            act=act,
            scan=Scan(record.sha256, record.frame, view.result.width_px, view.result.height_px, record.source),
            at=_now(),
            by=self.reviewer,
            prev=tuple(heads),
            seen=Seen(
                page.digest,
                record.versions.get("model_sha256", ""),
                record.key,
                (subject.vessel if subject else name) if vessel else "",
                drawn(vessel) if vessel and vessel.sections else None,
            ),
            parts=slots_from_json(request.get("parts") or {}),
            others=tuple(part_from_json(each, "others") for each in request.get("others") or ()),
            takes=tuple(drawn(each).anchor for each in takes),
            reason=str(request.get("reason") or ""),
            how=_texts(request.get("how")),
            took_ms=_count(request.get("ms")),
            software=f"profilex {__version__}",
        )
        _require_readable(event)
        return event

    def _take_in(self, events: Sequence[Event]) -> None:
        for key, found in by_page(events).items():
            for place in self._places.get(key, ()):
                page = self.pages[place]
                page.events += found
                page.decisions = page.view = None
                self.changes.append(place)


def _require_readable(event: Event) -> None:
    """Refuse what the reader of the file would refuse."""
    from profilex.decisions.event import from_line, to_line

    from_line(to_line(event))


def _line(
    identifier: str, figure: str, confidence: float, review: Sequence[str], status: str, done: bool
) -> dict[str, Any]:
    return {
        "id": identifier,
        "figure": figure,
        "confidence": round(confidence, 3),
        "review": list(review[:MOST_SUMMARY_REASONS]),
        "status": status,
        "done": done,
    }


def _is_done(subject: Subject | None, review: Sequence[str]) -> bool:
    """Whether a vessel needs no person any more."""
    if subject is None or not subject.is_decided:
        return False
    return LOOK_AGAIN not in review and not any(reason.startswith("disputed") for reason in review)


def _digest(record: Record) -> str:
    name = f"pages/{record.folder}/page.geojson"
    return dict(record.outputs).get(name, "")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e12 else None


def progress(lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How far a collection is: vessels by what was decided."""
    counts: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        counts["vessels"] += 1
        counts["done"] += bool(line["done"])
        counts[line["status"] or "open"] += 1
    return dict(counts)
