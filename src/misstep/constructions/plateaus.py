"""Nodes widened into intervals on which the gradient is constant: what happens there cannot depend on rounding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb, fmpq

from misstep.constructions.chain import Range
from misstep.constructions.gap import FunctionClass
from misstep.constructions.line import TOLERANCE, Infeasible, LineJets, LineProblem, ranges, relative_tolerance
from misstep.constructions.rationals import rational
from misstep.errors import InvalidInput
from misstep.scalars import Exactable, ends


def plateaus(
    nodes: Sequence[Any],
    gradients: Sequence[Any],
    *,
    half_width: Any = None,
    rho: Any = None,
    values: Sequence[Any] | None = None,
    lowest: Any = None,
    function_class: FunctionClass = "nonconvex",
    repeats_from: int | None = None,
    tolerance: Exactable = TOLERANCE,
) -> LineJets | Infeasible:
    """The least L of a function with gradient exactly g_i on the whole interval [x_i − r_i, x_i + r_i] of every node.

    Iterates that stay on the intervals see the prescribed gradients exactly, in floating point too, wherever they
    are. r_i is `half_width`, or ρ times the distance to the nearer neighbour. A node that is a ball stands for its
    midpoint, and its radius is added to r_i, so that the interval covers the ball and r_i more.

    Args:
        nodes: x_0 < … < x_N: exact numbers, floats or balls.
        gradients: g_i.
        half_width: r ≥ 0 for every node, or one for each.
        rho: ρ in [0, 1/2), instead of `half_width`.
        values: f_i at the nodes, `None` where free.
        lowest: A bound f_i ≥ lowest at the nodes.
        function_class: `"nonconvex"` or `"convex"`.
        repeats_from: As in `smoothest`.
        tolerance: As in `smoothest`.

    Returns:
        Jets at x_i − r_i, x_i and x_i + r_i (no jet at x_N + r_N when f repeats), or `Infeasible`.

    Raises:
        InvalidInput: plateaus touch or overlap (the message has the numbers), the class is strongly convex, or what
            `smoothest` refuses.

    >>> plateaus([0, 1], [-1, -1], rho="1/4", repeats_from=0).L
    16
    """
    if function_class == "strongly-convex":
        raise InvalidInput("a strongly convex function has no interval on which its gradient is constant")
    centers = [_center(node) for node in nodes]
    # Checks the nodes and the repeat before they are widened.
    given = LineProblem(
        tuple(centers),
        tuple(rational(g) for g in gradients),
        ranges(len(centers), values, lowest),
        function_class,
        fmpq(0),
        repeats_from,
        tuple(range(len(centers))),
    )
    radii = [r + _radius(node) for r, node in zip(_half_widths(given, half_width, rho), nodes, strict=True)]
    if repeats_from is not None:
        radii[repeats_from] = radii[-1] = max(radii[repeats_from], radii[-1])
    _check_disjoint(centers, radii)
    return _widened(given, radii).solve(relative_tolerance(tolerance))


def _widened(given: LineProblem, radii: Sequence[fmpq]) -> LineProblem:
    """The problem with every node of positive radius as three, the gaps between which are straight."""
    x: list[fmpq] = []
    g: list[fmpq] = []
    own: list[Range] = []
    straight: list[int] = []
    places: list[int] = []
    last = len(radii) - 1
    for i, (center, slope, radius) in enumerate(zip(given.x, given.g, radii, strict=True)):
        repeated = i == last and given.repeats_from is not None
        offsets = [fmpq(0)] if radius == 0 else [-radius, fmpq(0)] if repeated else [-radius, fmpq(0), radius]
        straight.extend(len(x) + k for k in range(len(offsets) - 1))
        places.append(len(x) + (0 if radius == 0 else 1))
        x.extend(center + offset for offset in offsets)
        g.extend(slope for _ in offsets)
        own.extend(given.own[i] if offset == 0 else Range() for offset in offsets)
    repeats_from = None if given.repeats_from is None else places[given.repeats_from]
    return LineProblem(
        tuple(x), tuple(g), tuple(own), given.function_class, given.mu, repeats_from, tuple(places), frozenset(straight)
    )


def _half_widths(given: LineProblem, half_width: Any, rho: Any) -> list[fmpq]:
    n = len(given.x)
    if (half_width is None) == (rho is None):
        raise InvalidInput("give either half_width or rho")
    if rho is not None:
        ratio = rational(rho)
        if not 0 <= ratio < fmpq(1, 2):
            raise InvalidInput(f"rho = {ratio} must be in [0, 1/2): plateaus may not touch")
        widths = [gap.h for gap in given.gaps]
        # A repeated node has the loop's first gap on its right.
        beyond = widths[-1] if given.repeats_from is None else widths[given.repeats_from]
        nearest = [min(a, b) for a, b in zip([widths[0], *widths], [*widths, beyond], strict=True)]
        if given.repeats_from is not None:
            nearest[given.repeats_from] = min(nearest[given.repeats_from], nearest[-1])
            nearest[-1] = nearest[given.repeats_from]
        return [ratio * distance for distance in nearest]
    given_widths = list(half_width) if isinstance(half_width, (list, tuple)) else [half_width] * n
    if len(given_widths) != n:
        raise InvalidInput(f"{len(given_widths)} half-widths for {n} nodes")
    radii = [rational(width) for width in given_widths]
    for radius in radii:
        if radius < 0:
            raise InvalidInput(f"half_width = {radius} must not be negative")
    return radii


def _check_disjoint(centers: Sequence[fmpq], radii: Sequence[fmpq]) -> None:
    for i in range(len(centers) - 1):
        end, start = centers[i] + radii[i], centers[i + 1] - radii[i + 1]
        if not end < start:
            raise InvalidInput(
                f"the plateau of node {i} ends at {end} and that of node {i + 1} begins at {start}: "
                f"half-widths {radii[i]} and {radii[i + 1]} must leave a gap between {centers[i]} and {centers[i + 1]}"
            )


def _center(node: Any) -> fmpq:
    if not isinstance(node, arb):
        return rational(node)
    low, high = ends(node)
    return (low + high) / 2


def _radius(node: Any) -> fmpq:
    if not isinstance(node, arb):
        return fmpq(0)
    low, high = ends(node)
    return (high - low) / 2
