"""Figures `trajectories` and `slope-map`: Adam in float64 on the paper's function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from misstep.report.figures.canvas import COLORMAP, INK, floats, integer, line_style, log_label, pair, panel_title
from misstep.report.figures.figure import Data, Plot
from misstep.reproduce import Setting

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing
    from matplotlib.image import AxesImage


def draw_trajectories(drawing: Drawing, data: Data, setting: Setting) -> str:
    """x_k/α for each pair; curves that coincide are told apart by markers at different steps."""
    x = floats(data, "trajectories") / float(setting.alpha)
    axes = drawing.subplots()
    pairs = floats(data, "trajectory_betas")
    for i, (betas, curve) in enumerate(zip(pairs, x.T, strict=True)):
        axes.plot(curve, label=pair(betas), markevery=(4 + 4 * i, 24), **line_style(i))
    axes.set_xlim(0, len(x) - 1)
    axes.set_ylim(0, None)
    axes.set_xlabel(r"step $k$")
    axes.set_ylabel(r"$x_k\,/\,\alpha$")
    axes.legend(title=r"$(\beta_1,\,\beta_2)$", loc="upper left")
    return (
        f"Iterates in float64 on the paper's function, α = {setting.alpha}: exact arithmetic gives the straight line "
        "x_k = kα for every pair, and rounding can throw pairs off it where float64 does not hold α exactly."
    )


def draw_slopes(drawing: Drawing, data: Data, setting: Setting) -> str:
    """Slope of each run beside the step at which it left the orbit."""
    steps = integer(data, "n_steps")
    departure = floats(data, "departure")
    left, right = drawing.subplots(1, 2, sharey=True)
    slope_image = _map(left, data, floats(data, "slope"), vmin=0.0, vmax=1.0)
    from matplotlib.colors import LogNorm

    stays = departure < 0
    first = departure[~stays].min() if not stays.all() else 1.0
    shown = np.ma.masked_where(stays, np.maximum(departure, 1.0))
    step_image = _map(right, data, shown, norm=LogNorm(max(1.0, first), steps))
    right.patch.set(hatch="////", facecolor="none", edgecolor=INK, alpha=0.5)
    left.set_ylabel(r"$\beta_1$")
    panel_title(left, "slope")
    panel_title(right, "step at which it leaves")
    bar: dict[str, Any] = {"orientation": "horizontal", "aspect": 16, "shrink": 0.9, "pad": 0.02}
    drawing.colorbar(
        slope_image, ax=left, extend="both", ticks=[0, 0.5, 1], format="{x:g}", label=r"$x_K\,/\,K\alpha$", **bar
    )
    colors = drawing.colorbar(
        step_image, ax=right, label="step", ticks=[1, 3, 10, 30, 100, 300, 1000], format=log_label, **bar
    )
    colors.ax.minorticks_off()
    return (
        f"Adam in float64 on the paper's function, α = {setting.alpha}, {steps} steps: the average slope of every run, "
        "1 on the orbit, and the step at which rounding throws it off the orbit (hatched: stays)."
    )


def _map(axes: Axes, data: Data, values: np.ndarray, **colors: Any) -> AxesImage:
    """An image over (β2, β1), a cell a pair."""
    last = floats(data, "beta")[-1]
    axes.set_xlabel(r"$\beta_2$")
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    first, _, final = axes.get_xticklabels()
    first.set_horizontalalignment("left")
    final.set_horizontalalignment("right")
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.grid(visible=False)
    end = last + last / max(1, len(values) - 1)
    box = (0.0, end, 0.0, end)
    return axes.imshow(values, origin="lower", extent=box, cmap=COLORMAP, interpolation="none", **colors)


TRAJECTORIES = Plot("trajectories", "linear-growth", "Trajectories for several pairs", 3.6, draw_trajectories)
SLOPES = Plot("slope-map", "linear-growth", "Slopes and departures over all pairs", 3.5, draw_slopes)
