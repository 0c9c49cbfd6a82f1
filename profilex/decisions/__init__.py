"""People's decisions about an output folder: an append-only log, and the pages as it corrects them."""

from profilex.decisions.applying import Corrected, corrected, drawn
from profilex.decisions.event import Act, Event, Part, Person, Scan, Seen, StatedScale
from profilex.decisions.log import NAME, DecisionLog, Decisions, read_decisions, read_file
from profilex.decisions.replay import NOTHING, PageDecisions, Subject, by_page, replay
from profilex.decisions.settings import DecisionSettings

__all__ = [
    "NAME",
    "NOTHING",
    "Act",
    "Corrected",
    "DecisionLog",
    "DecisionSettings",
    "Decisions",
    "Event",
    "PageDecisions",
    "Part",
    "Person",
    "Scan",
    "Seen",
    "StatedScale",
    "Subject",
    "by_page",
    "corrected",
    "drawn",
    "read_decisions",
    "read_file",
    "replay",
]
