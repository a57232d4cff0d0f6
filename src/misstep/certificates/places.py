"""Where the iterates of a drift are, and which gradients they meet there."""

from __future__ import annotations

from misstep.certificates.conditions import equal, require
from misstep.certificates.drift_form import Drift
from misstep.certificates.functions import Line
from misstep.certificates.intervals import Interval


def look(drift: Drift, line: Line, x: Interval, i: int) -> None:
    """f' over X_i is w_i, and X_i lies in the part of f that repeats or beyond.

    Args:
        drift: The certificate.
        line: Its function.
        x: X_i.
        i: The place in the word.

    Raises:
        Stop: It is violated, or of f' undecided.
    """
    w, g = drift.word[i], line.enclose(x, 1)
    require(equal(g, Interval.point(w)), "f' over X_{} = {} is w_{} = {}: it is {}", i, x, i, w, g)
    require(line.repeated(x, right=drift.shift > 0), "X_{} = {} lies in the repeated part or beyond", i, x)
