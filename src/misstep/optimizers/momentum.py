"""Gradient descent with momentum: Polyak's heavy ball and Nesterov's accelerated gradient."""

from __future__ import annotations

from dataclasses import dataclass

from misstep.optimizers.base import Optimizer, hyper_parameter, rate
from misstep.optimizers.checks import decay_rate, positive
from misstep.optimizers.schedules import Schedule
from misstep.scalars import Scalar


@dataclass(frozen=True)
class MomentumState:
    """k, and the point before: x_{k−1} for the heavy ball, the un-extrapolated x_k for Nesterov's method."""

    k: int
    x_before: Scalar


@dataclass(frozen=True, kw_only=True)
class HeavyBall(Optimizer[MomentumState]):
    """x_{k+1} = x_k − α·g_k + β·(x_k − x_{k−1}), with x_{−1} = x_0.

    Args:
        learning_rate: α > 0, or a `Schedule` of k.
        momentum: β in [0, 1).

    Raises:
        InvalidInput: a hyper-parameter is out of range.

    Where frameworks differ: torch's `SGD(momentum=β)` and optax's `sgd` keep b = β·b + g and step −α·b; with a
    constant α the iterates are the same.

    >>> from misstep import run, PiecewisePolynomial
    >>> f = PiecewisePolynomial((-4, 1, 2, 4), ((200, -100, "25/2"), ("25/2", 25, "1/2"), (38, 26, "25/2")))
    >>> run(f, HeavyBall(learning_rate="1/9", momentum="4/9"), "33/10", 2).x.tolist()
    [33/10, -16/5, 14/5]

    Source: Polyak 1964.
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)
    momentum: Scalar = hyper_parameter(decay_rate, "0.9")

    def init(self, x: Scalar) -> MomentumState:
        """x_{−1} = x_0."""
        return MomentumState(0, x)

    def update(self, g: Scalar, state: MomentumState, x: Scalar) -> tuple[Scalar, MomentumState]:
        """One step of the recurrence above."""
        ahead = x - rate(self.learning_rate, state.k) * g + self.momentum * (x - state.x_before)
        return ahead, MomentumState(state.k + 1, x)


@dataclass(frozen=True, kw_only=True)
class Nesterov(Optimizer[MomentumState]):
    """x_{k+1} = y_k − α·f'(y_k),  y_{k+1} = x_{k+1} + β·(x_{k+1} − x_k),  with y_0 = x_0.

    Gradients are asked at y, so y is what a trajectory shows (as torch's parameters do).

    Args:
        learning_rate: α > 0, or a `Schedule` of k.
        momentum: β in [0, 1).

    Raises:
        InvalidInput: a hyper-parameter is out of range.

    Where frameworks differ: torch's `SGD(momentum=β, nesterov=True)` keeps b = β·b + g and steps −α·(g + β·b): with a
    constant α the same points.

    >>> from misstep.scalars import NumberKind, exact
    >>> method = Nesterov(learning_rate="1/2", momentum="1/2").cast(NumberKind.EXACT)
    >>> method.update(exact(2), method.init(exact(1)), exact(1))[0]
    -1/2

    Source: Nesterov 1983; this form in Sutskever et al. 2013.
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)
    momentum: Scalar = hyper_parameter(decay_rate, "0.9")

    def init(self, x: Scalar) -> MomentumState:
        """x_0 = y_0."""
        return MomentumState(0, x)

    def update(self, g: Scalar, state: MomentumState, x: Scalar) -> tuple[Scalar, MomentumState]:
        """One step of the recurrence above, from the point y = `x`."""
        x_next = x - rate(self.learning_rate, state.k) * g
        return x_next + self.momentum * (x_next - state.x_before), MomentumState(state.k + 1, x_next)
