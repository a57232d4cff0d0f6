"""Figure `decreasing-steps`: iterates that run away while the gradient vanishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misstep.report.figures.canvas import INK, floats, line_style, log_label
from misstep.report.figures.figure import Data, Plot
from misstep.reproduce import Setting

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


def draw(drawing: Drawing, data: Data, _setting: Setting) -> str:
    """x_k/α above |g_k|, both against k on log axes."""
    position, gradient = drawing.subplots(2, 1, sharex=True)
    names = [key.removesuffix(":k") for key in data if key.endswith(":k")]
    longest = max(floats(data, f"{name}:k")[-1] for name in names)
    k = np.array([1.0, longest])
    guide = {"color": INK, "linewidth": 0.9, "linestyle": (0, (1, 2))}
    position.plot(k, 2 * np.sqrt(k), label=r"$2\sqrt{k}$", **guide)
    gradient.plot(k, 1 / np.sqrt(k), label=r"$1/\sqrt{k}$", **guide)
    for i, name in enumerate(names):
        steps = floats(data, f"{name}:k")
        marks = (len(steps) // 12 * (1 + i), max(1, len(steps) // 5))
        for axes, what in ((position, "x"), (gradient, "g")):
            axes.plot(steps, floats(data, f"{name}:{what}"), label=name, markevery=marks, **line_style(i))
    for axes in (position, gradient):
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.xaxis.set_major_formatter(log_label)
        axes.yaxis.set_major_formatter(log_label)
        axes.minorticks_off()
    position.set_xlim(1, longest)
    position.set_ylabel(r"$x_k\,/\,\alpha$")
    gradient.set_ylabel(r"$|g_k|\,/\,c_0$")
    gradient.set_xlabel(r"step $k$")
    drawing.align_ylabels()
    position.legend(loc="upper left", title=r"$(\beta_1,\,\beta_2)$")
    gradient.legend(handles=gradient.lines[:1], loc="lower left")
    return (
        "Adam with steps α/√(k + 1) on functions built for it: the iterates run away, in the end like 2α√k, "
        "and the gradients they meet keep below c₀/√k."
    )


PLOT = Plot("decreasing-steps", "decreasing-steps", "Decreasing steps", 5.0, draw)
