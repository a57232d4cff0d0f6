"""Figures of a reproduction, as self-contained SVG; matplotlib is imported when the first one is drawn."""

from __future__ import annotations

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
from misstep.report.figures.canvas import draw_figure
from misstep.report.figures.figure import Data, Figure, Plot
from misstep.reproduce import Reproduction, Setting

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
    return {
        plot.name: _drawn(plot, rows[plot.row_id].finding.data, reproduction.setting)
        for plot in PLOTS
        if plot.row_id in rows
    }


def _drawn(plot: Plot, data: Data, setting: Setting) -> Figure:
    return draw_figure(plot.name, plot.title, plot.height, lambda drawing: plot.draw(drawing, data, setting))
