"""(g) The transition in (β1, β2) on the finite sum of Zhang et al."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from tools.studies.study import OUTCOMES, Figure, Study, percent, shares, table

from misstep.report.phase.overlay import Overlay

ALPHA = 0.1
FAR = 25.0
"""Net displacement over the last half from which a run has run away: 250 of its steps, in one direction."""

STEPS = 100_000
"""Of the average that predicts the speed."""

SUMS = ((5, "reshuffled"), (10, "reshuffled"), (20, "reshuffled"), (10, "cyclic"), (10, "independent"))
"""n and the order of each function of the sweep."""

DRIFTS = OUTCOMES.index("drifts")


def speed(beta1: Any, beta2: Any, n: int, order: str, steps: int = STEPS, seed: int = 0) -> Any:
    """Mean of −m/√v over steps on x ≥ −1, where one gradient in n is n and all others are −1 wherever x is.

    The averages m and v do not depend on x there, so this is the speed of a run that stays there, in units of α, and a
    run can stay there only where it is positive.
    """
    b1, b2 = np.broadcast_arrays(np.asarray(beta1, float), np.asarray(beta2, float))
    random = np.random.default_rng(seed)
    m, v = np.full(b1.shape, 1 / n), np.full(b1.shape, (n * n + n - 1) / n)
    total, counted, at = np.zeros(b1.shape), 0, 0
    for k in range(steps):
        if k % n == 0 and order == "reshuffled":
            at = int(random.integers(n))
        large = random.random() < 1 / n if order == "independent" else k % n == at
        g = float(n) if large else -1.0
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * (g * g)
        if k >= steps // 5:
            total -= m / np.sqrt(v)
            counted += 1
    return total / counted


@cache
def _speeds(axes: tuple[tuple[float, ...], tuple[float, ...]], n: int, order: str) -> Any:
    beta1, beta2 = (np.array(axis) for axis in axes)
    return speed(beta1[:, None], beta2[None, :], n, order, STEPS if beta1.size > 9 else 2000)


def predicted(dataset: Any, i: int) -> Any:
    """`speed` in every cell of the i-th function."""
    axes = (tuple(dataset.beta1.values.tolist()), tuple(dataset.beta2.values.tolist()))
    return _speeds(axes, *SUMS[i])


def threshold(beta2: Any, values: Any) -> float:
    """The largest β2 at which a speed passes from positive to negative, between cells on the logit scale; else NaN."""
    turns = np.flatnonzero((values[:-1] > 0) & (values[1:] <= 0))
    if not turns.size:
        return float("nan")
    i = turns[-1]
    low, high = np.log1p(-beta2[i]), np.log1p(-beta2[i + 1])
    return float(-np.expm1(low + (high - low) * values[i] / (values[i] - values[i + 1])))


def rms_threshold(n: int) -> float:
    """β2 at which RMSprop (β1 = 0) on the sum in cyclic order stands still: by bisection of the exact average."""

    def moves(beta2: float) -> float:
        # v is periodic: j steps after the large gradient it is 1 + (n² − 1)(1 − β2)β2^j/(1 − β2^n).
        j = np.arange(n)
        v = 1 + (n * n - 1) * (1 - beta2) * beta2**j / -np.expm1(n * np.log(beta2))
        return float((1 / np.sqrt(v[1:])).sum() - n / np.sqrt(v[0]))

    low, high = 1e-3, 1 - 1e-9
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if moves(middle) > 0 else (low, middle)
    return (low + high) / 2


def runs_away(dataset: Any) -> Any:
    """Cells whose displacement over the last half is at least `FAR`, by the mean over replicates."""
    return dataset.speed.values * (dataset.attrs["n_steps"] // 2) > FAR


def named(dataset: Any, chosen: tuple[int, ...], names: tuple[str, ...]) -> Any:
    """Some of the functions under short names, with `drifts` where a run has run away."""
    found = dataset.isel(function=list(chosen)).assign_coords(function=np.array(names, dtype=object))
    outcome = np.where(runs_away(found), DRIFTS, found.outcome.values)
    # What drifts, but not far, hovers.
    outcome = np.where(~runs_away(found) & (outcome == DRIFTS), 0, outcome).astype("int8")
    found["outcome"] = found.outcome.copy(data=outcome)
    return found.drop_vars(["speed", "gradient", "f_max"])


SIZES = (0, 1, 2)
ORDERS = (1, 3, 4)


def by_size(dataset: Any) -> Any:
    """n = 5, 10, 20."""
    return named(dataset, SIZES, tuple(f"n = {SUMS[i][0]}" for i in SIZES))


def by_order(dataset: Any) -> Any:
    """n = 10 in each order."""
    return named(dataset, ORDERS, tuple(SUMS[i][1] for i in ORDERS))


def lines(drawn: Any) -> list[Overlay]:
    """β1 = √β2, and where the predicted speed is 0."""
    sized = str(drawn.function.values[0]).startswith("n")
    beta1, beta2 = drawn.beta1.values, drawn.beta2.values
    found = []
    for panel, i in enumerate(SIZES if sized else ORDERS):
        values = predicted(drawn, i)
        edge = np.array([threshold(beta2, row) for row in values])
        # Beyond the last zero the line ends; a lone zero further on is chance.
        ends = np.flatnonzero(np.isnan(edge))
        if ends.size:
            edge[ends[0] :] = np.nan
        found.append(Overlay("predicted speed 0", beta1, edge, panel))
    root = np.sqrt(beta2)
    return [*found, Overlay("β1 = √β2", root[root <= beta1[-1]], beta2[root <= beta1[-1]])]


def answer(found: Mapping[str, Any]) -> tuple[str, str]:
    """The boundary, measured and predicted."""
    dataset = found["zhang"]
    beta1, beta2 = dataset.beta1.values, dataset.beta2.values
    away = runs_away(dataset)
    rows, wrong = [], []
    for i, (n, order) in enumerate(SUMS):
        values = predicted(dataset, i)
        differs = away[i] != (values > 0)
        wrong.append((differs.mean(), float(np.abs(values[differs]).max()) if differs.any() else 0.0))
        for wanted in (0, 0.5, 0.9):
            j = int(np.abs(beta1 - wanted).argmin())
            measured = _last(beta2, away[i, j])
            rows.append(
                [
                    str(n),
                    order,
                    f"{beta1[j]:.3g}",
                    _interval(measured),
                    _digits(threshold(beta2, values[j])),
                    _digits(_law(n, beta1[j])),
                    f"{beta1[j] ** 2:.3g}",
                ]
            )
    some = len([order for _, order in SUMS if order != "independent"])
    predicted_speeds = np.stack([predicted(dataset, i) for i in range(len(SUMS))])
    clear = away & (predicted_speeds > 0.02) & (beta1[:, None] < 0.9 * np.sqrt(beta2))
    clear[some:] = False
    ratio = dataset.speed.values[clear] / (ALPHA * predicted_speeds[clear])
    n5, n10, n20 = (rms_threshold(n) for n in (5, 10, 20))
    finding = (
        f"On n terms Adam with β1 = 0 runs away up to 1 − β2 = {1 - n5:.3g}, {1 - n10:.3g} and {1 - n20:.3g} for "
        f"n = 5, 10, 20, close to 4/n²: the edge is where the mean of m/√v over an epoch far out changes sign, which "
        f"predicts {percent(1 - float(np.mean([share for share, _ in wrong])))} of the cells. It is not β1 = √β2. "
        f"Momentum "
        f"heals every β2 > 0.1 from β1 = {_healed(dataset, away, 0):.2g}, {_healed(dataset, away, 1):.2g} and "
        f"{_healed(dataset, away, 2):.2g} on."
    )
    above = beta1[:, None] > np.sqrt(beta2)
    text = "\n\n".join(
        [
            _why(),
            "Up to which β2 runs away, by β1: the two cells between which it ends, the zero of the predicted speed, "
            "the "
            "law below, and β1², where β1 = √β2. What is measured ends a cell or two early, since near the zero a run "
            "is "
            "too slow to be told from one that stays:",
            table(["n", "order", "β1", "measured", "predicted", "law", "β1²"], rows),
            _law_text(),
            f"**Speed.** Where a cell runs away faster than 0.02α and β1 < 0.9√β2 (components in an order that is not "
            f"independent), the measured speed over the predicted "
            f"one is {np.median(ratio):.4f} (5 % to 95 %: {np.percentile(ratio, 5):.3f} to "
            f"{np.percentile(ratio, 95):.3f}; {ratio.size} cells)."
            if ratio.size
            else "",
            "**Cells that the sign of the predicted speed gets wrong.** "
            + ", ".join(
                f"n = {n}, {order}: {percent(share)} (|speed| up to {size:.2g}α)"
                for (n, order), (share, size) in zip(SUMS, wrong, strict=True)
            )
            + f". The measure itself (a displacement of {FAR:g} over the last half) cannot see slower drifts than "
            f"{FAR / (dataset.attrs['n_steps'] // 2) / ALPHA:.2g}α, and where β1 > √β2 steps have tails so heavy that "
            "neither three replicates nor the average over the same number of steps has converged.",
            f"**β1 = √β2.** Of the cells with β1 > √β2, {percent(away[:3][:, above].mean())} run away, of those with "
            f"β1 < √β2 {percent(away[:3][:, ~above].mean())} (reshuffled). The line is a condition of the convergence "
            "theorem, beside β2 close to 1, and no boundary: with β1 small Adam runs away on both sides of it, with β1 "
            "near 1 "
            "on neither.",
            _endings(dataset, away),
        ]
    )
    return finding, text


def _why() -> str:
    return (
        "On x ≥ −1 the gradients do not depend on x: one in n is n, the others are −1, and their mean is 1/n, so f "
        "itself "
        "pushes left. Adam moves by −αm/√v. With β2 small the large gradient enlarges v just when it is used, and the "
        "n − 1 small ones use a v that has forgotten it. m and v do not depend on x there, so a run far out moves "
        "with a constant mean speed, which a long average gives without any sweep; if it is positive the run never "
        "comes "
        "back, and if it is negative every run returns to the curved part x < −1, around the minimizer −2. `runs away` "
        f"here means: over the last half the mean displacement of three replicates exceeds {FAR:g}, "
        f"{FAR / ALPHA:g} steps of size α. (`diagnose` calls few of them drifts, since their path is many times their "
        "displacement.)"
    )


def _law(n: int, beta1: float) -> float:
    """β2 = 1 − 2/((n + 1)·((n − 1)/2 − a)), a = β1/(1 − β1) − nβ1ⁿ/(1 − β1ⁿ); NaN where that is negative."""
    age = beta1 / (1 - beta1) - n * beta1**n / (1 - beta1**n)
    found = 1 - 2 / ((n + 1) * ((n - 1) / 2 - age))
    return float(found) if found > 0 else float("nan")


def _law_text() -> str:
    rows = [
        [str(n), f"{1 - rms_threshold(n):.4g}", f"{n * n * (1 - rms_threshold(n)):.4f}"]
        for n in (5, 10, 20, 50, 100, 1000)
    ]
    return (
        "**A law.** Write δ = 1 − β2 and let nδ be small. In cyclic order v is then about n with a saw on it: j steps "
        "after the large gradient it is n + nδ·((n − 1)/2 − j). And m is −1 + (n + 1)w_j, where "
        "w_j = (1 − β1)β1^j/(1 − β1ⁿ) is the weight of a gradient that is j steps old. To first order the mean of m/√v "
        "vanishes where the mean of m, 1/n, is half the mean of m times the saw, so at\n\n"
        "    1 − β2 = 2/((n + 1)·((n − 1)/2 − a)),    a = β1/(1 − β1) − nβ1ⁿ/(1 − β1ⁿ),\n\n"
        "where a is the mean age of what m holds, within an epoch. Without momentum a = 0 and **1 − β2 = 4/(n² − 1)**. "
        "With "
        "β1 → 1, a → (n − 1)/2: m has forgotten when the large gradient came, and no β2 is left that runs away. The "
        "exact "
        "zero for β1 = 0 in cyclic order:\n\n"
        + table(["n", "1 − β2", "n²(1 − β2)"], rows)
        + "\n\nZhang et al. prove convergence for β1 < √β2 with β2 close enough to 1 for the problem at hand, and "
        "divergence "
        "in a region with β2 small; the edge between them on their own example is this."
    )


def _healed(dataset: Any, away: Any, i: int) -> float:
    """The smallest β1 from which on nothing with β2 > 0.1 runs away."""
    found = np.flatnonzero(away[i][:, dataset.beta2.values > 0.1].any(axis=1))
    beta1 = dataset.beta1.values
    return float(beta1[min(found[-1] + 1, beta1.size - 1)]) if found.size else 0.0


def _endings(dataset: Any, away: Any) -> str:
    parts = []
    for i, (n, order) in enumerate(SUMS):
        others = shares(dataset.outcome.values[i][~away[i]])
        parts.append(f"n = {n}, {order}: " + ", ".join(f"{name} {percent(share)}" for name, share in others.items()))
    return (
        "**What the others do.** They come to x < −1; with β2 large enough they converge to −2 with f' = 0 to the last "
        "bit, for there all terms are quadratics with the same minimizer, else they hover around it: "
        + "; ".join(parts)
        + "."
    )


def _last(beta2: Any, away: Any) -> tuple[float, float]:
    found = np.flatnonzero(away)
    if not found.size:
        return float("nan"), float("nan")
    i = int(found[-1])
    return float(beta2[i]), float(beta2[min(i + 1, len(beta2) - 1)])


def _interval(ends: tuple[float, float]) -> str:
    return "never" if np.isnan(ends[0]) else f"{ends[0]:.4f} to {ends[1]:.4f}"


def _digits(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.4f}"


_PLANE = {"x": "beta1", "y": "beta2", "facet": "function"}

STUDY = Study(
    "zhang",
    "For which (β1, β2) does Adam run away on the finite sum of Zhang et al., and how does that depend on n?",
    ("zhang",),
    (
        Figure("zhang-sizes", "zhang", _PLANE, data=by_size, overlays=lines),
        Figure(
            "zhang-orders",
            "zhang",
            {**_PLANE, "title": "Adam on ten terms, in three orders"},
            data=by_order,
            overlays=lines,
        ),
    ),
    answer,
)
