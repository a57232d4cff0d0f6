"""Functions through jets on a line: the quadratic spline of least L, and smoother ones that cost more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from flint import fmpq

from misstep.constructions.gap import Gap, least_bound, reach
from misstep.constructions.jets import Jet
from misstep.constructions.line import LineJets
from misstep.constructions.rationals import rational
from misstep.errors import InvalidInput
from misstep.functions import PiecewisePolynomial
from misstep.functions.families import Left
from misstep.functions.polynomial import Polynomial

Part: TypeAlias = tuple[fmpq, Polynomial]
"""A width, and the polynomial on it."""


def spline_through(
    jets: LineJets, *, left: Left = "linear", bang_bang: bool = False, margin: Any = None
) -> PiecewisePolynomial:
    """A quadratic spline through the jets with f'' between m and L: m = −L, 0 or mu by the class.

    On a gap with mean curvature q, whose value deviates from the trapezoid rule by the fraction λ of what L allows
    (`smoothest`), f' rises above its chord as a triangle that is λ times the largest:

        f'' = q + λ(L − q)  on a length  t = h(q − m)/(L − m),   then   f'' = q − λ(q − m)          (λ ≥ 0)

    and the other way round below it. That is one knot a gap. With `bang_bang` f'' takes no values but m and L, with at
    most two knots a gap: the part with f'' = m, of length h − t, begins at a = t(1 + λ)/2. All knots are rational.

    Beyond the jets f repeats (on the right when `jets` repeat, on the left as `left` says), or is continued by
    its tangent line; where that would fall for ever, f'' = L first brings the slope to 0. A strongly convex f is
    continued with f'' = mu for the length `margin`, and is strongly convex between its first and its last knot.

    Args:
        jets: What `smoothest` or `plateaus` found.
        left: `"linear"`, or `"periodic"` for jets that repeat from the first node on.
        bang_bang: Whether f'' may only be m or L.
        margin: For the strongly convex class, the length added at both ends; by default that of the nodes' range.

    Returns:
        A function with exactly these jets, and a Lipschitz constant of at most `jets.L`.

    Raises:
        InvalidInput: `left` is periodic and the jets are not; a margin is negative or for another class.

    >>> from misstep.constructions import smoothest
    >>> f = spline_through(smoothest([0, "1/10"], [-1, -1], repeats_from=0))
    >>> f.lipschitz_constant(), f.infimum()
    (40, -1/80)

    Source: the extremal function of Le Gruyer 2009 on a line, scaled gap by gap.
    """
    least = least_bound(jets.function_class, jets.mu, jets.L)

    def parts(a: Jet, b: Jet) -> list[Part]:
        return _quadratics(a, b, least, jets.L, bang_bang=bang_bang)

    return _assemble(jets, parts, left, margin, fmpq(1))


def cubic_through(jets: LineJets, *, left: Left = "linear", margin: Any = None) -> PiecewisePolynomial:
    """The Hermite cubic of every gap: C^{1,1}, exact L, not of the jets' class in general.

    Continued beyond the jets as by `spline_through`.

    >>> from misstep.constructions import smoothest
    >>> cubic_through(smoothest([0, "1/10"], [-1, -1], repeats_from=0)).lipschitz_constant()
    60
    """

    def parts(a: Jet, b: Jet) -> list[Part]:
        w = b.x - a.x
        rise = (b.f - a.f) / w
        return [(w, (a.f, a.g, (3 * rise - 2 * a.g - b.g) / w, (a.g + b.g - 2 * rise) / w**2))]

    return _assemble(jets, parts, left, margin, fmpq(1))


def quintic_through(jets: LineJets, *, left: Left = "linear") -> PiecewisePolynomial:
    """The Hermite quintic of every gap with f'' = 0 at every jet: C², exact L, not of the jets' class in general.

    Where a tangent line would fall for ever, a piece with f'' = 0 at both its ends first brings the slope to 0, so
    that f is C² there too.

    Raises:
        InvalidInput: the class is strongly convex, which f'' = 0 contradicts.

    >>> from misstep.constructions import smoothest
    >>> print(quintic_through(smoothest([0, 1], [-1, -1], repeats_from=0)).lipschitz_constant())
    10√3/3
    """
    if jets.mu > 0:
        raise InvalidInput(f"f'' = 0 at the nodes contradicts f'' ≥ {jets.mu}: use spline_through")

    def parts(a: Jet, b: Jet) -> list[Part]:
        w = b.x - a.x
        df, dg = b.f - a.f - a.g * w, b.g - a.g
        third = (10 * df - 4 * dg * w) / w**3
        fourth = (-15 * df + 7 * dg * w) / w**4
        fifth = (6 * df - 3 * dg * w) / w**5
        return [(w, (a.f, a.g, fmpq(0), third, fourth, fifth))]

    return _assemble(jets, parts, left, None, fmpq(3, 2))


def _quadratics(a: Jet, b: Jet, least: fmpq, most: fmpq, *, bang_bang: bool) -> list[Part]:
    """The spline's pieces from jet a to jet b."""
    gap = Gap(b.x - a.x, a.g, b.g)
    room, slope = reach(gap, least, most), gap.slope
    deviation = b.f - a.f - gap.trapezoid
    if room == 0 or (deviation == 0 and not bang_bang):
        return [(gap.h, (a.f, a.g, slope / 2))]
    share = deviation / room
    steep = gap.h * (slope - least) / (most - least)
    if bang_bang:
        first = steep * (1 + share) / 2
        plan = [(first, most), (gap.h - steep, least), (steep - first, most)]
    else:
        scale = abs(share)
        plan = [(steep, slope + scale * (most - slope)), (gap.h - steep, slope - scale * (slope - least))]
        plan = plan if share > 0 else plan[::-1]
    parts: list[Part] = []
    f, g = a.f, a.g
    for width, curvature in plan:
        if width > 0:
            parts.append((width, (f, g, curvature / 2)))
            f, g = f + g * width + curvature * width**2 / 2, g + curvature * width
    return parts


def _assemble(
    jets: LineJets, parts: Callable[[Jet, Jet], list[Part]], left: Left, margin: Any, turn: fmpq
) -> PiecewisePolynomial:
    """The pieces of every gap in a row, with what follows at either end."""
    if left not in ("linear", "periodic"):
        raise InvalidInput(f'left = {left!r} must be "linear" or "periodic"')
    period = jets.period
    if left == "periodic" and jets.repeats_from != jets.node_indices[0]:
        raise InvalidInput('left = "periodic" needs jets that repeat from the first node on')
    length = _margin(jets, margin)
    before = [] if left == "periodic" else _beyond(jets, jets.jets[0], -1, length, turn)
    after = [] if period is not None else _beyond(jets, jets.jets[-1], 1, length, turn)
    row = [*before[::-1], *jets.jets, *after]
    knots: list[fmpq] = [row[0].x]
    pieces: list[Polynomial] = []
    starts: list[int] = []
    for a, b in pairwise(row):
        starts.append(len(knots) - 1)
        for width, polynomial in parts(a, b):
            knots.append(knots[-1] + width)
            pieces.append(polynomial)
    starts.append(len(knots) - 1)
    nodes = tuple(starts[len(before) + i] for i in jets.node_indices)
    return PiecewisePolynomial(tuple(knots), tuple(pieces), period if left == "periodic" else None, period, nodes)


def _margin(jets: LineJets, margin: Any) -> fmpq:
    if jets.mu == 0:
        if margin is not None:
            raise InvalidInput(f"margin = {margin} is for the strongly convex class, not the {jets.function_class} one")
        return fmpq(0)
    length: fmpq = jets.jets[-1].x - jets.jets[0].x if margin is None else rational(margin)
    if length < 0:
        raise InvalidInput(f"margin = {length} must not be negative")
    return length


def _beyond(jets: LineJets, end: Jet, side: int, margin: fmpq, turn: fmpq) -> Sequence[Jet]:
    """Jets outward of an end: to slope 0 where f falls outward, then along f'' = mu for the length `margin`.

    `turn`/L is the length per unit of slope in which it is brought to 0; by symmetry f' has its mean half way.
    """
    found = []
    x, f, g = end
    if g * side < 0 and jets.L > 0:
        width = turn * abs(g) / jets.L
        x, f, g = x + side * width, f - abs(g) * width / 2, fmpq(0)
        found.append(Jet(x, f, g))
    if margin > 0:
        x, f, g = x + side * margin, f + side * g * margin + jets.mu * margin**2 / 2, g + side * jets.mu * margin
        found.append(Jet(x, f, g))
    return found
