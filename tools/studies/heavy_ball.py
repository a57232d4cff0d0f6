"""(f) The heavy ball's cycles, and the region in which theory allows them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import cos, pi
from typing import Any

import numpy as np
from tools.studies.study import OUTCOMES, Figure, Study, percent, table

from misstep.report.phase.overlay import Overlay

MU, L = 1.0, 25.0
LONGEST = 64
"""Longest cycle that a sweep looks for; the union of regions is over the same lengths."""

MANY = 10
"""Longer periods have one color."""

CYCLES, CONVERGES, OVERFLOWS = (OUTCOMES.index(name) for name in ("cycles", "converges", "overflows"))

_EDGE = 1e-12
"""Cells on the line α = 2(1 + β)/L are neither inside nor outside: rounding decides."""


def allows(gamma: Any, beta: Any, c: float) -> Any:
    """Whether the cycle with angle arccos c exists on some function with 1 ≤ f'' ≤ 25.

    (μγ)² − 2[β − c + κ(1 − βc)]μγ + 2κ(1 − c)(1 + β² − 2βc) ≤ 0, κ = μ/L.

    Source: Goujaud, Dieuleveut & Taylor 2023.
    """
    kappa, g = MU / L, MU * gamma
    return g**2 - 2 * (beta - c + kappa * (1 - beta * c)) * g + 2 * kappa * (1 - c) * (1 + beta**2 - 2 * beta * c) <= 0


def of_length(gamma: Any, beta: Any, k: int) -> Any:
    """Whether a cycle of length k is allowed: the inequality for c = cos 2π/k."""
    return allows(gamma, beta, cos(2 * pi / k))


def with_harmonics(gamma: Any, beta: Any, k: int) -> Any:
    """The same for c = cos 2πj/k and any 1 ≤ j ≤ k/2: a cycle that goes around j times."""
    return np.any([allows(gamma, beta, cos(2 * pi * j / k)) for j in range(1, k // 2 + 1)], axis=0)


def any_length(gamma: Any, beta: Any) -> Any:
    """Whether a cycle of some length from 3 to `LONGEST` is allowed."""
    return np.any([of_length(gamma, beta, k) for k in range(3, LONGEST + 1)], axis=0)


def plane(dataset: Any) -> tuple[Any, Any, Any]:
    """α, β and whether α < 2(1 + β)/L, by learning rate and momentum."""
    alpha, beta = np.meshgrid(dataset.learning_rate.values, dataset.momentum.values, indexing="ij")
    return alpha, beta, alpha * L < 2 * (1 + beta) * (1 - _EDGE)


def least_period(dataset: Any) -> Any:
    """The shortest cycle that a start comes to, and the outcome that goes with it; else that of most starts."""
    periods = dataset.period.where(dataset.outcome == CYCLES)
    drawn = dataset.isel(x0=0, drop=True)
    least = periods.min("x0").fillna(0).astype("int32")
    outcome = dataset.outcome
    cycles = (outcome == CYCLES).any("x0")
    drawn = drawn.assign(
        period=least.assign_attrs(dataset.period.attrs, long_name="shortest period over the starts"),
        outcome=outcome.isel(x0=0, drop=True).copy(data=np.where(cycles, CYCLES, _most(outcome))).astype("int8"),
    )
    drawn["outcome"].attrs = dict(outcome.attrs)
    return drawn


def period_drawn(dataset: Any) -> Any:
    """`least_period` where quadratics are stable, long periods as one."""
    found = least_period(dataset)
    _, _, stable = plane(dataset)
    clipped = np.where(stable, np.minimum(found.period.values, MANY), 0)
    name = f"shortest period over the starts ({MANY}: {MANY} or more)"
    found["period"] = found.period.copy(data=clipped).assign_attrs(long_name=name)
    return found


def _most(outcome: Any) -> Any:
    values = outcome.values
    counts = np.stack([(values == code).sum(axis=-1) for code in range(len(OUTCOMES))])
    return counts.argmax(axis=0)


def lines(_: Any) -> list[Overlay]:
    """The edge of stability on quadratics, and where the regions begin: for each γ, the smallest β."""
    beta = np.linspace(0, 1, 4001)[:-1]
    gamma = np.linspace(0.0005, 0.1605, 641)
    b, g = np.meshgrid(beta, gamma)
    inside = g * L < 2 * (1 + b)
    some, three = any_length(g, b) & inside, of_length(g, b, 3) & inside
    least = np.where(some.any(axis=1), beta[some.argmax(axis=1)], np.nan)
    # The region for K = 3 turns back at its left end, so its line is of γ over β.
    first = np.where(three.any(axis=0), gamma[three.argmax(axis=0)], np.nan)
    return [
        Overlay("α = 2(1 + β)/L", 2 * (1 + beta) / L, beta),
        Overlay("3-cycle allowed from here", first, beta),
        Overlay("some cycle allowed above", gamma, least),
    ]


def itinerary_cycle(alpha: float, beta: float, x0: float, k: int) -> bool:
    """Whether the cycle of length k that floats come to is one in rational numbers.

    On the pieces that the floats visit, k steps are an affine map of (x, x_before): its fixed point is solved for, and
    its orbit has to visit the same pieces, and to have no shorter period.
    """
    x, before = x0, x0
    for _ in range(20_000):
        x, before = x - alpha * float(_slope_and_shift(x)[0] * x + _slope_and_shift(x)[1]) + beta * (x - before), x
    a, b = Fraction(alpha), Fraction(beta)
    pieces = []
    for _ in range(k):
        pieces.append(_slope_and_shift(x))
        x, before = x - alpha * float(pieces[-1][0] * x + pieces[-1][1]) + beta * (x - before), x
    # (x, before) → M(x, before) + t.
    m, t = [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]], [Fraction(0), Fraction(0)]
    for slope, shift in pieces:
        p = 1 + b - a * slope
        m = [[p * m[0][0] - b * m[1][0], p * m[0][1] - b * m[1][1]], m[0]]
        t = [p * t[0] - b * t[1] - a * shift, t[0]]
    p, q, r, s = 1 - m[0][0], -m[0][1], -m[1][0], 1 - m[1][1]
    determinant = p * s - q * r
    if determinant == 0:
        return False
    u, w = (s * t[0] - q * t[1]) / determinant, (p * t[1] - r * t[0]) / determinant
    points = []
    for slope, shift in pieces:
        if _slope_and_shift(u) != (slope, shift):
            return False
        points.append(u)
        u, w = u - a * (slope * u + shift) + b * (u - w), u
    return u == points[0] and w == points[-1] and len(set(points)) == k


def _slope_and_shift(x: Any) -> tuple[int, int]:
    """f'(x) = slope·x + shift."""
    return (25, 0) if x < 1 else (1, 24) if x < 2 else (25, -24)


def exact_cycle() -> bool:
    """Whether 792/1225, −2208/1225, 2592/1225 is a 3-cycle at α = 1/9, β = 4/9, in rational numbers."""

    def gradient(x: Fraction) -> Fraction:
        return 25 * x if x < 1 else x + 24 if x < 2 else 25 * x - 24

    points = [Fraction(numerator, 1225) for numerator in (792, -2208, 2592)]
    found = []
    for i in range(3):
        x, before = points[i], points[i - 1]
        found.append(x - Fraction(1, 9) * gradient(x) + Fraction(4, 9) * (x - before) == points[(i + 1) % 3])
    return all(found)


def answer(found: Mapping[str, Any]) -> tuple[str, str]:
    """How much of the measured region lies in the allowed one."""
    dataset = found["heavy-ball"]
    alpha, beta, stable = plane(dataset)
    cycles = (dataset.outcome.values == CYCLES) & stable[..., None]
    period = np.where(cycles, dataset.period.values, 0)
    three = (period == 3).any(axis=-1)
    allowed3, allowed = of_length(alpha, beta, 3), any_length(alpha, beta)
    some = cycles.any(axis=-1)
    rows = []
    lanes_allowed, owned = 0, {}
    a, b = alpha[..., None], beta[..., None]
    for k in sorted(set(np.unique(period)) - {0}):
        of = period == k
        owned[int(k)] = of_length(a, b, k) & np.ones(period.shape, bool)
        own, harmonics = of & of_length(a, b, k), of & with_harmonics(a, b, k)
        lanes_allowed += int(harmonics.sum())
        rows.append([str(k), str(of.any(-1).sum()), str(of.sum()), str(own.sum()), str(harmonics.sum())])
    n_cycles = int(cycles.sum())
    inside3 = int((three & allowed3).sum())
    finding = (
        f"The heavy ball cycles with period 3 in {three.sum()} cells, all of them "
        if inside3 == three.sum()
        else f"The heavy ball cycles with period 3 in {three.sum()} cells, {inside3} of them "
    )
    share3 = (three & stable).sum() / max(1, (allowed3 & stable).sum())
    share = (some & stable).sum() / max(1, (allowed & stable).sum())
    finding += (
        f"where Goujaud, Dieuleveut and Taylor allow a 3-cycle, and one function fills {percent(share3)} of that "
        f"region; "
        f"cycles of any period fill {percent(share)} of the union over K ≤ {LONGEST}, and {lanes_allowed} of "
        f"{n_cycles} runs that cycle are where a cycle of their length is allowed."
    )
    text = "\n\n".join(
        [
            _where(dataset, stable, some, three, allowed, allowed3),
            f"Runs that cycle, by period (the {min(len(rows), 14)} shortest), over {dataset.sizes['x0']} starts; "
            "`allowed` is the inequality with c = cos 2π/K, `with harmonics` that for some c = cos 2πj/K:",
            table(["period K", "cells", "runs", "allowed", "with harmonics"], rows[:14]),
            _harmonics(dataset, rows, period, owned),
            _quadratics(found["heavy-ball-quadratic"]),
            _starts(found["heavy-ball-starts"]),
        ]
    )
    return finding, text


def _where(dataset: Any, stable: Any, some: Any, three: Any, allowed: Any, allowed3: Any) -> str:
    outside = int((some & ~allowed).sum())
    polyak = _nearest(dataset, 1 / 9, 4 / 9)
    lone = int((some & ~three).sum())
    return (
        "The function has 1 ≤ f'' ≤ 25 (f' = 25x below 1, x + 24 to 2, 25x − 24 beyond), so everything that is true of "
        "all strongly convex functions with μ = 1, L = 25 is true of it. Theory gives a region of (γ, β) in which "
        "*some* "
        "function of the class has a cycle of length K; here is one function in one variable, so the measured region "
        "has to lie inside, and the sweep tells how much of it one function fills.\n\n"
        f"Of {stable.sum()} cells with α < 2(1 + β)/L, {some.sum()} cycle from at least one start ({three.sum()} of "
        f"them "
        f"with period 3, {lone} only with others); theory allows some cycle in {(allowed & stable).sum()}, a 3-cycle "
        f"in "
        f"{(allowed3 & stable).sum()}. Cells that cycle where none is allowed: {outside}. At Polyak's parameters for "
        f"this μ and L, α = 1/9, β = 4/9, the nearest cell {'cycles' if some[polyak] else 'does not cycle'}. "
        "The part of the region for K = 3 that is not filled is of two kinds: this function has one kink interval of "
        "length 1 where the extremal function of the theorem has its own for each (γ, β), in two variables; and a "
        "cycle "
        "that exists may attract none of the starts tried.\n\n" + _beyond(dataset, stable)
    )


def _beyond(dataset: Any, stable: Any) -> str:
    """Right of the line: what is bounded and does not settle."""
    outcome, size = dataset.outcome.values[~stable], dataset.gradient.values[~stable]
    bounded = (outcome == 0) & (size < 1e3)
    return (
        f"Right of the line α = 2(1 + β)/L, {percent((outcome == OVERFLOWS).mean())} of the runs overflow; "
        f"{percent(bounded.mean())} are bounded (|f'| < 1000 after {dataset.attrs['n_steps']:,} steps) and settle to "
        "nothing: 0 repels them and the flat piece between the kinks, on which f'' = 1, brings them back."
    )


def _harmonics(dataset: Any, rows: list[list[str]], period: Any, owned: Mapping[int, Any]) -> str:
    beyond = [row for row in rows if row[3] != row[2]]
    if not beyond:
        return "Every cycle is where the inequality with c = cos 2π/K allows it."
    if any(row[4] != row[2] for row in beyond):
        return f"Cycles outside all harmonics: {', '.join(row[0] for row in beyond if row[4] != row[2])}."
    proved = []
    names = ("learning_rate", "momentum", "x0")
    for row in beyond[:12]:
        k = int(row[0])
        # Of a few runs, for by hand one may come to another cycle of the same cell.
        for at in np.argwhere((period == k) & ~owned[k])[:6]:
            if itinerary_cycle(*(float(dataset[name][i]) for name, i in zip(names, at, strict=True)), k):
                proved.append(k)
                break
    return (
        f"The surprise is in the last rows: {sum(int(row[2]) - int(row[3]) for row in beyond)} runs with {len(beyond)} "
        f"different periods, the shortest {beyond[0][0]}, cycle where the inequality with c = cos 2π/K fails. They are "
        f"true cycles: of the {min(12, len(beyond))} shortest such periods a run each was solved in rational numbers "
        f"on the pieces "
        f"that it visits, and {len(proved)} of them ({', '.join(map(str, proved))}) are proved to be cycles of exactly "
        "that length. So the inequality read as “a cycle of length K exists if and only if it holds for c = cos 2π/K” "
        "is "
        "about cycles that go around once, as the theorem's roots of unity do; an orbit that goes around j times "
        "before "
        "it closes needs it for c = cos 2πj/K, and with some j it holds for every run here."
    )


def _quadratics(dataset: Any) -> str:
    alpha, beta, _ = plane(dataset)
    lines_ = []
    for i, curvature in enumerate((MU, L)):
        ratio = alpha * curvature / (2 * (1 + beta))
        outcome = dataset.outcome.values[i]
        inside, outside = ratio < 1 - _EDGE, ratio > 1 + _EDGE
        edge = ~inside & ~outside
        lines_.append(
            f"f'' = {curvature:g}: {(outcome[inside] == CONVERGES).sum()} of {inside.sum()} stable cells converge, "
            f"{(outcome[outside] == OVERFLOWS).sum()} of {outside.sum()} unstable ones overflow"
            + (
                f", {(outcome[edge] == CYCLES).sum()} of {edge.sum()} on the line itself have the neutral 2-cycle"
                if edge.any()
                else ""
            )
        )
    left = dataset.outcome.values[1][(alpha * L / (2 * (1 + beta)) > 1 + _EDGE)] != OVERFLOWS
    return (
        "**Quadratics.** The boundary α = 2(1 + β)/f'' is exact: "
        + "; ".join(lines_)
        + f". The {left.sum()} unstable cells that did not overflow lie within 0.3 % of the line: they grow by less "
        f"than "
        "1 + 700/steps a step and have not come to 10³⁰⁸ yet."
        if left.any()
        else "**Quadratics.** The boundary α = 2(1 + β)/f'' is exact: " + "; ".join(lines_) + "."
    )


def _starts(dataset: Any) -> str:
    captured = dataset.period.values == 3
    x0 = dataset.x0.values
    turns = np.flatnonzero(np.diff(np.concatenate([[0], captured.astype(int), [0]]))).reshape(-1, 2)
    intervals = ", ".join(f"[{x0[first]:.3f}, {x0[last - 1]:.3f}]" for first, last in turns)
    exact = "holds" if exact_cycle() else "does not hold"
    return (
        f"**α = 1/9, β = 4/9.** {percent(captured.mean())} of {x0.size} starts x₀ = x₋₁ in [−5, 5] come to the "
        f"3-cycle, "
        f"all others converge to 0; they make up {len(turns)} intervals: {intervals}. That 792/1225 → −2208/1225 → "
        f"2592/1225 is a cycle {exact} in rational numbers."
    )


def _nearest(dataset: Any, alpha: float, beta: float) -> tuple[int, int]:
    return (
        int(np.abs(dataset.learning_rate.values - alpha).argmin()),
        int(np.abs(dataset.momentum.values - beta).argmin()),
    )


_PLANE = {"x": "learning_rate", "y": "momentum"}

STUDY = Study(
    "heavy-ball",
    "Where does the heavy ball cycle on a strongly convex function, and is that the region that theory allows?",
    ("heavy-ball", "heavy-ball-quadratic", "heavy-ball-starts"),
    (
        Figure("heavy-ball-outcome", "heavy-ball", _PLANE, data=least_period, overlays=lines),
        Figure("heavy-ball-period", "heavy-ball", {**_PLANE, "quantity": "period"}, data=period_drawn, overlays=lines),
    ),
    answer,
)
