"""Lines of a theory over the panels of a phase diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from misstep.report.figures.canvas import INK
from misstep.report.phase.diagram import PhaseDiagram
from misstep.report.phase.overlay import Overlay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES: tuple[Any, ...] = ("-", (0, (4.0, 1.6)), (0, (1.2, 1.2)), (0, (5.0, 1.2, 1.0, 1.2)))

_LIGHT, _DARK = "#ffffff", "#14161a"
"""A line over colors is dark with a light rim, to be seen on all of them."""


def overlay_style(i: int) -> dict[str, Any]:
    """How the i-th name of a legend is drawn."""
    return {"color": _DARK, "linestyle": _DASHES[i % len(_DASHES)], "linewidth": 1.3}


def labels_of(overlays: tuple[Overlay, ...]) -> tuple[str, ...]:
    """The names in the legend, each once."""
    return tuple(dict.fromkeys(overlay.label for overlay in overlays))


def draw_overlays(axes: Axes, diagram: PhaseDiagram, panel: int) -> None:
    """The lines that belong to a panel, cut off where it ends."""
    from matplotlib.patheffects import Normal, Stroke

    names = labels_of(diagram.overlays)
    for overlay in diagram.overlays:
        if overlay.panel not in (None, panel):
            continue
        style = overlay_style(names.index(overlay.label))
        x = diagram.x.place(overlay.x)
        if diagram.kind == "curves":
            axes.plot(x, overlay.y, **{**style, "color": INK, "linewidth": 0.9}, zorder=1.5)
            continue
        y = diagram.y.place(overlay.y)
        low, high = diagram.y.ends
        inside = (y >= low - 0.05 * (high - low)) & (y <= high + 0.05 * (high - low))
        rim = [Stroke(linewidth=2.6, foreground=_LIGHT, alpha=0.75), Normal()]
        axes.plot(x, np.where(inside, y, np.nan), **style, zorder=3.5, scalex=False, scaley=False, path_effects=rim)
