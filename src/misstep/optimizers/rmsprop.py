"""RMSprop, plain, centered and with momentum."""

from __future__ import annotations

from dataclasses import dataclass

from misstep.optimizers.base import Optimizer, hyper_parameter, rate
from misstep.optimizers.checks import decay_rate, nonnegative, positive
from misstep.optimizers.schedules import Schedule
from misstep.scalars import Scalar, sqrt, zeros_like


@dataclass(frozen=True)
class RMSpropState:
    """k, the mean square v, the mean gradient (centered only) and the momentum buffer."""

    k: int
    v: Scalar
    mean: Scalar
    buffer: Scalar


@dataclass(frozen=True, kw_only=True)
class RMSprop(Optimizer[RMSpropState]):
    """RMSprop from a zero start.

        v_k = β2·v_{k−1} + (1 − β2)·g_k²
        a_k = β2·a_{k−1} + (1 − β2)·g_k                      (centered; else a = 0)
        b_k = momentum·b_{k−1} + g_k/(√(v_k − a_k² + eps_root) + eps)
        x_{k+1} = x_k − α·b_k

    Args:
        learning_rate: α > 0, or a `Schedule` of k.
        beta2: β2 in [0, 1): torch's `alpha`, optax's `decay`, Keras's `rho`.
        eps: ε ≥ 0 outside the root (torch).
        eps_root: ε ≥ 0 inside the root (Keras and optax's default).
        momentum: Momentum in [0, 1).
        centered: Whether the squared mean is subtracted.

    Raises:
        InvalidInput: a hyper-parameter is out of range.

    Where frameworks differ: torch has β2 = 0.99 and ε = 1e-8 outside the root, Keras and optax 0.9 and 1e-7 and 1e-8
    inside it.

    >>> from misstep import cubic, run
    >>> run(cubic(1), RMSprop(learning_rate="1/2", beta2="3/4", eps=0), "0", 1).x.tolist()
    [0, 1]

    Source: Tieleman & Hinton 2012, lecture 6.5; Graves 2013 (centered).
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)
    beta2: Scalar = hyper_parameter(decay_rate, "0.99")
    eps: Scalar = hyper_parameter(nonnegative, "1e-8")
    eps_root: Scalar = hyper_parameter(nonnegative, 0)
    momentum: Scalar = hyper_parameter(decay_rate, 0)
    centered: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.choose("centered", True, False)

    def init(self, x: Scalar) -> RMSpropState:
        """All zeros."""
        zero = zeros_like(x)
        return RMSpropState(0, zero, zero, zero)

    def update(self, g: Scalar, state: RMSpropState, x: Scalar) -> tuple[Scalar, RMSpropState]:
        """One step of the recurrence above."""
        v = self.beta2 * state.v + (1 - self.beta2) * (g * g)
        mean, variance = state.mean, v
        if self.centered:
            mean = self.beta2 * state.mean + (1 - self.beta2) * g
            variance = v - mean * mean
        buffer = self.momentum * state.buffer + g / (sqrt(variance + self.eps_root) + self.eps)
        return x - rate(self.learning_rate, state.k) * buffer, RMSpropState(state.k + 1, v, mean, buffer)
