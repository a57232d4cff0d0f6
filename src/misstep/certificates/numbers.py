"""What the recurrences ask of a number: it may be an interval, one with derivatives, or one that rounds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from misstep.certificates.intervals import Interval


class Number(ABC):
    """A set of real numbers, or a function on one: sums, products, roots, and what moving averages need."""

    __slots__ = ()

    @property
    @abstractmethod
    def value(self) -> Interval:
        """The interval, without what else is known."""

    def computed(self) -> Self:
        """The number as a result of an operation, which may have an error."""
        return self

    @abstractmethod
    def __add__(self, other: Self, /) -> Self: ...

    @abstractmethod
    def __sub__(self, other: Self, /) -> Self: ...

    @abstractmethod
    def __mul__(self, other: Self, /) -> Self: ...

    @abstractmethod
    def __truediv__(self, other: Self, /) -> Self: ...

    @abstractmethod
    def __neg__(self) -> Self: ...

    @abstractmethod
    def __abs__(self) -> Self: ...

    @abstractmethod
    def sqrt(self) -> Self:
        """The square root."""

    @abstractmethod
    def square(self) -> Self:
        """The exact range of the square."""

    @abstractmethod
    def sign(self) -> Self:
        """1, -1 or 0, where that is certain."""

    @abstractmethod
    def maximum(self, other: Self) -> Self:
        """The larger of two numbers."""

    @abstractmethod
    def mix(self, other: Self, t: Self) -> Self:
        """(1 - t)·self + t·other, for t within [0, 1]."""

    @abstractmethod
    def gain(self, p: Self) -> Self:
        """(1 - beta)/(1 - beta·p), which is in [0, 1]."""

    @abstractmethod
    def ratio(self, p: Self) -> Self:
        """(1 - p)/(1 - beta·p), which is in [0, 1]."""
