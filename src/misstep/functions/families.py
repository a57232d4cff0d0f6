"""Functions through the paper's jets: value 0 and gradient −slope at every multiple of the spacing.

Each family pays its own Lipschitz constant L for its smoothness (theory: no function through these jets has
L < 4·slope/spacing). All are bounded below and drive any method whose step on a constant gradient is `spacing` to
infinity. On t < 0 a family with `left="linear"` is −slope·t, as in the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from flint import fmpq

from misstep.errors import InvalidInput, unknown_name
from misstep.functions.base import LineFunction
from misstep.functions.piecewise import PiecewisePolynomial
from misstep.functions.sine import Sine
from misstep.functions.smooth_plateau import SmoothPlateau
from misstep.scalars import Exactable, exact

Left: TypeAlias = Literal["linear", "periodic"]


def positive(name: str, value: Exactable) -> fmpq:
    """`value` as an exact positive number, or an error that names it."""
    number = exact(value)
    if not number > 0:
        raise InvalidInput(f"{name} = {number} must be positive")
    return number


def plateau_ratio(rho: Exactable) -> fmpq:
    """`rho` as an exact number in [0, 1/2), or an error that names it."""
    ratio = exact(rho)
    if not 0 <= ratio < fmpq(1, 2):
        raise InvalidInput(f"rho = {ratio} must be in [0, 1/2): plateaus of half-width rho·spacing may not touch")
    return ratio


def _left_period(left: Left, spacing: fmpq) -> fmpq | None:
    if left not in ("linear", "periodic"):
        raise InvalidInput(f'left = {left!r} must be "linear" or "periodic"')
    return spacing if left == "periodic" else None


def cubic(spacing: Exactable, slope: Exactable = 1, *, left: Left = "linear") -> PiecewisePolynomial:
    """The paper's function: the Hermite cubic between nodes.

        f(t) = c·s(−u + 3u² − 2u³),   u = t/s − ⌊t/s⌋,   t ≥ 0

    L = 6c/s, attained at every node; inf f = −√3·c·s/18. C^{1,1}, not C².

    Args:
        spacing: s > 0, the distance between nodes: the method's step on a constant gradient.
        slope: c > 0; the gradient at every node is −c.
        left: `"linear"` for −c·t on t < 0 (the paper), or `"periodic"`.

    Raises:
        InvalidInput: an argument is out of range.
        InexactNumber: an argument is a float.

    >>> f = cubic("1/10")
    >>> f.gradient("1/5"), f.lipschitz_constant(), str(f.infimum())
    (-1, 60, '-√3/180')

    Source: Toint 2023, arXiv 2308.00720.
    """
    s, c = positive("spacing", spacing), positive("slope", slope)
    pieces = ((fmpq(0), -c, 3 * c / s, -2 * c / s**2),)
    return PiecewisePolynomial((fmpq(0), s), pieces, _left_period(left, s), s)


def plateau(
    spacing: Exactable, slope: Exactable = 1, *, rho: Exactable = "1/4", left: Left = "linear"
) -> PiecewisePolynomial:
    """Quadratic spline with gradient exactly −c within ρ·s of every node.

    f'' = ±L off the plateaus, with one change of sign in the middle of each gap, and L = 4c/(s(1 − 2ρ)²), the least
    possible for these plateaus. Every iterate that stays on the plateaus sees the gradient −c exactly, in floating
    point too: all starts |x_0| ≤ ρ·s drift, and rounding is harmless.

    Args:
        spacing: s > 0, the distance between nodes.
        slope: c > 0; the gradient on every plateau is −c.
        rho: ρ in [0, 1/2), the half-width of a plateau in spacings.
        left: `"linear"` for −c·t on t < 0, or `"periodic"`.

    Raises:
        InvalidInput: an argument is out of range.
        InexactNumber: an argument is a float.

    >>> f = plateau("1/10", rho="1/4")
    >>> f.lipschitz_constant(), f.infimum(), f.gradient("9/40")
    (160, -9/320, -1)
    """
    s, c, ratio = positive("spacing", spacing), positive("slope", slope), plateau_ratio(rho)
    r = ratio * s
    half_gap = s / 2 - r
    curvature = c * s / half_gap**2
    rising = (-c * r, -c, curvature / 2)
    top_value = -c * s / 2 + curvature * half_gap**2 / 2
    falling = (top_value, -c + curvature * half_gap, -curvature / 2)
    knots: tuple[fmpq, ...] = (fmpq(0), s / 2, s)
    pieces: tuple[tuple[fmpq, ...], ...] = (rising, falling)
    nodes = (0, 2)
    if r > 0:
        knots = (fmpq(0), r, s / 2, s - r, s)
        pieces = ((fmpq(0), -c), rising, falling, (c * r, -c))
        nodes = (0, 4)
    return PiecewisePolynomial(knots, pieces, _left_period(left, s), s, nodes)


def spline(spacing: Exactable, slope: Exactable = 1, *, left: Left = "linear") -> PiecewisePolynomial:
    """The function with the smallest Lipschitz constant through the paper's jets: a quadratic spline.

    f'' = +L on the first half of each gap and −L on the second, L = 4c/s; inf f = −c·s/8.

    Args:
        spacing: s > 0, the distance between nodes.
        slope: c > 0; the gradient at every node is −c.
        left: `"linear"` for −c·t on t < 0, or `"periodic"`.

    Raises:
        InvalidInput: an argument is out of range.
        InexactNumber: an argument is a float.

    >>> f = spline("1/10")
    >>> f.lipschitz_constant(), f.infimum()
    (40, -1/80)

    Source: the extremal function of Le Gruyer 2009 for these jets.
    """
    return plateau(spacing, slope, rho=0, left=left)


def sine(spacing: Exactable, slope: Exactable = 1) -> Sine:
    """f(t) = −(c·s/2π)·sin(2πt/s): analytic, L = 2πc/s, inf f = −c·s/2π. See `Sine`."""
    return Sine(positive("spacing", spacing), positive("slope", slope))


def smooth_plateau(
    spacing: Exactable, slope: Exactable = 1, *, rho: Exactable = "1/4", steepness: Exactable = 1
) -> SmoothPlateau:
    """C^∞, with gradient exactly −c within ρ·s of every node. See `SmoothPlateau`."""
    return SmoothPlateau(
        positive("spacing", spacing),
        positive("slope", slope),
        plateau_ratio(rho),
        positive("steepness", steepness),
    )


FAMILIES: Mapping[str, Callable[..., LineFunction]] = MappingProxyType(
    {"cubic": cubic, "spline": spline, "sine": sine, "plateau": plateau, "smooth-plateau": smooth_plateau}
)
"""The families by name."""


def family(name: str, spacing: Exactable, slope: Exactable = 1, **options: Any) -> LineFunction:
    """The function of the family `name`.

    Raises:
        InvalidInput: there is no such family; the message suggests near names.

    >>> family("spline", "1/10").lipschitz_constant()
    40
    >>> family("cubik", 1)
    Traceback (most recent call last):
        ...
    misstep.errors.InvalidInput: 'cubik' is not a family (did you mean 'cubic'?): cubic, spline, sine, ...
    """
    if name not in FAMILIES:
        raise unknown_name(name, "a family", FAMILIES)
    return FAMILIES[name](spacing, slope, **options)
