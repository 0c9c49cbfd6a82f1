"""All numbers of the room `vessel`, by the module that uses them."""

from dataclasses import dataclass, field

from profilex.settings.drawing import (
    AssemblySettings,
    AxisSettings,
    ChannelSettings,
    FalsePositivesSettings,
    GroupsSettings,
    NSymbolSettings,
    OverrunsSettings,
    PlacementSettings,
    RimSettings,
    SymmetrySettings,
    UprightStrokesSettings,
)
from profilex.settings.ink import InkSettings
from profilex.settings.shape import (
    CandidatesSettings,
    ContourSettings,
    EdgesSettings,
    FloorSettings,
    LabelsSettings,
    MeasureSettings,
    ResidualSettings,
    ReviewSettings,
    SidesSettings,
    WallEndsSettings,
    WallSettings,
)


@dataclass(frozen=True, slots=True)
class VesselSettings:
    """Numbers by module; `ink` are those of the room `ink`, as vessels use it."""

    ink: InkSettings = field(default_factory=InkSettings)
    groups: GroupsSettings = field(default_factory=GroupsSettings)
    false_positives: FalsePositivesSettings = field(default_factory=FalsePositivesSettings)
    axis: AxisSettings = field(default_factory=AxisSettings)
    channel: ChannelSettings = field(default_factory=ChannelSettings)
    symmetry: SymmetrySettings = field(default_factory=SymmetrySettings)
    upright_strokes: UprightStrokesSettings = field(default_factory=UprightStrokesSettings)
    rim: RimSettings = field(default_factory=RimSettings)
    n_symbol: NSymbolSettings = field(default_factory=NSymbolSettings)
    placement: PlacementSettings = field(default_factory=PlacementSettings)
    overruns: OverrunsSettings = field(default_factory=OverrunsSettings)
    assembly: AssemblySettings = field(default_factory=AssemblySettings)
    sides: SidesSettings = field(default_factory=SidesSettings)
    floor: FloorSettings = field(default_factory=FloorSettings)
    contour: ContourSettings = field(default_factory=ContourSettings)
    wall: WallSettings = field(default_factory=WallSettings)
    wall_ends: WallEndsSettings = field(default_factory=WallEndsSettings)
    edges: EdgesSettings = field(default_factory=EdgesSettings)
    measure: MeasureSettings = field(default_factory=MeasureSettings)
    residual: ResidualSettings = field(default_factory=ResidualSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    candidates: CandidatesSettings = field(default_factory=CandidatesSettings)
    labels: LabelsSettings = field(default_factory=LabelsSettings)
