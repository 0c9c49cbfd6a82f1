"""The metric scale bar beside a drawing in the vessel frame."""

from dataclasses import dataclass

_LENGTHS_MM = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_SHARE = 0.5  # share of the drawing's width that a bar takes, at most


@dataclass(frozen=True, slots=True)
class MetricBar:
    """A bar of equal cells, alternately filled and empty; `label` is its length with the unit."""

    length_mm: int
    cells: int
    label: str

    @property
    def cell_mm(self) -> float:
        return self.length_mm / self.cells


def metric_bar(width_mm: float) -> MetricBar:
    """The longest bar of round length within half of a drawing's width (1 mm at least)."""
    length = max((mm for mm in _LENGTHS_MM if mm <= width_mm * _SHARE), default=_LENGTHS_MM[0])
    cells = 2 if str(length).startswith("2") else 5
    label = f"{length // 10} cm" if length >= 10 else f"{length} mm"
    return MetricBar(length, cells, label)
