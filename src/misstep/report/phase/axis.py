"""An axis of a phase diagram: where its values lie on paper, where cells end, and what is written beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from misstep.report.phase.names import number, shortened, tick_label
from misstep.scalars import FloatArray

Scale = Literal["linear", "log", "signed", "logit", "ordinal"]

_DECADES = 1.5
"""A list of values that spans more decades is drawn on a log axis."""

_ENOUGH = 4
"""Round numbers at an axis, with which it needs none between them."""

_LONG = 16
"""Letters of a text that may be shortened."""

_NARROWEST, _GAP = 0.06, 0.02
"""Width of the band of 0 on a log axis at least, and of the gap beside it, as shares of the rest."""


@dataclass(frozen=True)
class Block:
    """Neighboring cells: their indices, and where they end on paper."""

    first: int
    edges: FloatArray

    @property
    def cells(self) -> slice:
        """Which cells they are."""
        return slice(self.first, self.first + len(self.edges) - 1)


@dataclass(frozen=True, eq=False)
class PhaseAxis:
    """A coordinate as it is drawn.

    On paper a value v is at v (linear), log10 v (log), −log10(1 − v) (logit) or its own index (ordinal). A 0 that
    begins a log axis has a band of its own, left of the rest. A signed axis is a log axis to both sides of 0, which
    has a band in the middle.

    Attributes:
        name: Of the coordinate.
        label: For matplotlib, with its unit.
        values: Strictly increasing, or those of points in any order.
        scale: How it is drawn.
        texts: What is written at the values of an ordinal axis.
    """

    name: str
    label: str
    values: FloatArray
    scale: Scale
    texts: tuple[str, ...] = ()

    @property
    def has_zero(self) -> bool:
        """Whether 0 is apart."""
        return self.scale == "log" and bool(np.min(self.values) == 0)

    @cached_property
    def at(self) -> FloatArray:
        """Where the values are on paper."""
        return self.place(self.values)

    def place(self, values: FloatArray) -> FloatArray:
        """Where any values are on paper.

        >>> PhaseAxis("beta1", "", np.array([0.0, 0.9, 0.99]), "logit").at
        array([0., 1., 2.])
        >>> PhaseAxis("x0", "", np.array([0.0, 1e-8, 1e-6, 1e-4]), "log").at
        array([-10.12,  -8.  ,  -6.  ,  -4.  ])
        """
        match self.scale:
            case "linear":
                return np.asarray(values, dtype=np.float64)
            case "logit":
                # The sum turns -0.0 into 0.0.
                return np.asarray(-np.log1p(-values) / np.log(10) + 0.0)
            case "ordinal":
                return np.searchsorted(self.values, values).astype(np.float64)
            case "log":
                with np.errstate(divide="ignore"):
                    return np.where(values > 0, np.log10(values), self._zero)
            case "signed":
                first, step = self._arm
                with np.errstate(divide="ignore", invalid="ignore"):
                    size = np.log10(np.abs(values)) - first + step / 2 + self._middle
                    return np.where(np.asarray(values) == 0, 0.0, np.sign(values) * size)

    @cached_property
    def _arm(self) -> tuple[float, float]:
        """Log10 of the smallest size on a signed axis, and the least distance between sizes."""
        size = np.unique(np.log10(np.abs(self.values[self.values != 0])))
        return float(size[0]), float(np.diff(size).min()) if len(size) > 1 else 1.0

    @cached_property
    def _middle(self) -> float:
        """Half of what lies between the two sides of a signed axis: the band of 0, and gaps."""
        size = np.log10(np.abs(self.values[self.values != 0]))
        return max(self._arm[1], _NARROWEST * float(np.ptp(size)) * 2) * (0.5 + _GAP / _NARROWEST)

    @cached_property
    def _zero(self) -> float:
        """The middle of the band of 0."""
        first, width, gap = self._band
        return first - gap - width / 2

    @cached_property
    def _band(self) -> tuple[float, float, float]:
        """The end of the rest that is next to 0, the width of the band and of the gap."""
        rest = np.sort(np.log10(self.values[self.values > 0]))
        step = rest[1] - rest[0] if len(rest) > 1 else 1.0
        span = rest[-1] - rest[0] + step
        return float(rest[0] - step / 2), float(max(step, _NARROWEST * span)), float(_GAP * span)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The cells, in one block, or two where 0 is apart: they end half-way between values, on paper."""
        if self.scale == "signed":
            return self._signed_blocks()
        if not self.has_zero:
            return (Block(0, _edges(self.at)),)
        first, width, gap = self._band
        zero = Block(0, np.array([first - gap - width, first - gap]))
        rest = self.at[1:]
        edges = _edges(rest) if len(rest) > 1 else np.array([rest[0] - 0.5, rest[0] + 0.5])
        return (zero, Block(1, edges))

    def _signed_blocks(self) -> tuple[Block, ...]:
        left, zero = int((self.values < 0).sum()), int((self.values == 0).sum())
        half = self._middle / (1 + 2 * _GAP / _NARROWEST)
        middle = (Block(left, np.array([-half, half])),) if zero else ()
        return (Block(0, _edges(self.at[:left])), *middle, Block(left + zero, _edges(self.at[left + zero :])))

    @property
    def ends(self) -> tuple[float, float]:
        """First and last end of a cell on paper."""
        return float(self.blocks[0].edges[0]), float(self.blocks[-1].edges[-1])

    def text(self, i: int) -> str:
        """The i-th value in a sentence."""
        return self.texts[i] if self.texts else number(float(self.values[i]))

    @cached_property
    def shorts(self) -> tuple[str, ...]:
        """The texts as they are drawn: long ones without what they share."""
        return shortened(self.texts, _LONG)

    def short(self, i: int) -> str:
        """The i-th value where there is little room."""
        return self.shorts[i] if self.texts else self.text(i)

    def ticks(self, low: float, high: float) -> list[list[tuple[float, str]]]:
        """Places and labels between two places of the paper: several choices, from many ticks to few."""
        match self.scale:
            case "linear":
                return [_linear(low, high, step) for step in _steps(low, high)]
            case "ordinal":
                every = [
                    (float(i), self.shorts[i] if self.texts else tick_label(float(v)))
                    for i, v in enumerate(self.values)
                ]
                return [every[::stride] for stride in range(1, len(every) + 1)]
            case "signed":
                return self._signed_ticks(high)
            case "logit":
                nines = [_within(_logit((1,), stride), low, high) for stride in (1, 2, 3, 4, 6)]
                between = [_within(_logit(digits), low, high) for digits in ((1, 2, 5), (1, 5))]
                return nines if len(nines[0]) >= _ENOUGH else between + nines
            case "log":
                zero = [(self._zero, "0")] if self.has_zero else []
                start = self._band[0] if self.has_zero else low
                powers = [_within(_log((1,), start, high, stride), start, high) for stride in (1, 2, 3, 4, 5, 6, 8, 10)]
                between = [_within(_log(digits, start, high), start, high) for digits in ((1, 2, 5), (1, 3))]
                return [zero + choice for choice in (powers if len(powers[0]) >= _ENOUGH else between + powers)]

    def _signed_ticks(self, high: float) -> list[list[tuple[float, str]]]:
        """Powers of ten to both sides, and 0 in the middle if it is there."""
        shift = self.at[-1] - np.log10(self.values[-1])
        zero = [(0.0, "0")] if 0 in self.values else []
        choices = []
        for stride in (1, 2, 3, 4, 5, 6, 8, 10):
            powers = _log((1,), self._arm[0], high - shift, stride)
            right = _within([(place + shift, text) for place, text in powers], self._middle, high)
            left = [(-place, f"$-{text[1:]}" if text[0] == "$" else f"−{text}") for place, text in reversed(right)]
            choices.append(left + zero + right)
        return choices


def natural_scale(scale: str, name: str, values: FloatArray) -> Scale:
    """How a coordinate is drawn; a list of values as what it looks like.

    >>> natural_scale("list", "x0", np.array([0, 1e-16, 1e-8, 0.4]))
    'log'
    >>> natural_scale("list", "beta1", np.array([0, 0.9, 0.99, 0.999]))
    'logit'
    >>> natural_scale("list", "power", np.array([0, 0.5, 1]))
    'linear'
    >>> natural_scale("list", "x0", np.array([-0.4, -1e-8, 0, 1e-8, 0.4]))
    'signed'
    """
    low, high = float(np.min(values)), float(np.max(values))
    positive = values[values > 0]
    if scale == "logit" and high < 1:
        return "logit"
    if scale == "log" and low >= 0 and len(positive) > 0:
        return "log"
    if scale != "list":
        return "linear"
    if name.startswith("beta") and low >= 0 and 0.98 < high < 1:
        return "logit"
    size = np.abs(values[values != 0])
    wide = len(size) > 1 and np.log10(size.max() / size.min()) > _DECADES
    if wide:
        # A signed axis has at least two values to each side.
        both = min((values < 0).sum(), (values > 0).sum()) > 1
        return "log" if low >= 0 else "signed" if both else "ordinal"
    return "linear"


def _edges(at: FloatArray) -> FloatArray:
    """Half-way between places; the outer cells reach as far out as in."""
    if len(at) == 1:
        return np.array([at[0] - 0.5, at[0] + 0.5])
    middle = (at[1:] + at[:-1]) / 2
    return np.concatenate(([at[0] - (middle[0] - at[0])], middle, [at[-1] + (at[-1] - middle[-1])]))


def _within(ticks: list[tuple[float, str]], low: float, high: float) -> list[tuple[float, str]]:
    slack = 1e-9 * (high - low)
    return [(place, text) for place, text in ticks if low - slack <= place <= high + slack]


def _steps(low: float, high: float) -> list[float]:
    """Steps of a linear axis, from some eight ticks to two."""
    rough = (high - low) / 8
    power = 10.0 ** np.floor(np.log10(rough))
    return [float(step * power) for step in (1, 2, 2.5, 5, 10, 20, 25, 50, 100) if step * power >= rough]


def _linear(low: float, high: float, step: float) -> list[tuple[float, str]]:
    first = int(np.ceil(low / step - 1e-9))
    return [(i * step, tick_label(round(i * step, 12))) for i in range(first, int(np.floor(high / step + 1e-9)) + 1)]


def _logit(digits: tuple[int, ...], stride: int = 1) -> list[tuple[float, str]]:
    """0, 0.5, 0.8, 0.9 …, at 1 − d/10^k; with a stride every second or third number of nines."""
    found = {0.0: "0"}
    for k in range(1, 16):
        if (k - 1) % stride and stride > 1:
            continue
        for digit in digits:
            place = k - float(np.log10(digit))
            if k <= 5:
                found[place] = f"{1 - digit / 10**k:.{k}f}"
            elif digit == 1:
                found[place] = rf"$1-10^{{-{k}}}$"
    return sorted(found.items())


def _log(digits: tuple[int, ...], low: float, high: float, stride: int = 1) -> list[tuple[float, str]]:
    first, last = int(np.floor(low)), int(np.ceil(high))
    first += -first % stride
    return [
        (k + float(np.log10(digit)), tick_label(float(f"{digit}e{k}")))
        for k in range(first, last + 1, stride)
        for digit in digits
    ]
