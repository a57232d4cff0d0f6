"""Iterates that run away under a decreasing learning rate, with a gradient that vanishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from misstep.constructions.jets import Jet, largest_next_slope, smallest_lipschitz_constant
from misstep.errors import InvalidInput
from misstep.optimizers.base import Optimizer
from misstep.scalars import NumberKind, Scalar, convert, maximum, sqrt, zeros_like


@dataclass(frozen=True)
class VanishingGradient:
    """Jets (x_k, 0, −c_k), k = 0 … K, on the method's own iterates.

    Attributes:
        x: x_k, shape (K + 1,).
        slope: c_k, shape (K + 1,).
        L: Least Lipschitz constant of the derivative of a function through all jets (of balls, an enclosure).
        depth: Largest c_k·h_k. The extremal spline has f' ≥ −c_k on gap k, so it is above −depth everywhere.
        collapse: First k from which no positive slope fits L (greedy rule), else `None`; arrays end there.
    """

    x: npt.NDArray[Any]
    slope: npt.NDArray[Any]
    L: Scalar
    depth: Scalar
    collapse: int | None


def vanishing_gradient(
    optimizer: Optimizer[Any],
    *,
    slope: Scalar,
    n_steps: int,
    kind: NumberKind,
    L: Scalar | None = None,
    rule: Literal["greedy", "inverse-root"] = "greedy",
) -> VanishingGradient:
    """Choose gradients −c_k first, see where the method goes, and what Lipschitz constant a function then needs.

    All values f(x_k) are 0. The rule `"greedy"` takes
    c_{k+1} ≤ c_k as large as L allows (`largest_next_slope`); `"inverse-root"` takes c_k = c_0/√(k + 1) and reports the
    L it costs.

    Args:
        optimizer: The method, with a decreasing schedule.
        slope: c_0 > 0.
        n_steps: K ≥ 1.
        kind: Number kind to run in; `BALL` makes every number an enclosure.
        L: Allowed Lipschitz constant, for the greedy rule.
        rule: How slopes are chosen.

    Raises:
        InvalidInput: the greedy rule without L.

    >>> from misstep import InversePower, SignDescent
    >>> signs = SignDescent(learning_rate=InversePower(1))
    >>> found = vanishing_gradient(signs, slope=1, L=4, n_steps=100, kind=NumberKind.FLOAT64)
    >>> round(float(found.x[-1]), 2), round(float(found.slope[-1]), 2), round(float(found.L), 9)
    (18.59, 0.1, 4.0)
    """
    if rule == "greedy" and L is None:
        raise InvalidInput("the greedy rule needs the Lipschitz constant that is allowed: L is None")
    method = optimizer.cast(kind)
    c = first = convert(slope, kind)
    allowed = None if L is None else convert(L, kind)
    x = origin = zeros_like(c)
    state = method.init(origin)
    points, slopes = [x], [c]
    largest = depth = origin
    collapse = None
    for k in range(n_steps):
        # A step taken from 0 is the step itself, free of what x has gathered in radius or rounding.
        h, state = method.update(-c, state, origin)
        following = largest_next_slope(c, h, allowed) if rule == "greedy" else first / sqrt(convert(k + 2, kind))
        if following is None or not h * h > 0:
            collapse = k
            break
        x = x + h
        largest = maximum(largest, smallest_lipschitz_constant(Jet(origin, origin, -c), Jet(h, origin, -following)))
        depth = maximum(depth, c * h)
        c = following
        points.append(x)
        slopes.append(c)
    return VanishingGradient(
        np.array(points, dtype=kind.dtype), np.array(slopes, dtype=kind.dtype), largest, depth, collapse
    )
