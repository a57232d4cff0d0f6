"""Words: periodic gradient patterns, and the smoothest function on which a method repeats one."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, cast

import numpy as np

from misstep.constructions.gap import FunctionClass
from misstep.constructions.line import Infeasible
from misstep.constructions.periodic_jets import class_bounds, jets_through, least_constant
from misstep.constructions.periodic_regime import PeriodicRegime, periodic_regime
from misstep.constructions.through import spline_through
from misstep.errors import InvalidInput
from misstep.functions.constants import Constant
from misstep.functions.piecewise import PiecewisePolynomial
from misstep.optimizers import Optimizer
from misstep.scalars import Exactable, NumberKind, Scalar, exact

Word = tuple[int, ...]
"""Signs of the gradients of a period, each −1 or 1."""


@dataclass(frozen=True)
class WordFailure:
    """A word that a method repeats for ever on some function, and the least Lipschitz constant of its derivative.

    Attributes:
        word: Signs of the gradients; of a real word, the gradients themselves.
        failure: `"drift"`: iterates move by `shift` every period; `"cycle"`: they come back.
        L: Least Lipschitz constant of f' over all functions of the class, bounded below, with these gradients at these
            iterates; exact where the regime is.
        regime: The iterates.
        function_class: `"nonconvex"`, `"convex"` or `"strongly-convex"`.
        mu: Lower bound on f'' between the iterates (0 but for the strongly convex class).
    """

    word: tuple[Any, ...]
    failure: Literal["drift", "cycle"]
    L: Constant | float
    regime: PeriodicRegime
    function_class: FunctionClass = "nonconvex"
    mu: Scalar = 0


def least_constant_of_word(
    optimizer: Optimizer[Any],
    word: Sequence[int],
    *,
    slope: Exactable = 1,
    function_class: FunctionClass = "nonconvex",
    mu: Any = 0,
    condition: Any = None,
) -> WordFailure | None:
    """The smoothest function on which `optimizer` repeats the gradients slope·word for ever.

    The method's `periodic_regime` says where it asks for them, `least_constant` what a function needs that has them
    there.

    Args:
        optimizer: The method.
        word: −1 and 1, at least one.
        slope: Size c > 0 of every gradient.
        function_class: `"nonconvex"`, `"convex"` or `"strongly-convex"`.
        mu: For the strongly convex class, f'' ≥ mu > 0 between the nodes; or
        condition: in its place κ ≥ 1, for f'' ≥ L/κ.

    Returns:
        The failure, or `None` where no function of the class has these gradients, or nothing moves.

    Raises:
        InvalidInput: the word is not of signs, slope ≤ 0, mu or κ does not fit the class, or the method does not
            settle.

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
    found = least_constant_of_gradients(
        optimizer, [sign * c for sign in signs], function_class=function_class, mu=mu, condition=condition
    )
    return None if found is None else replace(found, word=signs)


def least_constant_of_gradients(
    optimizer: Optimizer[Any],
    gradients: Sequence[Exactable],
    *,
    function_class: FunctionClass = "nonconvex",
    mu: Any = 0,
    condition: Any = None,
) -> WordFailure | None:
    """The smoothest function on which `optimizer` repeats these gradients for ever: a word of any real numbers.

    Args:
        optimizer: The method.
        gradients: g_0, …, g_{p−1}, exact numbers, at least one.
        function_class: `"nonconvex"`, `"convex"` or `"strongly-convex"`.
        mu: For the strongly convex class, f'' ≥ mu > 0 between the nodes; or
        condition: in its place κ ≥ 1, for f'' ≥ L/κ.

    Returns:
        The failure, or `None` where no function of the class has these gradients, or nothing moves.

    Raises:
        InvalidInput: there is no gradient, mu or κ does not fit the class, or the method does not settle.

    On the example of Lessard, Recht and Packard, heavy ball repeats three gradients whose nodes ask for f'' ≤ 25:

    >>> from misstep import HeavyBall
    >>> method = HeavyBall(learning_rate="1/9", momentum="4/9")
    >>> least_constant_of_gradients(method, [792, -2208, 1416], function_class="strongly-convex", mu=1).L
    25

    Source: Lessard, Recht & Packard 2016 (the example).
    """
    word = tuple(exact(g) for g in gradients)
    regime = periodic_regime(optimizer, word)
    least, kappa = class_bounds(function_class, mu, condition, regime.kind)
    cycle = _is_cycle(regime)
    shift = 0 if cycle else regime.shift
    L = least_constant(regime.nodes, regime.gradients, shift, function_class=function_class, mu=mu, condition=condition)
    if L is None:
        return None
    least = least if kappa is None else cast(Scalar, L) / kappa
    return WordFailure(word, "cycle" if cycle else "drift", L, regime, function_class, least)


def _is_cycle(regime: PeriodicRegime) -> bool:
    if regime.kind is NumberKind.EXACT:
        return bool(regime.shift == 0)
    return abs(float(regime.shift)) <= 1e-9 * float(np.ptp(regime.nodes))


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
    repeats on both sides; a cycle's goes on along lines that do not fall, with f'' = mu first in the strongly convex
    class.

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
    jets = jets_through(
        regime.nodes, regime.gradients, regime.shift, function_class=failure.function_class, mu=failure.mu
    )
    if isinstance(jets, Infeasible):
        raise InvalidInput(jets.reason)
    return spline_through(jets, left="linear" if failure.failure == "cycle" else "periodic")


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
    function_class: FunctionClass = "nonconvex",
    mu: Any = 0,
    condition: Any = None,
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
        function_class: `"nonconvex"`, `"convex"` or `"strongly-convex"`; no convex function makes a method drift.
        mu: For the strongly convex class, f'' ≥ mu > 0 between the nodes; or
        condition: in its place κ ≥ 1, for f'' ≥ L/κ.
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
    class_bounds(function_class, mu, condition, NumberKind.EXACT)
    options = _Options(slope, function_class, mu, condition)
    drift: WordFailure | None = None
    cycle: WordFailure | None = None
    n_words = 0
    with _pool(workers) as pool:
        for length in range(1, longest + 1):
            words = list(words_up_to_symmetry(length))
            n_words += len(words)
            chunks = [words[i : i + _CHUNK] for i in range(0, len(words), _CHUNK)]
            tasks = [(optimizer, chunk, options) for chunk in chunks]
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


class _Options(NamedTuple):
    """What `least_constant_of_word` is asked, besides the word."""

    slope: Exactable
    function_class: FunctionClass
    mu: Any
    condition: Any


def _best_of(task: tuple[Optimizer[Any], Sequence[Word], _Options]) -> tuple[WordFailure | None, WordFailure | None]:
    optimizer, words, options = task
    drift: WordFailure | None = None
    cycle: WordFailure | None = None
    for word in words:
        found = least_constant_of_word(optimizer, word, **options._asdict())
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
