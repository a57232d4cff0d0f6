"""What a method does, in the long run, on gradients that repeat a word."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq

from misstep.errors import InvalidInput
from misstep.optimizers import (
    Adam,
    AdamState,
    GradientDescent,
    HeavyBall,
    Lion,
    LionState,
    MomentumState,
    Nesterov,
    Optimizer,
    SignDescent,
)
from misstep.scalars import Exactable, NumberKind, Scalar, convert, exact

_MOST_PERIODS = 20_000
"""Periods run in floating point before a method is said not to settle."""


@dataclass(frozen=True)
class PeriodicRegime:
    """The steps that a method repeats on the gradients w_0, …, w_{p−1}, w_0, ….

    Attributes:
        gradients: The word, p numbers.
        nodes: x_0 = 0, x_1, …, x_{p−1}: where the gradients are asked; the next period begins at `shift`.
        shift: Displacement in a period: 0 for a cycle, else a drift.
        state: The method's state at x_0 from which it repeats, in `kind`.
        kind: `EXACT` where the regime is an exact fixed point of the method's own recurrence, else `FLOAT64`.
    """

    gradients: npt.NDArray[Any]
    nodes: npt.NDArray[Any]
    shift: Scalar
    state: Any
    kind: NumberKind

    @property
    def period(self) -> int:
        """p, the length of the word."""
        return len(self.gradients)


def periodic_regime(optimizer: Optimizer[Any], gradients: Sequence[Exactable]) -> PeriodicRegime:
    """The regime that `optimizer` settles into on the periodic gradient stream `gradients`.

    Exact for methods whose memory is linear in the stream: with momentum factor β a period maps the memory m to
    β^p·m + b, so it repeats from m = b/(1 − β^p) on. These are Adam without AMSGrad and weight decay on gradients of
    one size (v is then constant), Lion, heavy ball, Nesterov, gradient descent and sign descent, with rational
    hyper-parameters and a constant learning rate. The fixed point is checked with the method's own `update`: one
    period must give back the state. Any other method is run in float64 until its steps repeat to 1e-12.

    Args:
        optimizer: The method.
        gradients: The word: exact numbers, at least one.

    Raises:
        InvalidInput: the word is empty, or the method does not settle in 20 000 periods.

    >>> regime = periodic_regime(Adam(learning_rate=1, beta1="1/2", eps=0), [-1, -1, 1, 1])
    >>> regime.nodes.tolist(), regime.shift, regime.kind.value
    ([0, 1/5, 4/5, 3/5], 0, 'exact')
    """
    word = [exact(g) for g in gradients]
    if not word:
        raise InvalidInput("the word has no gradients: at least one is needed")
    found = _exact_regime(optimizer, word)
    return found if found is not None else _settled(optimizer, word)


@dataclass(frozen=True)
class LinearRegime:
    """The regime of a method whose steps are linear in the gradients, for all words of length p at once.

    Attributes:
        nodes: x_j = Σ_k nodes[j][k]·w_k for the word w, p rows of p exact numbers.
        shift: Displacement in a period Σ_k shift[k]·w_k.
    """

    nodes: tuple[tuple[fmpq, ...], ...]
    shift: tuple[fmpq, ...]


def linear_regime(optimizer: Optimizer[Any], period: int) -> LinearRegime:
    """What `periodic_regime` is as a function of the word, for gradient descent, heavy ball and Nesterov.

    Args:
        optimizer: The method, with exact hyper-parameters and a constant learning rate.
        period: p ≥ 1.

    Raises:
        InvalidInput: the method's steps are not linear in the gradients, or not exact.

    >>> linear_regime(GradientDescent(learning_rate="1/2"), 2)
    LinearRegime(nodes=((0, 0), (-1/2, 0)), shift=(-1/2, -1/2))
    """
    name = type(optimizer).__name__
    if not isinstance(optimizer, GradientDescent | HeavyBall | Nesterov):
        raise InvalidInput(
            f"the steps of {name} are not linear in the gradients: GradientDescent, HeavyBall or Nesterov is needed"
        )
    columns = [periodic_regime(optimizer, [int(j == k) for j in range(period)]) for k in range(period)]
    if any(column.kind is not NumberKind.EXACT for column in columns):
        raise InvalidInput(f"{name} has no exact regime: give constant hyper-parameters as exact numbers")
    rows = zip(*(column.nodes.tolist() for column in columns), strict=True)
    return LinearRegime(tuple(rows), tuple(column.shift for column in columns))


def _exact_regime(optimizer: Optimizer[Any], word: Sequence[fmpq]) -> PeriodicRegime | None:
    """The regime as an exact fixed point, or `None` for methods and numbers that have none here."""
    try:
        method = optimizer.cast(NumberKind.EXACT)
        state = _fixed_point(method, word)
        if state is None:
            return None
        points, x = [], fmpq(0)
        first = state
        for g in word:
            points.append(x)
            x, state = method.update(g, state, x)
    except (InvalidInput, ArithmeticError):  # a float hyper-parameter, or a root that is not rational
        return None
    if _memory(first, fmpq(0)) != _memory(state, x):
        return None
    return PeriodicRegime(np.array(word, dtype=object), np.array(points, dtype=object), x, first, NumberKind.EXACT)


def _fixed_point(method: Optimizer[Any], word: Sequence[fmpq]) -> Any:
    """The state at x = 0 that a period gives back: m = b/(1 − β^p), b what a period makes of an empty memory."""
    zero, one = fmpq(0), fmpq(1)
    match method:
        case GradientDescent() | SignDescent():
            return 0
        case Adam(amsgrad=None, weight_decay=decay) if decay == 0 and len({abs(g) for g in word}) == 1:
            # In the long run the powers of β1 and β2 are 0: bias correction is over.
            empty = AdamState(1, zero, word[0] ** 2, zero, zero, zero)
            m = _after(method, empty, word).m / (1 - method.beta1 ** len(word))
            return dataclasses.replace(empty, m=m)
        case Lion(weight_decay=decay) if decay == 0:
            m = _after(method, LionState(1, zero), word).m / (1 - method.beta2 ** len(word))
            return LionState(1, m)
        case HeavyBall() | Nesterov():
            x, last = zero, MomentumState(1, zero)
            for g in word:
                x, last = method.update(g, last, x)
            return MomentumState(1, -(x - last.x_before) / (one - method.momentum ** len(word)))
    return None


def _after(method: Optimizer[Any], state: Any, word: Sequence[fmpq]) -> Any:
    x = fmpq(0)
    for g in word:
        x, state = method.update(g, state, x)
    return state


def _memory(state: Any, x: fmpq) -> tuple[Any, ...]:
    """What of a state decides the steps to come: not k, and points only relative to x."""
    if isinstance(state, MomentumState):
        return (x - state.x_before,)
    if isinstance(state, int):
        return ()
    return tuple(getattr(state, field.name) for field in dataclasses.fields(state) if field.name != "k")


def _settled(optimizer: Optimizer[Any], word: Sequence[fmpq]) -> PeriodicRegime:
    """The regime by running in float64, each step taken from 0 so that no position piles up rounding."""
    method = optimizer.cast(NumberKind.FLOAT64)
    gradients = convert(np.array(word, dtype=object), NumberKind.FLOAT64)
    x, state = np.float64(0), method.init(np.float64(0))
    before: npt.NDArray[Any] | None = None
    for _ in range(_MOST_PERIODS):
        points = np.empty(len(word) + 1)
        points[0], first = x, state
        with np.errstate(all="ignore"):
            for j, g in enumerate(gradients):
                x, state = method.update(g, state, x)
                points[j + 1] = x
        steps = np.diff(points)
        if not np.isfinite(steps).all():
            break
        scale = float(np.abs(steps).max())
        if before is not None and float(np.abs(steps - before).max()) <= 1e-12 * scale + 4e-16 * abs(float(x)):
            return PeriodicRegime(gradients, points[:-1] - points[0], points[-1] - points[0], first, NumberKind.FLOAT64)
        before = steps
    raise InvalidInput(
        f"{type(optimizer).__name__} does not settle on the word ({', '.join(map(str, word))}): "
        f"its steps do not repeat within {_MOST_PERIODS} periods"
    )
