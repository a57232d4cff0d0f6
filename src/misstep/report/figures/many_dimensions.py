"""Figure `coupled-surface`: a coupled function of two variables, with the iterates on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misstep.report.figures.canvas import COLORMAP, INK, VERMILION, floats
from misstep.report.figures.figure import Data, Plot
from misstep.reproduce import Setting

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

_LOW, _HIGH = -0.5, 2.5
"""Ends of both axes, in units of α."""


def draw(drawing: Drawing, data: Data, _setting: Setting) -> str:
    """F/α in color with its level lines, and the iterates along the diagonal."""
    surface = floats(data, "coupled")
    axes = drawing.subplots()
    box = (_LOW, _HIGH, _LOW, _HIGH)
    image = axes.imshow(surface, origin="lower", extent=box, cmap=COLORMAP, interpolation="none")
    axis = np.linspace(_LOW, _HIGH, len(surface))
    axes.contour(axis, axis, surface, levels=8, colors="white", linewidths=0.5, alpha=0.55, linestyles="solid")
    nodes = np.arange(0.0, _HIGH)
    axes.plot(nodes, nodes, color="white", linewidth=1.0, linestyle=(0, (3, 2)))
    axes.plot(nodes, nodes, "o", color=VERMILION, markersize=6, markeredgecolor="white", markeredgewidth=1.0)
    for k, node in enumerate(nodes):
        axes.annotate(
            rf"$x_{k}$", (node, node), xytext=(6, -11), textcoords="offset points", color="white", fontsize=10
        )
    axes.grid(visible=False)
    axes.set_xticks([0, 1, 2])
    axes.set_yticks([0, 1, 2])
    axes.set_xlabel(r"first coordinate$\,/\,\alpha$")
    axes.set_ylabel(r"second coordinate$\,/\,\alpha$")
    bar = drawing.colorbar(image, ax=axes, shrink=0.8, aspect=24)
    bar.set_label(r"$F\,/\,\alpha$")
    bar.outline.set_edgecolor(INK)
    return (
        "A function of two coupled variables: Adam's iterates go along the diagonal, one node after the other, "
        "each with value 0 and gradient (−1, −1)."
    )


PLOT = Plot("coupled-surface", "many-dimensions", "A coupled function of two variables", 4.0, draw)
