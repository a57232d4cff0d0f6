"""An axis of a sweep: the values that one parameter takes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias, get_args

from flint import arb, fmpq

from misstep.errors import InvalidInput, unknown_name
from misstep.scalars import ends, exact, precision

Scale: TypeAlias = Literal["linear", "log", "logit", "list"]

SCALES: tuple[str, ...] = get_args(Scale)

MAX_POINTS = 10**6
"""Most values of one axis."""

_BITS = 256
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True)
class Axis:
    """A parameter and the values that it takes.

    Args:
        name: Of a hyper-parameter of the method, of a parameter of the function, or `"x0"`, `"noise"` or `"power"`.
        values: At least two finite floats, strictly increasing.
        scale: How they are spaced, and how the axis is drawn: `"linear"`, `"log"`, `"logit"` or `"list"`.

    Raises:
        InvalidInput: a condition is broken; the message names the axis and the value.

    >>> Axis("beta1", (0.0, 0.5, 0.9), "list").n
    3
    """

    name: str
    values: tuple[float, ...]
    scale: str = "list"

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _WORD.fullmatch(self.name):
            raise InvalidInput(f"an axis is named by a parameter, not by {self.name!r}")
        if self.scale not in SCALES:
            raise unknown_name(str(self.scale), f"a scale of the axis {self.name}", SCALES)
        values = tuple(_as_float(self.name, value) for value in self.values)
        object.__setattr__(self, "values", values)
        if not values:
            raise InvalidInput(f"{self.name} = [] has no values: an axis needs at least 2")
        if len(values) == 1:
            raise InvalidInput(f"{self.name} has one value, {values[0]!r}: an axis needs at least 2")
        if len(values) > MAX_POINTS:
            raise InvalidInput(f"{self.name} has {len(values)} values: an axis has at most {MAX_POINTS}")
        for low, high in pairwise(values):
            if not low < high:
                raise InvalidInput(f"{self.name} has {high!r} after {low!r}: its values must increase")
        _check_scale(self.name, self.scale, values[0], values[-1])

    @classmethod
    def between(cls, name: str, low: Any, high: Any, points: int, scale: str = "linear") -> Axis:
        """The axis of `points` values from `low` to `high`.

        Value i is the float nearest to, with t = i/(points − 1),

            linear   low + (high − low)·t
            log      low·(high/low)^t                              0 < low
            logit    1 − (1 − low)·((1 − high)/(1 − low))^t        0 ≤ low, high < 1

        so the first is `low` and the last is `high`. "logit" spaces 1 − β evenly on a log scale: it is as dense towards
        β = 1 as the logit is, and may begin at 0.

        Args:
            name: Of the parameter.
            low: The first value; a float counts as the decimal that Python prints for it.
            high: The last value.
            points: From 2 to `MAX_POINTS`.
            scale: `"linear"`, `"log"` or `"logit"`.

        Raises:
            InvalidInput: the range is reversed, too fine for floats, or leaves the scale's domain.

        >>> Axis.between("beta2", 0, "0.999", 4, "logit").values
        (0.0, 0.9, 0.99, 0.999)
        """
        if scale == "list":
            raise InvalidInput(
                f"{name}: a list has its values written out: the scale of a range is linear, log or logit"
            )
        if scale not in SCALES:
            raise unknown_name(str(scale), f"a scale of the axis {name}", SCALES[:-1])
        first, last = _as_exact(name, low), _as_exact(name, high)
        ends_ = _as_float(name, first), _as_float(name, last)
        if not first < last:
            raise InvalidInput(f"{name} = {low}..{high} must increase: {low} is not less than {high}")
        if points < 2:
            raise InvalidInput(f"{name} = {low}..{high} with {points} points: an axis needs at least 2")
        if points > MAX_POINTS:
            raise InvalidInput(f"{name} = {low}..{high} with {points} points: an axis has at most {MAX_POINTS}")
        _check_scale(name, scale, *ends_)
        values = (ends_[0], *_spaced(first, last, points, scale), ends_[1])
        if any(not before < after for before, after in pairwise(values)):
            raise InvalidInput(f"{name} = {low}..{high} with {points} points: floats are not so close to each other")
        return cls(name, values, scale)

    @property
    def n(self) -> int:
        """The number of values."""
        return len(self.values)

    def to_dict(self) -> dict[str, Any]:
        """The axis as JSON's types."""
        return {"name": self.name, "scale": self.scale, "values": list(self.values)}


def _as_float(name: str, value: Any) -> float:
    if isinstance(value, bool):
        raise InvalidInput(f"{name} = {value} must be a number")
    try:
        number = int(value.p) / int(value.q) if isinstance(value, fmpq) else float(value)
    except OverflowError:
        raise InvalidInput(f"{name} = {value} is larger than any float") from None
    except (TypeError, ValueError):
        raise InvalidInput(f"{name} = {value!r} must be a number") from None
    if not math.isfinite(number):
        raise InvalidInput(f"{name} = {value} must be finite")
    return number + 0.0  # no −0


def _as_exact(name: str, value: Any) -> fmpq:
    """The number that `value` spells; a float counts as its shortest decimal."""
    if isinstance(value, float):
        return exact(repr(_as_float(name, value)))
    try:
        return exact(value)
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from None


def _check_scale(name: str, scale: str, low: float, high: float) -> None:
    if scale == "log" and not low > 0:
        raise InvalidInput(f"{name} = {low!r} must be positive on a log scale (a list may begin with 0)")
    if scale == "logit" and not (low >= 0 and high < 1):
        raise InvalidInput(f"{name} = {low if low < 0 else high!r} must be in [0, 1) on a logit scale")


def _spaced(low: fmpq, high: fmpq, points: int, scale: str) -> Sequence[float]:
    """The values between the ends."""
    n = points - 1
    if scale == "linear":
        # Over one denominator: the division of two ints rounds correctly.
        denominator = int(low.q) * int(high.q)
        first, last = int(low.p) * int(high.q), int(high.p) * int(low.q)
        return [(first * (n - i) + last * i) / (denominator * n) for i in range(1, n)]
    with precision(_BITS):
        start, end = (low, high) if scale == "log" else (1 - low, 1 - high)
        first_log, last_log = arb(start).log(), arb(end).log()
        logs = ((first_log * (n - i) + last_log * i) / n for i in range(1, n))
        return [nearest(log.exp() if scale == "log" else 1 - log.exp()) for log in logs]


def nearest(x: arb) -> float:
    """The float nearest to what the ball encloses, at a precision that tells floats apart."""
    middle = ends(x)[0]
    return int(middle.p) / int(middle.q)
