"""Figure `perturbed-start`: when the drift ends, by function, pair and start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misstep.report.figures.canvas import (
    COLORMAP,
    INK,
    family_label,
    floats,
    integer,
    log_label,
    pair,
    panel_title,
    suffixes,
)
from misstep.report.figures.figure import Data, Plot
from misstep.reproduce import Setting

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


def draw(drawing: Drawing, data: Data, _setting: Setting) -> str:
    """A panel a family, a row a pair, a column a start; blank cells stay on the orbit."""
    from matplotlib.colors import LogNorm

    steps = integer(data, "n_steps")
    offsets = floats(data, "offsets")
    labels = [pair(betas) for betas in floats(data, "pairs")]
    names = suffixes(data, "departure:")
    panels = np.atleast_1d(drawing.subplots(len(names), 1, sharex=True))
    norm = LogNorm(1, steps)
    for axes, name in zip(panels, names, strict=True):
        departure = floats(data, f"departure:{name}")
        # A run that starts off the orbit has left at step 0; the axis of colors begins with 1.
        shown = np.ma.masked_where(departure > steps, np.maximum(departure, 1.0))
        image = axes.imshow(shown, norm=norm, cmap=COLORMAP, aspect="auto", interpolation="none")
        axes.patch.set(hatch="////", facecolor="none", edgecolor=INK, alpha=0.5)
        axes.grid(visible=False)
        axes.set_yticks(range(len(labels)), labels, fontsize=7)
        axes.tick_params(axis="y", length=0)
        panel_title(axes, family_label(name))
    shown_at = [i for i, offset in enumerate(offsets) if _is_labeled(offset)]
    panels[-1].set_xticks(shown_at, [_offset_label(offsets[i]) for i in shown_at])
    panels[-1].set_xlabel(r"start $x_0\,/\,\alpha$")
    drawing.supylabel(r"$(\beta_1,\,\beta_2)$", fontsize=8.5)
    colors = drawing.colorbar(image, ax=list(panels), location="top", aspect=40, pad=0.02, format=log_label)
    colors.ax.minorticks_off()
    colors.set_label("step at which the run leaves the orbit (hatched: never)")
    return (
        f"Step at which Adam, started at x₀ ≠ 0, leaves the orbit within {steps} steps: plateaus absorb offsets that "
        "end the drift on the spline and the cubic (hatched: stays)."
    )


def _is_labeled(offset: float) -> bool:
    """0, and the sizes 10⁻¹⁰, 10⁻⁵, 0.1 and 0.4: labels of other columns would overlap."""
    size = abs(offset)
    return any(np.isclose(size, shown, rtol=1e-6, atol=0) for shown in (0.0, 1e-10, 1e-5, 0.1, 0.4))


def _offset_label(offset: float) -> str:
    size = abs(offset)
    if size == 0:
        return "0"
    sign = "−" if offset < 0 else ""
    return f"{sign}{size:g}" if size > 1e-3 else rf"${sign and '-'}10^{{{round(np.log10(size))}}}$"


PLOT = Plot("perturbed-start", "perturbed-start", "When the drift ends, by start", 6.8, draw)
