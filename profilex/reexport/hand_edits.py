"""Outlines, axes and rims that a person has moved in page.geojson itself, with a GIS or an editor."""

from dataclasses import replace

from profilex.types import BY_PERSON, CORRECTED, PageResult, Record, Vessel
from profilex.vessel.remeasure import agrees, remeasured, with_printed


def is_untouched(record: Record, name: str, digest: str) -> bool:
    """Whether a file of a page has the bytes that a batch wrote."""
    return dict(record.outputs).get(name, digest) == digest


def with_hand_edits(result: PageResult) -> PageResult:
    """A page whose vessels are measured again where their geometry is no longer that of their measures."""
    return replace(result, vessels=tuple(_checked(vessel, result.height_px) for vessel in result.vessels))


def _checked(vessel: Vessel, page_height_px: int) -> Vessel:
    if not vessel.sections or agrees(vessel, page_height_px):
        return vessel
    again = with_printed(remeasured(vessel, page_height_px), vessel)
    reviewed = replace(vessel.reviewed, status=CORRECTED, geometry=BY_PERSON)
    return replace(again, residual=None, reviewed=reviewed)
