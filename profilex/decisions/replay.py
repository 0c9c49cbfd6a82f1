"""What people's decisions add up to: for each vessel that was decided about, what is set and what is disputed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shapely import MultiPolygon

from profilex.decisions.event import PAGE_SUBJECT, Act, Event, Part, StatedScale, to_json
from profilex.decisions.history import Descent, descent, holding
from profilex.decisions.settings import DecisionSettings
from profilex.geometry import iou

ACCEPTED, REJECTED, MENDED = "accept", "reject", "mend"
"""What a vessel's last verdict can be; "" while nobody has decided."""

GEOMETRY = ("sections", "axis", "rim", "side", "portion", "breaks")
"""What of a decision changes a drawing."""

_VERDICTS = {
    Act.ACCEPT: ACCEPTED,
    Act.REJECT: REJECTED,
    Act.MEND: MENDED,
    Act.ADD: MENDED,
    Act.SPLIT: MENDED,
    Act.MERGE: MENDED,
}

PageKey = tuple[str, int]
"""A scan's digest and the frame."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A vessel, or a page, with all that was decided about it and holds.

    `name` is the id of its first decision. `heads` are the last decisions: a further one follows all of them. `values`
    are what is set, by slot. `verdict` is ACCEPTED, REJECTED, MENDED or "". `disputed` names what two people said
    differently without knowing of each other. `anchor` is the drawing that was first decided about, `accepted` the one
    that the verdict is about, `base` what a split gave a new vessel. A subject that does not `exist` was added or split
    off and taken back. `takes` are the drawings that it has taken in.
    """

    name: str
    heads: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    verdict: str = ""
    reason: str = ""
    disputed: tuple[str, ...] = ()
    anchor: Part | None = None
    accepted: Part | None = None
    base: Part | None = None
    is_new: bool = False
    exists: bool = True
    takes: tuple[MultiPolygon, ...] = ()
    vessel: str = ""
    result: str = ""
    by: str = ""
    at: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether a person has said what becomes of the vessel, and nobody else something other."""
        return self.verdict in (ACCEPTED, REJECTED) and not self.disputed

    @property
    def changes(self) -> bool:
        """Whether something other than a verdict or a note is set."""
        return any(name != "note" for name in self.values) or self.is_new or bool(self.takes)


@dataclass(frozen=True, slots=True)
class PageDecisions:
    """All that was decided about one page: its vessels, and the page's own subject (its scale) or None."""

    subjects: tuple[Subject, ...] = ()
    page: Subject | None = None

    @property
    def scale(self) -> StatedScale | None:
        """The scale that a person states for the page."""
        value = self.page.values.get("scale") if self.page else None
        return value if isinstance(value, StatedScale) else None


NOTHING = PageDecisions()


def page_key(event: Event) -> PageKey:
    """The page that a decision is about."""
    return event.scan.sha256, event.scan.frame


def by_page(events: Iterable[Event]) -> dict[PageKey, list[Event]]:
    """Decisions by their page, in their order."""
    pages: defaultdict[PageKey, list[Event]] = defaultdict(list)
    for event in events:
        pages[page_key(event)].append(event)
    return dict(pages)


def replay(events: Sequence[Event], settings: DecisionSettings | None = None) -> PageDecisions:
    """What the decisions about one page add up to; any order of them gives the same."""
    settings = settings or DecisionSettings()
    order, holds = descent(events), holding(events)
    known: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda each: each.id):
        known[event.subject].append(event)
    page = _subject(known.pop(PAGE_SUBJECT), order, holds, settings) if PAGE_SUBJECT in known else None
    groups = [[event for name in names for event in known[name]] for names in _groups(known, settings)]
    children = {name: child for event in events if event.act is Act.SPLIT for name, child in _children(event, holds)}
    subjects = [
        _grown_up(subject, children.pop(subject.name, None))
        for subject in (_subject(group, order, holds, settings) for group in groups)
    ]
    subjects += [child for child in children.values() if child.exists]
    return PageDecisions(tuple(sorted(subjects, key=lambda each: each.name)), page)


def _groups(known: Mapping[str, list[Event]], settings: DecisionSettings) -> list[list[str]]:
    """Subjects that are one vessel: two people began with it, not knowing of each other."""
    groups: list[list[str]] = []
    anchors: list[tuple[bool, MultiPolygon] | None] = []
    for name in sorted(known):
        first = next((event for event in known[name] if event.id == name), None)
        anchor = _first_anchor(first)
        for group, other in zip(groups, anchors, strict=True):
            same_kind = anchor is not None and other is not None and anchor[0] == other[0]
            if same_kind and anchor and other and iou(anchor[1], other[1]) >= settings.fits_iou:
                group.append(name)
                break
        else:
            groups.append([name])
            anchors.append(anchor)
    return groups


def _first_anchor(first: Event | None) -> tuple[bool, MultiPolygon] | None:
    if first is None:
        return None
    if first.act is Act.ADD:
        return True, Part(first.parts["sections"]).anchor
    return (False, first.seen.part.anchor) if first.seen.part else None


def _subject(events: Sequence[Event], order: Descent, holds: frozenset[str], settings: DecisionSettings) -> Subject:
    writers: defaultdict[str, list[Event]] = defaultdict(list)
    by_id = {event.id: event for event in events}
    for event in events:
        if event.id in holds and event.act is not Act.UNDO:
            for slot in _written(event):
                writers[slot].append(event)
    settled: dict[str, Event] = {}
    disputed = []
    for slot, candidates in writers.items():
        winner, agreed = _settled(slot, [each.id for each in candidates], by_id, order, settings)
        if winner is not None:
            settled[slot] = winner
        if not agreed:
            disputed.append(slot)
    first = min(events, key=lambda each: (each.id != each.subject, each.id))
    verdict, merged = settled.get("verdict"), settled.get("takes")
    active = [event for event in events if event.id in holds and event.act is not Act.UNDO]
    last = max(active, key=lambda each: (each.at, each.id), default=None)
    return Subject(
        name=first.subject,
        heads=tuple(order.latest(by_id)),
        values={slot: event.parts[slot] for slot, event in settled.items() if slot in event.parts},
        verdict=_VERDICTS[verdict.act] if verdict else "",
        reason=verdict.reason if verdict else "",
        disputed=tuple(sorted(disputed)),
        anchor=first.seen.part,
        accepted=verdict.seen.part if verdict else None,
        is_new=first.act is Act.ADD,
        exists=first.act is not Act.ADD or first.id in holds,
        takes=merged.takes if merged else (),
        vessel=first.seen.vessel,
        result=first.seen.result,
        by=last.by.name if last else "",
        at=last.at if last else "",
    )


def _written(event: Event) -> Iterable[str]:
    """The slots that a decision says something about."""
    yield from event.parts
    if event.act in _VERDICTS:
        yield "verdict"
    if event.takes:
        yield "takes"


def _settled(
    slot: str, names: Sequence[str], by_id: Mapping[str, Event], order: Descent, settings: DecisionSettings
) -> tuple[Event | None, bool]:
    """The decision that counts for a slot, and whether all who said something last agree.

    Where they do not, the last one that all of them had in view counts until somebody settles it.
    """
    latest = order.latest(names)
    agreed = all(_agree(slot, by_id[latest[0]], by_id[name], settings) for name in latest[1:])
    if agreed:
        return by_id[latest[0]], True
    while len(latest) > 1:
        common = [name for name in names if all(order.follows(each, name) for each in latest)]
        latest = order.latest(common)
    return (by_id[latest[0]] if latest else None), False


def _agree(slot: str, one: Event, other: Event, settings: DecisionSettings) -> bool:
    if slot == "verdict":
        return _VERDICTS[one.act] == _VERDICTS[other.act]
    if slot == "sections":
        return iou(Part(one.parts[slot]).anchor, Part(other.parts[slot]).anchor) >= settings.agree_iou
    if slot == "takes":
        return one.takes == other.takes
    return bool(to_json(one)["parts"][slot] == to_json(other)["parts"][slot])


def child_name(event_id: str, place: int) -> str:
    """The subject of a vessel that a split gave; `place` counts from 0."""
    return f"{event_id}/{place + 1}"


def _children(event: Event, holds: frozenset[str]) -> Iterable[tuple[str, Subject]]:
    """The vessels that a split gave, by their names, as they are while nobody has decided about them since."""
    for place, part in enumerate(event.others):
        name = child_name(event.id, place)
        exists = event.id in holds
        yield (
            name,
            Subject(
                name,
                (event.id,),
                verdict=MENDED,
                base=part,
                is_new=True,
                exists=exists,
                by=event.by.name,
                at=event.at,
            ),
        )


def _grown_up(subject: Subject, child: Subject | None) -> Subject:
    """A subject with what a split gave it, where it came of one."""
    if child is None:
        return subject
    return replace(subject, base=child.base, is_new=True, exists=child.exists, verdict=subject.verdict or child.verdict)
