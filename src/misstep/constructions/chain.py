"""Values at the nodes of a chain whose differences, and some of which themselves, are bounded: exact feasibility."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import NamedTuple

from flint import fmpq

_ZERO = fmpq(0)


class Bound(NamedTuple):
    """An upper bound that never falls as L grows: its `value` at one L, and linear and inverse·(−1) terms in L.

    The value is constant + linear·L − inverse/(L − m₀), with linear and inverse ≥ 0, m₀ = 0 or mu (`Gap`).
    """

    value: fmpq
    linear: fmpq = _ZERO
    inverse: fmpq = _ZERO

    @property
    def moves(self) -> bool:
        """Whether the bound is strictly less for every smaller L."""
        return self.linear > 0 or self.inverse > 0

    def plus(self, other: Bound) -> Bound:
        """The bound on a sum."""
        return Bound(self.value + other.value, self.linear + other.linear, self.inverse + other.inverse)


class Range(NamedTuple):
    """The numbers f with f ≤ `up` and −f ≤ `down`; `None` is no bound."""

    up: Bound | None = None
    down: Bound | None = None


class Step(NamedTuple):
    """f_{j+1} − f_j ≤ `up` and f_j − f_{j+1} ≤ `down`; `None` is no bound."""

    up: Bound | None = None
    down: Bound | None = None


class Feasibility(enum.Enum):
    """Whether bounds can be met at one L, and whether they could be at a smaller one."""

    EMPTY = "no values meet the bounds"
    TIGHT = "some values do, and for every smaller L none would"
    OPEN = "some values do"


def point(value: fmpq) -> Range:
    """The one number `value`."""
    return Range(Bound(value), Bound(-value))


class Chain:
    """Bounds on f_0 … f_N and on their consecutive differences, and optionally f_N = f_t.

    These are difference constraints, whose graph is a path with one loop hung on its end. Such a system has a solution
    exactly when no cycle of the graph has negative total, and a simple cycle here goes through the node t and through
    the origin at most once each; `decide` looks at all of them in one sweep, without rounding.

    Attributes:
        violated: After `decide`: totals that must not be negative and are, as functions of L. Each L at which
            values exist makes all of them at least 0.
    """

    def __init__(self, own: Sequence[Range], steps: Sequence[Step], repeats_from: int | None) -> None:
        self._own = list(own)
        self._steps = steps
        self._from = repeats_from
        self._tight = False
        self.violated: list[Bound] = []

    def decide(self) -> Feasibility:
        """Whether values exist."""
        if self._from is None:
            self._sweep(self._own, self._steps)
        else:
            self._loop_range(self._from)
        if self.violated:
            return Feasibility.EMPTY
        return Feasibility.TIGHT if self._tight else Feasibility.OPEN

    def values(self) -> list[fmpq]:
        """Values that meet the bounds, which must be feasible: deviations are shared in proportion to their room."""
        own = list(self._own)
        if self._from is not None:
            own[self._from] = own[-1] = point(_representative(self._loop_range(self._from)))
        elif all(bounds == Range() for bounds in own):
            own[0] = point(fmpq(0))
        ranges = self._sweep(own, self._steps)
        found = [_representative(ranges[-1])]
        for bounds, step in zip(reversed(ranges[:-1]), reversed(self._steps), strict=True):
            found.append(_before(found[-1], bounds, step))
        return found[::-1]

    def _loop_range(self, start: int) -> Range:
        """Every value of f_t for which the rest can be chosen (when nothing is violated)."""
        own, steps = self._own, self._steps
        loop = steps[start:]
        for side in ("up", "down"):
            total: Bound | None = Bound(fmpq(0))
            for step in loop:
                total = _plus(total, step.up if side == "up" else step.down)
            if total is not None:
                self._check(total)
        inside = [Range(), *own[start + 1 : -1], Range()]
        onward = self._sweep(inside, loop)[-1]
        backward = self._sweep(inside[::-1], [Step(step.down, step.up) for step in reversed(loop)])[-1]
        result = self._sweep(own[: start + 1], steps[:start])[-1]
        for other in (own[-1], onward, backward):
            result = self._meet(result, other)
        return result

    def _sweep(self, own: Sequence[Range], steps: Sequence[Step]) -> list[Range]:
        """For each node the values that the bounds up to it leave."""
        ranges = [self._meet(own[0], Range())]
        for step, bounds in zip(steps, own[1:], strict=True):
            before = ranges[-1]
            moved = Range(_plus(before.up, step.up), _plus(before.down, step.down))
            ranges.append(self._meet(moved, bounds))
        return ranges

    def _meet(self, a: Range, b: Range) -> Range:
        met = Range(_least(a.up, b.up), _least(a.down, b.down))
        if met.up is not None and met.down is not None:
            self._check(met.up.plus(met.down))
        return met

    def _check(self, total: Bound) -> None:
        if total.value < 0:
            self.violated.append(total)
        self._tight |= total.value == 0 and total.moves


def _plus(a: Bound | None, b: Bound | None) -> Bound | None:
    return None if a is None or b is None else a.plus(b)


def _least(a: Bound | None, b: Bound | None) -> Bound | None:
    if a is None or b is None:
        return b if a is None else a
    if a.value == b.value:
        return a if a.moves else b
    return a if a.value < b.value else b


def _representative(bounds: Range) -> fmpq:
    if bounds.up is None:
        return fmpq(0) if bounds.down is None else -bounds.down.value
    return bounds.up.value if bounds.down is None else (bounds.up.value - bounds.down.value) / 2


def _before(following: fmpq, bounds: Range, step: Step) -> fmpq:
    """A value within `bounds` from which the bounded `step` leads to `following`."""
    assert step.up is not None
    assert step.down is not None
    if bounds.up is None or bounds.down is None:
        middle = following - (step.up.value - step.down.value) / 2
        if bounds.up is not None:
            return min(middle, bounds.up.value)
        return middle if bounds.down is None else max(middle, -bounds.down.value)
    low, width = -bounds.down.value, bounds.up.value + bounds.down.value
    total = width + step.up.value + step.down.value
    # The same share of this range and of the step, as `following` takes of their sum.
    return low if total == 0 else low + (following - low + step.down.value) / total * width
