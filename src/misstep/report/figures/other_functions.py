"""Figure `families`: all functions through the paper's jets together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misstep.report.figures.canvas import INK, family_label, floats, line_style
from misstep.report.figures.figure import Data, Plot
from misstep.reproduce import Setting

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


def draw(drawing: Drawing, data: Data, _setting: Setting) -> str:
    """f/α above f', one curve a family."""
    t = floats(data, "t")
    value, gradient = drawing.subplots(2, 1, sharex=True)
    for i, name in enumerate(key for key in data if key != "t"):
        style = {**line_style(i), "marker": ""}
        for axes, curve in zip((value, gradient), floats(data, name), strict=True):
            axes.plot(t, curve, label=family_label(name), **style)
    nodes = np.arange(round(t[0]), round(t[-1]) + 1)
    for axes, level in ((value, 0.0), (gradient, -1.0)):
        axes.plot(nodes, np.full(nodes.shape, level), "o", color=INK, clip_on=False, zorder=3)
    value.set_ylabel(r"$f\,/\,\alpha$")
    gradient.set_ylabel(r"$f\,'$")
    gradient.set_xlabel(r"$t\,/\,\alpha$")
    gradient.set_xlim(t[0], t[-1])
    gradient.set_xticks(np.arange(round(t[0]), t[-1] + 0.25, 0.5))
    drawing.align_ylabels()
    handles, labels = value.get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=3)
    return (
        "Functions with value 0 and slope −1 at the same nodes (dots): plateaus, on which the slope is −1 for a whole "
        "stretch, pay for it with a steeper way back."
    )


PLOT = Plot("families", "other-functions", "Functions through the same jets", 4.9, draw)
