"""Words: periodic gradient patterns, and the smoothest function on which a method repeats one."""

from __future__ import annotations

import itertools
import math
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from flint import fmpq

from misstep.constructions.line import Infeasible, smoothest
from misstep.constructions.periodic_regime import PeriodicRegime, periodic_regime
from misstep.constructions.through import spline_through
from misstep.errors import InvalidInput
from misstep.functions.constants import Constant
from misstep.functions.piecewise import PiecewisePolynomial
from misstep.optimizers import Optimizer
from misstep.scalars import Exactable, NumberKind, Scalar, exact
from misstep.surd import surd

Word = tuple[int, ...]
"""Signs of the gradients of a period, each −1 or 1."""


@dataclass(frozen=True)
class WordFailure:
    """A word that a method repeats for ever on some function, and the least Lipschitz constant of its derivative.

    Attributes:
        word: Signs of the gradients.
        failure: `"drift"`: iterates move by `shift` every period; `"cycle"`: they come back.
        L: Least Lipschitz constant of f' over all functions, bounded below, with these gradients at these iterates;
            exact where the regime is.
        regime: The iterates.
    """

    word: Word
    failure: Literal["drift", "cycle"]
    L: Constant | float
    regime: PeriodicRegime


def least_constant_of_word(
    optimizer: Optimizer[Any], word: Sequence[int], *, slope: Exactable = 1
) -> WordFailure | None:
    """The smoothest function on which `optimizer` repeats the gradients slope·word for ever.

    The values at the nodes are free. With h a gap between neighbours and b = |g' − g|/h, a function with L-Lipschitz
    derivative can gain anything within h(g + g')/2 ± (h²/4)(L − b²/L) over the gap. For a cycle the nodes form a path,
    so L = max b. For a drift they form a ring modulo the shift, around which the gains must add up to 0:

        |Σ h(g + g')/2| ≤ Σ (h²/4)(L − b²/L),   hence   L = (S + √(S² + 4AB))/(2A) or max b, whichever is larger,

    S = |Σ h(g + g')/2|, A = Σ h²/4, B = Σ h²b²/4.

    Args:
        optimizer: The method.
        word: −1 and 1, at least one.
        slope: Size c > 0 of every gradient.

    Returns:
        The failure, or `None` where two gradients are asked at one point and differ, or nothing moves.

    Raises:
        InvalidInput: the word is not of signs, slope ≤ 0, or the method does not settle.

    >>> from misstep import Adam
    >>> adam = Adam(learning_rate=1, beta1="1/2", eps=0)
    >>> least_constant_of_word(adam, [-1]).L, least_constant_of_word(adam, [-1, -1, 1, 1]).L
    (4, 5)

    Source: one-dimensional case of Le Gruyer 2009, summed over gaps.
    """
    signs = tuple(int(sign) for sign in word)
    c = exact(slope)
    if not signs or any(sign not in (-1, 1) for sign in signs):
        raise InvalidInput(f"word = {tuple(word)} must be of −1 and 1, at least one")
    if not c > 0:
        raise InvalidInput(f"slope = {c} must be positive")
    regime = periodic_regime(optimizer, [sign * c for sign in signs])
    cycle = _is_cycle(regime)
    L = _least_constant(regime, cycle)
    return None if L is None else WordFailure(signs, "cycle" if cycle else "drift", L, regime)


def _is_cycle(regime: PeriodicRegime) -> bool:
    if regime.kind is NumberKind.EXACT:
        return bool(regime.shift == 0)
    return abs(float(regime.shift)) <= 1e-9 * float(np.ptp(regime.nodes))


def _least_constant(regime: PeriodicRegime, cycle: bool) -> Constant | float | None:
    """The formula above, in the regime's number kind; `None` where no function has these gradients."""
    is_exact = regime.kind is NumberKind.EXACT
    points = _in_order(regime, cycle)
    # In floats, nodes closer than rounding can tell are one node.
    zero: Scalar = fmpq(0) if is_exact else 0.0
    apart = zero if is_exact else 1e-11 * float(points[-1][0] - points[0][0])
    S = A = B = steepest = zero
    for (x, g), (x_next, g_next) in itertools.pairwise(points):
        h = x_next - x
        if h <= apart:
            if g != g_next:
                return None
            continue
        b = abs(g_next - g) / h
        S, A, B, steepest = S + h * (g + g_next) / 2, A + h * h / 4, B + h * h * b * b / 4, max(steepest, b)
    if A == 0:
        return None
    if cycle:
        return steepest if steepest > 0 else None
    ring = surd(abs(S) / (2 * A), 1 / (2 * A), S * S + 4 * A * B) if is_exact else _root(abs(S), A, B)
    return ring if ring > steepest else steepest


def _in_order(regime: PeriodicRegime, cycle: bool) -> list[tuple[Scalar, Scalar]]:
    """Nodes with their gradients from left to right: as they are, or modulo the shift and once round the ring."""
    shift = abs(regime.shift)
    places = regime.nodes if cycle else [node - _floor(node / shift) * shift for node in regime.nodes]
    points = sorted(zip(places, regime.gradients, strict=True), key=lambda point: point[0])
    return points if cycle else [*points, (points[0][0] + shift, points[0][1])]


def _root(S: float, A: float, B: float) -> float:
    return float((S + math.sqrt(S * S + 4 * A * B)) / (2 * A))


def _floor(x: Any) -> Any:
    return x.floor() if isinstance(x, fmpq) else math.floor(x)


def words_up_to_symmetry(length: int) -> Iterator[Word]:
    """One sign word of each class under rotation and change of all signs, shorter periods left out.

    >>> list(words_up_to_symmetry(4))
    [(-1, -1, -1, 1), (-1, -1, 1, 1)]
    """
    for code in range(1 << (length - 1)):
        bits = [(code >> (length - 1 - j)) & 1 for j in range(length)]
        if _is_least(bits):
            yield tuple(2 * bit - 1 for bit in bits)


def _is_least(bits: Sequence[int]) -> bool:
    """Whether no rotation of the word or of its negative comes before it, and none but the whole equals it."""
    length = len(bits)
    negative = [1 - bit for bit in bits]
    for shift in range(length):
        rotated = [*bits[shift:], *bits[:shift]]
        if rotated < list(bits) or (shift and rotated == list(bits)):
            return False
        if [*negative[shift:], *negative[:shift]] < list(bits):
            return False
    return True


def function_of_word(failure: WordFailure) -> PiecewisePolynomial:
    """The smoothest function on which the method repeats the word: a quadratic spline through the jets.

    From x_0 = 0 and the regime's state the method asks for exactly the word's gradients, for ever. A drift's function
    repeats on both sides; a cycle's goes on along lines that do not fall.

    Args:
        failure: A word with an exact regime.

    Raises:
        InvalidInput: the regime is not exact.

    >>> from misstep import Adam
    >>> adam = Adam(learning_rate=1, beta1="1/2", eps=0)
    >>> f = function_of_word(least_constant_of_word(adam, [-1, -1, 1, 1]))
    >>> f.lipschitz_constant(), [f.gradient(node) for node in ("0", "1/5", "4/5", "3/5")]
    (5, [-1, -1, 1, 1])
    """
    regime = failure.regime
    if regime.kind is not NumberKind.EXACT:
        raise InvalidInput('the regime is not exact: give the hyper-parameters as exact numbers, such as "1/10"')
    cycle = failure.failure == "cycle"
    # A point that is met twice is one node.
    nodes = dict(_in_order(regime, cycle))
    jets = smoothest([*nodes], [*nodes.values()], repeats_from=None if cycle else 0)
    if isinstance(jets, Infeasible):
        raise InvalidInput(jets.reason)
    return spline_through(jets, left="linear" if cycle else "periodic")


@dataclass(frozen=True)
class WordSearch:
    """What `search_words` returns.

    Attributes:
        drift: The drift with the least L, or `None`.
        cycle: The cycle with the least L, or `None`.
        n_words: How many words were tried, up to symmetry.
        longest: Length to which all words were tried.
    """

    drift: WordFailure | None
    cycle: WordFailure | None
    n_words: int
    longest: int


def search_words(
    optimizer: Optimizer[Any],
    longest: int,
    *,
    slope: Exactable = 1,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> WordSearch:
    """All sign words up to a length: the drift and the cycle that the smoothest functions allow.

    Words are tried in order of length, then in lexicographic order, and the first of equally good ones is kept, so the
    result does not depend on `workers`.

    Args:
        optimizer: The method.
        longest: Length p ≥ 1 to which all words are tried, at most 24.
        slope: Size c > 0 of every gradient.
        workers: Number of processes. With more than one, call from a script's `if __name__ == "__main__":` part.
        progress: Called with the length that is done.

    Raises:
        InvalidInput: an argument is out of range.

    >>> from misstep import Adam
    >>> found = search_words(Adam(learning_rate=1, beta1="1/2", eps=0), 4)
    >>> found.drift.L, found.cycle.word, found.cycle.L
    (4, (-1, -1, 1, 1), 5)
    """
    if not 1 <= longest <= 24:
        raise InvalidInput(f"longest = {longest} must be from 1 to 24")
    if workers < 1:
        raise InvalidInput(f"workers = {workers} must be at least 1")
    drift: WordFailure | None = None
    cycle: WordFailure | None = None
    n_words = 0
    with _pool(workers) as pool:
        for length in range(1, longest + 1):
            words = list(words_up_to_symmetry(length))
            n_words += len(words)
            chunks = [words[i : i + _CHUNK] for i in range(0, len(words), _CHUNK)]
            tasks = [(optimizer, chunk, slope) for chunk in chunks]
            results = map(_best_of, tasks) if pool is None else pool.map(_best_of, tasks)
            for best_drift, best_cycle in results:
                drift, cycle = _better(drift, best_drift), _better(cycle, best_cycle)
            if progress is not None:
                progress(length)
    return WordSearch(drift, cycle, n_words, longest)


_CHUNK = 256


def _better(best: WordFailure | None, other: WordFailure | None) -> WordFailure | None:
    if best is None or other is None:
        return best or other
    # A hair more than rounding: the earlier word wins a tie.
    return other if float(other.L) < float(best.L) * (1 - 1e-12) else best


def _best_of(task: tuple[Optimizer[Any], Sequence[Word], Exactable]) -> tuple[WordFailure | None, WordFailure | None]:
    optimizer, words, slope = task
    drift: WordFailure | None = None
    cycle: WordFailure | None = None
    for word in words:
        found = least_constant_of_word(optimizer, word, slope=slope)
        if found is None:
            continue
        if found.failure == "drift":
            drift = _better(drift, found)
        else:
            cycle = _better(cycle, found)
    return drift, cycle


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor | None]:
    """A process pool, or `None` for one worker."""
    if workers == 1:
        yield None
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool
