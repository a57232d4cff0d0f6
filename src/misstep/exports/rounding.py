"""Constants of a function as rationals on the safe side."""

from __future__ import annotations

import math

from flint import arb, fmpq

from misstep.functions.constants import Constant, describe, enclosure
from misstep.scalars import ends


def rounded_up(constant: Constant) -> fmpq:
    """The constant itself where it is rational, else the upper end of a ball that contains it.

    >>> rounded_up(fmpq(60))
    60
    """
    return constant if isinstance(constant, fmpq) else ends(enclosure(constant))[1]


def rounded_down(constant: Constant) -> fmpq:
    """The constant itself where it is rational, else the lower end of a ball that contains it.

    >>> rounded_down(fmpq(-1, 80))
    -1/80
    """
    return constant if isinstance(constant, fmpq) else ends(enclosure(constant))[0]


def remark(constant: Constant | float, direction: str) -> str:
    """What a comment says about a constant: that it is exact, or what it is and how it was rounded.

    >>> from misstep.surd import surd
    >>> remark(fmpq(60), "up"), remark(surd(0, 1, 3), "up")
    ('exact', '√3, rounded up')
    """
    if isinstance(constant, fmpq) or (isinstance(constant, float) and math.isinf(constant)):
        return "exact"
    known = f"a number in {describe(constant)}" if isinstance(constant, arb) else describe(constant)
    return f"{known}, rounded {direction}"
