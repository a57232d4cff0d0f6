"""AdaGrad: the positive control, whose steps on a constant gradient vanish."""

from __future__ import annotations

from dataclasses import dataclass

from misstep.optimizers.base import Optimizer, hyper_parameter, rate
from misstep.optimizers.checks import nonnegative, positive
from misstep.optimizers.schedules import Schedule
from misstep.scalars import Scalar, sqrt, zeros_like


@dataclass(frozen=True)
class AdaGradState:
    """k and the sum of squared gradients."""

    k: int
    total: Scalar


@dataclass(frozen=True, kw_only=True)
class AdaGrad(Optimizer[AdaGradState]):
    """Steps divided by the root of the sum of all squared gradients.

        G_k = G_{k−1} + g_k²,   G_{−1} = initial_accumulator
        x_{k+1} = x_k − α·g_k/(√(G_k + eps_root) + eps)

    On a constant gradient c the step is α/√(k + 1) for eps = 0: no function with Lipschitz gradient keeps it drifting
    with |g| = c.

    Args:
        learning_rate: α > 0, or a `Schedule` of k.
        eps: ε ≥ 0 outside the root (torch 1e-10).
        eps_root: ε ≥ 0 inside the root (optax, Keras 1e-7).
        initial_accumulator: G_{−1} ≥ 0 (0 in torch, 0.1 in optax and Keras).

    Raises:
        InvalidInput: a hyper-parameter is out of range.

    >>> from misstep import cubic, run
    >>> run(cubic(1), AdaGrad(learning_rate=1, eps=0), "0", 1).x.tolist()
    [0, 1]

    Source: Duchi, Hazan & Singer 2011.
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)
    eps: Scalar = hyper_parameter(nonnegative, "1e-10")
    eps_root: Scalar = hyper_parameter(nonnegative, 0)
    initial_accumulator: Scalar = hyper_parameter(nonnegative, 0)

    def init(self, x: Scalar) -> AdaGradState:
        """G_{−1}."""
        return AdaGradState(0, zeros_like(x) + self.initial_accumulator)

    def update(self, g: Scalar, state: AdaGradState, x: Scalar) -> tuple[Scalar, AdaGradState]:
        """One step of the recurrence above."""
        total = state.total + g * g
        step = rate(self.learning_rate, state.k) * g / (sqrt(total + self.eps_root) + self.eps)
        return x - step, AdaGradState(state.k + 1, total)
