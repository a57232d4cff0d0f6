"""NAdam: Adam with Nesterov momentum."""

from __future__ import annotations

import math
from dataclasses import dataclass

from misstep.elementary import exp
from misstep.errors import IrrationalResult
from misstep.optimizers.base import Optimizer, hyper_parameter, rate
from misstep.optimizers.checks import decay_rate, nonnegative, positive
from misstep.optimizers.schedules import Schedule
from misstep.scalars import NumberKind, Scalar, convert, kind_of, sqrt, zeros_like


@dataclass(frozen=True)
class NAdamState:
    """k, m, v, the product of the momenta so far and the running power β2^k."""

    k: int
    m: Scalar
    v: Scalar
    momentum_product: Scalar
    beta2_power: Scalar


@dataclass(frozen=True, kw_only=True)
class NAdam(Optimizer[NAdamState]):
    """NAdam from a zero start.

        m_k = β1·m_{k−1} + (1 − β1)·g_k,   v_k = β2·v_{k−1} + (1 − β2)·g_k²
        μ_k = β1·(1 − ½·0.96^{(k+1)·momentum_decay}),   or β1 where momentum_decay is None
        m̄_k = μ_{k+1}·m_k/(1 − Π_{i ≤ k+1} μ_i) + (1 − μ_k)·g_k/(1 − Π_{i ≤ k} μ_i)
        x_{k+1} = x_k − α·m̄_k/(√(v_k/(1 − β2^{k+1})) + eps)

    Args:
        learning_rate: α > 0, or a `Schedule` of k.
        beta1: β1 in [0, 1).
        beta2: β2 in [0, 1).
        eps: ε ≥ 0 outside the root.
        momentum_decay: ψ ≥ 0 of the momentum schedule (torch and Keras 4e-3), or `None` for constant momentum (optax).

    Raises:
        InvalidInput: a hyper-parameter is out of range.
        IrrationalResult: exact arithmetic with a momentum schedule.

    >>> from misstep import cubic, run
    >>> method = NAdam(learning_rate="1/10", eps=0, momentum_decay=None)
    >>> run(cubic("1/10"), method, "0", 1).x.tolist()
    [0, 14/95]

    Source: Dozat 2016.
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)
    beta1: Scalar = hyper_parameter(decay_rate, "0.9")
    beta2: Scalar = hyper_parameter(decay_rate, "0.999")
    eps: Scalar = hyper_parameter(nonnegative, "1e-8")
    momentum_decay: Scalar | None = hyper_parameter(nonnegative, "0.004", optional=True)

    def init(self, x: Scalar) -> NAdamState:
        """m = v = 0, empty products 1."""
        zero = zeros_like(x)
        return NAdamState(0, zero, zero, zero + 1, zero + 1)

    def update(self, g: Scalar, state: NAdamState, x: Scalar) -> tuple[Scalar, NAdamState]:
        """One step of the recurrence above."""
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * (g * g)
        momentum, momentum_next = self._momentum(state.k), self._momentum(state.k + 1)
        product = state.momentum_product * momentum
        beta2_power = state.beta2_power * self.beta2
        ahead = momentum_next * m / (1 - product * momentum_next) + (1 - momentum) * g / (1 - product)
        step = rate(self.learning_rate, state.k) * ahead / (sqrt(v / (1 - beta2_power)) + self.eps)
        return x - step, NAdamState(state.k + 1, m, v, product, beta2_power)

    def _momentum(self, k: int) -> Scalar:
        """μ_k."""
        if self.momentum_decay is None:
            return self.beta1
        kind = kind_of(self.momentum_decay)
        if kind is NumberKind.EXACT:
            raise IrrationalResult("the momentum schedule is not rational: use balls, or momentum_decay=None")
        exponent = (k + 1) * self.momentum_decay
        if kind is NumberKind.BALL:
            return self.beta1 * (1 - convert("0.96", kind) ** exponent / 2)
        return self.beta1 * (1 - exp(exponent * math.log(0.96)) / 2)
