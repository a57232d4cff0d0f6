"""Sums of functions of which a method sees one gradient at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Literal, TypeAlias, get_args

from flint import fmpq

from misstep.errors import InvalidInput, unknown_name
from misstep.functions.base import LineFunction, Side
from misstep.functions.constants import Constant
from misstep.functions.quadratics import PiecewiseQuadratic
from misstep.scalars import Exactable, Scalar, exact

Order: TypeAlias = Literal["reshuffled", "cyclic", "independent"]

ORDERS: tuple[str, ...] = get_args(Order)
"""How the components follow each other."""

MAX_COMPONENTS = 10_000


@dataclass(frozen=True)
class FiniteSum(LineFunction):
    """f = Σ_{i < n} f_i, of which a step sees the gradient of one f_i.

    As a function it is the sum; a kernel draws the components.

    Args:
        components: The different f_i.
        counts: How often each occurs, one after the other: n is their sum.
        order: `"reshuffled"`: an epoch of n steps takes each once, in random order; `"cyclic"`: 0, 1, …, n − 1, 0, …;
            `"independent"`: any of them at each step.

    Raises:
        InvalidInput: the counts do not fit, or there is no such order.

    >>> f = zhang(10)
    >>> f.n, f.gradient("0"), f.infimum(), f.component(0).gradient("0"), f.component(9).gradient("0")
    (10, 1, -3/2, 10, -1)
    """

    components: tuple[PiecewiseQuadratic, ...]
    counts: tuple[int, ...]
    order: Order = "reshuffled"

    def __post_init__(self) -> None:
        if not self.components or len(self.counts) != len(self.components):
            raise InvalidInput(f"{len(self.components)} components and {len(self.counts)} counts: each needs one")
        if any(count < 1 for count in self.counts) or self.n > MAX_COMPONENTS:
            raise InvalidInput(f"counts = {self.counts} must be at least 1, together at most {MAX_COMPONENTS}")
        if self.order not in ORDERS:
            raise unknown_name(str(self.order), "an order of components", ORDERS)

    @property
    def n(self) -> int:
        """The number of components, each as often as it occurs."""
        return sum(self.counts)

    def component(self, i: int) -> PiecewiseQuadratic:
        """f_i.

        Raises:
            InvalidInput: i is not in [0, n).
        """
        if not 0 <= i < self.n:
            raise InvalidInput(f"component {i} does not exist: there are {self.n}, counted from 0")
        return next(f for j, f in enumerate(self.components) if i < sum(self.counts[: j + 1]))

    @cached_property
    def total(self) -> PiecewiseQuadratic:
        """f itself."""
        parts = (f.scaled(count) for f, count in zip(self.components, self.counts, strict=True))
        return reduce(PiecewiseQuadratic.plus, parts)

    def value_and_gradient(self, x: Scalar) -> tuple[Scalar, Scalar]:
        """f(x) and f'(x), elementwise."""
        return self.total.value_and_gradient(x)

    def curvature(self, x: Scalar, *, side: Side = "right") -> Scalar:
        """f''(x), elementwise."""
        return self.total.curvature(x, side=side)

    def lipschitz_constant(self) -> Constant:
        """max |f''|."""
        return self.total.lipschitz_constant()

    def infimum(self) -> Constant | float:
        """inf f, exact; `-math.inf` where f is unbounded below."""
        return self.total.infimum()

    def node(self, k: int) -> fmpq:
        """None: nothing was prescribed.

        Raises:
            InvalidInput: always.
        """
        return self.total.node(k)

    def scaled(self, factor: Exactable) -> FiniteSum:
        """factor·f, component by component."""
        return FiniteSum(tuple(f.scaled(exact(factor)) for f in self.components), self.counts, self.order)


def zhang(n: int = 10, *, order: Order = "reshuffled") -> FiniteSum:
    """The sum on which Adam diverges for small β2 and converges for large β2.

        f_0(t) = n·t   t ≥ −1;   n/2·(t + 2)² − 3n/2   t < −1
        f_i(t) = −t    t ≥ −1;   −½·(t + 2)² + 3/2     t < −1          0 < i < n

    so f(t) = t for t ≥ −1 and ½·(t + 2)² − 3/2 below, with its minimum −3/2 at −2.

    Args:
        n: The number of components, at least 2.
        order: How they follow each other.

    Raises:
        InvalidInput: n < 2, or there is no such order.

    >>> zhang(3).total.breakpoints, zhang(3).value("-2"), zhang(3).lipschitz_constant()
    ((-1,), -3/2, 1)

    Source: Zhang, Chen, Shi, Sun & Luo 2022, arXiv 2208.09632.
    """
    if n < 2:
        raise InvalidInput(f"n = {n} must be at least 2")
    falling = PiecewiseQuadratic((fmpq(-1),), ((fmpq(1), fmpq(-1), fmpq(-1, 2)), (fmpq(1), fmpq(-1), fmpq(0))))
    return FiniteSum((falling.scaled(-n), falling), (1, n - 1), order)
