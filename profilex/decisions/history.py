"""Which decisions hold, in which order they follow one another, and what an undo or a redo would take back.

Nothing here depends on the order of the lines, nor on clocks: decisions follow one another by their `prev` alone, so
that the files of several people merge in any order to the same result.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from profilex.decisions.event import Act, Event


def holding(events: Sequence[Event]) -> frozenset[str]:
    """The ids of the decisions that no undo takes back; an undo that is undone takes nothing back."""
    undoers: defaultdict[str, list[str]] = defaultdict(list)
    ordered = sorted(events, key=lambda each: each.id)
    for event in ordered:
        for undone in event.undoes:
            if event.act is Act.UNDO:
                undoers[undone].append(event.id)
    holds: dict[str, bool] = {}
    for event in ordered:
        _settle(event.id, undoers, holds)
    return frozenset(event.id for event in events if holds[event.id])


def _settle(start: str, undoers: Mapping[str, list[str]], holds: dict[str, bool]) -> None:
    """Find out whether a decision holds, those first that would undo it; those that undo one another do not hold."""
    waiting, path = [start], set[str]()
    while waiting:
        name = waiting[-1]
        if name in holds:
            waiting.pop()
            continue
        open_ = [undoer for undoer in undoers.get(name, ()) if undoer not in holds and undoer not in path]
        path.add(name)
        if open_:
            waiting.extend(open_)
            continue
        holds[name] = not any(holds.get(undoer, False) for undoer in undoers.get(name, ()))
        waiting.pop()


@dataclass(frozen=True, slots=True)
class Descent:
    """Which decision follows which: `bits` has a bit for each decision, `before` the bits of all that it follows."""

    bits: Mapping[str, int]
    before: Mapping[str, int]

    def follows(self, later: str, earlier: str) -> bool:
        """Whether one decision was made with the other in view."""
        return bool(self.before[later] & self.bits[earlier])

    def latest(self, names: Iterable[str]) -> list[str]:
        """Those that none of the others follows, sorted."""
        known = sorted(set(names))
        followed = 0
        for name in known:
            followed |= self.before[name]
        return [name for name in known if not followed & self.bits[name]]


def descent(events: Sequence[Event]) -> Descent:
    """The descent of decisions; a `prev` that is not among them is passed over, and so is one that goes in a circle."""
    prev = {event.id: [name for name in event.prev if name != event.id] for event in events}
    bits = {name: 1 << place for place, name in enumerate(sorted(prev))}
    before: dict[str, int] = {}
    for start in sorted(prev):
        waiting, path = [start], set[str]()
        while waiting:
            name = waiting[-1]
            if name in before:
                waiting.pop()
                continue
            known = [each for each in prev[name] if each in bits]
            open_ = [each for each in known if each not in before and each not in path]
            path.add(name)
            if open_:
                waiting.extend(open_)
                continue
            found = 0
            for each in known:
                found |= bits[each] | before.get(each, 0)
            before[name] = found & ~bits[name]
            waiting.pop()
    return Descent(bits, before)


@dataclass(frozen=True, slots=True)
class Steps:
    """What a person can take back, and again, the next one last: ids of their decisions and of their undos."""

    undo: tuple[str, ...]
    redo: tuple[str, ...]


def steps(events: Sequence[Event], person: str) -> Steps:
    """The undo and redo stacks of a person, by the order of the lines: they survive every restart."""
    undo: list[str] = []
    redo: list[str] = []
    by_id: dict[str, Event] = {}
    for event in events:
        by_id[event.id] = event
        if event.by.name != person:
            continue
        if event.act is not Act.UNDO:
            undo.append(event.id)
            redo.clear()
            continue
        for undone in event.undoes:
            if undone in redo:  # an undo of an undo brings its decision back
                redo.remove(undone)
                undo.append(_root(undone, by_id))
            elif undone in undo:
                undo.remove(undone)
                redo.append(event.id)
    return Steps(tuple(undo), tuple(redo))


def _root(undo: str, by_id: Mapping[str, Event]) -> str:
    """The decision that an undo, which was undone, had taken back."""
    return by_id[undo].undoes[0]
