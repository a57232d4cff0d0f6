"""(d) Noise in the gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from tools.studies.fragility import pair_of
from tools.studies.study import Figure, Study, spec_of, steps, table

from misstep.report.phase.overlay import Overlay

ALPHA, RHO = 0.125, 0.25
USUAL = 'adam(dialect="torch", learning_rate=0.125, eps=0, beta1=0.9, beta2=0.999)'


def answer(found: Mapping[str, Any]) -> tuple[str, str]:
    """Survival by function and method, the loss of speed, and what theory says of both."""
    main, line = found["noise"], found["noise-line"]
    n = steps(main)
    usual = next((i for i, name in enumerate(main.optimizer.values) if "torch" in str(name)), 0)
    half = {str(name).split("(")[0]: _tolerated(main, usual, name, 0.5) for name in main.function.values}
    finding = (
        f"Largest σ/c that at least half of {spec_of(main)['replicates']} runs survive for {n:,} steps, "
        f"with bias-corrected Adam at "
        f"(0.9, 0.999): {', '.join(f'{name} {_sigma(value)}' for name, value in half.items())}. Noise slows Adam by "
        f"σ²/2c² and so moves every orbit off its nodes; only (0, 0), whose steps are signs, never leaves "
        f"them, at any σ."
    )
    text = "\n\n".join(
        [
            f"Each step sees f'(x) + σξ with ξ normal and independent; c = 1. A run survives if |f'(x_k) + "
            f"c| ≤ c/2 at every "
            f"of its {n:,} iterates. α = 1/8, so that without noise rounding does no "
            "harm from the paper's start; bias correction rounds, and loses the cubic and the spline by "
            "itself. Functions are periodic to the left "
            "too: on a line of slope −c a run that was sent back would count as a survivor.",
            "## Survival\n\nLargest σ/c tried up to which the survival is at least 1/2, with Wilson's 95 % "
            "interval of the "
            "survival there:\n\n" + _survival(main),
            "On the cubic and the spline noise does what rounding does, and [every pair off the "
            "band](theorem.md) loses the "
            f"orbit: at the smallest σ tried, {main.noise.values[1]:.0e}, half of the runs with (0.5, 0.9) "
            f"leave the cubic "
            f"by step {_first(main)}.",
            "## Speed\n\n" + _speed(line),
            "## Why a plateau is left\n\n" + _plateau(main),
            "## Where they go\n\n" + _afterwards(main),
        ]
    )
    return finding, text


def slowing(beta1: float, beta2: float) -> float:
    """a in E[step] = α(1 − aσ²/c² + …)."""
    return 0.5 - 1.5 * (1 - beta2) / (1 + beta2) + (1 - beta1) * (1 - beta2) / (1 - beta1 * beta2)


def _label(name: Any) -> str:
    b1, b2 = pair_of(name)
    return f"({b1:g}, {b2:g}){', bias-corrected' if 'torch' in str(name) else ''}"


def _tolerated(main: Any, i: int, function: Any, share: float) -> float:
    """The largest σ up to which the survival is at least `share` at every σ tried."""
    survival = main.survival.isel(optimizer=i).sel(function=function).values
    fails = np.flatnonzero(~(survival >= share))
    end = fails[0] if fails.size else len(survival)
    return float(main.noise.values[end - 1]) if end else math.nan


def _sigma(value: float) -> str:
    return "not even 0" if math.isnan(value) else "0 only" if value == 0 else f"{value:.3g}"


def _interval(cell: Any) -> str:
    """The survival of a cell with its interval."""
    low, high = cell.survival_low.item(), cell.survival_high.item()
    return f"{cell.survival.item():.2f} [{low:.2f}, {high:.2f}]"


def _survival(main: Any) -> str:
    rows = []
    for name in main.function.values:
        cells = []
        for i in range(main.sizes["optimizer"]):
            sigma = _tolerated(main, i, name, 0.5)
            if math.isnan(sigma):
                cells.append("not even at 0")
                continue
            cell = main.isel(optimizer=i).sel(function=name, noise=sigma)
            bound = "≥ " if sigma == main.noise.values[-1] else ""
            cells.append(f"{bound}{_sigma(sigma)}: {_interval(cell)}")
        rows.append([str(name).split("(")[0], *cells])
    return table(["function", *map(_label, main.optimizer.values)], rows)


def _first(main: Any) -> str:
    name = next(str(name) for name in main.function.values if str(name).startswith("cubic"))
    i = next(i for i, o in enumerate(main.optimizer.values) if pair_of(o) == (0.5, 0.9))
    return str(main.departure.isel(optimizer=i, noise=1).sel(function=name).item())


def expected_speed(pair: tuple[float, float], sigma: Any) -> Any:
    """In α a step: exact for (0, 0), to second order in σ otherwise."""
    if pair == (0.0, 0.0):
        return np.array([1.0 if s == 0 else math.erf(1 / (s * math.sqrt(2))) for s in np.atleast_1d(sigma)])
    return 1 - slowing(*pair) * np.atleast_1d(sigma) ** 2


def _speed(line: Any) -> str:
    rows = []
    for sigma in (0.01, 0.03, 0.1, 0.3, 1, 3, 10):
        cells = [f"{sigma:g}"]
        for i, name in enumerate(line.optimizer.values):
            cell = line.isel(optimizer=i).sel(noise=sigma, method="nearest")
            theory = expected_speed(pair_of(name), cell.noise.item())[0]
            shown = f"{theory:.5f}" if pair_of(name) == (0.0, 0.0) or sigma <= 0.3 else "–"
            cells += [f"{cell.speed.item() / ALPHA:.5f}", shown]
        rows.append(cells)
    headings = ["σ/c"]
    for name in line.optimizer.values:
        headings += [_label(name), "theory"]
    values = ", ".join(f"{slowing(*pair_of(name)):.4f} for {_label(name)}" for name in line.optimizer.values)
    return (
        "On a line, where f' = −c everywhere, in α a step:\n\n"
        + table(headings, rows)
        + f"""

v averages squares, so it sees c² + σ², and m sees c. To second order E[m/√v] is

1 − aσ²/c²,   a = 1/2 − (3/2)(1 − β2)/(1 + β2) + (1 − β1)(1 − β2)/(1 − β1β2):   {values}.

Without memory each step is the sign of the gradient, and the speed P(right) − P(left) = erf(c/σ√2) exactly. That
run is on
a grid: its iterates are nodes, whichever way it steps, and the true gradient is −c at every one of them. It
survives every σ."""
    )


def _plateau(main: Any) -> str:
    n = steps(main)
    name = next(str(name) for name in main.function.values if str(name).startswith("plateau"))
    rows = []
    for i, method in enumerate(main.optimizer.values):
        pair = pair_of(method)
        if pair == (0.0, 0.0):
            continue
        survival = main.survival.isel(optimizer=i).sel(function=name).values
        noise = main.noise.values
        safe, lost = _tolerated(main, i, name, 0.95), noise[survival < 0.05]
        slow = math.sqrt(RHO / (slowing(*pair) * n))
        start = abs(1 / (1 - pair[1]) - 1 / (1 - pair[0])) if "toint" in str(method) else None
        rows.append(
            [
                _label(method),
                _sigma(safe),
                f"{lost.min():.3g}" if lost.size else "none",
                f"{slow:.2g}",
                f"{RHO / start:.2g}" if start else "–",
            ]
        )
    toint = next(
        (i for i, o in enumerate(main.optimizer.values) if "toint" in str(o) and pair_of(o) == (0.9, 0.999)), None
    )
    first = "" if toint is None else _first_gradient(main, toint, name)
    return (
        f"No iterate is pulled back to the middle of a plateau of half-width ρ = 1/4: it takes up {RHO:g} "
        f"α of shift and no "
        "more. To first order every ξ adds to m and takes from m/√v the same over time, so that the noise "
        "cancels; to second "
        f"order the orbit falls behind by aσ²/c² · α a step, and is off the plateau after {n:,} steps if "
        f"σ/c > √(ρ/aK), K = {n:,}: the longer the run, the less noise it takes.\n\n"
        + table(["", "survival ≥ 0.95 up to σ", "survival < 0.05 from σ", "√(ρ/aK)", "ρ/(1/(1−β2) − 1/(1−β1))"], rows)
        + first
    )


def _first_gradient(main: Any, i: int, name: str) -> str:
    weight = 1000 - 10
    rows = []
    for sigma in main.noise.values:
        if 1e-5 < sigma < 2e-3:
            cell = main.isel(optimizer=i).sel(function=name, noise=sigma)
            theory = 0.5 * (1 + math.erf(RHO / (weight * sigma) / math.sqrt(2)))
            rows.append([f"{sigma:.3g}", _interval(cell), f"{theory:.2f}"])
    return (
        "\n\nThe paper's start m₋₁ = g₀, v₋₁ = g₀² does worse than that: the first gradient's noise ξ₀ "
        "stays in v for 1000 "
        "steps and in m for 10, which shifts the orbit by 990 σξ₀ α. To the left the run is lost; to the "
        "right it is held, "
        "since a smaller gradient shortens the step (κ(β2 − β1) > 0). So the survival is Φ(ρ/990σ), and tends to 1/2 "
        "before the slowing ends it; the bias-corrected start spreads that weight and has no such loss:\n\n"
        + table(["σ/c", "survival, (0.9, 0.999), plateau", "Φ(ρ/990σ)"], rows)
    )


def _afterwards(main: Any) -> str:
    rows = []
    for name in main.function.values:
        for i, method in enumerate(main.optimizer.values):
            if pair_of(method) == (0.0, 0.0):
                continue
            cells = [main.speed.isel(optimizer=i).sel(function=name, noise=s).item() / ALPHA for s in _some(main)]
            rows.append([str(name).split("(")[0], _label(method), *(f"{value:+.3f}" for value in cells)])
    return (
        "Mean speed over the last half of all runs, survivors or not, in α a step:\n\n"
        + table(["function", "", *(f"σ = {s:.3g}" for s in _some(main))], rows)
        + "\n\nNegative speeds are drifts to the left, on gradients of the other sign: between nodes f' is "
        "positive as well, and "
        "what holds for a drift to the right on −c holds for one to the left."
    )


def _some(main: Any) -> list[float]:
    return [float(main.noise.sel(noise=s, method="nearest")) for s in (0, 1e-10, 1e-6, 1e-3, 1e-2, 1e-1, 1)]


def _lines(_: Any) -> tuple[Overlay, ...]:
    exact, second = np.logspace(-3, 1, 200), np.logspace(-3, -0.2, 100)
    label = "theory: erf(c/σ√2); 1 − σ²/2c²"
    return (
        Overlay(label, exact, ALPHA * expected_speed((0.0, 0.0), exact)),
        Overlay(label, second, ALPHA * expected_speed((0.9, 0.999), second)),
    )


STUDY = Study(
    "noise",
    "Does the drift survive noise in the gradient?",
    ("noise", "noise-line"),
    (
        Figure("noise", "noise", {"x": "noise", "y": "function", "facet": "optimizer", "quantity": "survival"}),
        Figure(
            "noise-usual",
            "noise",
            {
                "x": "noise",
                "facet": "function",
                "quantity": "survival",
                "select": {"optimizer": USUAL},
                "title": "Bias-corrected Adam (0.9, 0.999)",
            },
        ),
        Figure("noise-line", "noise-line", {"x": "noise", "quantity": "speed"}, overlays=_lines),
    ),
    answer,
)
