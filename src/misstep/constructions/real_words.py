"""Words of real numbers: the smoothest function on which a method with linear steps cycles, over all gradients."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from misstep.constructions.cone import point_of_cone
from misstep.constructions.gap import FunctionClass, least_bound
from misstep.constructions.line import TOLERANCE, relative_tolerance
from misstep.constructions.periodic_jets import class_bounds
from misstep.constructions.periodic_regime import LinearRegime, linear_regime
from misstep.constructions.rationals import simplest_between
from misstep.constructions.words import WordFailure, least_constant_of_gradients
from misstep.errors import InvalidInput
from misstep.optimizers import Optimizer
from misstep.scalars import Exactable, NumberKind

_DOUBLINGS = 64
"""How often L is doubled, from the reciprocal of the largest node, before an order is given up."""

_ROUNDS = 1000
"""How often mu is raised to L/κ before an order is left undecided."""

Row = list[fmpq]


@dataclass(frozen=True)
class RealWordSearch:
    """What `search_real_words` returns.

    Attributes:
        cycle: The cycle with the least L, to the tolerance, or `None`.
        lower: No word of at most `longest` gradients cycles on a function of the class with a constant of `lower` or
            less: a rational number, by exact arithmetic; `None` where no constant that was tried allows a cycle.
        n_orders: How many orders of the nodes were tried, up to symmetry.
        longest: Length to which all words were tried.
    """

    cycle: WordFailure | None
    lower: fmpq | None
    n_orders: int
    longest: int


def search_real_words(
    optimizer: Optimizer[Any],
    longest: int = 4,
    *,
    function_class: FunctionClass = "nonconvex",
    mu: Any = 0,
    condition: Any = None,
    tolerance: Exactable = TOLERANCE,
) -> RealWordSearch:
    """The least L for which some function of the class makes `optimizer` cycle, over all gradients of a period.

    Where steps are linear in the gradients g, so are the nodes x = Mg of the periodic regime, and the shift. Once it is
    said in which order the nodes lie on the line, a function of the class with f'' in [m, L] exists exactly when

        m·h_i ≤ e_i ≤ L·h_i,   h_i = x_{π(i+1)} − x_{π(i)},   e_i = g_{π(i+1)} − g_{π(i)}

    (m = −L, 0 or mu). For given L this is a polyhedral cone of words g, and whether it holds any but 0 is decided by
    the simplex method in rational arithmetic. L is bisected, over all orders up to rotation of the word and change of
    sign. In the class with m = L/κ, mu rises from 0 to L(mu)/κ, L(mu) being the least L for it, until that stands
    still: at the least L, which no step can pass.

    Args:
        optimizer: Gradient descent, heavy ball or Nesterov with exact hyper-parameters.
        longest: Length p from 2 to 7 to which all words are tried: about (p − 1)!/2 orders each.
        function_class: `"nonconvex"`, `"convex"` or `"strongly-convex"`.
        mu: For the strongly convex class, f'' ≥ mu > 0 between the nodes; or
        condition: in its place κ ≥ 1, for f'' ≥ L/κ.
        tolerance: How far, relatively, L may be above the least; in (0, 1).

    Returns:
        The best cycle as a `WordFailure` whose word is the gradients, the largest of size 1 (`function_of_word` builds
        its function), with a lower bound on every other.

    Raises:
        InvalidInput: an argument is out of range, or the method's steps are not linear in the gradients.

    >>> from misstep import HeavyBall
    >>> method = HeavyBall(learning_rate="1/9", momentum="4/9")
    >>> found = search_real_words(method, 3, function_class="strongly-convex", mu=1)
    >>> found.cycle.regime.period, round(float(found.cycle.L), 6)
    (3, 23.5625)
    """
    if not 2 <= longest <= 7:
        raise InvalidInput(f"longest = {longest} must be from 2 to 7")
    least, kappa = class_bounds(function_class, mu, condition, NumberKind.EXACT)
    search = _Search(function_class, least, kappa, relative_tolerance(tolerance))
    n_orders = 0
    for period in range(2, longest + 1):
        regime = linear_regime(optimizer, period)
        for order in orders_up_to_symmetry(period):
            n_orders += 1
            search.improve(_Order(regime, order))
    if search.word is None:
        return RealWordSearch(None, None, n_orders, longest)
    found = least_constant_of_gradients(
        optimizer, search.word, function_class=function_class, mu=mu, condition=condition
    )
    return RealWordSearch(found, search.lower, n_orders, longest)


def orders_up_to_symmetry(period: int) -> Iterator[tuple[int, ...]]:
    """The orders in which p nodes can lie, one of each class under rotation of the word and mirroring of the line.

    >>> list(orders_up_to_symmetry(4))
    [(0, 1, 2, 3), (0, 1, 3, 2), (0, 2, 1, 3), (0, 3, 1, 2)]
    """
    for rest in itertools.permutations(range(1, period)):
        order = (0, *rest)
        mirrored = tuple((place - order[-1]) % period for place in reversed(order))
        if order <= mirrored:
            yield order


class _Order:
    """The gaps h_i and the differences e_i of one order of nodes, as linear forms on words without shift."""

    def __init__(self, regime: LinearRegime, order: Sequence[int]) -> None:
        p = len(order)
        unit = [[fmpq(int(j == k)) for k in range(p)] for j in range(p)]
        # The last gradient is what makes the shift 0.
        self._last = [-part / regime.shift[-1] for part in regime.shift[:-1]]
        self.h = [self._reduced(_minus(regime.nodes[b], regime.nodes[a])) for a, b in itertools.pairwise(order)]
        self.e = [self._reduced(_minus(unit[b], unit[a])) for a, b in itertools.pairwise(order)]
        self._width = [sum(column, fmpq(0)) for column in zip(*self.h, strict=True)]

    def _reduced(self, form: Row) -> Row:
        return [part + form[-1] * last for part, last in zip(form[:-1], self._last, strict=True)]

    def scale(self) -> fmpq:
        """A constant of the size to expect: the reciprocal of the largest coefficient of a gap."""
        return 1 / max(abs(part) for form in self.h for part in form)

    def word(self, function_class: FunctionClass, mu: fmpq, L: fmpq) -> Row | None:
        """A word, not 0, whose nodes lie in this order and allow L, or `None`."""
        m = least_bound(function_class, mu, L)
        rows = []
        for h, e in zip(self.h, self.e, strict=True):
            rows.append([L * a - b for a, b in zip(h, e, strict=True)])
            rows.append([b - m * a for a, b in zip(h, e, strict=True)])
            # m·h ≤ e ≤ L·h makes h ≥ 0, unless m = L.
            if m == L:
                rows.append(h)
        found = point_of_cone(rows, self._width)
        if found is None:
            return None
        word = [*found, sum((a * b for a, b in zip(found, self._last, strict=True)), fmpq(0))]
        largest = max(abs(g) for g in word)
        return [g / largest for g in word]


@dataclass
class _Search:
    """The best word so far, and what has been shown of the others."""

    function_class: FunctionClass
    mu: fmpq
    kappa: fmpq | None
    tolerance: fmpq
    L: fmpq | None = None
    lower: fmpq | None = None
    word: Row | None = None

    def improve(self, order: _Order) -> None:
        """Look for a better word among those of one order."""
        if self.kappa is None:
            self._keep(self._least(order, self.mu))
            return
        mu = fmpq(0)
        for _ in range(_ROUNDS):
            found = self._least(order, mu)
            if found is None:
                return
            low, high, _ = found
            # Every L of the class is above `low`, and so its mu above low/κ. A little above, the end may be reached.
            for end in (high, high * (1 + self.tolerance)):
                word = order.word(self.function_class, end / self.kappa, end)
                if word is not None:
                    self._keep((low, end, word))
                    return
            mu = low / self.kappa
        raise InvalidInput(f"condition = {self.kappa}: undecided after {_ROUNDS} rounds; take another near it")

    def _keep(self, found: tuple[fmpq, fmpq, Row] | None) -> None:
        if found is not None:
            low, self.L, self.word = found
            self._rule_out(low)

    def _rule_out(self, L: fmpq) -> None:
        self.lower = L if self.lower is None else min(self.lower, L)

    def _least(self, order: _Order, mu: fmpq) -> tuple[fmpq, fmpq, Row] | None:
        """(low, high, word): the least L for `mu` is above low, `word` allows high; `None` if not below the best."""
        low = mu
        if mu > 0 and (self.L is None or mu < self.L):
            word = order.word(self.function_class, mu, mu)
            if word is not None:
                return mu * (1 - self.tolerance), mu, word
        if self.L is not None:
            high = self.L * (1 - self.tolerance)
            word = order.word(self.function_class, mu, high) if high >= mu else None
            if word is None:
                self._rule_out(high)
                return None
        else:
            high, word = max(order.scale(), mu), None
            for _ in range(_DOUBLINGS):
                word = order.word(self.function_class, mu, high)
                if word is not None:
                    break
                low, high = high, 2 * high
            if word is None:
                return None
        while high - low > self.tolerance * high:
            # Near the middle, and short.
            middle = simplest_between(low + (high - low) * fmpq(2, 5), low + (high - low) * fmpq(3, 5))
            better = order.word(self.function_class, mu, middle)
            if better is None:
                low = middle
            else:
                high, word = middle, better
        return self._shortest(order, mu, low, high, word)

    def _shortest(self, order: _Order, mu: fmpq, low: fmpq, high: fmpq, word: Row) -> tuple[fmpq, fmpq, Row]:
        """The shortest fraction of the bracket in the place of its end, where it does as well."""
        short = simplest_between(low, high) if low > 0 else high
        better = order.word(self.function_class, mu, short) if short < high else None
        return (low, high, word) if better is None else (low, short, better)


def _minus(a: Sequence[fmpq], b: Sequence[fmpq]) -> Row:
    return [x - y for x, y in zip(a, b, strict=True)]
