"""A function, a start, and what the optimizer is to do there."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, TypeAlias

from flint import fmpq

from misstep.constructions.words import Word
from misstep.functions import Function
from misstep.functions.constants import Constant, enclosure


def as_float(constant: Constant | float) -> float:
    """A constant of a function as the float nearest to it, or for a surd or a ball near it.

    >>> as_float(fmpq(1, 3)) == 1 / 3
    True
    """
    return float(constant) if isinstance(constant, (fmpq, float)) else float(enclosure(constant))


Point: TypeAlias = Any
"""A point or a gradient, exact: one `fmpq` on the line, a tuple of them in R^n."""


class Failure(enum.Enum):
    """How an optimizer fails."""

    DRIFT = "drift"
    """The iterates leave every bounded set, and the gradient does not vanish."""
    CYCLE = "cycle"
    """The iterates repeat, and the gradient does not vanish."""
    WRONG_LIMIT = "wrong-limit"
    """The iterates converge where the gradient does not vanish."""
    NONE = "none"
    """Nothing was found."""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Counterexample:
    """A function on which an optimizer fails, and how.

    Attributes:
        failure: What the iterates do.
        function: f, on the line or on R^n.
        x0: Where the optimizer starts: one rational number, or one for each variable.
        family: How f goes between its nodes.
        word: Signs of the gradients of a period, or `None` where they are not ±slope to a ten-thousandth.
        gradients: The gradients of a period, exact, in the order in which they are asked.
        nodes: Where they are asked, from some period on.
        spacing: Displacement in a period: 0 for a cycle; `None` where steps do not repeat.
        settled: First step from which on the iterates are at the nodes.
        horizon: Last step for which anything is said, or `None` where it goes on for ever.
        rho: Half-width of the plateaus around the nodes, relative to the distance of the nearest nodes.
        half_width: The same as a length, the least of all nodes.
        optimum: The least constant of any function of the class with these gradients at these nodes.
        note: What else is to be said, one sentence each.
    """

    failure: Failure
    function: Function
    x0: Point
    family: str
    word: Word | None
    gradients: tuple[Point, ...]
    nodes: tuple[Point, ...]
    spacing: Point | None
    settled: int
    horizon: int | None
    rho: fmpq
    half_width: fmpq
    optimum: Constant
    note: tuple[str, ...] = ()

    @property
    def period(self) -> int | None:
        """The number of steps after which gradients repeat, or `None`."""
        return None if self.spacing is None else len(self.gradients)
