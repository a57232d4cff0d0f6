"""What becomes of a small deviation from an orbit that a method repeats."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from misstep.errors import InvalidInput
from misstep.functions.base import Function, LineFunction, Side
from misstep.optimizers.base import Optimizer
from misstep.scalars import NumberKind, Scalar, convert, kind_of

Matrix: TypeAlias = npt.NDArray[np.float64]

NEUTRAL = 1e-6
"""How far from 1 a multiplier may be and still count as 1."""

_STEP = 1e-6
"""Relative size of the differences that derivatives are taken from."""


@dataclass(frozen=True)
class Stability:
    """Multipliers of a period: the spectral radius of the Jacobian of the return map.

    Attributes:
        left: With f'' taken from the left at every point of the orbit.
        right: With f'' taken from the right.
    """

    left: float
    right: float

    @property
    def multiplier(self) -> float:
        """The larger of the two."""
        return max(self.left, self.right)

    @property
    def kind(self) -> Literal["attracting", "neutral", "repelling"]:
        """`"attracting"` for a multiplier below 1, `"neutral"` within `NEUTRAL` of it, `"repelling"` above."""
        if abs(self.multiplier - 1) <= NEUTRAL:
            return "neutral"
        return "attracting" if self.multiplier < 1 else "repelling"


def stability(function: Function, optimizer: Optimizer[Any], x: Scalar, state: Any, period: int) -> Stability:
    """The multiplier of the orbit through (x, state) that `optimizer` repeats after `period` steps, up to a shift.

    By the chain rule the Jacobian of a period is a product of one factor a step,

        ∂(x_{k+1}, s_{k+1})/∂(x_k, s_k) + ∂(x_{k+1}, s_{k+1})/∂g_k · f''(x_k)

    with s what the state holds besides counters. Derivatives of the recurrence are central differences of the method's
    own `update` in float64. Only the part of (x, s) counts that x influences and that influences x in turn: the running
    powers of a bias correction, or a maximum that is not used, are no deviation of the orbit.

    At the nodes of a spline f'' jumps. Then the return map has a derivative from either side only, and each is taken
    with one side at all points of the orbit. A deviation that changes sides on the way mixes them: such an orbit may
    repel with both multipliers below 1.

    Args:
        function: f. On the line its `curvature` is used, exactly where x is exact, and just beside x where it is a
            float; in R^n one-sided differences of the gradient.
        optimizer: The method.
        x: A point of the orbit; its kind is that of the run.
        state: The method's state at x, from which steps repeat: of a `PeriodicRegime`, or of a long run.
        period: p ≥ 1.

    Raises:
        InvalidInput: p < 1, or the steps of a second period are not those of the first.

    On the paper's cubic the drift repels, more than twofold in every step; on a plateau it is neutral.

    >>> from misstep import Adam, cubic, plateau
    >>> from misstep.constructions import periodic_regime
    >>> adam = Adam(learning_rate="1/10", eps=0)
    >>> state = periodic_regime(adam, [-1]).state
    >>> found = stability(cubic("1/10"), adam, "1/10", state, 1)
    >>> found.kind, round(found.left, 3), stability(plateau("1/10"), adam, "1/10", state, 1).kind
    ('repelling', 2.056, 'neutral')
    """
    if period < 1:
        raise InvalidInput(f"period = {period} must be at least 1")
    kind = kind_of(x)
    orbit = _Orbit(function, optimizer.cast(kind), convert(x, kind), state, period)
    orbit.check()
    floats = optimizer.cast(NumberKind.FLOAT64)
    left, right = (_radius(list(orbit.factors(floats, side)), function.dimension) for side in ("left", "right"))
    return Stability(left, right)


class _Orbit:
    """Points, gradients and states of two periods."""

    def __init__(self, function: Function, method: Optimizer[Any], x: Scalar, state: Any, period: int) -> None:
        self._function, self._period = function, period
        self._x, self._g, self._states = [x], [], [state]
        for _ in range(2 * period):
            g = function.gradient(x)
            x, state = method.update(g, state, x)
            self._g.append(g)
            self._x.append(x)
            self._states.append(state)
        self._points, self._gradients = _float_rows(self._x), _float_rows(self._g)
        self._memory = np.stack([_memory(state)[0] for state in self._states])
        steps = np.abs(np.diff(self._points, axis=0))
        self._pace = float(steps.max())

    def check(self) -> None:
        """That steps repeat."""
        steps = np.diff(self._points, axis=0)
        change = np.abs(steps[self._period :] - steps[: self._period]).max()
        if not change <= 1e-6 * self._pace:
            raise InvalidInput(
                f"the steps of a second period of {self._period} differ from the first's by {change:.3g}: "
                "give a point and a state of a periodic orbit"
            )

    def factors(self, method: Optimizer[Any], side: Side) -> Iterator[Matrix]:
        """The Jacobians of the p steps of the first period."""
        d = self._points.shape[1]
        rebuild = _memory(self._states[0])[1]
        single = np.ndim(self._x[0]) == 0

        def step(values: Matrix) -> Matrix:
            parts = [values[:d], values[d : 2 * d]]
            g, x = (np.float64(part[0]) if single else part for part in parts)
            x, state = method.update(g, rebuild(values[2 * d :]), x)
            return np.concatenate([np.atleast_1d(x), _memory(state)[0]])

        inputs = (self._gradients, self._points, self._memory)
        rows = np.concatenate([part[: self._period] for part in inputs], axis=1)
        sizes = np.abs(rows).max(axis=0)
        widths = _STEP * np.where(sizes > 0, sizes, 1.0)
        for k, values in enumerate(rows):
            columns = []
            for i, width in enumerate(widths):
                up, down = values.copy(), values.copy()
                up[i] += width
                down[i] -= width
                columns.append((step(up) - step(down)) / (up[i] - down[i]))
            by_g, rest = np.stack(columns[:d], axis=1), np.stack(columns[d:], axis=1)
            rest[:, :d] += by_g @ self._hessian(k, side)
            yield rest

    def _hessian(self, k: int, side: Side) -> Matrix:
        f, x = self._function, self._x[k]
        sign = 1.0 if side == "right" else -1.0
        if isinstance(f, LineFunction):
            # A float stands beside the node that it is near.
            exact = kind_of(x) is NumberKind.EXACT
            curvature = f.curvature(x if exact else x + sign * 1e-9 * self._pace, side=side)
            return np.array([[float(curvature)]])
        point, d = self._points[k], self._points.shape[1]
        width = sign * _STEP * self._pace
        moved = point + width * np.eye(d)
        hessian: Matrix = ((f.gradient(moved) - f.gradient(point)) / width).T
        return hessian


def _float_rows(numbers: list[Any]) -> Matrix:
    """Numbers or vectors as the rows of a float64 matrix."""
    return np.stack([np.atleast_1d(np.asarray(convert(number, NumberKind.FLOAT64))) for number in numbers])


def _memory(state: Any) -> tuple[Matrix, Callable[[Matrix], Any]]:
    """The numbers of a state in a row, counters left out, and the state that another such row stands for."""
    if not dataclasses.is_dataclass(state):
        return np.empty(0), lambda _: state
    fields = [(field.name, getattr(state, field.name)) for field in dataclasses.fields(state)]
    held = [(name, np.asarray(convert(value, NumberKind.FLOAT64))) for name, value in fields if not _counts(value)]

    def rebuild(values: Matrix) -> Any:
        changes, start = {}, 0
        for name, value in held:
            part = values[start : start + value.size]
            changes[name] = np.float64(part[0]) if value.ndim == 0 else part.reshape(value.shape)
            start += value.size
        return dataclasses.replace(state, **changes)  # type: ignore[type-var]

    return np.concatenate([np.empty(0), *(value.ravel() for _, value in held)]), rebuild


def _counts(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) or value is None


def _radius(factors: list[Matrix], dimension: int) -> float:
    """The spectral radius of the product of the factors, on what x influences and is influenced by."""
    product = np.eye(len(factors[0]))
    linked = np.zeros(product.shape, bool)
    for factor in factors:
        product = factor @ product
        # What is not asked for leaves a difference of exactly 0.
        linked |= factor != 0
    n = len(product)
    reach = np.eye(n, dtype=bool) | linked
    for _ in range(max(1, math.ceil(math.log2(n + 1)))):
        reach = reach @ reach
    # reach[i, j]: component j influences component i. The coordinates of x come first.
    kept = reach[:, :dimension].any(axis=1) & reach[:dimension].any(axis=0)
    part = product[np.ix_(kept, kept)]
    return float(np.abs(np.linalg.eigvals(part)).max())
