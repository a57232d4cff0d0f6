"""The conditions F1 to F4: what a certificate says of its function of one variable."""

from __future__ import annotations

from flint import fmpq

from misstep.certificates.conditions import require
from misstep.certificates.function_form import Bound, Claims
from misstep.certificates.functions import Line, derivative, evaluate
from misstep.certificates.polynomials import at_least, least_value
from misstep.certificates.verdict import condition


def examine_function(line: Line, claims: Claims) -> None:
    """F1, F2, F3 and F4, in this order.

    Raises:
        Stop: One of them is violated or undecided.
    """
    with condition("F1"):
        _joins(line)
    with condition("F2"):
        _lipschitz(line, claims.lipschitz)
    with condition("F3"):
        _infimum(line, claims.infimum)
    if claims.mu is not None:
        with condition("F4"):
            _convexity(line, claims.mu)


def _length(line: Line, i: int) -> fmpq:
    return line.form.knots[i + 1] - line.form.knots[i]


def _joins(line: Line) -> None:
    """F1: f and f' are the same from both sides of each inner knot, and where a repeated part meets itself."""
    knots, pieces = line.form.knots, line.form.pieces

    def check(before: tuple[fmpq, ...], h: fmpq, after: tuple[fmpq, ...], where: str) -> None:
        for name, p, q in (("f", before, after), ("f'", derivative(before), derivative(after))):
            left, right = evaluate(p, h), q[0]
            require(left == right, "{} is the same before and after {} ({} and {})", name, where, left, right)

    for i in range(1, line.n):
        check(pieces[i - 1], _length(line, i - 1), pieces[i], f"the knot {i}")
    if line.form.left.period is not None:
        end = knots.index(knots[0] + line.form.left.period)
        check(pieces[end - 1], _length(line, end - 1), pieces[0], "where the left repeated part meets itself")
    if line.form.right.period is not None:
        start = knots.index(knots[-1] - line.form.right.period)
        check(pieces[-1], _length(line, line.n - 1), pieces[start], "where the right repeated part meets itself")


def _second(line: Line, i: int) -> tuple[fmpq, ...]:
    """The coefficients of f'' on a piece, of degree at least 0."""
    return line.coefficients(i, 2) or (fmpq(0),)


def _lipschitz(line: Line, bound: Bound) -> None:
    """F2: -value <= f'' <= value, and with `=` one |f''| at an end of a piece is the value."""
    value = bound.value
    for i in range(line.n):
        c, h = _second(line, i), _length(line, i)
        below = (value - c[0], *(-x for x in c[1:]))
        above = (value + c[0], *c[1:])
        require(at_least(below, h, fmpq(0)), "f'' <= {} on the piece {}", value, i)
        require(at_least(above, h, fmpq(0)), "f'' >= -({}) on the piece {}", value, i)
    if bound.relation == "=":
        for i, piece in enumerate(line.form.pieces):
            require(len(piece) <= 4 or None, "L is least: the piece {} has more than 4 coefficients", i)
        sizes = (abs(evaluate(_second(line, i), t)) for i in range(line.n) for t in (fmpq(0), _length(line, i)))
        require(value in sizes, "|f''| is {} at an end of some piece", value)


def _infimum(line: Line, bound: Bound) -> None:
    """F3: no tail falls, every piece is at least the value, and with `=` the least value is it."""
    form, value = line.form, bound.value
    tails: list[fmpq] = []
    for rule, tangent, side in ((form.left.rule, -1, -1), (form.right.rule, line.n, 1)):
        if rule == "tangent":
            slope = line.tangents[tangent][1]
            require(side * slope >= 0, "f does not fall for ever along a tangent tail of slope {}", slope)
        elif rule == "extend":
            low = _tail_minimum(line, right=side == 1)
            require(low is not None, "f does not fall for ever along an extended tail")
            if low is not None:
                tails.append(low)
                quadratic = len(form.pieces[0 if side < 0 else -1]) == 3
                require(not quadratic or low >= value, "f >= {} along an extended tail, where it is {}", value, low)
    for i, piece in enumerate(form.pieces):
        require(at_least(piece, _length(line, i), value), "f >= {} on the piece {}", value, i)
    if bound.relation == "=":
        for i, piece in enumerate(form.pieces):
            require(len(piece) <= 3 or None, "inf f is the value: the piece {} has more than 3 coefficients", i)
        least = min([least_value(p, _length(line, i)) for i, p in enumerate(form.pieces)] + tails)
        require(least == value, "inf f, which is {}, is {}", least, value)


def _tail_minimum(line: Line, *, right: bool) -> fmpq | None:
    """The least value of an extended tail, of degree at most 2, on its half-line; `None` where it falls for ever."""
    coefficients = line.form.pieces[-1 if right else 0]
    end = _length(line, line.n - 1) if right else fmpq(0)
    outward = 1 if right else -1
    slope = outward * evaluate(derivative(coefficients), end)
    second = 2 * coefficients[2] if len(coefficients) == 3 else fmpq(0)
    if second < 0 or (second == 0 and slope < 0):
        return None
    # Along u = outward·(t - end) >= 0 it is f + slope·u + second·u²/2, least at u = -slope/second.
    f = evaluate(coefficients, end)
    return f - slope * slope / (2 * second) if slope < 0 else f


def _convexity(line: Line, mu: fmpq) -> None:
    """F4: f'' >= mu on every piece, and where there is a tangent tail 0 >= mu."""
    for i in range(line.n):
        holds = at_least(_second(line, i), _length(line, i), mu)
        require(holds, "f'' >= mu = {} on the piece {}", mu, i)
    require(not line.tangents or mu <= 0, "0 >= mu = {} along a tangent tail", mu)
