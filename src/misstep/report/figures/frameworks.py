"""Figure `frameworks`: how far the Adam of each framework is from the orbit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misstep.report.figures.canvas import BLUE, INK, VERMILION, floats, log_label, panel_title
from misstep.report.figures.figure import Data, Plot
from misstep.reproduce import Setting

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

_PANELS = {
    "paper": "the paper's function, nodes α apart",
    "matched": "the same, nodes one step of the optimizer apart",
    "plateau": "plateaus, nodes one step of the optimizer apart",
}
_MARKS = {"torch": (VERMILION, "s"), "optax": (BLUE, "o"), "keras": (INK, "^")}
_DASHES = {"float64": "-", "float32": (0.0, (2.5, 1.5))}


def draw(drawing: Drawing, data: Data, setting: Setting) -> str:
    """|x_k − k·spacing|/α against k on log axes, for the first pair of betas."""
    runs = [key.split("/") for key in data]
    betas = runs[0][3]
    cases = [case for case in _PANELS if any(run[1] == case for run in runs)]
    panels = drawing.subplots(len(cases), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    n_steps = 1
    for axes, case in zip(panels, cases, strict=True):
        for order, (framework, _, dtype, _) in enumerate(run for run in runs if run[1] == case and run[3] == betas):
            offset = np.abs(floats(data, f"{framework}/{case}/{dtype}/{betas}")) / float(setting.alpha)
            n_steps = len(offset) - 1
            k = np.unique(np.geomspace(1, n_steps, 120).astype(int))
            color, marker = _MARKS.get(framework, (INK, "v"))
            axes.plot(
                k,
                np.where(offset[k] > 0, offset[k], np.nan),
                color=color,
                marker=marker,
                markersize=3.2,
                markevery=(3 + 4 * order, 26),
                linestyle=_DASHES.get(dtype, "-"),
                linewidth=1.1,
                label=f"{framework}, {dtype}",
            )
        axes.axhline(0.5, color=INK, linewidth=0.7, linestyle=(0, (1, 2)))
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.xaxis.set_major_formatter(log_label)
        axes.yaxis.set_major_formatter(log_label)
        axes.minorticks_off()
        panel_title(axes, _PANELS[case])
    panels[len(panels) // 2].set_ylabel(r"$|x_k - k\cdot$spacing$|\,/\,\alpha$")
    panels[-1].set_xlabel(r"step $k$")
    panels[-1].set_xlim(1, n_steps)
    panels[-1].set_ylim(1e-16, None)
    handles, labels = panels[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=3)
    return (
        f"Distance from the orbit with the frameworks' own Adam, (β1, β2) = ({betas.replace(',', ', ')}): on the "
        "paper's function ε and rounding grow beyond half a spacing (dotted line), on plateaus they do not."
    )


PLOT = Plot("frameworks", "frameworks", "Distance from the orbit in torch, optax and Keras", 6.0, draw)
