"""Learning rates that change with the step k."""

from __future__ import annotations

import abc
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from flint import arb, fmpq

from misstep.elementary import power as to_the_power
from misstep.errors import InvalidInput, IrrationalResult
from misstep.optimizers.checks import nonnegative, positive
from misstep.scalars import NumberKind, Scalar, convert, exact, kind_of, sqrt
from misstep.traced import TracedStep


class Schedule(abc.ABC):
    """A function of the step number that gives its learning rate."""

    @abc.abstractmethod
    def __call__(self, k: int) -> Scalar:
        """α_k, the learning rate of step k ≥ 0."""

    @abc.abstractmethod
    def cast(self, kind: NumberKind) -> Schedule:
        """The same schedule with numbers of `kind`."""


@dataclass(frozen=True)
class InversePower(Schedule):
    """α_k = α/(k + offset)^p.

    Args:
        learning_rate: α > 0.
        power: p ≥ 0, exact, or an array of floats, one a lane; 1/2 is the textbook's 1/√k. In exact arithmetic p must
            be an integer.
        offset: Added to k ≥ 0; 1 makes the first rate α.

    Raises:
        InvalidInput: α ≤ 0, p < 0 or offset < 1.

    >>> InversePower("1/10", "1/2").cast(NumberKind.FLOAT64)(3)
    np.float64(0.05)
    """

    learning_rate: Scalar
    power: Scalar = "1/2"
    offset: int = 1

    def __post_init__(self) -> None:
        positive("learning_rate", self.learning_rate)
        if isinstance(self.power, np.ndarray):
            nonnegative("power", self.power)
        else:
            object.__setattr__(self, "power", exact(self.power))
        if np.any(self.power < 0) or self.offset < 1:
            raise InvalidInput(f"power = {self.power} must be at least 0 and offset = {self.offset} at least 1")

    def __call__(self, k: int) -> Scalar:
        """α_k."""
        kind = kind_of(self.learning_rate)
        if isinstance(k, TracedStep):
            return self.learning_rate / to_the_power((k + self.offset).value, self.power)
        base = convert(k + self.offset, kind)
        if kind.is_float:
            return self.learning_rate / to_the_power(base, convert(self.power, kind))
        if self.power == fmpq(1, 2):
            return self.learning_rate / sqrt(base)
        if kind is NumberKind.BALL:
            return self.learning_rate / base ** arb(self.power)
        if self.power.q != 1:
            raise IrrationalResult(f"({base})^({self.power}) is not rational in general: use balls")
        return self.learning_rate / base ** int(self.power.p)

    def cast(self, kind: NumberKind) -> InversePower:
        """The same schedule with α of `kind`."""
        return replace(self, learning_rate=convert(self.learning_rate, kind))


@dataclass(frozen=True)
class FromFunction(Schedule):
    """Any function of k; its values are converted to the run's number kind.

    >>> FromFunction(lambda k: "1/10" if k < 100 else "1/100").cast(NumberKind.EXACT)(100)
    1/100
    """

    function: Callable[[int], Scalar]
    kind: NumberKind = NumberKind.FLOAT64

    def __call__(self, k: int) -> Scalar:
        """α_k."""
        return convert(self.function(k), self.kind)

    def cast(self, kind: NumberKind) -> FromFunction:
        """The same schedule with values of `kind`."""
        return replace(self, kind=kind)
