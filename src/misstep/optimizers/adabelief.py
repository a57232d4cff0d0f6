"""AdaBelief: Adam with the variance of the gradient around its mean, which vanishes on a constant gradient."""

from __future__ import annotations

from dataclasses import dataclass

from misstep.optimizers.base import Optimizer, hyper_parameter, rate
from misstep.optimizers.checks import decay_rate, nonnegative, positive
from misstep.optimizers.schedules import Schedule
from misstep.scalars import Scalar, sqrt, zeros_like


@dataclass(frozen=True)
class AdaBeliefState:
    """k, m, s and the running powers β1^k and β2^k."""

    k: int
    m: Scalar
    s: Scalar
    beta1_power: Scalar
    beta2_power: Scalar


@dataclass(frozen=True, kw_only=True)
class AdaBelief(Optimizer[AdaBeliefState]):
    """AdaBelief from a zero start with bias correction.

        m_k = β1·m_{k−1} + (1 − β1)·g_k
        s_k = β2·s_{k−1} + (1 − β2)·(g_k − m_k)² + eps_sum
        x_{k+1} = x_k − α·(m_k/(1 − β1^{k+1}))/(√(s_k/(1 − β2^{k+1}) + eps_root) + eps)

    Args:
        learning_rate: α > 0, or a `Schedule` of k.
        beta1: β1 in [0, 1).
        beta2: β2 in [0, 1).
        eps: ε ≥ 0 outside the root.
        eps_root: ε ≥ 0 inside the root, where it does not accumulate.
        eps_sum: ε ≥ 0 added to s at every step, where it accumulates (the paper's Algorithm 2; optax calls it
            `eps_root`).

    Raises:
        InvalidInput: a hyper-parameter is out of range.

    Where frameworks differ: the paper and optax add ε into s at every step (optax's `eps_root` = 1e-16 is `eps_sum`
    here) and optax another 1e-16 outside the root. On a constant gradient c the step grows to αc/√(eps_sum/(1 − β2)),
    or to αc/eps where eps_sum is 0.

    >>> import numpy as np
    >>> from misstep.scalars import NumberKind
    >>> method = AdaBelief(learning_rate=0.1, eps=1e-8).cast(NumberKind.FLOAT64)
    >>> x, _ = method.update(np.float64(-1), method.init(np.float64(0)), np.float64(0))
    >>> round(float(x), 4)
    0.1111

    Source: Zhuang et al. 2020.
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)
    beta1: Scalar = hyper_parameter(decay_rate, "0.9")
    beta2: Scalar = hyper_parameter(decay_rate, "0.999")
    eps: Scalar = hyper_parameter(nonnegative, "1e-16")
    eps_root: Scalar = hyper_parameter(nonnegative, 0)
    eps_sum: Scalar = hyper_parameter(nonnegative, 0)

    def init(self, x: Scalar) -> AdaBeliefState:
        """m = s = 0 and β1⁰ = β2⁰ = 1."""
        zero = zeros_like(x)
        return AdaBeliefState(0, zero, zero, zero + 1, zero + 1)

    def update(self, g: Scalar, state: AdaBeliefState, x: Scalar) -> tuple[Scalar, AdaBeliefState]:
        """One step of the recurrence above."""
        m = self.beta1 * state.m + (1 - self.beta1) * g
        s = self.beta2 * state.s + (1 - self.beta2) * ((g - m) * (g - m)) + self.eps_sum
        beta1_power = state.beta1_power * self.beta1
        beta2_power = state.beta2_power * self.beta2
        first, second = m / (1 - beta1_power), s / (1 - beta2_power)
        step = rate(self.learning_rate, state.k) * first / (sqrt(second + self.eps_root) + self.eps)
        return x - step, AdaBeliefState(state.k + 1, m, s, beta1_power, beta2_power)
