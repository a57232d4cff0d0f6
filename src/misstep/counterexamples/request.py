"""What is asked of a construction, checked before any work is done."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from flint import fmpq

from misstep.constructions.gap import FunctionClass
from misstep.constructions.line import check_class
from misstep.constructions.rationals import rational
from misstep.counterexamples.captured import Bounds
from misstep.counterexamples.families import check_family
from misstep.errors import InvalidInput
from misstep.trajectory import check_n_steps


@dataclass(frozen=True)
class Request:
    """What is asked of `construct`, checked.

    Attributes:
        bounds: The class of functions.
        family: How f goes between nodes.
        rho: Half-width of plateaus relative to the spacing, or `None` for what the runs need.
        slope: Size c > 0 of the gradients.
        n_steps: Steps for which the implementation is run after any transient.
        longest: Length to which all sign words are tried.
        curves: Which curves to compute: over the slope, over the learning rate.
        shape: Of the parameter; () on the line.
        thorough: Whether to measure stability and to keep what a drawing needs.
    """

    bounds: Bounds
    family: str
    rho: fmpq | None
    slope: fmpq
    n_steps: int
    longest: int
    curves: frozenset[Literal["slope", "learning_rate"]]
    shape: tuple[int, ...]
    thorough: bool = True

    @classmethod
    def checked(
        cls,
        *,
        function_class: FunctionClass,
        mu: Any,
        condition: Any,
        family: str,
        plateau: Any,
        slope: Any,
        n_steps: int,
        longest: int,
        curves: bool,
        dimension: Any,
    ) -> Request:
        """The request, or an error that names what is out of range."""
        least = fmpq(0) if mu is None else _number("mu", mu)
        kappa = None if condition is None else _number("condition", condition)
        if kappa is None:
            check_class(function_class, least)
        elif function_class != "strongly-convex" or mu is not None or not kappa >= 1:
            raise InvalidInput(f"condition = {kappa} must be at least 1, for the strongly convex class and without mu")
        rho = None if plateau is None else _number("plateau", plateau)
        if rho is not None and not 0 <= rho < fmpq(1, 2):
            raise InvalidInput(f"plateau = {rho} must be in [0, 1/2), the half-width relative to the spacing")
        if function_class == "strongly-convex":
            if rho:
                raise InvalidInput("a strongly convex function has no plateau: its gradient is nowhere constant")
            rho = fmpq(0)
        check_family(family, function_class, rho)
        c = _number("slope", slope)
        if not fmpq(1, 10**30) <= c <= 10**30:
            raise InvalidInput(f"slope = {slope} must be positive, from 1e-30 to 1e30: float32 has no other squares")
        check_n_steps(n_steps)
        if not 100 <= n_steps <= 10**6:
            raise InvalidInput(f"n_steps = {n_steps} must be from 100 to 1000000")
        if isinstance(longest, bool) or not isinstance(longest, int) or not 1 <= longest <= 12:
            raise InvalidInput(f"longest = {longest} must be a whole number from 1 to 12")
        shape = _shape(dimension)
        if shape and family != "spline":
            raise InvalidInput(f"family = {family!r} is for the line: in R^n functions are made of splines")
        if shape and function_class != "nonconvex":
            raise InvalidInput(
                f"dimension = {dimension!r} is for the nonconvex class: {function_class} is for the line"
            )
        wanted: frozenset[Any] = frozenset(("slope", "learning_rate") if curves else ())
        return cls(Bounds(function_class, least, kappa), family, rho, c, n_steps, longest, wanted, shape)


def _number(name: str, value: Any) -> fmpq:
    """An argument as a rational, or an error that names it."""
    try:
        return rational(value)
    except InvalidInput as error:
        raise InvalidInput(f"{name} must be a number: {error}") from error


def _shape(dimension: Any) -> tuple[int, ...]:
    """The shape of the parameter, () for the line."""
    sizes = dimension if isinstance(dimension, tuple) else (dimension,)
    whole = all(isinstance(n, int) and not isinstance(n, bool) and n >= 1 for n in sizes)
    if not sizes or not whole or not math.prod(sizes) <= 64:
        raise InvalidInput(f"dimension = {dimension!r} must be one or more whole numbers with a product from 1 to 64")
    return sizes if math.prod(sizes) > 1 else ()
