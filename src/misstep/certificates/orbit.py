"""The conditions under which a function in n variables exists on which a method visits the points of an orbit."""

from __future__ import annotations

from misstep.certificates.conditions import at_most, equal, require
from misstep.certificates.intervals import ONE, TWO, Interval, undecided
from misstep.certificates.orbit_form import Orbit
from misstep.certificates.vector_methods import iterates, wanted_gradients
from misstep.certificates.vectors import Vector, dot, minus, plus, squares
from misstep.certificates.verdict import condition


def examine_orbit(orbit: Orbit) -> None:
    """Every condition of the kind `orbit`, in order.

    Raises:
        Stop: One of them is violated or undecided.
    """
    with condition("1"):
        if orbit.closed:
            points, gradients = list(orbit.points), wanted_gradients(orbit.method, list(orbit.points))
            _distinct(points)
        else:
            gradients = list(orbit.gradients)
            points = list(iterates(orbit.method, orbit.points[0], gradients[:-1]))
    values = [Interval.point(f) for f in orbit.values]
    with condition("2"):
        c = Interval.point(orbit.slope)
        sizes = []
        for k, g in enumerate(gradients):
            sizes.append(squares(g))
            require(at_most(c * c, sizes[k]), "c² <= |g_{}|²: {} <= {}", k, c * c, sizes[k])
        if orbit.rise is not None:
            rise = values[-1] - values[0]
            require(equal(rise, Interval.point(orbit.rise)), "F rises by {}: it rises by {}", orbit.rise, rise)
    with condition("3"):
        _pairs(orbit, points, gradients, values)
    with condition("4"):
        _infimum(orbit, values, sizes)


def _distinct(points: list[Vector]) -> None:
    """1, closed: some two points are certainly different."""
    for i, a in enumerate(points):
        for b in points[:i]:
            if any(x.hi < y.lo or y.hi < x.lo for x, y in zip(a, b, strict=True)):
                return
    exact = all(x.exact for point in points for x in point)
    require(False if exact else None, "some two points are different")


def _pairs(orbit: Orbit, points: list[Vector], gradients: list[Vector], values: list[Interval]) -> None:
    """3: any two jets go together, which is enough for a function through all of them."""
    L = Interval.point(orbit.lipschitz)
    for i in range(len(points)):
        for j in range(i + 1, len(points)):
            D = squares(minus(points[i], points[j]))
            if D.lo <= 0:
                require(False if D.exact else None, "x_{} and x_{} are different", i, j)
            if orbit.mu is None:
                _any_function(L, D, (i, j), points, gradients, values)
            else:
                G = squares(minus(gradients[i], gradients[j]))
                _convex_function(L, Interval.point(orbit.mu), (D, G), (i, j), points, gradients, values)
                _convex_function(L, Interval.point(orbit.mu), (D, G), (j, i), points, gradients, values)


def _any_function(
    L: Interval,
    D: Interval,
    pair: tuple[int, int],
    points: list[Vector],
    gradients: list[Vector],
    values: list[Interval],
) -> None:
    """|A|/D + sqrt((A/D)² + G/D) <= L, without the root."""
    i, j = pair
    G = squares(minus(gradients[i], gradients[j]))
    A = TWO * (values[i] - values[j]) + dot(plus(gradients[i], gradients[j]), minus(points[j], points[i]))
    size, span = abs(A), L * D
    require(at_most(TWO * size, span), "2|A| <= L·D for the jets {} and {}: {} <= {}", i, j, TWO * size, span)
    product, room = G * D, span.square() - TWO * L * D * size
    require(at_most(product, room), "G·D <= (L·D)² - 2·L·D·|A| for the jets {} and {}: {} <= {}", i, j, product, room)


def _convex_function(
    L: Interval,
    mu: Interval,
    sizes: tuple[Interval, Interval],
    pair: tuple[int, int],
    points: list[Vector],
    gradients: list[Vector],
    values: list[Interval],
) -> None:
    """The condition of Taylor, Hendrickx & Glineur (2017) for one order of two jets."""
    (D, G), (i, j) = sizes, pair
    apart = minus(points[i], points[j])
    rise = values[i] - values[j] - dot(gradients[j], apart)
    cross = dot(minus(gradients[j], gradients[i]), minus(points[j], points[i]))
    need = (G / L + mu * D - TWO * (mu / L) * cross) / (TWO * (ONE - mu / L))
    require(at_most(need, rise), "f_{} - f_{} - <g_{}, x_{} - x_{}> >= {}: it is {}", i, j, j, i, j, need, rise)


def _infimum(orbit: Orbit, values: list[Interval], sizes: list[Interval]) -> None:
    """4: the function is at least the value."""
    bound = Interval.point(orbit.infimum)
    if orbit.mu is None or orbit.mu == 0:
        for i, (f, size) in enumerate(zip(values, sizes, strict=True)):
            least = f - size / (TWO * Interval.point(orbit.lipschitz))
            require(at_most(bound, least), "inf F >= {} near the jet {}: it is {}", orbit.infimum, i, least)
        return
    twice = TWO * Interval.point(orbit.mu)
    answers = [at_most(bound, f - size / twice) for f, size in zip(values, sizes, strict=True)]
    holds = True if True in answers else None if None in answers else False
    require(holds, "inf F >= {} by strong convexity at some jet", orbit.infimum)
    if not answers:
        raise undecided("there is no jet")
