"""The figure of a construction: f and f' with the run on them, and the least L over slope and learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from misstep.counterexamples import Construction, Curve, Failure, Portrait
from misstep.report.figures.canvas import BLUE, GREEN, INK, VERMILION, draw_figure, log_label, panel_title
from misstep.report.figures.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

NAME = "construction"

_ITERATES: dict[str, Any] = {
    "color": VERMILION,
    "markeredgecolor": INK,
    "markeredgewidth": 0.6,
    "zorder": 3,
    "clip_on": False,
}
_UPPER, _LOWER = 2.9, 1.75
"""Heights in inches: of the function's two panels, and of the row of curves."""


def draw_construction(construction: Construction) -> Figure | None:
    """The figure, or `None` where nothing was found or f is on R^n.

    Raises:
        MissingDependency: matplotlib is not installed.
    """
    portrait = construction.portrait
    if portrait is None:
        return None
    curves = [
        (curve, label, at)
        for curve, label, at in (
            (construction.by_slope, r"slope $c$", float(construction.slope)),
            (construction.by_learning_rate, "learning rate", None),
        )
        if len(curve.at) > 1
    ]
    height = _UPPER + (_LOWER if curves else 0.0)

    def draw(drawing: Drawing) -> str:
        rows = 3 if curves else 2
        heights = (_UPPER / 2, _UPPER / 2, _LOWER)[:rows]
        grid = drawing.add_gridspec(rows, max(len(curves), 1), height_ratios=heights)
        top = drawing.add_subplot(grid[0, :])
        bottom = drawing.add_subplot(grid[1, :], sharex=top)
        caption = _draw_function(top, bottom, portrait, construction)
        drawing.align_ylabels([top, bottom])
        if curves:
            _draw_curves([drawing.add_subplot(grid[2, i]) for i in range(len(curves))], curves)
            caption += "; below, the least L of such a function"
        return caption + "."

    return draw_figure(NAME, construction.sentence, height, draw)


def _draw_function(top: Axes, bottom: Axes, portrait: Portrait, construction: Construction) -> str:
    """f above f', in units of the spacing and the slope for a drift."""
    drifts = construction.failure is Failure.DRIFT
    c = float(construction.slope) if drifts else 1.0
    t, x = ((points - portrait.origin) / portrait.unit for points in (portrait.t, portrait.x))
    level = float(portrait.f[-1]) if drifts else 0.0
    values, at_iterates = ((array - level) / (c * portrait.unit) for array in (portrait.value, portrait.f))
    top.tick_params(labelbottom=False)
    if construction.failure is Failure.CYCLE:
        # Chords from each iterate to the next: the order in which the points are visited.
        top.plot(x, at_iterates, color=INK, linewidth=0.5, alpha=0.55)
    top.plot(t, values, color=BLUE)
    top.plot(x, at_iterates, "o", **_ITERATES)
    bottom.axhline(0, color=INK, linewidth=0.6)
    bottom.plot(t, portrait.gradient / c, color=BLUE)
    bottom.plot(x, portrait.g / c, "o", **_ITERATES)
    if portrait.minimizer is not None:
        least = float(np.interp(portrait.minimizer, portrait.t, portrait.value))
        for axes, height in ((top, least), (bottom, 0.0)):
            axes.plot([portrait.minimizer], [height], "*", color=GREEN, markersize=8, zorder=3, clip_on=False)
    for axes in (top, bottom):
        axes.margins(x=0)
        _plain(axes, integers=drifts)
    top.set_ylabel(r"$f\,/\,(c\,s)$" if drifts else r"$f$")
    bottom.set_ylabel(r"$f\,'\,/\,c$" if drifts else r"$f\,'$")
    evenly = construction.example is not None and construction.example.spacing is not None
    k = portrait.first if not evenly or construction.example is None else construction.example.settled
    bottom.set_xlabel(rf"$(t - x_{{{k}}})\,/\,s$" if drifts else r"$t$")
    what = f"f and f′ with the iterates x_{portrait.first} to x_{portrait.first + len(x) - 1} of the run in float64"
    if portrait.minimizer is not None:
        return f"{what} (dots), which does not reach the minimizer (star)"
    if drifts:
        s = f"{portrait.unit:.6g}"
        mean = "" if evenly else "the mean step "
        return f"{what} (dots), in units of c = {c:g} and {mean}s = {s}"
    return f"{what} (dots), joined in their order"


def _draw_curves(panels: list[Axes], curves: list[tuple[Curve, str, float | None]]) -> None:
    """The least L over the slope, and over the learning rate, on log axes."""
    for axes, (curve, label, at) in zip(panels, curves, strict=True):
        axes.plot(curve.at, curve.L, color=BLUE, marker="s", markersize=2.5)
        here = [(a, L) for a, L in zip(curve.at, curve.L, strict=True) if at is not None and abs(a / at - 1) < 1e-9]
        for a, L in here:
            axes.plot([a], [L], "o", **_ITERATES)
        axes.set_xscale("log")
        axes.set_yscale("log")
        middle = float(np.sqrt(min(curve.L) * max(curve.L)))
        # What does not depend on the slope is a level line, and not its own rounding.
        axes.set_ylim(min(min(curve.L) / 1.5, middle / 10), max(1.5 * max(curve.L), 10 * middle))
        _log_ticks(axes)
        axes.set_xlabel(label)
    panel_title(panels[0], r"least $L$")


def _plain(axes: Axes, *, integers: bool) -> None:
    """Few ticks, on the line whole numbers if wanted; a common power of ten goes beside the axis."""
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    steps = (1, 2, 2.5, 5, 10)
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=steps, integer=integers))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=steps))
    for axis in (axes.xaxis, axes.yaxis):
        formatter = ScalarFormatter(useMathText=True, useOffset=False)
        formatter.set_powerlimits((-3, 4))
        axis.set_major_formatter(formatter)


def _log_ticks(axes: Axes) -> None:
    from matplotlib.ticker import LogLocator

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(numticks=4))
        axis.set_major_formatter(log_label)
    axes.minorticks_off()
