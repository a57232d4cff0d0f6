"""The smallest parts of a certificate: counts, numbers, ranges, words, and objects with given keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from flint import fmpq

from misstep.certificates.intervals import Interval
from misstep.certificates.reading import malformed, shown

MOST = 1_000_000_000
_DIGITS = 2000
_NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(?:/([1-9][0-9]*))?")


def keys(value: object, names: Collection[str], where: str) -> dict[str, Any]:
    """An object that has exactly the keys `names`.

    >>> keys({"rule": "tangent"}, ["rule"], "left")
    {'rule': 'tangent'}
    """
    if not isinstance(value, dict):
        raise malformed(f"{where} = {shown(value)} must be an object")
    for name in names:
        if name not in value:
            raise malformed(f"{where} has no key {shown(name)}")
    for name in value:
        if name not in names:
            raise malformed(f"{where} has the key {shown(name)}, which version 1 does not know there")
    return value


def array(value: object, where: str, fewest: int = 0, most: int = MOST) -> list[Any]:
    """An array with a number of entries between the bounds, both included."""
    if not isinstance(value, list):
        raise malformed(f"{where} = {shown(value)} must be an array")
    if not fewest <= len(value) <= most:
        expected = f"{fewest}" if fewest == most else f"{fewest} to {most}" if most < MOST else f"at least {fewest}"
        raise malformed(f"{where} has {len(value)} entries and must have {expected}")
    return value


def count(value: object, where: str, least: int = 0, most: int = MOST) -> int:
    """A JSON integer between the bounds, both included; `true` is none.

    >>> count(3, "period", 1)
    3
    >>> count(True, "period", 1)
    Traceback (most recent call last):
    misstep.certificates.verdict.Stop: period = true must be an integer
    """
    if type(value) is not int:
        raise malformed(f"{where} = {shown(value)} must be an integer")
    if not least <= value <= most:
        raise malformed(f"{where} = {shown(value)} must be between {least} and {most}")
    return value


def truth(value: object, where: str) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise malformed(f"{where} = {shown(value)} must be true or false")
    return value


def choice(value: object, words: Sequence[str], where: str) -> str:
    """One of a few strings."""
    if not isinstance(value, str) or value not in words:
        raise malformed(f"{where} = {shown(value)} must be one of {', '.join(words)}")
    return value


def number(value: object, where: str, fits: Callable[[fmpq], bool] | None = None, which: str = "") -> fmpq:
    """A rational number in lowest terms, with at most 2000 digits above and below.

    Args:
        value: What the file has.
        where: The name of the field.
        fits: What the number must satisfy.
        which: The same in words: `must be positive`.

    >>> number("-2/3", "slope")
    -2/3
    >>> number("2/4", "slope")
    Traceback (most recent call last):
    misstep.certificates.verdict.Stop: slope = "2/4" must be in lowest terms
    """
    if not isinstance(value, str):
        raise malformed(f'{where} = {shown(value)} must be a string such as "-2/3"')
    found = _NUMBER.fullmatch(value)
    if found is None:
        raise malformed(f'{where} = {shown(value)} must be a number such as "-2/3"')
    sign, top, bottom = found.groups(default="")
    if len(top) > _DIGITS or len(bottom) > _DIGITS:
        raise malformed(f"{where} = {shown(value)} has more than {_DIGITS} digits")
    if sign and top == "0":
        raise malformed(f"{where} = {shown(value)}: zero has no sign")
    result = fmpq(int(sign + top), int(bottom or "1"))
    if bottom and (bottom == "1" or result.q != int(bottom)):
        raise malformed(f"{where} = {shown(value)} must be in lowest terms")
    if fits is not None and not fits(result):
        raise malformed(f"{where} = {shown(value)} {which}")
    return result


def interval(value: object, where: str) -> Interval:
    """A range: an array of two numbers, the first not larger than the second.

    >>> interval(["0", "1/2"], "start")
    Interval(lo=0, hi=1/2)
    """
    ends = array(value, where, 2, 2)
    low, high = (number(end, where) for end in ends)
    if low > high:
        raise malformed(f"{where} = [{shown(ends[0])}, {shown(ends[1])}] ends before it starts")
    return Interval(low, high)


def number_or_range(value: object, where: str) -> Interval:
    """A number as the range of that number alone, or a range."""
    return interval(value, where) if isinstance(value, list) else Interval.point(number(value, where))


def positive(value: object, where: str) -> fmpq:
    """A number > 0."""
    return number(value, where, lambda x: x > 0, "must be positive")


def fraction(value: object, where: str) -> fmpq:
    """A number in [0, 1)."""
    return number(value, where, lambda x: 0 <= x < 1, "must be in [0, 1)")


def at_least_zero(value: object, where: str) -> fmpq:
    """A number >= 0."""
    return number(value, where, lambda x: x >= 0, "must not be negative")
