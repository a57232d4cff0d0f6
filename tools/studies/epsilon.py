"""(c) ε > 0, outside and inside the root."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from tools.studies.fragility import pair_of
from tools.studies.study import Figure, Study, median, steps, table

from misstep.report.phase.overlay import Overlay

ALPHA, OFFSET = 0.1, 1e-6
"""OFFSET: of the starts, in spacings at ε = 0."""

EDGE = 0.0918
"""Where f' = −1/2 on the cubic, in spacings from the node."""


def answer(found: Mapping[str, Any]) -> tuple[str, str]:
    """The speed against its formula, and the slow multiplier against its own."""
    speed = found["epsilon-speed"]
    worst = max(_worst(speed, placement, slope) for placement in (0, 1) for slope in speed.slope.values)
    outside = found["epsilon-outside"]
    rows, close = _multipliers(outside, found["epsilon-inside"])
    finding = (
        f"The drift goes on for every ε in [0, 1], at αc/(c + ε) outside the root and αc/√(c² + ε) inside "
        f"({_kept(speed)} plateau runs keep the orbit, with that speed to {worst:.0e}); what changes is "
        f"that ε > 0 pulls iterates on the "
        f"cubic towards the node from the right, and away from it to the left, at a rate proportional to ε: measured / "
        f"theory {close}."
    )
    text = "\n\n".join(
        [
            "## Speed\n\nOn a constant gradient −c the step settles at αc/(c + ε), or αc/√(c² + ε) with ε "
            "inside the root. "
            "Each cell has its own function, whose spacing is that step. Largest relative difference "
            "between the measured "
            "speed and the formula, over all ε, on the plateau with (0.9, 0.999):\n\n" + _speeds(speed),
            _theory(),
            table(["(β1, β2)", "side", "theory: rate/ε", "measured, outside", "measured, inside", "rounding is"], rows)
            + "\n\nMeasured is the median of the Lyapunov exponent over ε, where 10⁻¹⁰ ≤ ε ≤ 10⁻⁶ (beyond, "
            "runs come to "
            "the node) and the run stays on the orbit. Both placements have the same rate for c = 1, since "
            "1 − q is ε/(1 + ε) for both.",
            _departures(found),
            _large(found),
        ]
    )
    return finding, text


def slow_rate(beta1: float, beta2: float, kappa: float) -> float:
    """The derivative of the multiplier near 1 by 1 − q."""
    both = (1 - beta1) * (1 - beta2)
    return -kappa * both / (both + kappa * (beta2 - beta1))


def largest_multiplier(beta1: float, beta2: float, kappa: float, q: float) -> float:
    """Of the linearized step with ε: y' = y − A' − qB'."""
    rows = np.array([[(1 - beta1) * kappa, beta1, 0.0], [-(1 - beta2) * kappa, 0.0, beta2]])
    matrix = np.vstack([np.array([1.0, 0.0, 0.0]) - rows[0] - q * rows[1], rows])
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def _theory() -> str:
    return """## Pulling together and apart

Without ε a start beside the node drifts as well, on other gradients ([why](fragility.md)): the offset is neutral. With
ε > 0 a smaller gradient makes a smaller step, so such an offset y changes. With q = c/(c + ε) outside the root and
q = c²/(c² + ε) inside, the step of the linear theory is y' = y − A' − qB' instead of y − A' − B', and the multiplier 1
becomes

1 − (1 − q)·κ(1 − β1)(1 − β2)/((1 − β1)(1 − β2) + κ(β2 − β1)) + O((1 − q)²),

with κ = +6 to the right of the node and −6 to the left. Without momentum that is 1 − κε/(c + ε); with it the rate
is far
smaller, for usual pairs by four decades. The divisor is positive where rounding errors do not grow by themselves."""


def _betas(dataset: Any) -> list[tuple[int, tuple[float, float]]]:
    return [(i, pair_of(name)) for i, name in enumerate(dataset.optimizer.values)]


def _rates(dataset: Any, i: int, sign: int) -> Any:
    chosen = dataset.isel(optimizer=i).sel(x0=sign * OFFSET * ALPHA)
    eps = chosen.eps.values
    small = (eps > 0) & (eps <= 1.0001e-6) & (chosen.departure.values == -1)
    return chosen.lyapunov.values[small] / (eps[small] / (1 + eps[small]))


def _multipliers(outside: Any, inside: Any) -> tuple[list[list[str]], str]:
    rows, ratios = [], []
    for i, (b1, b2) in _betas(outside):
        for sign, side in ((1, "right"), (-1, "left")):
            kappa = 6.0 * sign
            turn = kappa * (b2 - b1)
            held = turn >= -(1 - b1) * (1 - b2)
            theory = slow_rate(b1, b2, kappa)
            measured = [_rates(data, i, sign) for data in (outside, inside)]
            if held:
                ratios += [one / theory for one in measured]
            texts = [median(one) if held else "–" for one in measured]
            rows.append(
                [
                    f"({b1:g}, {b2:g})",
                    side,
                    f"{theory:+.5g}" if held else "–",
                    *texts,
                    "held" if held and turn else "neutral" if held else "thrown out",
                ]
            )
    every = np.concatenate(ratios) if ratios else np.array([])
    every = every[np.isfinite(every)]
    return rows, f"{every.min():.4f} to {every.max():.4f}" if every.size else "–"


def _worst(dataset: Any, placement: int, slope: float) -> float:
    chosen = dataset.isel(optimizer=placement).sel(slope=slope)
    return float(np.max(np.abs(chosen.speed.values / formula(placement, slope, chosen.eps.values) - 1)))


def formula(placement: int, slope: float, eps: Any) -> Any:
    """The settled step: ε outside the root (0) or inside (1)."""
    return ALPHA * slope / (slope + eps if placement == 0 else np.sqrt(slope**2 + eps))


def _kept(dataset: Any) -> str:
    stays = (dataset.departure == -1).values
    return "all" if stays.all() else f"{stays.sum()} of {stays.size}"


def _speeds(dataset: Any) -> str:
    rows = []
    for slope in dataset.slope.values:
        cells = [f"{_worst(dataset, placement, slope):.1e}" for placement in (0, 1)]
        slow = [f"{formula(placement, slope, 1.0) / ALPHA:.3g} α" for placement in (0, 1)]
        rows.append([f"{slope:g}", *cells, *slow])
    return table(["c", "outside", "inside", "step at ε = 1, outside", "inside"], rows)


def _departures(found: Mapping[str, Any]) -> str:
    dataset = found["epsilon-outside"]
    rows = []
    for i, (b1, b2) in _betas(dataset):
        kappa = -6.0
        if kappa * (b2 - b1) < -(1 - b1) * (1 - b2):
            continue
        chosen = dataset.isel(optimizer=i).sel(x0=-OFFSET * ALPHA)
        rate = slow_rate(b1, b2, kappa)
        for eps in (1e-4, 1e-3, 1e-2, 1e-1):
            cell = chosen.sel(eps=eps, method="nearest")
            step, value = cell.departure.item(), cell.eps.item()
            if value > 0:
                expected = np.log(EDGE / OFFSET) * (1 + value) / (rate * value)
                rows.append(
                    [f"({b1:g}, {b2:g})", f"{value:.3g}", f"{step}" if step >= 0 else "never", f"{expected:.0f}"]
                )
    return (
        "A start to the left, where rounding alone would not lose the orbit, is lost to ε: "
        "ln(0.0918/10⁻⁶)/rate steps by "
        "linear theory, somewhat fewer in fact, as the curvature grows on the way.\n\n"
        + table(["(β1, β2)", "ε", "departure from −10⁻⁶ α", "theory"], rows)
    )


def _large(found: Mapping[str, Any]) -> str:
    rows = []
    for where in ("outside", "inside"):
        dataset = found[f"epsilon-{where}"]
        for i, (b1, b2) in _betas(dataset):
            chosen = dataset.isel(optimizer=i).sel(x0=OFFSET * ALPHA)
            eps = chosen.eps.values
            unstable = np.array([largest_multiplier(b1, b2, 6.0, 1 / (1 + e)) > 1 + 1e-9 for e in eps])
            left = np.flatnonzero(chosen.departure.values >= 0)
            grows = np.flatnonzero(unstable & (eps > 0))
            rows.append(
                [
                    f"({b1:g}, {b2:g})",
                    where,
                    f"{eps[left[0]]:.3g}" if left.size else "none",
                    f"{eps[grows[0]]:.3g}" if grows.size else "none",
                ]
            )
    return (
        "## From the right\n\nTo the right ε pulls the orbit onto the node, and there rounding throws it "
        "to the left. Smallest "
        "ε that loses the orbit from a start 10⁻⁶ α to the right, and smallest ε at which a multiplier to the right is "
        "above 1:\n\n"
        + table(["(β1, β2)", "ε", "lost from", "multiplier above 1 from"], rows)
        + "\n\nFrom ε = c/5 on the first step crosses the node: it moves an offset y to y(1 − κε/(c + ε)), "
        "whatever β1 and "
        "β2, and to the left it is thrown out. With (0.9, 0.5) it is the right side that throws out, to "
        "the left, and there "
        "ε expels the run slowly.\n\nSo with ε > 0 and in exact arithmetic the drift attracts from the "
        "right, where the multipliers are inside the "
        "unit circle; in floats it lasts until it is attracted to within a rounding error. The torch default ε = 10⁻⁸ "
        "needs, for (0.9, 0.999), "
        f"{np.log(OFFSET / 2.0**-53) / -(slow_rate(0.9, 0.999, 6.0) * 1e-8):.1e} steps to come from 10⁻⁶ α to 2⁻⁵³ α."
    )


def _curves(_: Any) -> tuple[Overlay, ...]:
    eps = np.logspace(-10, 0, 100)
    return tuple(Overlay("theory: αc/(c + ε), αc/√(c² + ε)", eps, formula(placement, 1.0, eps)) for placement in (0, 1))


def _lines(drawn: Any) -> tuple[Overlay, ...]:
    found = []
    eps = np.logspace(-4.5, -1, 50)
    for pair in ((0.0, 0.0), (0.9, 0.5)):
        step = np.log(EDGE / OFFSET) * (1 + eps) / (slow_rate(*pair, -6.0) * eps)
        found.append(Overlay("theory: ln(0.092/10⁻⁶)/rate", eps, np.where(step <= steps(drawn), step, np.nan)))
    return tuple(found)


STUDY = Study(
    "epsilon",
    "What does ε > 0 in the denominator change?",
    ("epsilon-speed", "epsilon-outside", "epsilon-inside"),
    (
        Figure(
            "epsilon-speed",
            "epsilon-speed",
            {"x": "eps", "quantity": "speed", "select": {"slope": 1}},
            overlays=_curves,
        ),
        Figure(
            "epsilon-left",
            "epsilon-outside",
            {
                "x": "eps",
                "quantity": "departure",
                "select": {"x0": -1e-7},
                "title": "Departure from a start 10⁻⁶ α to the left of the node",
            },
            overlays=_lines,
        ),
        Figure(
            "epsilon-right",
            "epsilon-outside",
            {
                "x": "eps",
                "quantity": "departure",
                "select": {"x0": 1e-7},
                "title": "Departure from a start 10⁻⁶ α to the right of the node",
            },
        ),
    ),
    answer,
)
