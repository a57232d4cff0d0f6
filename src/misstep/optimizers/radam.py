"""RAdam: Adam that rectifies its step for the variance of the second moment, and waits until it has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from misstep.optimizers.base import Optimizer, hyper_parameter, rate
from misstep.optimizers.checks import decay_rate, nonnegative, positive
from misstep.optimizers.schedules import Schedule
from misstep.scalars import Scalar, compare, hull, maximum, sqrt, where, zeros_like
from misstep.traced import Traced


@dataclass(frozen=True)
class RAdamState:
    """k, m, v, the running powers β1^k and β2^k, and k·β2^k."""

    k: int
    m: Scalar
    v: Scalar
    beta1_power: Scalar
    beta2_power: Scalar
    weighted_power: Scalar


@dataclass(frozen=True, kw_only=True)
class RAdam(Optimizer[RAdamState]):
    """RAdam from a zero start.

        m_k = β1·m_{k−1} + (1 − β1)·g_k,   v_k = β2·v_{k−1} + (1 − β2)·g_k²
        m̂_k = m_k/(1 − β1^{k+1})
        ρ_∞ = 2/(1 − β2) − 1,   ρ_k = ρ_∞ − 2(k + 1)·β2^{k+1}/(1 − β2^{k+1})
        x_{k+1} = x_k − α·m̂_k                                        where ρ_k ≤ 5
        x_{k+1} = x_k − α·r_k·m̂_k·√(1 − β2^{k+1})/(√v_k + eps)       where ρ_k > 5
        r_k = √((ρ_k − 4)(ρ_k − 2)ρ_∞/((ρ_∞ − 4)(ρ_∞ − 2)ρ_k))

    Args:
        learning_rate: α > 0, or a `Schedule` of k.
        beta1: β1 in [0, 1).
        beta2: β2 in [0, 1).
        eps: ε ≥ 0 beside the uncorrected root.

    Raises:
        InvalidInput: a hyper-parameter is out of range.
        IrrationalResult: exact arithmetic, once r_k is not rational.

    Where frameworks differ: torch's threshold is ρ_k > 5, as here; optax's is ρ_k ≥ 5, and its ε stands beside the
    corrected root.

    >>> from misstep import cubic, run
    >>> run(cubic("1/10"), RAdam(learning_rate="1/10", eps=0), "0", 3).x.tolist()
    [0, 1/10, 1/5, 3/10]

    Source: Liu et al. 2020, Algorithm 2.
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)
    beta1: Scalar = hyper_parameter(decay_rate, "0.9")
    beta2: Scalar = hyper_parameter(decay_rate, "0.999")
    eps: Scalar = hyper_parameter(nonnegative, "1e-8")

    def init(self, x: Scalar) -> RAdamState:
        """m = v = 0, β1⁰ = β2⁰ = 1 and 0·β2⁰ = 0."""
        zero = zeros_like(x)
        return RAdamState(0, zero, zero, zero + 1, zero + 1, zero)

    def update(self, g: Scalar, state: RAdamState, x: Scalar) -> tuple[Scalar, RAdamState]:
        """One step of the recurrence above."""
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * (g * g)
        weighted = self.beta2 * (state.weighted_power + state.beta2_power)
        beta1_power = state.beta1_power * self.beta1
        beta2_power = state.beta2_power * self.beta2
        limit = 2 / (1 - self.beta2) - 1
        rho = limit - 2 * weighted / (1 - beta2_power)
        scale = _scale(rho, limit, 1 - beta2_power, v, self.eps)
        step = rate(self.learning_rate, state.k) * (m / (1 - beta1_power)) * scale
        return x - step, RAdamState(state.k + 1, m, v, beta1_power, beta2_power, weighted)


THRESHOLD = 5
"""ρ_k beyond which the variance of the second moment is taken to be finite."""


def _scale(rho: Scalar, limit: Scalar, correction: Scalar, v: Scalar, eps: Scalar) -> Scalar:
    """What multiplies α·m̂: r·√(1 − β2^{k+1})/(√v + ε), or 1 up to the threshold."""
    given = (rho, limit, correction, v, eps)
    if any(isinstance(number, np.ndarray) and number.dtype == object for number in given):
        return np.frompyfunc(_scale, 5, 1)(*given)
    if isinstance(rho, (np.ndarray, np.generic, float, Traced)):
        # Below the threshold, what is not used is kept away from roots of negative numbers and from 0/0.
        above: Any = rho > THRESHOLD  # type: ignore[operator]
        return where(above, _rectified(maximum(rho, THRESHOLD), *given[1:3], where(above, v, 1), eps), 1)
    order = compare(rho, rho * 0 + THRESHOLD)
    if order is None:
        return hull([rho * 0 + 1, _rectified(*given)])
    return _rectified(*given) if order > 0 else rho * 0 + 1


def _rectified(rho: Scalar, limit: Scalar, correction: Scalar, v: Scalar, eps: Scalar) -> Scalar:
    variance = (rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho)
    return sqrt(variance) * sqrt(correction) / (sqrt(v) + eps)
