"""What an optimizer does on gradients that were decided before it moved: one stream, or many side by side."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from misstep.adapters.base import Adapter, NeedsTheFunction
from misstep.constructions.words import Word
from misstep.errors import InvalidInput
from misstep.scalars import FloatArray

LEVEL = 1.0
"""The value that f has at every iterate of a stream, for optimizers whose step evaluates it."""


class StepBehavior(enum.Enum):
    """What the steps do while the gradient stays −c. The text says what follows from it."""

    CONSTANT = "constant: every step is the same from the first"
    TRANSIENT = "transient: the steps settle on a length, after some time"
    SHRINKING = "shrinking: the steps still grow shorter when the stream ends"
    EXPLODING = "exploding: the steps still grow longer when the stream ends, or overflow"
    ASCENDING = "ascending: the steps go up the slope"
    STILL = "still: nothing moves"
    IRREGULAR = "irregular: steps of changing sign or without a pattern"

    def __str__(self) -> str:
        return self.value.partition(":")[0]


@dataclass(frozen=True)
class ConstantStream:
    """A run on the constant gradient −slope from 0.

    Attributes:
        slope: c > 0.
        x: Iterates, shape (K + 1,); not finite ones are cut off.
        behavior: What the steps do.
        limit: The length that the steps settle on, or `None`.
        settled: First step from which on x stays within a few hundredths of `limit` of an evenly spaced orbit.
        uses_values: Whether the optimizer asks for values of f; it saw `LEVEL` everywhere.
    """

    slope: float
    x: FloatArray
    behavior: StepBehavior
    limit: float | None
    settled: int | None
    uses_values: bool

    @property
    def steps(self) -> FloatArray:
        """x_{k+1} − x_k."""
        return np.diff(self.x)


FINE, SETTLED = 1 / 512, 1 / 32
"""How far, in spacings, a settled stream may be off its evenly spaced orbit for ever: as wished, and at most."""

_SHORTEST, _LONGEST = 1024, 32768


def constant_stream(adapter: Adapter, slope: float, *, longest: int = _LONGEST) -> ConstantStream:
    """The optimizer on g ≡ −slope, run until its steps settle, or at most `longest` steps.

    Args:
        adapter: The optimizer.
        slope: c > 0.
        longest: Most steps to run; runs are of 1024 steps, 4096 and `longest`, while they look as if they would settle.
    """
    n_steps = min(_SHORTEST, longest)
    while True:
        x, uses_values = constant_run(adapter, slope, n_steps)
        found = _judged(x, slope, uses_values=uses_values)
        if n_steps >= longest or len(x) <= n_steps or not _may_settle(found):
            return found
        n_steps = min(4 * n_steps if n_steps == _SHORTEST else longest, longest)


def _may_settle(found: ConstantStream) -> bool:
    """Whether a longer run could show that the steps settle: they change, and by less and less."""
    if found.behavior not in (StepBehavior.SHRINKING, StepBehavior.EXPLODING):
        return False
    steps = found.steps
    n = len(steps)
    return n < 4 * _SHORTEST or bool(abs(steps[-1] - steps[n // 2]) < 0.25 * abs(steps[-1]))


def constant_run(adapter: Adapter, slope: float, n_steps: int) -> tuple[FloatArray, bool]:
    """The iterates from 0 on g ≡ −slope, as far as they are finite, and whether the optimizer asked for values."""
    with np.errstate(all="ignore"):
        try:
            x = adapter.stream(np.full(n_steps, -slope)).x
            uses_values = False
        except NeedsTheFunction:
            x = adapter.follow(
                lambda p: np.full_like(p, -slope), 0.0, n_steps, value=lambda p: np.full_like(p, LEVEL)
            ).x
            uses_values = True
    wide = np.asarray(x, np.float64)
    # Differences of larger numbers say nothing about the method.
    good = np.isfinite(wide) & (np.abs(wide) < 1e100)
    return wide[: len(wide) if good.all() else int(np.argmin(good))], uses_values


def _judged(x: FloatArray, slope: float, *, uses_values: bool) -> ConstantStream:
    steps = np.diff(x)
    behavior = _behavior(steps)
    if behavior in (StepBehavior.STILL, StepBehavior.ASCENDING, StepBehavior.IRREGULAR) or len(steps) < _FEWEST:
        return ConstantStream(slope, x, behavior, None, None, uses_values)
    limit, still_to_come = _limit(steps)
    if not limit > _VANISHED * np.abs(steps).max():
        return ConstantStream(slope, x, behavior, None, None, uses_values)
    settled = _settled_from(x, limit, still_to_come)
    if settled is None:
        return ConstantStream(slope, x, behavior, None, None, uses_values)
    behavior = StepBehavior.CONSTANT if settled == 0 else StepBehavior.TRANSIENT
    return ConstantStream(slope, x, behavior, limit, settled, uses_values)


_FEWEST = 64
"""Fewer steps than this before overflow settle on nothing."""


_VANISHED = 1e-9
"""Steps that are so much smaller than the largest are no steps: the iterates have converged."""


def _behavior(steps: FloatArray) -> StepBehavior:
    """What the steps do, as far as it can be said before asking whether they settle."""
    if len(steps) < _FEWEST:
        return StepBehavior.EXPLODING
    if not steps.any():
        return StepBehavior.STILL
    tail = steps[len(steps) // 2 :]
    if np.abs(tail).max() <= _VANISHED * np.abs(steps).max():
        return StepBehavior.SHRINKING
    if tail.mean() < 0 and (tail <= 0).mean() > 0.99:
        return StepBehavior.ASCENDING
    walk, net = float(np.abs(np.diff(tail)).sum()), abs(float(tail[-1] - tail[0]))
    if (tail <= 0).any() or walk > 4 * net + 0.1 * float(tail.max()) * len(tail):
        return StepBehavior.IRREGULAR
    return StepBehavior.SHRINKING if steps[-1] < steps[len(steps) // 2] else StepBehavior.EXPLODING


def _limit(steps: FloatArray) -> tuple[float, float]:
    """The length that the steps would settle on if changes died geometrically, and what they would add up to."""
    n = len(steps)
    quarter = n // 4
    middle, third, last = (steps[k - quarter // 8 : k].mean() for k in (2 * quarter, 3 * quarter, n))
    change, before = last - third, third - middle
    if abs(change) <= 1e-8 * last:
        return float(last), 0.0
    ratio = change / before if before else np.inf
    if not 0 <= ratio < 0.9:
        return float(last), np.inf
    rest = change * ratio / (1 - ratio)
    return float(last + rest), float(abs(rest) * quarter / (1 - ratio))


def _settled_from(x: FloatArray, limit: float, still_to_come: float) -> int | None:
    """The first k after which x is evenly spaced, up to `FINE` or, if that takes the run too long, `SETTLED`."""
    n = len(x) - 1
    offset = np.abs(x - x[n] - limit * (np.arange(n + 1) - n)) / limit
    for tolerance in (FINE, SETTLED):
        if not 2 * still_to_come < tolerance * limit:
            continue
        off = offset > tolerance / 2
        first = int(n - np.argmax(off[::-1])) + 1 if off.any() else 0
        if first <= 3 * n // 4:
            return first
    return None


def constant_streams(adapter: Adapter, slopes: Sequence[float], *, n_steps: int) -> list[ConstantStream]:
    """The constant streams of every slope side by side, `n_steps` steps each, for a method that works by coordinate."""
    with np.errstate(all="ignore"):
        x = np.asarray(adapter.stream(np.broadcast_to(-np.array(slopes), (n_steps, len(slopes)))).x, np.float64)
    found = []
    for i, slope in enumerate(slopes):
        good = np.isfinite(x[:, i])
        found.append(_judged(x[: len(x) if good.all() else int(np.argmin(good)), i], slope, uses_values=False))
    return found


def is_coordinatewise(adapter: Adapter) -> bool:
    """Whether every element of the parameter moves as it would alone; decided by a short run with three of them."""
    rng = np.random.default_rng(3)
    gradients = rng.standard_normal((24, 3)) * [1.0, 10.0, 0.1]
    try:
        with np.errstate(all="ignore"):
            together = adapter.stream(gradients).x
            alone = np.stack([adapter.stream(column).x for column in gradients.T], axis=1)
    except InvalidInput:
        return False
    return bool(np.allclose(together, alone, rtol=1e-9, atol=0, equal_nan=False))


@dataclass(frozen=True)
class Regime:
    """What a periodic stream came to.

    Attributes:
        word: Signs of the gradients of a period.
        slope: Their size c.
        nodes: Points of the last period from its start on, shape (p,).
        shift: Displacement in it.
        change: How much the steps of the last period differ from those of the one before, relative to the largest.
    """

    word: Word
    slope: fmpq
    nodes: FloatArray
    shift: float
    change: float

    @property
    def is_settled(self) -> bool:
        """Whether the steps repeat."""
        return self.change <= 1e-7

    @property
    def is_cycle(self) -> bool:
        """Whether the points repeat too."""
        return abs(self.shift) <= 1e-6 * float(np.ptp(self.nodes))

    @property
    def gradients(self) -> FloatArray:
        """The gradients at the nodes."""
        return float(self.slope) * np.array(self.word, np.float64)


def regimes(
    adapter: Adapter, words: Sequence[Word], slopes: Sequence[fmpq], n_steps: int, *, side_by_side: bool
) -> list[Regime]:
    """The regime that every word comes to with gradients of every size, slopes inside words.

    Args:
        adapter: The optimizer.
        words: Sign words.
        slopes: Sizes of the gradients.
        n_steps: Steps to run.
        side_by_side: Whether all streams are elements of one parameter, for methods that work by coordinate; else each
            is a run of its own.
    """
    pairs = [(word, slope) for word in words for slope in slopes]
    gradients = np.stack([float(slope) * np.resize(word, n_steps) for word, slope in pairs], axis=1)
    with np.errstate(all="ignore"):
        if side_by_side:
            x: Any = adapter.stream(gradients).x
        else:
            x = np.stack([adapter.stream(column).x for column in gradients.T], axis=1)
        return [_regime(x[:, i], word, slope) for i, (word, slope) in enumerate(pairs)]


def _regime(x: FloatArray, word: Word, slope: fmpq) -> Regime:
    p = len(word)
    last = (len(x) - 1) // p * p
    nodes, before = x[last - p : last + 1], x[last - 2 * p : last - p + 1]
    steps, steps_before = np.diff(nodes), np.diff(before)
    scale = float(np.abs(steps).max())
    change = float(np.abs(steps - steps_before).max()) / scale if 0 < scale < np.inf else np.inf
    return Regime(word, slope, nodes[:-1] - nodes[0], float(nodes[-1] - nodes[0]), change)
