"""What a run would do, without doing or writing anything."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from profilex import manifest
from profilex.images.headers import Header, read_header
from profilex.run.options import RunOptions
from profilex.run.plan import find_scans, plan_pages, settle
from profilex.run.progress import escaped
from profilex.settings import ScaleSettings
from profilex.text import installed_version
from profilex.types import PageRef

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Intention:
    """What would happen to a page or file: `action` is "read", "keep", "skip", "fail" or "note", `reason` says why.

    The reason of a page to read is why it is done again.

    Of a page to read also the declared size, the resolution that would be used, the size of its file, and where its
    scale would come from.
    """

    action: str
    source: str
    frame: int | None = None
    reason: str = ""
    width_px: int = 0
    height_px: int = 0
    dpi: float | None = None
    file_bytes: int = 0
    scale: str = ""

    def line(self) -> str:
        """One printable line."""
        if self.action == "note":
            return escaped(f"note  {self.reason}")
        place = self.source if self.frame is None else f"{self.source}#{self.frame}"
        facts = [self.reason] if self.reason else []
        if self.action == "read":
            size = f"{self.width_px} x {self.height_px} px" if self.width_px else "size unknown until it is decoded"
            facts = [size, f"{round(self.dpi, 1):g} dpi" if self.dpi else "no dpi", f"scale: {self.scale}"]
            facts += [f"again: {self.reason}"] if self.reason else []
        return escaped(f"{self.action:<5} {place}{': ' if facts else ''}{', '.join(facts)}")

    def as_json(self) -> dict[str, Any]:
        """The line's parts for `--json`."""
        return asdict(self)


def describe(options: RunOptions) -> list[Intention]:
    """What `run_batch` would do with every page and file.

    Raises:
        RunError: the run could not start.
    """
    discovery, options, notes = settle(find_scans(options), options)
    card = options.model.card()
    versions = manifest.software_versions(card.name, card.digest, dict(options.settings.plugins))
    plan = plan_pages(discovery, options, versions)
    intentions = [_reading(ref, options, plan.again.get(ref.folder, "")) for ref in plan.todo]
    intentions += [Intention("keep", r.source, r.frame, "done before, nothing has changed") for r in plan.done]
    intentions += [Intention("skip", r.source, r.frame, "poison; see --retry-failed") for r in plan.poisoned]
    intentions += [Intention("fail", ref.source, ref.frame, f"{why.code}: {why.message}") for ref, why in plan.unopened]
    intentions += [Intention("skip", skipped.source, None, skipped.reason) for skipped in discovery.skipped]
    intentions += [Intention("note", "", None, note) for note in (*notes, *plan.notes)]
    return sorted(intentions, key=lambda i: (i.source, i.frame or 0))


def totals(intentions: Sequence[Intention]) -> Iterator[str]:
    """Lines that sum up what would be done, and how good the prospects of a scale are."""
    actions = Counter(intention.action for intention in intentions)
    words = {"read": "to read", "keep": "kept", "fail": "failing", "skip": "skipped"}
    yield ", ".join(
        f"{actions[action]} {word}" for action, word in words.items() if actions[action] or action == "read"
    )
    reading = [intention for intention in intentions if intention.action == "read"]
    if not reading:
        return
    files = {intention.source: intention.file_bytes for intention in reading}
    megapixels = sum(intention.width_px * intention.height_px for intention in reading) / 1e6
    where = f"{_count(len(reading), 'page')} in {_count(len(files), 'file')}"
    yield f"{where}: {_bytes(sum(files.values()))}, {megapixels:.3g} megapixels"
    dpi = Counter("no dpi" if intention.dpi is None else f"{round(intention.dpi, 1):g} dpi" for intention in reading)
    yield "resolution: " + ", ".join(f"{name} on {_count(count, 'page')}" for name, count in dpi.most_common())
    scales = Counter(intention.scale for intention in reading)
    yield "scale: " + "; ".join(f"{name}: {_count(count, 'page')}" for name, count in scales.most_common())


def _reading(ref: PageRef, options: RunOptions, again: str) -> Intention:
    header = read_header(ref.path, ref.frame) or Header(0, 0, None)
    scale = options.settings.for_page(ref.source, ref.frame).scale
    dpi = scale.dpi or header.dpi
    return Intention(
        "read",
        ref.source,
        ref.frame,
        again,
        width_px=header.width_px,
        height_px=header.height_px,
        dpi=dpi,
        file_bytes=_size(ref.path),
        scale=_scale_source(scale, dpi),
    )


def _scale_source(scale: ScaleSettings, dpi: float | None) -> str:
    """Where the scale of a page would come from, as far as this is known before it is read."""
    by = {"option": "stated", "table": "the scale table"}.get(scale.source, scale.source)
    if scale.mm_per_px is not None:
        return by
    if scale.ratio is not None and dpi is not None:
        return f"{by}, 1:{scale.ratio:g} at the dpi"
    if scale.bar_mm is not None:
        return f"the page's scale bar, {scale.bar_mm:g} mm as {by}"
    if installed_version() == "none":
        return "none, as no text can be read"
    if scale.ratio is not None:
        return f"a scale bar on the page, as 1:{scale.ratio:g} needs the dpi"
    return "a scale bar on the page" if dpi is None else "a scale bar or ratio on the page"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _bytes(size: int) -> str:
    exponent = 0
    while size >= 1000 ** (exponent + 1) and exponent + 1 < len(_UNITS):
        exponent += 1
    return f"{size / 1000**exponent:.3g} {_UNITS[exponent]}"
