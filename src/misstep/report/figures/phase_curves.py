"""Curves of a quantity over one coordinate of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misstep.report.figures.canvas import INK, line_style, log_label
from misstep.report.figures.phase_colors import spans_decades
from misstep.report.phase.diagram import PhaseDiagram

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKERS = 12
"""On a curve, about."""

_MARGIN = 0.03


def draw_curves(axes: Axes, diagram: PhaseDiagram, panel: int) -> None:
    """A curve a row; of survival with its interval; 0 apart from the rest of a log axis."""
    numbers = diagram.quantity.numbers[panel]
    at = diagram.x.at
    many = len(at) > 2 * _MARKERS
    band = [diagram.variables[name].numbers[panel] for name in _interval(diagram)]
    for i, curve in enumerate(numbers):
        style = {**line_style(i), "markersize": 3.2, "linewidth": 1.2}
        label: str | None = diagram.y.short(i)
        for block in reversed(diagram.x.blocks):
            cells = block.cells
            alone = cells.stop - cells.start == 1
            every = None
            if many and not alone:
                stride = max(1, len(at) // _MARKERS)
                every = (i * stride // max(1, len(numbers)), stride)
            line = {**style, "linestyle": ""} if alone else style
            axes.plot(at[cells], curve[cells], label=label, markevery=every, **line)
            if band and not alone:
                low, high = (end[i][cells] for end in band)
                axes.fill_between(at[cells], low, high, color=style["color"], alpha=0.22, linewidth=0)
            elif band:
                ends = ([end[i][cells.start]] for end in band)
                axes.vlines(at[cells], *ends, color=style["color"], alpha=0.5, linewidth=1.2)
            label = None
    margin = _MARGIN * (at[-1] - at[0])
    axes.set_xlim(at[0] - margin, at[-1] + margin)
    _set_heights(axes, diagram)


def _interval(diagram: PhaseDiagram) -> list[str]:
    names = [f"{diagram.quantity.name}_low", f"{diagram.quantity.name}_high"]
    return names if all(name in diagram.variables for name in names) else []


def _set_heights(axes: Axes, diagram: PhaseDiagram) -> None:
    """Shares from 0 to 1; a log axis for what spans decades; a line at 0 where there are both signs."""
    from matplotlib.ticker import LogLocator, MaxNLocator

    seen = diagram.quantity.numbers[np.isfinite(diagram.quantity.numbers)]
    if diagram.quantity.name.startswith("survival"):
        axes.set_ylim(-0.03, 1.05)
        axes.set_yticks([0, 0.5, 1])
    elif len(seen) and seen.min() > 0 and spans_decades(seen):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(numticks=6))
        axes.yaxis.set_major_formatter(log_label)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=(1, 2, 2.5, 5, 10)))
        if len(seen) and seen.min() < 0 < seen.max():
            axes.axhline(0, color=INK, linewidth=0.6)
