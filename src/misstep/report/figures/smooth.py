"""Figure `function`: f, f' and f'' with the iterates on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misstep.report.figures.canvas import BLUE, INK, VERMILION, floats
from misstep.report.figures.figure import Data, Plot
from misstep.reproduce import Setting

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


def draw(drawing: Drawing, data: Data, _setting: Setting) -> str:
    """Three panels over t/α; the curvature is broken where it jumps."""
    t = floats(data, "t")
    joint = np.flatnonzero(np.abs(np.diff(floats(data, "curvature"))) > 3) + 1
    nodes = np.arange(0.0, t[-1] + 0.5)
    panels = drawing.subplots(3, 1, sharex=True, height_ratios=(1.15, 1, 1))
    curves = (("f", r"$f\,/\,\alpha$", 0.0), ("gradient", r"$f\,'$", -1.0), ("curvature", r"$\alpha\,f\,''$", None))
    for axes, (key, label, at_node) in zip(panels, curves, strict=True):
        axes.plot(np.insert(t, joint, np.nan), np.insert(floats(data, key), joint, np.nan), color=BLUE)
        axes.set_ylabel(label)
        if at_node is not None:
            level = np.full(nodes.shape, at_node)
            axes.plot(
                nodes, level, "o", color=VERMILION, markeredgecolor=INK, markeredgewidth=0.6, clip_on=False, zorder=3
            )
    top, _, bottom = panels
    top.set_ylim(-0.32, 0.55)
    for k, node in enumerate(nodes):
        top.annotate(rf"$x_{k}$", (node, 0.0), xytext=(-3, -10), textcoords="offset points", ha="right")
    bottom.set_yticks([-6, 0, 6])
    bottom.set_xlabel(r"$t\,/\,\alpha$")
    bottom.set_xlim(t[0], t[-1])
    bottom.set_xticks(np.arange(round(t[0]), round(t[-1]) + 1))
    drawing.align_ylabels()
    return (
        "The paper's f, f′ and f″ in units of α: at every node the iterate x_k (dots) finds value 0 and slope −1, "
        "and f″ jumps from −6/α to 6/α."
    )


PLOT = Plot("function", "smooth", "The paper’s function and its derivatives", 4.6, draw)
