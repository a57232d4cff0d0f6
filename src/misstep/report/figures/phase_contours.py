"""Lines of equal drift speed over a phase diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misstep.report.figures.phase_colors import OVER, spans_decades
from misstep.report.phase.axis import PhaseAxis
from misstep.scalars import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

_MOST = 6
"""Lines of different speed, about."""

_SHORTEST = 0.12
"""A piece of a line is drawn from this length on, as a share of the panel's sides."""


_EDGE = 0.04
"""A label has to be so far from the panel's edge."""


def levels(speeds: FloatArray) -> tuple[float, ...]:
    """Round speeds to draw lines at; powers of ten where speeds span decades."""
    from matplotlib.ticker import MaxNLocator

    seen = speeds[np.isfinite(speeds)]
    low, high = np.percentile(seen, [2, 98])
    if seen.min() > 0 and spans_decades(seen):
        powers = range(int(np.ceil(np.log10(low))), int(np.floor(np.log10(high))) + 1)
        return tuple(10.0**k for k in powers)[:: max(1, len(powers) // _MOST)]
    found = MaxNLocator(_MOST, steps=(1, 2, 2.5, 5, 10)).tick_values(low, high)
    return tuple(float(level) for level in found if low < level < high)


def draw_contours(axes: Axes, x: PhaseAxis, y: PhaseAxis, speeds: FloatArray, at: tuple[float, ...]) -> None:
    """Labeled lines over the cells that have a speed; pieces too short to follow are left out."""
    from matplotlib.path import Path

    across, up = x.blocks[-1].cells, y.blocks[-1].cells
    field = speeds[up, across]
    if min(field.shape) < 2 or np.isfinite(field).sum() < 4:
        return
    drawn = axes.contour(
        x.at[across], y.at[up], np.ma.masked_invalid(field), levels=at, colors=OVER, linewidths=0.8, linestyles="-"
    )
    size = np.array([x.ends[1] - x.ends[0], y.ends[1] - y.ends[0]])
    empty = Path(np.empty((0, 2)))
    kept = [[piece for piece in _pieces(path) if _length(piece, size) >= _SHORTEST] for path in drawn.get_paths()]
    drawn.set_paths([Path.make_compound_path(*pieces) if pieces else empty for pieces in kept])
    held = [level for level, pieces in zip(drawn.levels, kept, strict=True) if pieces]
    if held:
        labels = axes.clabel(drawn, levels=held, fontsize=6.5, fmt="%g", inline_spacing=3)
        for label in labels or ():
            near = (np.array(label.get_position()) - [x.ends[0], y.ends[0]]) / size
            if near.min() < _EDGE or near.max() > 1 - _EDGE:
                # The frame would cut it.
                label.remove()


def _pieces(path: Path) -> list[Path]:
    """The connected pieces of a line."""
    from matplotlib.path import Path as Made

    at, codes = np.asarray(path.vertices), np.asarray(path.codes)
    if len(at) == 0:
        return []
    starts = np.flatnonzero(codes == Made.MOVETO)[1:]
    return [Made(*piece) for piece in zip(np.split(at, starts), np.split(codes, starts), strict=True)]


def _length(path: Path, size: FloatArray) -> float:
    return float(np.hypot(*(np.diff(path.vertices, axis=0) / size).T).sum())
