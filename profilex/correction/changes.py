"""The changes of a person on a page: sections kept, moved, added and deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from profilex.correction.drawn import DrawnSection
from profilex.geometry import iou

KEPT, MOVED, ADDED, DELETED = "kept", "moved", "added", "deleted"

_ROUNDING_PX = 0.02  # CVAT writes two decimals
_SAME = 0.3  # overlap (IoU) above which a section without a name matches an earlier one


@dataclass(frozen=True, slots=True)
class Change:
    """One section: its change, the overlap of before and after (0..1), and how far its outline moved, in px."""

    vessel: str
    piece: str
    kind: str
    iou: float
    distance_px: float


@dataclass(frozen=True, slots=True)
class PageChanges:
    """The changes on one picture of a task."""

    picture: str
    changes: tuple[Change, ...]

    def count(self, kind: str) -> int:
        """The number of sections with this change."""
        return sum(change.kind == kind for change in self.changes)


def page_changes(picture: str, before: Sequence[DrawnSection], after: Sequence[DrawnSection]) -> PageChanges:
    """Compare the sections of a picture as they were sent and as they came back.

    Sections are matched by the names of their vessel and piece; copies and nameless ones by the greatest overlap.
    """
    return PageChanges(picture, tuple(_changes(before, after)))


def _changes(before: Sequence[DrawnSection], after: Sequence[DrawnSection]) -> Iterator[Change]:
    rest = list(after)
    for old in before:
        new = _found(old, rest)
        if new is None:
            yield Change(*old.name, DELETED, 0.0, 0.0)
            continue
        rest.remove(new)
        distance = float(old.outline.boundary.hausdorff_distance(new.outline.boundary))
        is_kept = new.is_exact and distance <= _ROUNDING_PX
        yield Change(*old.name, KEPT if is_kept else MOVED, round(iou(old.outline, new.outline), 4), round(distance, 2))
    for new in rest:
        yield Change(*new.name, ADDED, 0.0, 0.0)


def _found(old: DrawnSection, candidates: Sequence[DrawnSection]) -> DrawnSection | None:
    named = [new for new in candidates if new.name == old.name]
    likely = named or [new for new in candidates if not new.vessel and iou(old.outline, new.outline) >= _SAME]
    return max(likely, key=lambda new: iou(old.outline, new.outline), default=None)
