"""What linear theory says of Adam's drift on a periodic function: multipliers of a small offset from the orbit.

With offset y = δx/α, A = δm/c, B = δv/2c² and curvature κ = α·f''/c at the iterates, one step of Adam
without ε is

    A' = β1·A + (1 − β1)κy,    B' = β2·B − (1 − β2)κy,    y' = y − A' − B'.

(y, A, B) = (1, κ, −κ) stays as it is: a start x0 with f'(x0) < 0 drifts exactly too, on gradients f'(x0). The two other
multipliers are the roots of λ² − (β1 + β2 − κ(β2 − β1))λ + β1β2, so both are inside the unit circle if and only if

    −(1 − β1)(1 − β2) < κ(β2 − β1) < (1 + β1)(1 + β2).

On the cubic κ = 6 to the right of a node and −6 to the left, on the spline ±4, on the sine and on plateaus 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from misstep.report.phase.overlay import Overlay

Array = npt.NDArray[np.float64]

CURVATURE = {"cubic": 6.0, "spline": 4.0, "sine": 0.0, "plateau": 0.0, "smooth_plateau": 0.0}
"""|κ| beside the nodes, by family."""

_POINTS = 400


def multiplier(beta1: Any, beta2: Any, kappa: float) -> Array:
    """The larger size of the two multipliers that are not 1."""
    total = np.asarray(beta1 + beta2 - kappa * (beta2 - beta1), dtype=np.complex128)
    root = np.sqrt(total * total - 4 * beta1 * beta2)
    return np.maximum(np.abs(total + root), np.abs(total - root)) / 2


def holds(beta1: Any, beta2: Any, kappa: float) -> npt.NDArray[np.bool_]:
    """Whether both are inside the unit circle."""
    turn = np.asarray(kappa * (beta2 - beta1))
    inside: npt.NDArray[np.bool_] = (turn > -(1 - beta1) * (1 - beta2)) & (turn < (1 + beta1) * (1 + beta2))
    return inside


def holds_on_both_sides(beta1: Any, beta2: Any, kappa: float) -> npt.NDArray[np.bool_]:
    """Whether they are so on both sides of the nodes: κ|β2 − β1| < (1 − β1)(1 − β2)."""
    return holds(beta1, beta2, kappa) & holds(beta1, beta2, -kappa)


def band(kappa: float, label: str, panel: int | None = None) -> tuple[Overlay, ...]:
    """The two borders of `holds_on_both_sides`."""
    upper, lower = _near(kappa)
    return _lines(label, panel, upper, lower)


def one_side(kappa: float, label: str, panel: int | None = None) -> tuple[Overlay, ...]:
    """The two borders of `holds`."""
    b = np.linspace(0, 0.9999, _POINTS)
    size = abs(kappa)
    far = (1 + (size + 1) * b) / (size - 1 - b)
    near = _near(size)[1]
    if kappa > 0:
        return _lines(label, panel, (b, far), near)
    return _lines(label, panel, (far, b), near[::-1])


def _near(kappa: float) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    # Evenly on a logit axis as well as on a linear one.
    b = np.union1d(np.linspace(0, 0.9999, _POINTS), 1 - np.logspace(0, -4, _POINTS))
    upper = (1 + (kappa - 1) * b) / (kappa + 1 - b)
    return (b, upper), (upper, b)


def _lines(label: str, panel: int | None, *curves: tuple[Array, Array]) -> tuple[Overlay, ...]:
    found = []
    for beta1, beta2 in curves:
        shown = (beta1 >= 0) & (beta2 >= 0) & (beta1 < 1) & (beta2 < 1)
        found.append(Overlay(label, np.where(shown, beta1, np.nan), np.where(shown, beta2, np.nan), panel))
    return tuple(found)
