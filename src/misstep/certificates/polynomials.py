"""Whether a polynomial is at least a value on an interval: in closed form, or by its Bernstein coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

from flint import fmpq

from misstep.certificates.functions import evaluate

MOST_HALVINGS = 40


def least_value(coefficients: Sequence[fmpq], h: fmpq) -> fmpq:
    """The least value of a polynomial of degree at most 2 on [0, h].

    >>> least_value([fmpq(1), fmpq(-2), fmpq(1)], fmpq(3))
    0
    """
    least = min(coefficients[0], evaluate(coefficients, h))
    if len(coefficients) == 3 and coefficients[2] > 0:
        vertex = -coefficients[1] / (2 * coefficients[2])
        if 0 < vertex < h:
            least = min(least, evaluate(coefficients, vertex))
    return least


def bernstein(coefficients: Sequence[fmpq], h: fmpq) -> list[fmpq]:
    """The coefficients with respect to the Bernstein polynomials of degree d on [0, h].

    With t = h·u, Σ_j c_j h^j u^j has b_i = Σ_{j <= i} C(i, j)/C(d, j)·c_j·h^j.

    >>> bernstein([fmpq(0), fmpq(0), fmpq(1)], fmpq(2))
    [0, 0, 4]
    """
    d = len(coefficients) - 1
    scaled = [c * h**j / comb(d, j) for j, c in enumerate(coefficients)]
    return [sum((comb(i, j) * scaled[j] for j in range(i + 1)), fmpq(0)) for i in range(d + 1)]


def halves(b: Sequence[fmpq]) -> tuple[list[fmpq], list[fmpq]]:
    """The Bernstein coefficients on the two halves of the interval, by de Casteljau's scheme.

    >>> halves([fmpq(0), fmpq(0), fmpq(4)])
    ([0, 0, 1], [1, 2, 4])
    """
    left, right, row = [b[0]], [b[-1]], list(b)
    while len(row) > 1:
        row = [(row[i] + row[i + 1]) / 2 for i in range(len(row) - 1)]
        left.append(row[0])
        right.append(row[-1])
    return left, right[::-1]


def at_least(coefficients: Sequence[fmpq], h: fmpq, value: fmpq) -> bool | None:
    """Whether a polynomial is at least `value` on [0, h].

    Args:
        coefficients: Those of 1, t, t², …; the last may be 0.
        h: The length of the interval.
        value: The bound.

    Returns:
        `None` where that is undecided: on an interval that comes from 40 halvings the Bernstein coefficients do not
        show it, and no end violates it.

    >>> at_least([fmpq(1), fmpq(0), fmpq(-2), fmpq(0), fmpq(1)], fmpq(2), fmpq(-1, 100))
    True
    """
    if len(coefficients) <= 3:
        return bool(least_value(coefficients, h) >= value)
    # A stack in place of recursion: the left half comes off it, and is decided, before the right.
    waiting = [(bernstein(coefficients, h), 0)]
    while waiting:
        b, depth = waiting.pop()
        if all(x >= value for x in b):
            continue
        if b[0] < value or b[-1] < value:
            return False
        if depth == MOST_HALVINGS:
            return None
        left, right = halves(b)
        waiting += [(right, depth + 1), (left, depth + 1)]
    return True
