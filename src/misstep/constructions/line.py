"""The smallest Lipschitz constant through gradients on a line, the values being free, fixed or bounded below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, get_args

from flint import arb, fmpq

from misstep.constructions.chain import Bound, Chain, Feasibility, Range, Step, point
from misstep.constructions.gap import FunctionClass, Gap, growth, least_bound, reach
from misstep.constructions.jets import Jet
from misstep.constructions.rationals import fraction_above, rational
from misstep.errors import InvalidInput
from misstep.scalars import Exactable
from misstep.surd import Surd, surd

TOLERANCE = fmpq(1, 10**12)
"""How far above an irrational least L the rational one may be, relative to it."""


@dataclass(frozen=True)
class LineJets:
    """Jets on a line that some function of the class has, with f'' at most L.

    Attributes:
        jets: (x_i, f_i, g_i), exact, with x increasing.
        L: A Lipschitz constant of the gradient for which such a function exists.
        lower: No function of the class with these gradients (and given values) has a constant below this: a rational
            that is L itself, or an irrational number just below L.
        function_class: `"nonconvex"`, `"convex"` or `"strongly-convex"`.
        mu: Lower bound on f'' (0 but for the strongly convex class).
        repeats_from: The jet that the last one repeats a period later, or `None`.
        node_indices: Which jets are nodes; the others are ends of plateaus.
    """

    jets: tuple[Jet, ...]
    L: fmpq
    lower: fmpq | Surd
    function_class: FunctionClass
    mu: fmpq
    repeats_from: int | None
    node_indices: tuple[int, ...]

    @property
    def period(self) -> fmpq | None:
        """The length after which f repeats on the right, or `None`."""
        if self.repeats_from is None:
            return None
        length: fmpq = self.jets[-1].x - self.jets[self.repeats_from].x
        return length


@dataclass(frozen=True)
class Infeasible:
    """No function of the class has these gradients, whatever its Lipschitz constant.

    Attributes:
        reason: Why, with the numbers.
    """

    reason: str


@dataclass(frozen=True)
class LineProblem:
    """Nodes, gradients and what is known of the values, in exact numbers; the arguments of `smoothest`, checked."""

    x: tuple[fmpq, ...]
    g: tuple[fmpq, ...]
    own: tuple[Range, ...]
    function_class: FunctionClass
    mu: fmpq
    repeats_from: int | None
    node_indices: tuple[int, ...]
    straight: frozenset[int] = frozenset()
    gaps: tuple[Gap, ...] = field(init=False)

    def __post_init__(self) -> None:
        _check_nodes(self.x, self.g)
        check_class(self.function_class, self.mu)
        _check_repeat(self.x, self.g, self.repeats_from)
        gaps = tuple(
            Gap(x1 - x0, g0, g1, i in self.straight)
            for i, (x0, x1, g0, g1) in enumerate(zip(self.x, self.x[1:], self.g, self.g[1:], strict=False))
        )
        object.__setattr__(self, "gaps", gaps)

    def chain(self, L: fmpq | None) -> Chain:
        """The bounds on the values at L, or without bound on f'' from above."""
        steps = []
        for gap in self.gaps:
            if L is None and self.function_class == "nonconvex" and not gap.straight:
                steps.append(Step())
                continue
            least = self.mu if L is None else least_bound(self.function_class, self.mu, L)
            room, middle = reach(gap, least, L), gap.trapezoid
            a, b = growth(gap, self.function_class, self.mu)
            steps.append(Step(Bound(middle + room, a, b), Bound(room - middle, a, b)))
        return Chain(self.own, steps, self.repeats_from)

    def solve(self, tolerance: fmpq) -> LineJets | Infeasible:
        """The least L to the relative `tolerance`, and values for it."""
        found = self._obstacle() or self._least_constant(tolerance)
        if isinstance(found, Infeasible):
            return found
        L, lower = found
        values = self.chain(L).values()
        jets = tuple(Jet(x, f, g) for x, f, g in zip(self.x, values, self.g, strict=True))
        return LineJets(jets, L, lower, self.function_class, self.mu, self.repeats_from, self.node_indices)

    def _obstacle(self) -> Infeasible | None:
        """What no L can repair."""
        convex = self.function_class != "nonconvex"
        for i, gap in enumerate(self.gaps):
            if convex and gap.slope < self.mu:
                need = f"f'' ≥ {self.mu}" if self.mu > 0 else "a convex function"
                return Infeasible(
                    f"{need} cannot have the gradients {gap.left} and {gap.right} at {self.x[i]} and {self.x[i + 1]}"
                )
        at_infinity = self.chain(None).decide()
        if at_infinity is Feasibility.OPEN:
            return None
        return Infeasible(f"no {self.function_class} function has these gradients and values at these nodes")

    def _least_constant(self, tolerance: fmpq) -> tuple[fmpq, fmpq | Surd]:
        """(L, lower bound). Any L with values makes every violated total at least 0: L rises from root to root."""
        L = max([abs(gap.slope) for gap in self.gaps] + [self.mu])
        lower: fmpq | Surd = L
        while True:
            chain = self.chain(L)
            if chain.decide() is not Feasibility.EMPTY:
                return L, lower
            # Which total is taken decides how fast, not what is found.
            worst = max(chain.violated, key=lambda total: float(_root(total, L, self.mu, ball=True)))
            lower = _root(worst, L, self.mu)
            L = lower if isinstance(lower, fmpq) else fraction_above(lower, tolerance)


def _root(total: Bound, L: fmpq, mu: fmpq, *, ball: bool = False) -> Any:
    """The L at which a total is 0 whose value at the given L is known; a rational or a surd, or a ball near it."""
    a, b = total.linear, total.inverse
    if a == 0:
        return mu + b / (total.value + b / (L - mu))
    # c + a·L − b/L = 0
    c = total.value - a * L + (b / L if b > 0 else 0)
    if ball:
        return (arb(-c) + (arb(c) ** 2 + 4 * a * b).sqrt()) / (2 * a)
    return surd(-c / (2 * a), 1 / (2 * a), c * c + 4 * a * b)


def smoothest(
    nodes: Sequence[Any],
    gradients: Sequence[Any],
    *,
    values: Sequence[Any] | None = None,
    lowest: Any = None,
    function_class: FunctionClass = "nonconvex",
    mu: Any = 0,
    repeats_from: int | None = None,
    tolerance: Exactable = TOLERANCE,
) -> LineJets | Infeasible:
    """The least L such that a function of the class has L-Lipschitz gradient and the given gradients at the nodes.

    Bounds m ≤ f'' ≤ L hold on the line when they hold on every gap, and a gap from g_0 to g_1 of length h and mean
    curvature q = (g_1 − g_0)/h allows exactly the values

        |f_1 − f_0 − h(g_0 + g_1)/2| ≤ h²(L − q)(q − m) / (2(L − m)),      m ≤ q ≤ L

    with m = −L, 0 or mu by the class. So neighbours decide, and the values are subject to bounds on consecutive
    differences alone. Whether any meet them is decided in rational arithmetic; where none do, a violated sum of bounds
    has a root in L, below which it stays violated, and L is raised to it. The last root is the least L: the root of a
    quadratic equation for the nonconvex class, rational for the others.

    Args:
        nodes: x_0 < x_1 < … < x_N, N ≥ 1. Exact numbers, or floats, each of which stands for the number that it is.
        gradients: g_i, as many.
        values: f_i, as many, `None` where the value is free; all are free unless given.
        lowest: A bound f_i ≥ lowest at every node.
        function_class: `"nonconvex"`, `"convex"` or `"strongly-convex"`.
        mu: Lower bound on f'', mu > 0, of the strongly convex class.
        repeats_from: Index t < N of a node with g_t = g_N: f is to repeat from there on with period x_N − x_t, so
            that f_N = f_t. 0 is a drift, a larger index a transient before one.
        tolerance: How far, relatively, L may be above the least where that is irrational; in (0, 1).

    Returns:
        The jets with L and a proved lower bound on it, or `Infeasible` where no L will do. Free values share the room
        that is left in proportion.

    Raises:
        InvalidInput: malformed data: nodes that do not increase, sequences of different length, mu out of range, ….

    >>> smoothest([0, "1/10"], [-1, -1], repeats_from=0).L
    40
    >>> smoothest([0, 1, 3], [-1, 2, 1], function_class="convex").reason
    'a convex function cannot have the gradients 2 and 1 at 1 and 3'

    Source: Le Gruyer 2009 (one gap, nonconvex); Taylor, Hendrickx & Glineur 2017 (the classes with mu ≥ 0).
    """
    x, g = [tuple(rational(number) for number in numbers) for numbers in (nodes, gradients)]
    problem = LineProblem(
        x, g, ranges(len(x), values, lowest), function_class, rational(mu), repeats_from, tuple(range(len(x)))
    )
    return problem.solve(relative_tolerance(tolerance))


def ranges(n: int, values: Sequence[Any] | None, lowest: Any) -> tuple[Range, ...]:
    """What is known of the values at n nodes."""
    if values is not None and len(values) != n:
        raise InvalidInput(f"{len(values)} values for {n} nodes: write None for a value that is free")
    down = None if lowest is None else Bound(-rational(lowest))
    found = []
    for value in values or [None] * n:
        own = Range(None, down) if value is None else point(rational(value))
        if value is not None and down is not None and own.down is not None and down.value < own.down.value:
            raise InvalidInput(f"the value {value} is below lowest = {lowest}")
        found.append(own)
    return tuple(found)


def relative_tolerance(tolerance: Exactable) -> fmpq:
    """`tolerance` as a number in (0, 1), or an error."""
    number = rational(tolerance)
    if not 0 < number < 1:
        raise InvalidInput(f"tolerance = {number} must be in (0, 1)")
    return number


def _check_nodes(x: Sequence[fmpq], g: Sequence[fmpq]) -> None:
    if len(x) != len(g):
        raise InvalidInput(f"{len(x)} nodes and {len(g)} gradients: one gradient for each node")
    if len(x) < 2:
        raise InvalidInput(f"{len(x)} nodes: at least 2 are needed")
    for i, (low, high) in enumerate(pairwise(x)):
        if not low < high:
            raise InvalidInput(f"nodes {i} and {i + 1} are {low} and {high}: nodes must increase")


def check_class(function_class: FunctionClass, mu: fmpq) -> None:
    """Check that `function_class` is one, and that mu > 0 for the strongly convex class and mu = 0 for the others."""
    if function_class not in get_args(FunctionClass):
        raise InvalidInput(f"function_class = {function_class!r} must be one of {', '.join(get_args(FunctionClass))}")
    if function_class == "strongly-convex" and not mu > 0:
        raise InvalidInput(f"mu = {mu} must be positive for the strongly convex class")
    if function_class != "strongly-convex" and mu != 0:
        raise InvalidInput(f"mu = {mu} is for the strongly convex class, not the {function_class} one")


def _check_repeat(x: Sequence[fmpq], g: Sequence[fmpq], repeats_from: int | None) -> None:
    if repeats_from is None:
        return
    last = len(x) - 1
    if not 0 <= repeats_from < last:
        raise InvalidInput(
            f"repeats_from = {repeats_from} must be the index of a node before the last, 0 to {last - 1}"
        )
    if g[repeats_from] != g[last]:
        raise InvalidInput(
            f"node {last} repeats node {repeats_from}, but their gradients are {g[last]} and {g[repeats_from]}"
        )
