"""Vectors and matrices of intervals, with sums in order."""

from __future__ import annotations

from collections.abc import Sequence

from misstep.certificates.intervals import Interval, total

Vector = tuple[Interval, ...]
Matrix = tuple[Vector, ...]


def plus(a: Vector, b: Vector) -> Vector:
    """a + b."""
    return tuple(x + y for x, y in zip(a, b, strict=True))


def minus(a: Vector, b: Vector) -> Vector:
    """a - b."""
    return tuple(x - y for x, y in zip(a, b, strict=True))


def times(factor: Interval, a: Vector) -> Vector:
    """factor·a."""
    return tuple(factor * x for x in a)


def dot(a: Vector, b: Vector) -> Interval:
    """⟨a, b⟩."""
    return total([x * y for x, y in zip(a, b, strict=True)])


def squares(a: Vector) -> Interval:
    """|a|², the sum of the squares.

    >>> squares((Interval.point(3), Interval.point(4)))
    Interval(lo=25, hi=25)
    """
    return total([x.square() for x in a])


def norm(a: Vector) -> Interval:
    """|a|, of a matrix row by row the Frobenius norm."""
    return squares(a).sqrt()


def mix(a: Vector, b: Vector, t: Interval) -> Vector:
    """(1 - t)·a + t·b, each coordinate as its exact range."""
    return tuple(x.mix(y, t) for x, y in zip(a, b, strict=True))


def product(A: Sequence[Vector], B: Sequence[Vector]) -> Matrix:
    """The product of two matrices."""
    columns = tuple(zip(*B, strict=True))
    return tuple(tuple(dot(row, column) for column in columns) for row in A)
