"""The figure of a phase diagram, for a page or as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misstep.report.figures.canvas import WIDTH, Form, draw_figure, panel_title, render
from misstep.report.figures.figure import Figure
from misstep.report.figures.phase_axes import headings, set_ticks
from misstep.report.figures.phase_cells import compact
from misstep.report.figures.phase_curves import draw_curves
from misstep.report.figures.phase_overlays import draw_overlays
from misstep.report.figures.phase_panels import Key, draw_grid, draw_points
from misstep.report.phase.diagram import PhaseDiagram

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

NAME = "phase"

_COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2}
"""Of panels, by their number; three where there are more."""

_HEIGHTS = {1: 3.2, 2: 1.75, 3: 1.2}
"""Of a panel, in inches, by the number of columns."""

_ROW, _CURVES = 0.3, 2.4
"""Inches of a row of a chart of rows, and of curves."""


@dataclass(frozen=True)
class Frame:
    """Where a panel is in the figure.

    Attributes:
        left, top, width, height: Shares of the figure.
        x, y: What is at its ends, on paper.
        log: Whether the numbers upwards are logarithms of those of the curves.
    """

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]
    log: bool


def draw_phase(diagram: PhaseDiagram) -> tuple[Figure, tuple[Frame, ...]]:
    """The figure as SVG, and where its panels are.

    Raises:
        MissingDependency: matplotlib is not installed.
    """
    frames: list[Callable[[], Frame]] = []
    height, draw = _plan(diagram, frames)
    figure = draw_figure(NAME, diagram.title, height, draw)
    figure = Figure(figure.name, figure.title, figure.caption, compact(figure.svg))
    return figure, tuple(frame() for frame in frames)


def phase_bytes(diagram: PhaseDiagram, form: Form) -> bytes:
    """The figure as a file: SVG for light and dark viewers, PNG or PDF in black on white.

    Raises:
        MissingDependency: matplotlib is not installed.
    """
    if form == "svg":
        return draw_phase(diagram)[0].file.encode()
    return render(*_plan(diagram, []), form)[1]


def _plan(diagram: PhaseDiagram, frames: list[Callable[[], Frame]]) -> tuple[float, Callable[[Drawing], str]]:
    """Height of the figure, and what draws it and notes its panels."""
    n = diagram.n_panels
    columns = _COLUMNS.get(n, 3)
    rows = -(-n // columns)
    key = Key.of(diagram)
    panel = _HEIGHTS[columns]
    if diagram.kind == "curves":
        panel = _CURVES
    elif diagram.y.scale == "ordinal" and diagram.facet is None:
        panel = min(panel, _ROW * len(diagram.y.values))
    size = ((WIDTH - 0.75) / columns - 0.1, panel)
    height = rows * (panel + (0.22 if n > 1 else 0.04)) + 0.45 + key.height

    def draw(drawing: Drawing) -> str:
        panels: list[Axes] = []
        titles = headings(diagram, size[0])
        for i in range(n):
            shared = panels[0] if panels else None
            axes = drawing.add_subplot(rows, columns, i + 1, sharex=shared, sharey=shared)
            panels.append(axes)
            if diagram.kind == "curves":
                draw_curves(axes, diagram, i)
            elif diagram.kind == "points":
                draw_points(axes, diagram, i, key)
            else:
                draw_grid(axes, diagram, i, key, size)
            draw_overlays(axes, diagram, i)
            if diagram.facet is not None:
                panel_title(axes, titles[i])
            # Labels below the last panel of every column, which may be in the row before the last.
            axes.tick_params(labelbottom=i + columns >= n, labelleft=i % columns == 0)
            frames.append(lambda axes=axes: _frame(axes))  # type: ignore[misc]
        set_ticks(panels[0], diagram, size)
        _label(drawing, panels, diagram)
        key.draw(drawing, panels, diagram)
        return diagram.caption

    return height, draw


def _label(drawing: Drawing, panels: list[Axes], diagram: PhaseDiagram) -> None:
    """What the axes are: once for all panels."""
    up = diagram.quantity.label if diagram.kind == "curves" else diagram.y.label
    if len(panels) == 1:
        panels[0].set_xlabel(diagram.x.label)
        panels[0].set_ylabel(up)
    else:
        drawing.supxlabel(diagram.x.label, fontsize=8.5)
        drawing.supylabel(up, fontsize=8.5)


def _frame(axes: Axes) -> Frame:
    """Where a panel is, once all is laid out."""
    box = axes.get_position()
    x, y = ((float(low), float(high)) for low, high in (axes.get_xlim(), axes.get_ylim()))
    log = axes.get_yscale() == "log"
    if log:
        y = (float(np.log10(y[0])), float(np.log10(y[1])))
    return Frame(float(box.x0), float(1 - box.y1), float(box.width), float(box.height), x, y, log)
