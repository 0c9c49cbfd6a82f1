"""Splitting a data set into parts for training, validation and test, so that no page is in two of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from profilex.data.datasets import PARTS
from profilex.data.pages import CHANNEL_BITS, AnnotatedPage
from profilex.data.publications import publication_of
from profilex.errors import Code, RunError
from profilex.files import write_atomic
from profilex.model.colours import LABEL_COLOURS, label_map_text

_THUMBNAIL_PX = 24
_SAME_PICTURE = 0.97  # correlation of thumbnails from which two pictures show one page


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """How to split: `by` "publication" or "statistics", with the shares of validation and test."""

    by: str = "publication"
    validation_share: float = 0.15
    test_share: float = 0.15
    clusters: int = 8
    seed: int = 1

    @property
    def shares(self) -> dict[str, float]:
        return {
            "train": 1.0 - self.validation_share - self.test_share,
            "val": self.validation_share,
            "test": self.test_share,
        }


def split_pages(pages: Sequence[AnnotatedPage], settings: SplitSettings) -> dict[str, list[AnnotatedPage]]:
    """Split pages into the parts of `PARTS`.

    By publication, all pages of a publication are in one part. By statistics, pages are clustered by their look, and
    each cluster is split by the shares. In both cases pictures of one page (frames, tiles, copies, also rotated or
    mirrored) stay together.

    Raises:
        RunError: code `usage`, if `by` is unknown; code `dataset`, if there are too few publications or pages.
    """
    if settings.by not in ("publication", "statistics"):
        raise RunError(Code.USAGE, f"pages cannot be split by {settings.by!r}.", "Choose publication or statistics.")
    if min(settings.shares.values()) < 0:
        raise RunError(Code.USAGE, "the shares of validation and test leave nothing to train on.", "Lower them.")
    wanted = [part for part, share in settings.shares.items() if share > 0]
    rng = np.random.default_rng(settings.seed)
    units = same_pages(pages, by_publication=settings.by == "publication")
    strata = [units] if settings.by == "publication" else _clusters(pages, units, settings.clusters, rng)
    if len(units) < len(wanted):
        what = "publications" if settings.by == "publication" else "different pages"
        raise RunError(
            Code.DATASET,
            f"{len(units)} {what} cannot fill {len(wanted)} parts.",
            "Use --by statistics." if settings.by == "publication" else "Annotate more pages.",
        )
    places = _dealt(strata, settings.shares, rng)
    return {part: [pages[i] for i in sorted(places[part])] for part in PARTS}


def same_pages(pages: Sequence[AnnotatedPage], *, by_publication: bool = False) -> list[list[int]]:
    """Indices of the pages in groups that show the same page, by their name or their look.

    With `by_publication`, groups are of one publication, or look like a page of it.
    """
    parent = list(range(len(pages)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    first: dict[str, int] = {}
    for i, page in enumerate(pages):
        parent[root(i)] = root(first.setdefault(f"page {page.group}", i))
        if by_publication:
            parent[root(i)] = root(first.setdefault(f"publication {publication_of(page.name)}", i))
    for i, j in _look_alikes(pages):
        parent[root(i)] = root(j)
    groups: dict[int, list[int]] = {}
    for i in range(len(pages)):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())


def write_parts(parts: dict[str, list[AnnotatedPage]], out: Path) -> None:
    """Write parts as train/, trainannot/ and so on, with labelmap.txt: grey pictures, masks in label colours.

    Raises:
        RunError: code `output_unwritable`, if `out` holds parts already or cannot be written.
    """
    if any((out / part).exists() for part in PARTS):
        raise RunError(Code.OUTPUT_UNWRITABLE, f"{out} holds a data set already.", "Choose another folder.")
    annotated = [page.annotated for pages in parts.values() for page in pages]
    common = int(np.bitwise_and.reduce(annotated)) if annotated else 0
    labels = ["background", *(name for name, bit in CHANNEL_BITS.items() if common & bit)]
    text = label_map_text({name: LABEL_COLOURS[name] for name in labels})
    write_atomic(out / "labelmap.txt", text.encode())
    for part, pages in parts.items():
        for page in pages:
            name = page.name.replace("/", "__")
            write_atomic(out / part / f"{name}.png", _png(page.grey))
            write_atomic(out / f"{part}annot" / f"{name}.png", _png(_coloured(page.marks, labels)))


def _look_alikes(pages: Sequence[AnnotatedPage]) -> Iterator[tuple[int, int]]:
    """Pairs of pages whose thumbnails agree unchanged, mirrored, or rotated by quarter turns."""
    thumbnails = np.stack([_thumbnail(page.grey) for page in pages]) if pages else np.empty((0, 1, 1), np.float32)
    flat = thumbnails.reshape(len(pages), -1)
    for turns in range(4):
        for mirrored in (False, True):
            turned = np.rot90(thumbnails, turns, axes=(1, 2))
            turned = turned[:, :, ::-1] if mirrored else turned
            alike = flat @ turned.reshape(len(pages), -1).T
            for i, j in zip(*np.nonzero(np.triu(alike > _SAME_PICTURE, 1)), strict=True):
                yield int(i), int(j)


def _thumbnail(grey: np.ndarray) -> np.ndarray:
    """The page's ink, smoothed, of mean 0 and length 1: float32 (24, 24); zeros for an empty page."""
    small = cv2.resize(grey, (_THUMBNAIL_PX, _THUMBNAIL_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    small -= small.mean()
    length = float(np.linalg.norm(small))
    return small / length if length > 1.0 else np.zeros_like(small)


def _clusters(
    pages: Sequence[AnnotatedPage], groups: Sequence[list[int]], count: int, rng: np.random.Generator
) -> list[list[list[int]]]:
    """Cluster groups by the statistics of their first picture (k-means, k-means++ starts)."""
    features = np.stack([_statistics(pages[group[0]]) for group in groups]).astype(np.float32)
    features = (features - features.mean(axis=0)) / (features.std(axis=0) + 1e-6)
    cv2.setRNGSeed(int(rng.integers(2**31)))
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 50, 1e-4)
    k = min(count, len(groups))
    labels = cv2.kmeans(features, k, np.zeros((len(groups), 1), np.int32), stop, 4, cv2.KMEANS_PP_CENTERS)[1]
    return [[group for group, label in zip(groups, labels.ravel(), strict=True) if label == i] for i in range(k)]


def _statistics(page: AnnotatedPage) -> np.ndarray:
    """The statistics of a page: grey levels, share of ink and of edges, size, wall."""
    grey = page.grey
    levels = np.quantile(grey[::3, ::3], (0.01, 0.1, 0.5, 0.9))
    edges = float(np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean())
    section = float((page.marks & CHANNEL_BITS["section"] > 0).mean())
    inky = float((grey < page.paper - 60).mean())
    return np.array([*levels, edges, inky, section, np.log(grey.size), np.log(page.wall_px or 1.0)])


def _dealt(
    strata: Sequence[Sequence[list[int]]], shares: dict[str, float], rng: np.random.Generator
) -> dict[str, list[int]]:
    """Distribute units, large ones first, each to the part that lacks the most; every part with a share gets one."""
    places: dict[str, list[int]] = {part: [] for part in PARTS}
    total = sum(len(unit) for units in strata for unit in units)
    for units in strata:
        order = rng.permutation(len(units))
        for i in sorted(order, key=lambda i: -len(units[i])):
            part = max(PARTS, key=lambda name: shares[name] * total - len(places[name]) if shares[name] else -np.inf)
            places[part].extend(units[i])
    _fill_empty(places, [unit for units in strata for unit in units], shares)
    return places


def _fill_empty(places: dict[str, list[int]], units: Sequence[list[int]], shares: dict[str, float]) -> None:
    for part in PARTS:
        if shares[part] and not places[part]:
            fullest = max(PARTS, key=lambda name: len(places[name]))
            unit = min((u for u in units if u[0] in places[fullest]), key=len)
            places[fullest] = [i for i in places[fullest] if i not in unit]
            places[part] = list(unit)


def _coloured(marks: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """Masks in label colours, BGR; where channels overlap, section covers axis, and axis the rest."""
    picture = np.zeros((*marks.shape, 3), np.uint8)
    for name in ("vessel", "scale_bar", "axis", "section"):
        if name in labels:
            picture[marks & CHANNEL_BITS[name] > 0] = LABEL_COLOURS[name][::-1]
    return picture


def _png(picture: np.ndarray) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()
