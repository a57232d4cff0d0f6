"""(b) How far from the node a start may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from tools.studies.orbit import holds, one_side
from tools.studies.study import Figure, Study, percent, quartiles, steps, table
from tools.studies.theorem import betas

from misstep.functions import cubic
from misstep.optimizers import adam_dialect
from misstep.trajectory import run

ALPHA = 0.1
SINE_PAIRS = ((0.5, 0.9), (0.9, 0.999))
BORDER = "theory: −(1 − β₁)(1 − β₂) < κ(β₂ − β₁) < (1 + β₁)(1 + β₂)"


def answer(found: Mapping[str, Any]) -> tuple[str, str]:
    """Which starts keep the drift, by function and pair."""
    main, grid = found["fragility"], found["fragility-betas"]
    cubic_name = next(str(name) for name in main.function.values if str(name).startswith("cubic"))
    safe = _smallest_safe(main, cubic_name, (0.5, 0.9), 1)
    share = {sign: _sides(grid, sign) for sign in (1, -1)}
    finding = (
        f"A start beside the node does not end the drift; rounding does: on the cubic with (β1, β2) = "
        f"(0.5, 0.9) all starts "
        f"from {safe:.2g} α to {_largest_safe(main, cubic_name, (0.5, 0.9), 1):.2g} α to the right keep it for "
        f"{steps(main):,} steps, smaller ones and x₀ = 0 itself lose it; on the plateau {_inside(main)} "
        f"within a quarter of "
        f"a spacing keep it, for all {main.sizes['optimizer']} pairs, to both sides."
    )
    text = "\n\n".join(
        [
            _why(),
            "## Starts that keep the drift\n\n"
            "Of the starts at 10⁻¹⁶ to 0.4 spacings, on each side of the node:\n\n" + _kept(main),
            _growth(main, cubic_name),
            f"## Which pairs\n\nA start a millionth of α beside the node, over all pairs: the share of "
            f"pairs that keep the "
            f"drift for {steps(grid):,} steps.\n\n"
            + table(
                ["start", "keeps", "theory", "in theory's region, leaves", "outside it, keeps"],
                [
                    ["right" if sign > 0 else "left", percent(a), percent(b), str(c), f"{d:,}"]
                    for sign, (a, b, c, d) in share.items()
                ],
            ),
            "Outside the region that holds, on the wrong side of the node, a run is decided by the sign of "
            "one rounding "
            "error: it is thrown away from the nodes, or across the node to the side that holds, where it "
            "stays. That is "
            "the speckled part of the right panel. Beyond the other border, where a multiplier is below −1, iterates "
            "alternate about the orbit, at the size of the offset, and do not leave it for some way.",
        ]
    )
    return finding, text


def _why() -> str:
    adam = adam_dialect("toint", learning_rate="1/10", beta1="1/2", beta2="9/10", eps=0)
    exact = []
    for start in ("1/1000", "1/100"):
        gradients = list(run(cubic("1/10"), adam, start, 50).g)
        exact.append(all(g == gradients[0] for g in gradients))
    return f"""In exact arithmetic a start x₀ > 0 with f'(x₀) < 0 drifts for ever, on every function here and for every
(β1, β2): without ε Adam's first step is α whatever the size of the gradient, f' is periodic, and so all gradients are
f'(x₀) (exact runs on the cubic from 0.01 α and 0.1 α, 50 steps: {"so" if all(exact) else "not so"}). The paper's orbit
is one of a continuum, and leaving it for a neighbor is neutral: multiplier 1. What ends the drift in floats are
rounding
errors, which move x without m and v; [they grow](theorem.md) where a multiplier is above 1, and that depends on the
side
of the node, as the curvature there does: κ = +6 to the right, −6 to the left on the cubic, ±4 on the spline. A start to
the side where both multipliers are small is *safer* than the node: rounding errors, smaller than the offset, never
carry
it across. On the sine κ changes slowly from 0, and on a plateau it is 0.

f is periodic to the left as well here, so that starts to the left of 0 are what they are elsewhere."""


def pair_of(name: Any) -> tuple[float, float]:
    """(β1, β2) of a method's text."""
    values = dict(re.findall(r"(beta[12])=([0-9.]+)", str(name)))
    return float(values["beta1"]), float(values["beta2"])


def _kept(main: Any) -> str:
    pairs = [pair_of(name) for name in main.optimizer.values]
    headings = ["function", "side", *(f"({a:g}, {b:g})" for a, b in pairs)]
    rows = []
    for function in map(str, main.function.values):
        for side, sign in (("left", -1), ("right", 1)):
            cells = []
            for pair in pairs:
                offsets, departure = _branch(main, function, pair, sign)
                keeps = departure == -1
                cells.append(f"{percent(keeps.mean())}, {_intervals(offsets, keeps)}")
            rows.append([function.split("(")[0], side, *cells])
    return table(headings, rows) + (
        f"\n\nThe range is that of the longest run of starts, in spacings, that all keep it. {_sine()}"
    )


def _branch(main: Any, function: str, pair: tuple[float, float], sign: int) -> tuple[Any, Any]:
    """Sizes of offsets in spacings, increasing, and the steps of departure."""
    optimizer = next(name for name in main.optimizer.values if pair_of(name) == pair)
    chosen = main.sel(function=function, optimizer=optimizer)
    x0 = main.x0.values
    order = np.flatnonzero(sign * x0 > 0)[::sign]
    return np.abs(x0[order]) / ALPHA, chosen.departure.values[order]


def _longest(keeps: Any) -> tuple[int, int]:
    best, start = (0, 0), None
    for i, one in enumerate([*keeps, False]):
        if one and start is None:
            start = i
        if not one and start is not None:
            best, start = max(best, (start, i), key=lambda ends: ends[1] - ends[0]), None
    return best


def _intervals(offsets: Any, keeps: Any) -> str:
    first, end = _longest(keeps)
    return f"{offsets[first]:.1e} … {offsets[end - 1]:.2g}" if end > first else "none"


def _smallest_safe(main: Any, function: str, pair: tuple[float, float], sign: int) -> float:
    offsets, departure = _branch(main, function, pair, sign)
    return float(offsets[_longest(departure == -1)[0]]) if len(offsets) else float("nan")


def _largest_safe(main: Any, function: str, pair: tuple[float, float], sign: int) -> float:
    offsets, departure = _branch(main, function, pair, sign)
    return float(offsets[_longest(departure == -1)[1] - 1]) if len(offsets) else float("nan")


def _inside(main: Any) -> str:
    """How many starts inside the plateaus keep the drift."""
    name = next(str(name) for name in main.function.values if str(name).startswith("plateau"))
    inside = np.abs(main.x0.values) < 0.249 * ALPHA
    keeps = main.departure.sel(function=name).values[:, inside] == -1
    return f"all {inside.sum()} starts" if keeps.all() else f"{percent(keeps.mean())} of starts"


def _sine() -> str:
    texts = [f"{(1 - b1) * (1 - b2) / (4 * np.pi**2 * abs(b2 - b1)):.1e} for ({b1:g}, {b2:g})" for b1, b2 in SINE_PAIRS]
    return (
        "On the sine κ = 4π²y at y spacings from the node, so to the wrong side the drift should be lost from "
        f"(1 − β1)(1 − β2)/4π²|β2 − β1| spacings on: {' and '.join(texts)}."
    )


def _growth(main: Any, cubic_name: str) -> str:
    offsets, departure = _branch(main, cubic_name, (0.5, 0.9), 1)
    late = departure > 1000
    ulps = np.spacing(departure[late] * ALPHA) / (offsets[late] * ALPHA)
    horizon = 1e-8 * 2.0**52
    rows = [
        [f"{offset:.1e}", str(step) if step >= 0 else "never"]
        for offset, step in zip(offsets, departure, strict=True)
        if 1e-14 < offset < 1e-10
    ]
    return (
        "On the safe side the drift lasts in proportion to the offset: on the cubic with (0.5, 0.9), to the right,\n\n"
        + table(["start / α", "leaves at step"], rows)
        + f"\n\nThe distance between floats at x_k, at the departure, is {quartiles(ulps)} times the "
        f"offset (median and "
        "quartiles, of departures after step 1000), and the steps are those at which x_k passes a power of "
        "two: an offset "
        "protects until rounding can carry x across the node in one step. A start of 10⁻⁸ α would be safe for some "
        f"{horizon:.0e} steps."
    )


def _sides(grid: Any, sign: int) -> tuple[float, float, int, int]:
    beta1, beta2 = betas(grid)
    keeps = grid.departure.sel(x0=sign * 1e-7).values == -1
    region = holds(beta1, beta2, 6.0 * sign)
    return float(keeps.mean()), float(region.mean()), int((region & ~keeps).sum()), int((~region & keeps).sum())


STUDY = Study(
    "fragility",
    "How far from x₀ = 0 may Adam start and still drift?",
    ("fragility", "fragility-betas"),
    (
        Figure("fragility", "fragility", {"x": "x0", "y": "function", "facet": "optimizer", "quantity": "departure"}),
        Figure(
            "fragility-betas",
            "fragility-betas",
            {"x": "beta1", "y": "beta2", "facet": "x0", "quantity": "departure"},
            overlays=lambda _: (*one_side(-6, BORDER, 0), *one_side(6, BORDER, 1)),
        ),
    ),
    answer,
)
