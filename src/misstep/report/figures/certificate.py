"""The figure of a certificate: f with the iterates of the method on it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from misstep.report.certificate.methods import Recurrence, advance, recurrence
from misstep.report.certificate.piecewise import Piecewise, midpoint
from misstep.report.certificate.values import Unknown, Value
from misstep.report.figures.canvas import BLUE, INK, VERMILION, draw_figure
from misstep.report.figures.figure import Figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

NAME = "certificate"
_POINTS, _MOST, _LONGEST, _BITS = 1200, 40, 2000, 64


def draw_certificate(document: Mapping[str, Any], title: str) -> Figure | None:
    """The figure, or `None` where the certificate has no function of one variable.

    Raises:
        MissingDependency: matplotlib is not installed.
    """
    if document["function"] is None:
        return None
    f = Piecewise.of(document["function"])
    x = _iterates(document, f)
    seen = x if x and document["kind"] != "function" else [*x, f.knots[0], f.knots[-1]]
    low, high = min(seen), max(seen)
    margin = max((high - low) / 12, (f.knots[-1] - f.knots[0]) / 50)
    grid = [low - margin + (high - low + 2 * margin) * Fraction(i, _POINTS) for i in range(_POINTS + 1)]

    def draw(drawing: Drawing) -> str:
        axes = drawing.add_subplot()
        axes.plot(np.array(grid, dtype=float), np.array([f.jet(t)[0] for t in grid], dtype=float), color=BLUE)
        at, heights = np.array(x, dtype=float), np.array([f.jet(t)[0] for t in x], dtype=float)
        if document["kind"] == "cycle":
            axes.plot([*at, at[0]], [*heights, heights[0]], color=INK, linewidth=0.5, alpha=0.55)
        axes.plot(at, heights, "o", color=VERMILION, markeredgecolor=INK, markeredgewidth=0.6, zorder=3, clip_on=False)
        axes.margins(x=0)
        axes.set_xlabel(r"$t$")
        axes.set_ylabel(r"$f(t)$")
        return _caption(document["kind"], len(x))

    return draw_figure(NAME, title, 2.4, draw)


def _caption(kind: str, n: int) -> str:
    match kind:
        case "cycle" if n < _MOST:
            return "f with the points of the cycle (dots), joined in their order."
        case "cycle":
            return f"f with the points of the cycle (dots), joined in their order; the first {n} are drawn."
        case "drift":
            return f"f with {n} iterates around the beginning of the drift (dots)."
        case _:
            return "f with the points of the jets (dots)." if n else "f from its first knot to its last."


def _iterates(document: Mapping[str, Any], f: Piecewise) -> list[Fraction]:
    """The points of the jets, of the cycle, or of the drift from around its beginning."""
    claim = document["claim"]
    if document["kind"] == "function":
        return sorted({Fraction(x) for x, _, _ in claim["jets"]})[:_MOST]
    r = recurrence(document["method"])
    start = claim["start"] if document["kind"] == "drift" else claim["x"]
    low, high = map(Fraction, start if isinstance(start, list) else (start, start))
    state: dict[str, Value] = dict(r.state)
    for name, value in (claim["state"] or {}).items():
        ends = [Fraction(end) for end in (value if isinstance(value, list) else (value, value))]
        state[name] = (ends[0] + ends[1]) / 2
    if document["kind"] == "cycle":
        return _run(f, r, (low + high) / 2, state, min(claim["period"], _MOST), first=None)
    settles = min(claim["from"], _LONGEST)
    shown = max(min(3 * claim["period"], _MOST), 4)
    followed = _run(f, r, (low + high) / 2, state, settles + shown, first=0)
    return followed[-(shown + 2) :]


def _run(
    f: Piecewise, r: Recurrence, x: Fraction, state: dict[str, Value], n: int, first: int | None
) -> list[Fraction]:
    """n points of a run in which numbers are cut to 64 bits: enough to draw."""
    found = []
    for k in range(n):
        found.append(x)
        try:
            step, state = advance(r, state, f.jet(x)[1], None if first is None else first + k)
        except Unknown:
            break
        state = {name: _cut(value) for name, value in state.items()}
        x = _cut(x + step)
    return found


def _cut(value: Value) -> Fraction:
    return Fraction(round(midpoint(value) * 2**_BITS), 2**_BITS)
