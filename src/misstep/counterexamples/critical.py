"""The critical smoothness: the least L found, whatever the size of the gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq

from misstep.adapters import Adapter
from misstep.constructions.words import Word
from misstep.counterexamples.captured import Bounds
from misstep.counterexamples.counterexample import Failure
from misstep.counterexamples.streams import constant_stream, constant_streams, regimes

SLOPES: tuple[fmpq, ...] = tuple(fmpq(10) ** k for k in range(-12, 5))
"""Sizes of gradients from 1e-12 to 1e4, by powers of ten."""

SLOPES_ALONE: tuple[fmpq, ...] = tuple(fmpq(10) ** k for k in (-12, -8, -4, -2, 0, 2))
"""Sizes for methods whose every stream is a run of its own."""


@dataclass(frozen=True)
class Curve:
    """Pairs (at, L), `at` increasing: the least constant at each slope, or at each learning rate."""

    at: tuple[float, ...]
    L: tuple[float, ...]

    def least(self) -> tuple[float, float] | None:
        """(at, L) with the least L, or `None` for an empty curve."""
        if not self.L:
            return None
        best = int(np.argmin(self.L))
        return self.at[best], self.L[best]


@dataclass(frozen=True)
class CriticalSmoothness:
    """The least L found for the optimizer in the class, over the size of the gradients.

    At sizes other than the example's the optimizer was run on the gradients alone: a drift needs no more; a word of
    several gradients is met from some state of the optimizer, and whether it gets there was not tried.

    Attributes:
        L: The constant; 0 where every L > 0 will do.
        slope: Largest size of the gradients at which it was found.
        failure: What happens there.
        word: Signs of the gradients of a period, if they are ±slope.
        scales: Whether L falls in proportion to the slope down to the smallest that was tried, so that no L > 0 is the
            least.
    """

    L: float
    slope: float
    failure: Failure
    word: Word | None
    scales: bool = False


def drift_curve(adapter: Adapter, slopes: Sequence[fmpq], *, side_by_side: bool, longest: int) -> Curve:
    """4c/s(c), s(c) being the step on which the gradient −c settles, at the slopes where it does."""
    if side_by_side:
        streams = constant_streams(adapter, [float(c) for c in slopes], n_steps=longest)
    else:
        streams = [constant_stream(adapter, float(c), longest=longest) for c in slopes]
    pairs = [(s.slope, 4 * s.slope / s.limit) for s in streams if s.limit is not None and s.settled is not None]
    return Curve(tuple(at for at, _ in pairs), tuple(L for _, L in pairs))


def word_curve(
    adapter: Adapter, word: Word, slopes: Sequence[fmpq], bounds: Bounds, *, side_by_side: bool, n_steps: int
) -> Curve:
    """The least constant of a word at the slopes where the method settles on it."""
    pairs = []
    for regime in regimes(adapter, [word], slopes, n_steps, side_by_side=side_by_side):
        if regime.is_settled:
            shift = 0.0 if regime.is_cycle else regime.shift
            L = bounds.least_constant(regime.nodes, regime.gradients, shift)
            if L is not None and 0 < float(L) < np.inf:
                pairs.append((float(regime.slope), float(L)))
    return Curve(tuple(at for at, _ in pairs), tuple(L for _, L in pairs))


def critical(curve: Curve, failure: Failure, word: Word | None) -> CriticalSmoothness | None:
    """The least point of a curve over slopes."""
    least = curve.least()
    if least is None:
        return None
    slope, L = least
    scales = len(curve.at) > 2 and slope == curve.at[0] and abs(curve.L[1] / L / (curve.at[1] / slope) - 1) < 1e-6
    return CriticalSmoothness(L, slope, failure, word, scales)
