"""Ranges, lists and references in text: the grammar of `misstep.adapters.naming` with three more kinds of value.

    value = … | range | "$" axis ;
    range = number ".." number [ ":" points ] [ ":" scale ] ;
    points = a whole number, such as 200 or 1e3 ;
    scale = "linear" | "log" | "logit" ;

A range, or a list of numbers, in the place of a number makes an axis. `$axis` stands for the value of the axis of that
name, so that two methods, or a method and a function, may share one. Spaces may stand between any two of these.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from misstep.adapters.naming import MAX_LENGTH, OptimizerSpec, Reader, Value
from misstep.errors import InvalidInput
from misstep.scalars import exact
from misstep.sweeps.axis import SCALES, Axis
from misstep.sweeps.methods import REFERENCE

_NUMBER = r"[+-]?(?:\d+\s*/\s*\d+|(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
_LOW = re.compile(rf"({_NUMBER})\s*\.\.", re.ASCII)
_HIGH = re.compile(_NUMBER, re.ASCII)


@dataclass(frozen=True)
class Range:
    """What `low..high:points:scale` says: exact numbers as text, and `None` for points that are not told.

    >>> read_value("beta1", "0..0.999:200")
    Range(low='0', high='0.999', points=200, scale='linear')
    """

    low: str
    high: str
    points: int | None = None
    scale: str = "linear"

    def axis(self, name: str, design: str = "grid") -> Axis:
        """The axis of this range: its points, or in a design that draws points its two ends.

        Raises:
            InvalidInput: a grid's range has no number of points, or another design's has one; or `Axis.between` does.
        """
        shown = f"{name} = {self.low}..{self.high}"
        if design == "grid":
            if self.points is None:
                raise InvalidInput(f"{shown} lacks its number of points: write {name}={self.low}..{self.high}:200")
            return Axis.between(name, self.low, self.high, self.points, self.scale)
        if self.points is not None:
            raise InvalidInput(f"{shown}:{self.points} has a number of points: a {design} design has its own")
        return Axis.between(name, self.low, self.high, 2, self.scale)


class SweepReader(Reader):
    """A reader that also knows ranges and references."""

    def value(self, depth: int) -> Value:
        """A value; ranges and references are not within lists."""
        self.space()
        if depth > 0:
            return super().value(depth)
        if self.takes(REFERENCE):
            return REFERENCE + self.word("the name of an axis, such as $eps")
        found = _LOW.match(self.text, self.at)
        return super().value(depth) if found is None else self.range(found)

    def range(self, found: re.Match[str]) -> Range:
        """What follows the low end and `..`."""
        self.at = found.end()
        self.space()
        high = _HIGH.match(self.text, self.at)
        if high is None:
            self.fail("the upper end of the range, such as 0..0.999:200")
        self.at = high.end()
        points: int | None = None
        scale = "linear"
        if self.takes(":"):
            self.space()
            start = self.at
            if count := _HIGH.match(self.text, start):
                self.at = count.end()
                points = whole_number(count[0])
                if points is None:
                    self.fail("a whole number of points, such as 200 or 1e3", start)
                scale = self.scale() if self.takes(":") else "linear"
            else:
                scale = self.scale()
        return Range("".join(found[1].split()), "".join(high[0].split()), points, scale)

    def scale(self) -> str:
        """The name of a scale."""
        self.space()
        start, names = self.at, SCALES[:-1]
        word = self.word(f"a number of points, or a scale: {', '.join(names)}")
        if word not in names:
            self.fail(f"a scale: {', '.join(names)}", start)
        return word


def whole_number(text: str) -> int | None:
    """The whole number that the text of a number spells, `1e5` too, or `None`.

    >>> whole_number("1e5"), whole_number("0.5"), whole_number("1e999999")
    (100000, None, None)
    """
    try:
        value = exact("".join(text.split()))
    except InvalidInput:
        return None
    return int(value.p) if value.q == 1 else None


def read_named(text: str) -> OptimizerSpec:
    """A name with arguments, among which may be ranges and references.

    Raises:
        InvalidInput: the text breaks the grammar.

    >>> read_named("adam(learning_rate=0.1, beta1=[0, 0.5], eps_root=$eps)").arguments[1:]
    (('beta1', [0, Decimal('0.5')]), ('eps_root', '$eps'))
    """
    return _reader(text).spec()


def read_value(name: str, text: str) -> Any:
    """A value on its own: a number, a range or a list.

    Raises:
        InvalidInput: the text breaks the grammar; the message begins with `name`.
    """
    try:
        reader = _reader(text)
        value = reader.value(0)
        reader.end("the end of the text")
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from None
    return value


def split(spec: OptimizerSpec, numbers: Collection[str], design: str) -> tuple[OptimizerSpec, list[Axis]]:
    """The fixed arguments of what was read, and the axes written among them.

    Args:
        spec: From `read_named`.
        numbers: The parameters that are numbers: a list of any other is its value.
        design: Of the sweep.

    Raises:
        InvalidInput: an axis is malformed.
    """
    fixed: list[tuple[str, Value]] = []
    axes: list[Axis] = []
    for name, value in spec.arguments:
        if isinstance(value, (Range, list)) and (name in numbers or isinstance(value, Range)):
            axes.append(as_axis(name, value, design))
        else:
            fixed.append((name, value))
    return OptimizerSpec(spec.library, spec.name, tuple(fixed), spec.text), axes


def as_axis(name: str, value: Range | list[Any], design: str) -> Axis:
    """The axis of a range or a list."""
    if isinstance(value, Range):
        return value.axis(name, design)
    if any(isinstance(element, (str, bool, tuple, list)) or element is None for element in value):
        raise InvalidInput(f"{name} = {value} must be a list of numbers")
    return Axis(name, tuple(element if isinstance(element, float) else _rounded(name, element) for element in value))


def _rounded(name: str, value: Any) -> float:
    rational = exact(value)
    try:
        return int(rational.p) / int(rational.q)
    except OverflowError:
        raise InvalidInput(f"{name} = {value} is larger than any float") from None


def _reader(text: Any) -> SweepReader:
    if not isinstance(text, str):
        raise InvalidInput(f"{text!r} must be a text")
    if len(text) > MAX_LENGTH:
        raise InvalidInput(f"{text[:50]!r}… has {len(text)} characters: at most {MAX_LENGTH} are read")
    return SweepReader(text)
