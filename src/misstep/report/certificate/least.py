"""Why no smaller Lipschitz constant will do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from misstep.report.certificate.methods import Recurrence, advance
from misstep.report.certificate.model import Block, Display, say
from misstep.report.certificate.number import minus, number
from misstep.report.certificate.values import Interval, Unknown, Value


def pair_is_least(L: Fraction, jets: Sequence[tuple[Fraction, Fraction, Fraction]]) -> list[Block]:
    """Le Gruyer's bound, at the pair of neighboring jets that reaches it."""
    ordered = sorted(set(jets))
    for (x0, f0, g0), (x1, f1, g1) in pairwise(ordered):
        h = x1 - x0
        if h <= 0:
            continue
        a, b = abs(2 * (f0 - f1) + (g0 + g1) * h) / h**2, abs(g1 - g0) / h
        if L <= a or (L - a) ** 2 <= a**2 + b**2:
            return [
                say(
                    "Every function through the jets $(x_0, f_0, g_0)$ and $(x_1, f_1, g_1)$, with $h = x_1-x_0$, has "
                    "a Lipschitz "
                    "constant of at least (Le Gruyer 2009)",
                    "No smaller constant.",
                ),
                Display(
                    (
                        r"& a + \sqrt{a^2+b^2}",
                        r"a &= \frac{\abs{2(f_0-f_1)+(g_0+g_1)h}}{h^2}",
                        r"b &= \frac{\abs{g_1-g_0}}{h}",
                    )
                ),
                say(
                    f"For those at ${number(x0)}$ and ${number(x1)}$ it is $a = {number(a)}$ and $b = {number(b)}$, "
                    "which makes "
                    rf"$a + \sqrt{{a^2+b^2}} \ge {number(L)}$."
                ),
            ]
    return []


def slope_is_least(L: Fraction, points: Sequence[tuple[Fraction, Fraction]]) -> list[Block]:
    """The mean slope of f' between the two neighbors where it is steepest."""
    ordered = sorted(set(points))
    pairs = [(abs(g1 - g0) / (x1 - x0), x0, g0, x1, g1) for (x0, g0), (x1, g1) in pairwise(ordered) if x1 > x0]
    if not pairs:
        return []
    steepest, x0, g0, x1, g1 = max(pairs)
    return [
        say(
            f"The gradients at ${number(x0)}$ and ${number(x1)}$ are ${number(g0)}$ and ${number(g1)}$, so that every "
            "function with "
            "these gradients at these points has a Lipschitz constant of at least",
            "No smaller constant.",
        ),
        Display(
            (
                rf"\frac{{\abs{{{number(g1, flat=True)}{minus(g0)}}}}}{{\abs{{{number(x1, flat=True)}{minus(x0)}}}}} "
                rf"&= {number(steepest)}" + ("" if steepest == L else rf" \ge {number(L)}"),
            )
        ),
    ]


def drift_is_least(claim: Mapping[str, Any], given: Mapping[str, Any], x: Value | None, r: Recurrence) -> list[Block]:
    """The gains around a period of the drift must not add up to a fall without end."""
    L, d, word = (
        Fraction(claim["lipschitz"]["value"]),
        Fraction(claim["shift"]["value"]),
        [Fraction(w) for w in given["word"]],
    )
    gaps = _gaps(word, d, x, given, r)
    blocks: list[Block] = [
        say(
            "Between neighboring points with the gradients $g$ and $g'$, at the distance $h$, let $b = \\abs{g'-g}/h$. "
            "No function with a Lipschitz "
            "constant below $b$ has both gradients, and one with the constant $L$ gains from the one to the other",
            "No smaller constant.",
        ),
        Display((r"\frac{h(g+g')}{2} &\pm \frac{h^2}{4}(L - \frac{b^2}{L})",)),
        say(
            "at most and at least: $f' - g$ lies below and above a triangle with these slopes. The points repeat with "
            "the shift, and "
            "a function that is bounded below must be able not to fall along the drift"
            + (":" if gaps else "; of the sum of these gains over a period the checker found that it needs this $L$.")
        ),
    ]
    if not gaps:
        return blocks
    S, A, B, b = (Fraction(0),) * 3 + (Fraction(0),)
    for h, g0, g1 in gaps:
        q = abs(g1 - g0) / h
        S, A, B, b = S + h * (g0 + g1) / 2, A + h * h / 4, B + h * h * q * q / 4, max(b, q)
    if b >= L:
        blocks.append(say(f"Here one gap alone has $b = {number(b)}$."))
        return blocks
    fall = -S if d > 0 else S
    term = "" if B == 0 else rf" - \frac{{{number(B, flat=True)}}}{{L}}"
    blocks.append(Display((rf"{_coefficient(A)} L{term} &\ge {number(fall)}",)))
    blocks.append(say(f"which the left side, growing with $L$, does from $L = {number(L)}$ on, and not before."))
    return blocks


def _coefficient(A: Fraction) -> str:
    return "" if A == 1 else number(A)


def _gaps(
    word: Sequence[Fraction], d: Fraction, x: Value | None, given: Mapping[str, Any], r: Recurrence
) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Distances between neighboring points of the drift, with the gradients at both; none where it is not known."""
    if x is None or isinstance(x, Interval):
        return []
    state: dict[str, Value] = {}
    for name, (low, high) in given["box"].items():
        state[name] = Fraction(low) if low == high else Interval(Fraction(low), Fraction(high))
    nodes, at = [], x
    try:
        for w in word:
            nodes.append((at % abs(d), w))
            step, state = advance(r, state, w, None)
            if isinstance(step, Interval):
                return []
            at += step
    except Unknown:
        return []
    nodes.sort()
    nodes.append((nodes[0][0] + abs(d), nodes[0][1]))
    return [(b[0] - a[0], a[1], b[1]) for a, b in pairwise(nodes)]
