"""Sign descent and Lion: steps of constant length, whatever the gradient's size."""

from __future__ import annotations

from dataclasses import dataclass

from misstep.optimizers.base import Optimizer, hyper_parameter, rate
from misstep.optimizers.checks import decay_rate, nonnegative, positive
from misstep.optimizers.schedules import Schedule
from misstep.scalars import Scalar, sign, zeros_like


@dataclass(frozen=True, kw_only=True)
class SignDescent(Optimizer[int]):
    """x_{k+1} = x_k − α·sign(g_k), with sign(0) = 0. The state is k.

    Args:
        learning_rate: α > 0, or a `Schedule` of k.

    Raises:
        InvalidInput: the learning rate is not positive.

    >>> from misstep import cubic, run
    >>> run(cubic("1/10"), SignDescent(learning_rate="1/10"), "0", 2).x.tolist()
    [0, 1/10, 1/5]

    Source: Bernstein et al. 2018 (signSGD).
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)

    def init(self, x: Scalar) -> int:  # noqa: ARG002
        """0, the number of the first step."""
        return 0

    def update(self, g: Scalar, state: int, x: Scalar) -> tuple[Scalar, int]:
        """One step of the recurrence above."""
        return x - rate(self.learning_rate, state) * sign(g), state + 1


@dataclass(frozen=True)
class LionState:
    """k and the momentum m."""

    k: int
    m: Scalar


@dataclass(frozen=True, kw_only=True)
class Lion(Optimizer[LionState]):
    """Lion: the sign of an interpolated momentum.

        u_k = sign(β1·m_{k−1} + (1 − β1)·g_k)
        m_k = β2·m_{k−1} + (1 − β2)·g_k,   m_{−1} = 0
        x_{k+1} = x_k − α·(u_k + weight_decay·x_k)

    Args:
        learning_rate: α > 0, or a `Schedule` of k.
        beta1: β1 in [0, 1).
        beta2: β2 in [0, 1).
        weight_decay: λ ≥ 0, decoupled; iterates stay within |x| ≤ 1/λ once there.

    Raises:
        InvalidInput: a hyper-parameter is out of range.

    >>> from misstep import cubic, run
    >>> run(cubic("1/10"), Lion(learning_rate="1/10"), "0", 2).x.tolist()
    [0, 1/10, 1/5]

    Source: Chen et al. 2023, Algorithm 2.
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)
    beta1: Scalar = hyper_parameter(decay_rate, "0.9")
    beta2: Scalar = hyper_parameter(decay_rate, "0.99")
    weight_decay: Scalar = hyper_parameter(nonnegative, 0)

    def init(self, x: Scalar) -> LionState:
        """m = 0."""
        return LionState(0, zeros_like(x))

    def update(self, g: Scalar, state: LionState, x: Scalar) -> tuple[Scalar, LionState]:
        """One step of the recurrence above."""
        direction = sign(self.beta1 * state.m + (1 - self.beta1) * g)
        m = self.beta2 * state.m + (1 - self.beta2) * g
        alpha = rate(self.learning_rate, state.k)
        return x - alpha * (direction + self.weight_decay * x), LionState(state.k + 1, m)
