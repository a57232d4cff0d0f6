"""Colors and textures of a phase diagram: told apart by every kind of eye, and in print without color."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from misstep.report.figures.canvas import BLUE, COLORMAP, ORANGE, PURPLE, VERMILION
from misstep.scalars import FloatArray

if TYPE_CHECKING:
    from matplotlib.colors import Normalize

OVER = "#14161a"
"""Lines and lettering over colors, on a light page and on a dark one."""

_DECADES, _TAIL = 2.0, 2.0
"""A quantity that spans more decades, from one percentile to its opposite, has a log scale."""


@dataclass(frozen=True)
class Look:
    """How a class is shown.

    Attributes:
        color: Of its cells.
        hatch: Of its larger regions; matplotlib's.
        marker: Of its points; matplotlib's.
    """

    color: str
    hatch: str = ""
    marker: str = "o"


LOOKS: Mapping[str, Look] = {
    "unsettled": Look("#e3e2dd", marker="P"),
    "drifts": Look(ORANGE, marker="^"),
    "cycles": Look(VERMILION, "\\\\\\\\\\", "o"),
    "converges": Look(BLUE, marker="s"),
    "stalls": Look(PURPLE, "-----", "D"),
    "overflows": Look("#35322f", marker="v"),
}
"""By outcome. Four of them differ in lightness, and the two between have a texture too."""

_OTHERS = (Look("#56b4e9", marker="X"), Look("#f0e442", marker="*"), Look("#009e73", marker="p"))

ABSENT = "/////"
"""Texture of cells that have no value."""


def look(name: str, code: int) -> Look:
    """How a class is shown; one that misstep does not know gets what is left."""
    return LOOKS.get(name, _OTHERS[code % len(_OTHERS)])


def rgba(values: npt.NDArray[Any], names: Mapping[int, str]) -> npt.NDArray[np.uint8]:
    """Pixels of classes; what is no class is transparent."""
    pixels = np.zeros((*values.shape, 4), dtype=np.uint8)
    for code, name in names.items():
        color = look(name, code).color
        pixels[values == code] = [*(int(color[i : i + 2], 16) for i in (1, 3, 5)), 255]
    return pixels


def colors_of(name: str, numbers: FloatArray) -> tuple[Normalize, str, str]:
    """Scale and map of a quantity's colors, and which of its ends is open.

    An exponent lies around 0, a share in [0, 1]; what spans decades has a log scale, on which 0 has the lowest color,
    and a step of departure has one too.
    """
    from matplotlib.colors import LogNorm, Normalize

    seen = numbers[np.isfinite(numbers)]
    if len(seen) == 0:
        return Normalize(0.0, 1.0), COLORMAP, "neither"
    low, high = float(seen.min()), float(seen.max())
    if name == "lyapunov" or (name == "speed" and low < 0 < high):
        size = float(np.percentile(np.abs(seen), 100 - _TAIL / 2)) or 1.0
        return Normalize(-size, size), "PuOr_r", "both" if max(-low, high) > size else "neither"
    if name.startswith("survival") or name == "proved":
        return Normalize(0.0, 1.0), COLORMAP, "neither"
    positive = seen[seen > 0]
    steps = name == "departure" and high > 10 * max(low, 1)
    if low >= 0 and len(positive) and (steps or spans_decades(positive)):
        return LogNorm(float(positive.min()), float(positive.max())), COLORMAP, "min" if low == 0 else "neither"
    if low == high:
        low, high = low - 0.5 * (abs(low) or 1.0), high + 0.5 * (abs(high) or 1.0)
    return Normalize(low, high), COLORMAP, "neither"


def spans_decades(positive: FloatArray) -> bool:
    """Whether positive numbers are better seen on a log scale."""
    low, high = np.percentile(positive, [_TAIL, 100 - _TAIL])
    return bool(np.log10(high) - np.log10(low) > _DECADES or np.log10(positive.max() / positive.min()) > 2 * _DECADES)
