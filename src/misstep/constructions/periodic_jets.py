"""Gradients at points that a method meets for ever, cyclic or drifting: the least constant, and jets for them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt
from flint import fmpq

from misstep.constructions.gap import FunctionClass
from misstep.constructions.line import Infeasible, LineJets, check_class, smoothest
from misstep.constructions.rationals import rational
from misstep.errors import InvalidInput
from misstep.functions.constants import Constant
from misstep.scalars import NumberKind, Scalar, convert, exact
from misstep.surd import surd

Numbers: TypeAlias = Sequence[Any] | npt.NDArray[Any]
"""Numbers in a row: exact ones, floats, or both."""

_SAME = 1e-11
"""Floats nearer to one another than this, relative to the range of all, are one number."""


def least_constant(
    nodes: Numbers,
    gradients: Numbers,
    shift: Scalar,
    *,
    function_class: FunctionClass = "nonconvex",
    mu: Any = 0,
    condition: Any = None,
) -> Constant | float | None:
    """The least L of a function, bounded below, with these gradients at these nodes and at all that repeat them.

    The nodes x_j are met in any order and again after every period, moved by `shift`. The values there are free. With h
    a gap between neighbours and q = (g' − g)/h, a function with m ≤ f'' ≤ L exists on the gap when m ≤ q ≤ L. A cycle
    (shift 0) has a path of nodes, where nothing else is asked:

        L = max |q|       (nonconvex, m = −L)
        L = max q         (convex, m = 0, and strongly convex, m = mu), if min q ≥ m

    and with m = L/κ, if max q ≤ κ·min q. A drift has a ring of nodes modulo the shift, round which the gains add up to
    0; a nonconvex function can gain anything within h(g + g')/2 ± (h²/4)(L − q²/L) over the gap, so

        |Σ h(g + g')/2| ≤ Σ (h²/4)(L − q²/L),   hence   L = (S + √(S² + 4AB))/(2A) or max |q|, whichever is larger,

    S = |Σ h(g + g')/2|, A = Σ h²/4, B = Σ h²q²/4. No convex function that is bounded below has f' periodic and not 0.

    Args:
        nodes: x_j, p ≥ 1 of them, exact numbers or floats. Where a float is among the numbers all are floats.
        gradients: g_j, as many, any real numbers.
        shift: Displacement in a period: 0 for a cycle.
        function_class: `"nonconvex"`, `"convex"` or `"strongly-convex"`.
        mu: For the strongly convex class, f'' ≥ mu > 0 between the nodes; or
        condition: in its place κ ≥ 1, for f'' ≥ L/κ.

    Returns:
        A rational or a surd of exact numbers, else a float. `None` where no L will do: two gradients are asked at one
        point (floats: within 1e-11 of the nodes' range) and differ, or the class does not allow them. `None` also where
        nothing is asked of L: all nodes are one point, or all gradients of a cycle are equal.

    Raises:
        InvalidInput: there is no node, numbers of nodes and gradients differ, or mu or κ does not fit the class.

    >>> least_constant([0], [-1], "1/10"), least_constant([0, 1, "1/2"], [-1, 3, 0], 0, function_class="convex")
    (40, 6)
    >>> least_constant([0, 1, "1/2"], [-1, 3, 0], 0, function_class="strongly-convex", condition=2) is None
    True

    Source: one-dimensional case of Le Gruyer 2009 and of Taylor, Hendrickx & Glineur 2017, summed over gaps.
    """
    x, g, d, kind = _of_one_kind(nodes, gradients, shift)
    least, kappa = class_bounds(function_class, mu, condition, kind)
    if function_class != "nonconvex" and d != 0:
        return None
    points = _in_order(x, g, d)
    is_exact = kind is NumberKind.EXACT
    zero: Scalar = fmpq(0) if is_exact else 0.0
    same = zero if is_exact else _SAME
    apart, alike = same * (points[-1][0] - points[0][0]), same * (max(g) - min(g))
    S = A = B = zero
    slopes = []
    for (left, g_left), (right, g_right) in itertools.pairwise(points):
        h = right - left
        if h <= apart:
            if abs(g_left - g_right) > alike:
                return None
            continue
        q = (g_right - g_left) / h
        S, A, B = S + h * (g_left + g_right) / 2, A + h * h / 4, B + h * h * q * q / 4
        slopes.append(q)
    if not slopes:
        return None
    steepest = max(abs(q) for q in slopes)
    if d != 0:
        ring = surd(abs(S) / (2 * A), 1 / (2 * A), S * S + 4 * A * B) if is_exact else _root(abs(S), A, B)
        return cast(Constant, max(ring, steepest))
    if steepest == 0:
        return None
    if function_class != "nonconvex":
        bound = least if kappa is None else steepest / kappa
        # Floats that lie on the bound may miss it by their rounding.
        if min(slopes) < bound - (zero if is_exact else 1e-12) * steepest:
            return None
    return cast(Constant, steepest)


def jets_through(
    nodes: Numbers,
    gradients: Numbers,
    shift: Any,
    *,
    function_class: FunctionClass = "nonconvex",
    mu: Any = 0,
) -> LineJets | Infeasible:
    """Jets of the smoothest function with these gradients at these nodes, in order and once each: see `smoothest`.

    Args:
        nodes: x_j in the order in which they are met; a point may be met twice. Exact numbers, or floats, each of
            which stands for the number that it is.
        gradients: g_j, as many.
        shift: Displacement in a period: 0 for a cycle, else the jets repeat.
        function_class: `"nonconvex"`, `"convex"` or `"strongly-convex"`.
        mu: Lower bound on f'', mu > 0, of the strongly convex class.

    Returns:
        The jets, or `Infeasible` where no function of the class has the gradients.

    Raises:
        InvalidInput: numbers do not fit, or all nodes are one point and it does not move.

    >>> jets_through([0, "1/5", "4/5", "3/5"], [-1, -1, 1, 1], 0).L
    5
    """
    x, g = [[rational(number) for number in numbers] for numbers in (nodes, gradients)]
    x, g, d, _ = _of_one_kind(x, g, rational(shift))
    found: dict[fmpq, fmpq] = {}
    for place, gradient in _in_order(x, g, d):
        if found.setdefault(place, gradient) != gradient:
            return Infeasible(f"two gradients are asked at {place}: {found[place]} and {gradient}")
    return smoothest(
        [*found], [*found.values()], function_class=function_class, mu=mu, repeats_from=None if d == 0 else 0
    )


def class_bounds(function_class: FunctionClass, mu: Any, condition: Any, kind: NumberKind) -> tuple[Scalar, Scalar]:
    """(mu, κ) as numbers of `kind`, κ `None` unless it is given in the place of mu.

    Raises:
        InvalidInput: mu or κ is out of range or does not fit the class, or both are given.

    >>> class_bounds("strongly-convex", "1/2", None, NumberKind.EXACT)
    (1/2, None)
    """
    least = rational(mu)
    if condition is None:
        check_class(function_class, least)
        return convert(least, kind), None
    kappa = rational(condition)
    if function_class != "strongly-convex" or least != 0:
        raise InvalidInput(f"condition = {kappa} is for the strongly convex class, in the place of mu")
    if not kappa >= 1:
        raise InvalidInput(f"condition = {kappa} must be at least 1")
    return convert(least, kind), convert(kappa, kind)


def _of_one_kind(nodes: Numbers, gradients: Numbers, shift: Any) -> tuple[list[Any], list[Any], Any, NumberKind]:
    if not len(nodes) == len(gradients) > 0:
        raise InvalidInput(f"{len(nodes)} nodes and {len(gradients)} gradients: one gradient for each node is needed")
    numbers = [*nodes, *gradients, shift]
    if any(isinstance(number, (float, np.floating)) for number in numbers):
        kind, numbers = NumberKind.FLOAT64, [float(convert(number, NumberKind.FLOAT64)) for number in numbers]
        if not all(map(math.isfinite, numbers)):
            raise InvalidInput("a node, a gradient or the shift is not finite")
    else:
        kind, numbers = NumberKind.EXACT, [exact(number) for number in numbers]
    p = len(nodes)
    return numbers[:p], numbers[p:-1], numbers[-1], kind


def _in_order(nodes: Sequence[Scalar], gradients: Sequence[Scalar], shift: Scalar) -> list[tuple[Scalar, Scalar]]:
    """Nodes with their gradients from left to right: as they are, or modulo the shift and once round the ring."""
    length = abs(shift)
    places = nodes if length == 0 else [node - _floor(node / length) * length for node in nodes]
    points = sorted(zip(places, gradients, strict=True), key=lambda point: point[0])
    return points if length == 0 else [*points, (points[0][0] + length, points[0][1])]


def _root(S: float, A: float, B: float) -> float:
    return float((S + math.sqrt(S * S + 4 * A * B)) / (2 * A))


def _floor(x: Any) -> Any:
    return x.floor() if isinstance(x, fmpq) else math.floor(x)
