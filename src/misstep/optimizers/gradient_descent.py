"""Gradient descent, with a constant or scheduled learning rate."""

from __future__ import annotations

from dataclasses import dataclass

from misstep.optimizers.base import Optimizer, hyper_parameter, rate
from misstep.optimizers.checks import positive
from misstep.optimizers.schedules import Schedule
from misstep.scalars import Scalar


@dataclass(frozen=True, kw_only=True)
class GradientDescent(Optimizer[int]):
    """x_{k+1} = x_k − α_k·g_k. The state is k.

    Args:
        learning_rate: α > 0, or a `Schedule` of k.

    Raises:
        InvalidInput: the learning rate is not positive.

    >>> from misstep.scalars import NumberKind, exact
    >>> GradientDescent(learning_rate="1/2").cast(NumberKind.EXACT).update(exact(2), 0, exact(1))
    (0, 1)

    Source: Cauchy 1847.
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)

    def init(self, x: Scalar) -> int:  # noqa: ARG002
        """0, the number of the first step."""
        return 0

    def update(self, g: Scalar, state: int, x: Scalar) -> tuple[Scalar, int]:
        """One step of the recurrence above."""
        return x - rate(self.learning_rate, state) * g, state + 1
