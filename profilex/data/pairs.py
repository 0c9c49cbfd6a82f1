"""Pairs of a picture and its mask, matched by their names: the layout of most small data sets.

| layout | example |
|---|---|
| a folder, pictures and masks together | NAME_image.png and NAME_mask.png, NAME.jpg and NAME-mask.png |
| two folders, pairs of one name | image/ and label/, images/ and masks/, train/ and label/, train_X/ and train_Y/ |

In names of files and folders "image", "img" and "x" mark pictures; "mask", "label", "annotation", "truth" and "y" mark
masks. Masks are white (128 or more) on the foreground and black elsewhere; grey edges are split in the middle.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from profilex.data.archive import plain_form
from profilex.errors import Code, RunError

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".jp2")
"""Suffixes of pictures in data sets, in lower case."""

_PICTURE_WORDS = {"image", "images", "img", "imgs", "x"}
_MASK_WORDS = {"mask", "masks", "label", "labels", "annotation", "annotations", "truth", "y"}
_WHITE = 128


def find_pairs(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Pictures with their masks by name, sorted; empty if a folder holds no masks and so has another layout.

    Raises:
        RunError: code `dataset`, if a picture has no mask, a mask no picture, or two masks the same picture.
    """
    found = _in_two_folders(folder) or _in_one_folder(folder)
    if found is None:
        return {}
    pictures, masks = found
    alone = sorted(set(pictures) ^ set(masks))
    if alone:
        missing = "mask" if alone[0] in pictures else "picture"
        raise RunError(
            Code.DATASET,
            f"{alone[0]} has no {missing}, nor have {len(alone) - 1} others in {folder}.",
            "Name them NAME_image and NAME_mask, or put them into image/ and label/ under one name.",
        )
    return {name: (pictures[name], masks[name]) for name in sorted(pictures)}


def any_pairs(folder: Path) -> bool:
    """Whether a folder holds masks beside pictures, in one folder or in two."""
    try:
        return bool(_in_two_folders(folder) or _in_one_folder(folder))
    except RunError:  # reported when they are read
        return True


def foreground(picture: np.ndarray, name: str) -> np.ndarray:
    """The foreground bool (h, w) of a mask picture uint8 (h, w) or (h, w, 3).

    The foreground is 128 or more. A darker mask of two values holds class indices: then the foreground is not 0.

    Raises:
        RunError: code `dataset`, if a mask is dark and has more values.
    """
    plane = picture if picture.ndim == 2 else picture.max(axis=-1)
    highest = int(plane.max(initial=0))
    if highest >= _WHITE or highest == 0:
        return plane >= _WHITE
    if np.unique(plane).size > 2:
        raise RunError(
            Code.DATASET,
            f"{name} has no white, but several dark greys, and there is no label map.",
            "Put a labelmap.txt beside the pictures, or make the foreground white.",
        )
    return plane > 0


def _in_two_folders(folder: Path) -> tuple[dict[str, Path], dict[str, Path]] | None:
    children = sorted(child for child in folder.iterdir() if child.is_dir())
    masks = [child for child in children if _role(child.name) == "mask"]
    if len(masks) != 1:
        return None
    # test pictures without masks are often beside them; those that belong to the masks have the same names
    stem = _rest(masks[0].name)
    alike = [child for child in children if _role(child.name) == "picture" and _rest(child.name) == stem]
    pictures = alike or [child for child in children if child.name == "train"]
    if len(pictures) != 1:
        return None
    return dict(_by_key(pictures[0])), dict(_by_key(masks[0]))


def _in_one_folder(folder: Path) -> tuple[dict[str, Path], dict[str, Path]] | None:
    places: Mapping[str, dict[str, Path]] = {"picture": {}, "mask": {}}
    for key, path in _by_key(folder):
        place = places["mask" if _role(path.stem) == "mask" else "picture"]
        if key in place:
            raise RunError(
                Code.DATASET, f"{place[key].name} and {path.name} are of one name in {folder}.", "Rename one."
            )
        place[key] = path
    return (places["picture"], places["mask"]) if places["mask"] else None


def _by_key(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith("."):
            name = plain_form(path.stem)
            yield _rest(name) or name, path


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\s_.\-]+", name) if word]


def _role(name: str) -> str:
    words = {word.lower() for word in _words(name)}
    if words & _MASK_WORDS:
        return "mask"
    return "picture" if words & _PICTURE_WORDS else ""


def _rest(name: str) -> str:
    """A name without the word that marks a picture or a mask."""
    return "_".join(word for word in _words(name) if word.lower() not in _PICTURE_WORDS | _MASK_WORDS)
