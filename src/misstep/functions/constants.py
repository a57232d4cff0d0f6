"""Constants of a function: exact where they can be, else balls that contain them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any, TypeAlias

from flint import arb, fmpq

from misstep.errors import InvalidInput
from misstep.surd import Surd

Constant: TypeAlias = fmpq | Surd | arb
"""A constant of a function: exact (a rational or a surd) where it can be, else a ball that contains it."""


def enclosure(constant: Constant) -> arb:
    """A ball that contains the constant, at the precision in force."""
    return constant.enclosure() if isinstance(constant, Surd) else arb(constant)


def largest(constants: Sequence[Any]) -> Constant:
    """The largest of exact numbers, exactly; a ball that contains it when a ball is among them.

    >>> largest([fmpq(1, 2), fmpq(2, 3)])
    2/3
    """
    if any(isinstance(constant, arb) for constant in constants):
        return reduce(arb.max, map(enclosure, constants))
    best: Constant = constants[0]
    for constant in constants[1:]:
        best = constant if constant > best else best
    return best


def total(constants: Sequence[Any]) -> Constant:
    """The sum: exact for rationals and surds of one field, else a ball.

    >>> total([fmpq(1, 2), fmpq(2, 3)])
    7/6
    """
    try:
        exact_sum: Constant = reduce(add, constants)
    except (InvalidInput, TypeError):  # surds of two fields, or a surd and a ball
        return reduce(add, map(enclosure, constants))
    return exact_sum


def may_equal(x: Any, y: Any) -> bool:
    """Whether nothing known tells the constants x and y apart."""
    if isinstance(x, arb) or isinstance(y, arb):
        x, y = enclosure(x), enclosure(y)
    return not (x < y or x > y)


def describe(constant: Constant | float) -> str:
    """A constant as text: exact where it is exact, else the ball's midpoint and radius.

    >>> describe(fmpq(60)), describe(-math.inf)
    ('60', '-∞')
    """
    if isinstance(constant, arb):
        return constant.str(12, radius=True)
    if isinstance(constant, float) and math.isinf(constant):
        return "∞" if constant > 0 else "-∞"
    return str(constant)
