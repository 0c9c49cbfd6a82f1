"""Schools of drawing: features that go together.

What a school does not settle, it draws at the rate that brings all schools together to the feature's rate.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from profilex.synth.conventions.features import BY_NAME, FEATURES, Feature


@dataclass(frozen=True, slots=True)
class School:
    """A way of drawing: its share of all pages, and the rates of the features that it settles."""

    name: str
    says: str
    share: float
    rates: Mapping[str, float] = field(default_factory=dict)
    thickness: float = 1.0  # of walls, relative to what is usual
    items: float = 1.0  # how much more often its drawings come singly
    kinds: tuple[str, ...] = ()  # of vessels that most of its drawings show; of all kinds where none is named


SCHOOLS: tuple[School, ...] = (
    School("catalogue", "published plates of Europe and the Levant", 0.60),
    School(
        "field",
        "field drawings: both walls hollow with rungs, dimensions by hand (Taiwan)",
        0.055,
        {
            "ladder": 0.75,
            "hollow": 0.15,
            "solid": 0.05,
            "toned": 0,
            "hatched": 0.05,
            "ink": 0,
            "tinted": 0,
            "flecked": 0,
            "both_walls": 0.5,
            "one_wall_cut": 0.3,
            "profile_only": 0,
            "bare_profile": 0,
            "front_view": 0,
            "quarter_cut": 0,
            "axis_full": 0.95,
            "axis_absent": 0.0,
            "dimensions": 0.8,
            "rim_double": 0.55,
            "rim_full": 0.4,
            "rim_stub": 0,
            "gap_in_wall": 0.4,
            "tracing_paper": 0.5,
            "handwriting": 0.6,
            "graph_paper": 0.1,
            "wall_sherd": 0.01,
            "texture": 0.02,
            "painted": 0.02,
            "axis_stub": 0,
            "axis_lower": 0,
            "axis_top": 0,
            "n_sign": 0.02,
            "off_centre": 0.02,
            "section_right": 0.7,
        },
        thickness=0.75,
        items=1.8,
        kinds=("round_pot", "round_pot", "jar", "bowl"),
    ),
    School(
        "beakers",
        "small solid drawings with pricked or corded rows (Iberia)",
        0.045,
        {
            "solid": 0.97,
            "hollow": 0.03,
            "toned": 0,
            "hatched": 0,
            "ladder": 0,
            "ink": 0,
            "tinted": 0,
            "flecked": 0,
            "texture": 0.85,
            "painted": 0.05,
            "axis_full": 0.95,
            "axis_absent": 0.02,
            "rim_full": 0.9,
            "both_walls": 0,
            "wall_sherd": 0,
            "profile_only": 0.03,
            "bare_profile": 0,
            "section_right": 0.05,
            "axis_stub": 0,
            "axis_lower": 0,
            "axis_top": 0,
            "dimensions": 0.0,
        },
        thickness=0.8,
        items=2.5,
        kinds=("bell", "bell", "bowl", "round_pot"),
    ),
    School(
        "working",
        "working drawings: the section apart from the view, pencil, find labels (Italy)",
        0.07,
        {
            "hollow": 0.8,
            "ink": 0.15,
            "solid": 0.05,
            "toned": 0,
            "hatched": 0,
            "ladder": 0,
            "tinted": 0,
            "flecked": 0,
            "sherd_in_middle": 0.65,
            "axis_top": 0.4,
            "axis_full": 0.2,
            "axis_stub": 0.1,
            "axis_absent": 0.25,
            "wall_sherd": 0.2,
            "handle_alone": 0.1,
            "find_label": 0.5,
            "handwriting": 0.9,
            "pencil": 0.35,
            "rim_stub": 0.12,
            "rim_full": 0.8,
            "open_end": 0.5,
            "query": 0.08,
            "painted": 0.03,
            "texture": 0.05,
            "profile_only": 0.03,
            "both_walls": 0,
            "section_right": 0.08,
        },
        items=1.5,
    ),
    School(
        "japanese",
        "exterior left, section right; full views; rubbings (Japan, Korea)",
        0.09,
        {
            "section_right": 0.97,
            "solid": 0.45,
            "hollow": 0.45,
            "toned": 0,
            "ink": 0.03,
            "front_view": 0.15,
            "rubbing": 0.12,
            "off_centre": 0.25,
            "windows": 0.12,
            "turning_lines": 0.6,
            "axis_absent": 0.02,
        },
    ),
    School(
        "chinese",
        "hatched sections, quarter cuts, tripods, lids in place (China)",
        0.04,
        {
            "hatched": 0.85,
            "hollow": 0.1,
            "solid": 0.05,
            "toned": 0,
            "ink": 0,
            "ladder": 0,
            "tinted": 0,
            "flecked": 0,
            "quarter_cut": 0.3,
            "tripod": 0.25,
            "lid_above": 0.2,
            "closing_line": 0.35,
            "knob": 0.9,
            "axis_absent": 0.03,
            "section_right": 0.4,
        },
    ),
    School(
        "profiles",
        "rows of bare rim profiles (United States, Mesoamerica)",
        0.05,
        {
            "profile_rows": 0.65,
            "bare_profile": 0.35,
            "profile_only": 0.3,
            "solid": 0.75,
            "hollow": 0.2,
            "toned": 0,
            "both_walls": 0,
            "one_wall_cut": 0,
            "front_view": 0,
            "quarter_cut": 0,
            "section_right": 0.5,
            "wall_sherd": 0,
            "diameter_text": 0.15,
        },
    ),
    School(
        "ghosts",
        "a short rim, the whole vessel as a thin ghost (Brazil, Andes)",
        0.05,
        {"ghost": 0.5, "section_right": 0.8, "profile_only": 0.3, "toned": 0, "painted": 0.3, "rebuilt": 0.3},
    ),
)
BY_SCHOOL: dict[str, School] = {school.name: school for school in SCHOOLS}


_ALWAYS = 0.99
"""Of a group whose rates add up to more than this, every drawing has a member."""


def rate_in(feature: Feature, school: School) -> float:
    """The feature's rate in a school: its own, or what brings all schools together to the feature's rate."""
    if feature.name in school.rates:
        return school.rates[feature.name]
    settled = [(s.share, s.rates[feature.name]) for s in SCHOOLS if feature.name in s.rates]
    rest = 1.0 - sum(share for share, _ in settled)
    return max(0.0, (feature.rate - sum(share * rate for share, rate in settled)) / rest)


def choose_school(rng: np.random.Generator, single: bool = False, names: Collection[str] = ()) -> School:
    """A random school, of `names` if any are given; of single drawings some make more."""
    schools = [school for school in SCHOOLS if not names or school.name in names]
    shares = np.array([school.share * (school.items if single else 1.0) for school in schools])
    return schools[int(rng.choice(len(schools), p=shares / shares.sum()))]


def choose_features(
    rng: np.random.Generator, school: School, per: str, facts: Collection[str], wanted: Collection[str] = ()
) -> frozenset[str]:
    """The features of one page or drawing (`per`) that has the `facts`; those of `wanted` that it can have, surely."""
    chosen: set[str] = set()
    groups: dict[str, list[Feature]] = {}
    for feature in FEATURES:
        if feature.per != per or (feature.of != "any" and feature.of not in facts):
            continue
        if feature.group:
            groups.setdefault(feature.group, []).append(feature)
        elif rng.random() < rate_in(feature, school) or feature.name in wanted:
            chosen.add(feature.name)
    for members in groups.values():
        rates = np.array([rate_in(member, school) for member in members])
        is_full = sum(member.rate for member in members) > _ALWAYS
        rates = rates / (rates.sum() if is_full else max(1.0, rates.sum()))
        at = int(np.searchsorted(np.cumsum(rates), rng.random(), side="right"))
        forced = [member.name for member in members if member.name in wanted]
        if forced or at < len(members):
            chosen.add(forced[0] if forced else members[at].name)
    return frozenset(chosen)


def known_feature(name: str) -> bool:
    """Whether a feature of that name is drawn."""
    return name in BY_NAME
