"""Heavy ball with the same answer to small changes: what a method is, or what an adaptive one is near a cycle."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from misstep.adapters import Adapter, ReferenceOptimizer
from misstep.constructions.rationals import near
from misstep.errors import InvalidInput
from misstep.optimizers import GradientDescent, HeavyBall, Nesterov, Optimizer

BEFORE, _AFTER = 600, 24
"""Steps before the gradient that is changed, by which a method must have settled, and after it."""


def linear_twin(adapter: Adapter, slope: fmpq) -> Optimizer[Any] | None:
    """Heavy ball (or gradient descent) whose steps answer a change of one gradient as the optimizer's do.

    A stream of gradients ±slope is run twice, the second time with one gradient, in the middle, changed by a thousandth
    of the slope. For heavy ball the steps change by −α, −αβ, −αβ², … times that. Adaptive methods divide by the size of
    past gradients, which one small change hardly alters, so that Adam answers as heavy ball with
    α = learning_rate·(1 − β1)/slope and β = β1.

    Args:
        adapter: An optimizer that works by coordinate.
        slope: c > 0.

    Returns:
        The method, exact if the optimizer is one of ours that is linear, else with hyper-parameters in short fractions;
        `None` where the answer is not a falling geometric series to a percent.
    """
    if isinstance(adapter, ReferenceOptimizer) and isinstance(
        adapter.optimizer, (GradientDescent, HeavyBall, Nesterov)
    ):
        return adapter.optimizer
    c = float(slope)
    stream = c * np.resize((-1.0, 1.0), BEFORE + _AFTER)
    changed = stream.copy()
    changed[BEFORE] += 1e-3 * c
    try:
        x = adapter.stream(np.stack([stream, changed], axis=1)).x
    except InvalidInput:
        return None
    answer = np.diff(x[:, 1] - x[:, 0])[BEFORE:] / (1e-3 * c)
    if not np.isfinite(answer).all() or not answer[0] < 0:
        return None
    alpha, beta = -float(answer[0]), float(answer[1] / answer[0])
    if not -1e-6 < beta < 0.999:
        return None
    if not np.allclose(answer, -alpha * beta ** np.arange(_AFTER), rtol=0, atol=1e-2 * alpha):
        return None
    rate, momentum = near(alpha, 1e-6 * alpha), near(beta, 1e-5)
    return HeavyBall(learning_rate=rate, momentum=momentum) if momentum > 0 else GradientDescent(learning_rate=rate)
