"""Adamax: Adam with the infinity norm."""

from __future__ import annotations

from dataclasses import dataclass

from misstep.optimizers.base import Optimizer, hyper_parameter, rate
from misstep.optimizers.checks import decay_rate, nonnegative, positive
from misstep.optimizers.schedules import Schedule
from misstep.scalars import Scalar, absolute, maximum, zeros_like


@dataclass(frozen=True)
class AdamaxState:
    """k, m, u and the running power β1^k."""

    k: int
    m: Scalar
    u: Scalar
    beta1_power: Scalar


@dataclass(frozen=True, kw_only=True)
class Adamax(Optimizer[AdamaxState]):
    """Adamax from a zero start.

        m_k = β1·m_{k−1} + (1 − β1)·g_k
        u_k = max(β2·u_{k−1}, |g_k| + eps)
        x_{k+1} = x_k − (α/(1 − β1^{k+1}))·m_k/u_k

    Args:
        learning_rate: α > 0, or a `Schedule` of k.
        beta1: β1 in [0, 1).
        beta2: β2 in [0, 1).
        eps: ε ≥ 0 inside the maximum (torch, optax; Keras adds it to the denominator instead).

    Raises:
        InvalidInput: a hyper-parameter is out of range.

    >>> from misstep import cubic, run
    >>> run(cubic("1/10"), Adamax(learning_rate="1/10", eps=0), "0", 2).x.tolist()
    [0, 1/10, 1/5]

    Source: Kingma & Ba 2015, Algorithm 2.
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)
    beta1: Scalar = hyper_parameter(decay_rate, "0.9")
    beta2: Scalar = hyper_parameter(decay_rate, "0.999")
    eps: Scalar = hyper_parameter(nonnegative, "1e-8")

    def init(self, x: Scalar) -> AdamaxState:
        """m = u = 0 and β1⁰ = 1."""
        zero = zeros_like(x)
        return AdamaxState(0, zero, zero, zero + 1)

    def update(self, g: Scalar, state: AdamaxState, x: Scalar) -> tuple[Scalar, AdamaxState]:
        """One step of the recurrence above."""
        m = self.beta1 * state.m + (1 - self.beta1) * g
        u = maximum(self.beta2 * state.u, absolute(g) + self.eps)
        beta1_power = state.beta1_power * self.beta1
        step = rate(self.learning_rate, state.k) / (1 - beta1_power) * m / u
        return x - step, AdamaxState(state.k + 1, m, u, beta1_power)
