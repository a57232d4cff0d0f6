"""Figures of a reproduction, as self-contained SVG; matplotlib is imported when the first one is drawn."""

from __future__ import annotations

from functools import partial

from misstep.report.figures import (
    decreasing_steps,
    frameworks,
    linear_growth,
    many_dimensions,
    noisy_gradient,
    other_functions,
    perturbed_start,
    smooth,
)
from misstep.report.figures.canvas import draw_svg
from misstep.report.figures.figure import Figure, Plot
from misstep.reproduce import Reproduction

__all__ = ["PLOTS", "Figure", "Plot", "draw_figures"]

PLOTS: tuple[Plot, ...] = (
    smooth.PLOT,
    linear_growth.TRAJECTORIES,
    linear_growth.SLOPES,
    frameworks.PLOT,
    decreasing_steps.PLOT,
    other_functions.PLOT,
    perturbed_start.PLOT,
    noisy_gradient.PLOT,
    many_dimensions.PLOT,
)
"""Every figure there is, in the table's order."""


def draw_figures(reproduction: Reproduction) -> dict[str, Figure]:
    """The figures of the rows that are there, by name: the same bytes for the same rows.

    Raises:
        MissingDependency: matplotlib is not installed.
    """
    rows = {row.id: row for row in reproduction.rows if row.finding.data}
    figures = {}
    for plot in PLOTS:
        if plot.row_id in rows:
            draw = partial(plot.draw, data=rows[plot.row_id].finding.data, setting=reproduction.setting)
            svg, caption = draw_svg(plot.name, plot.title, plot.height, draw)
            figures[plot.name] = Figure(plot.name, plot.row_id, plot.title, caption, svg)
    return figures
