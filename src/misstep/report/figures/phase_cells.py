"""Cells of a phase diagram: an image a block, and textures over regions as a few rectangles."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from misstep.report.figures.canvas import INK
from misstep.report.phase.axis import Block, PhaseAxis
from misstep.scalars import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHARP = 300
"""Pixels along an axis, at least: some viewers smooth what they enlarge."""

_FINE = 1200
"""Pixels along an axis on which cells differ in width."""

_MOST_RECTANGLES, _SMALLEST = 600, 2e-4
"""Of a textured region, and the share of the panel that one must have to show a texture."""

_APART, _DOT = 7.5, 2.4
"""Points from dot to dot, and of a dot."""

Mask = npt.NDArray[np.bool_]


def draw_cells(axes: Axes, x: PhaseAxis, y: PhaseAxis, pixels: npt.NDArray[np.uint8]) -> None:
    """The cells as images: one for all, and one for each band of 0."""
    for right in x.blocks:
        for up in y.blocks:
            block = pixels[up.cells, right.cells]
            columns, rows = _pixels(right.edges), _pixels(up.edges)
            extent = (right.edges[0], right.edges[-1], up.edges[0], up.edges[-1])
            axes.imshow(block[rows][:, columns], origin="lower", extent=extent, aspect="auto", interpolation="none")
            axes.add_patch(_box(*extent, fill=False, edgecolor=INK, linewidth=0.6, zorder=4, clip_on=False))
    axes.set_xlim(*x.ends)
    axes.set_ylim(*y.ends)


def draw_texture(axes: Axes, x: PhaseAxis, y: PhaseAxis, mask: Mask, hatch: str, color: str, **style: Any) -> None:
    """A texture over the cells of a mask, where they make up regions that are large enough to show it."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    width, height = (axis.ends[1] - axis.ends[0] for axis in (x, y))
    found: list[tuple[float, float, float, float]] = []
    for right in x.blocks:
        for up in y.blocks:
            found += _boxes(mask[up.cells, right.cells], right, up)
    found = [box for box in found if (box[1] - box[0]) * (box[3] - box[2]) >= _SMALLEST * width * height]
    found.sort(key=lambda box: (box[0] - box[1]) * (box[3] - box[2]))
    if not found:
        return
    corners = [[(a, c), (b, c), (b, d), (a, d), (a, c)] for a, b, c, d in found[:_MOST_RECTANGLES]]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    path = Path(np.array(corners).reshape(-1, 2), codes * len(corners))
    with texture_color(color):
        axes.add_patch(PathPatch(path, facecolor="none", edgecolor=color, linewidth=0, hatch=hatch, **style))


@contextmanager
def texture_color(color: str) -> Iterator[None]:
    """What is made here has textures of this color, whatever its edges are."""
    import matplotlib as mpl

    with mpl.rc_context({"hatch.color": color}):
        yield


def draw_dots(axes: Axes, x: PhaseAxis, y: PhaseAxis, mask: Mask, color: str, size: tuple[float, float]) -> None:
    """Dots over the cells of a mask: a lattice on paper, with every dot that falls into such a cell.

    Args:
        axes: The panel.
        x: Its axis to the right.
        y: Its axis upwards.
        mask: By row and column.
        color: Of the dots.
        size: Width and height of the panel in inches, about.
    """
    columns, rows = (max(4, round(length * 72 / _APART)) for length in size)
    right, up = (np.arange(0.5, n) / n for n in (columns, 2 * rows))
    # Every second row is shifted by half.
    across = np.stack([right, right + 0.5 / columns])[np.arange(2 * rows) % 2]
    u, v = (ends[0] + share * (ends[1] - ends[0]) for ends, share in ((x.ends, across.ravel()), (y.ends, up)))
    v = np.repeat(v, columns)
    column, row = _cell(x, u), _cell(y, v)
    held = (column >= 0) & (row >= 0)
    held[held] = mask[row[held], column[held]]
    axes.plot(u[held], v[held], linestyle="", marker=".", markersize=_DOT, markeredgewidth=0, color=color)


def _cell(axis: PhaseAxis, at: FloatArray) -> npt.NDArray[np.intp]:
    """The cell at each place on paper; −1 between blocks."""
    found = np.full(at.shape, -1, dtype=np.intp)
    for block in axis.blocks:
        index = np.searchsorted(block.edges, at, side="right") - 1
        inside = (index >= 0) & (index < len(block.edges) - 1)
        found[inside] = block.first + index[inside]
    return found


def rectangles(mask: Mask) -> Iterator[tuple[int, int, int, int]]:
    """Rectangles that make up a mask, as (first column, end, first row, end): runs of a row, joined with equal ones.

    >>> list(rectangles(np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1]], dtype=bool)))
    [(0, 2, 0, 2), (1, 3, 2, 3)]
    """
    begun: dict[tuple[int, int], int] = {}
    for row in range(len(mask) + 1):
        runs = set()
        if row < len(mask):
            change = np.flatnonzero(np.diff(mask[row].astype(np.int8), prepend=0, append=0))
            runs = set(zip(change[::2].tolist(), change[1::2].tolist(), strict=True))
        for run in [run for run in begun if run not in runs]:
            yield (*run, begun.pop(run), row)
        for run in sorted(runs):
            begun.setdefault(run, row)


def compact(svg: str) -> str:
    """The same drawing, with images of few colors as a palette and indices: a quarter of the bytes."""
    return re.sub(r"data:image/png;base64,\s*([^\"]+)", lambda m: f"data:image/png;base64,{_indexed(m[1])}", svg)


def _indexed(encoded: str) -> str:
    from PIL import Image

    raw = base64.b64decode(encoded)
    pixels = np.asarray(Image.open(io.BytesIO(raw)).convert("RGBA"))
    colors, indices = np.unique(np.ascontiguousarray(pixels).view("<u4")[..., 0], return_inverse=True)
    if len(colors) > 256:
        return encoded
    palette = colors.astype("<u4").view(np.uint8).reshape(-1, 4)
    image = Image.fromarray(indices.reshape(pixels.shape[:2]).astype(np.uint8))
    image.putpalette(palette[:, :3].tobytes())
    out = io.BytesIO()
    image.save(out, format="png", optimize=True, transparency=palette[:, 3].tobytes())
    return base64.b64encode(out.getvalue()).decode()


def _boxes(mask: Mask, right: Block, up: Block) -> list[tuple[float, float, float, float]]:
    return [
        (float(right.edges[a]), float(right.edges[b]), float(up.edges[c]), float(up.edges[d]))
        for a, b, c, d in rectangles(mask)
    ]


def _pixels(edges: FloatArray) -> npt.NDArray[np.intp]:
    """The cell of each pixel along an axis: every cell the same number of them where all are as wide."""
    n = len(edges) - 1
    widths = np.diff(edges)
    if np.ptp(widths) <= 1e-6 * widths.max():
        return np.repeat(np.arange(n), max(1, -(-_SHARP // n)))
    middle = edges[0] + (np.arange(_FINE) + 0.5) / _FINE * (edges[-1] - edges[0])
    found: npt.NDArray[np.intp] = np.clip(np.searchsorted(edges, middle, side="right") - 1, 0, n - 1)
    return found


def _box(left: float, right: float, bottom: float, top: float, **style: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((left, bottom), right - left, top - bottom, **style)
