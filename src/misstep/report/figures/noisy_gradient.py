"""Figure `noise`: survival and speed of the drift against the size of the noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misstep.report.figures.canvas import (
    family_label,
    floats,
    integer,
    line_style,
    log_label,
    pair,
    panel_title,
    suffixes,
)
from misstep.report.figures.figure import Data, Plot
from misstep.reproduce import Setting

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing


def draw(drawing: Drawing, data: Data, _setting: Setting) -> str:
    """A row of panels a pair: survival with its intervals on the left, speed on the right."""
    sigma = floats(data, "sigma")
    pairs = floats(data, "pairs")
    names = suffixes(data, "survival:")
    # Noise sends some runs back: their mean speed is below 0.
    slowest = min(float(floats(data, f"speed:{name}").min()) for name in names)
    panels = drawing.subplots(len(pairs), 2, sharex=True, sharey="col", squeeze=False)
    for row, (betas, (survival, speed)) in enumerate(zip(pairs, panels, strict=True)):
        for i, name in enumerate(names):
            style = {**line_style(i), "markersize": 3.2, "linewidth": 1.2}
            band = floats(data, f"interval:{name}")[row].T
            # σ = 0 has no place on a log axis: a lone point left of it.
            survival.fill_between(sigma[1:], band[0][1:], band[1][1:], color=style["color"], alpha=0.22, linewidth=0)
            for axes, values in ((survival, floats(data, f"survival:{name}")), (speed, floats(data, f"speed:{name}"))):
                axes.plot(sigma[1:], values[row][1:], label=family_label(name), **style)
                axes.plot(_zero(sigma), values[row][0], **{**style, "linestyle": ""}, clip_on=False)
        _axis(survival, sigma, 0.0)
        _axis(speed, sigma, min(slowest, 0.0))
        panel_title(survival, rf"$(\beta_1,\,\beta_2)$ = {pair(betas)}")
        survival.set_ylabel("survival")
        speed.set_ylabel(r"speed, $\alpha$ a step")
    for axes in panels[-1]:
        axes.set_xlabel(r"noise $\sigma\,/\,c$")
    drawing.align_ylabels()
    handles, labels = panels[0][0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=3)
    return (
        f"Share of runs that stay on the nodes for {integer(data, 'n_steps')} steps, with 95 % intervals, and mean "
        "speed of all runs, against the noise in the gradient: plateaus stand more noise than the paper's cubic."
    )


def _zero(sigma: np.ndarray) -> float:
    """Where σ = 0 is drawn."""
    return float(sigma[1]) / 8


def _axis(axes: Axes, sigma: np.ndarray, lowest: float) -> None:
    """A log axis with σ = 0 at its left end; values from `lowest` to 1."""
    axes.set_xscale("log")
    axes.set_xlim(_zero(sigma), sigma[-1] * 1.5)
    ticks = [_zero(sigma), *(10.0 ** np.arange(np.ceil(np.log10(sigma[1])), np.log10(sigma[-1]) + 0.5))]
    axes.set_xticks(ticks, ["0", *(log_label(tick) if i % 2 == 0 else "" for i, tick in enumerate(ticks[1:]))])
    axes.minorticks_off()
    axes.set_ylim(lowest - 0.03, 1.05)
    axes.set_yticks([0, 0.5, 1])


PLOT = Plot("noise", "noisy-gradient", "Survival and speed under gradient noise", 5.4, draw)
