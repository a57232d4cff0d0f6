"""(a) The paper's theorem over [0, 1)²."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from flint import fmpq
from tools.studies.orbit import CURVATURE, band, holds, holds_on_both_sides, multiplier
from tools.studies.study import Figure, Study, percent, quartiles, steps, table

from misstep.functions import cubic
from misstep.optimizers import adam_dialect
from misstep.report.phase.overlay import Overlay
from misstep.trajectory import run

BORDER = "theory: 6|β₂ − β₁| = (1 − β₁)(1 − β₂)"


def answer(found: Mapping[str, Any]) -> tuple[str, str]:
    """Where float64 leaves the orbit, against where the orbit is unstable."""
    main = found["theorem"]
    beta1, beta2 = betas(main)
    departure = main.departure.values
    stays, inside = departure == -1, holds_on_both_sides(beta1, beta2, 6)
    leave_outside = (~stays & ~inside).sum() / max(1, (~inside).sum())
    finding = (
        f"In exact arithmetic every pair (β1, β2) drifts; in float64 with α = 0.1, {percent(1 - stays.mean())} of "
        f"{stays.size:,} pairs leave the orbit within {steps(main):,} steps: "
        f"{(inside & ~stays).sum()} of the {inside.sum():,} in the band 6|β2 − β1| < (1 − β1)(1 − β2) "
        f"where theory says "
        f"that rounding errors do not grow, and {percent(leave_outside)} of those outside. With α = 1/8 "
        f"and the paper's start "
        f"{percent(_rates(found)[0][1])} stay."
    )
    return finding, "\n\n".join(
        [
            _why(),
            _growth(main, beta1, beta2),
            "## Where it goes\n\n" + _afterwards(main, beta1, beta2),
            "## Towards β = 1\n\n" + _near_one(found["theorem-near-one"]),
            "## Other functions\n\n" + _functions(found["theorem-functions"]),
            "## Other floats\n\n" + _floats(found),
        ]
    )


def betas(dataset: Any) -> tuple[Any, Any]:
    """β1 and β2 of each cell."""
    first, second = np.meshgrid(dataset.beta1.values, dataset.beta2.values, indexing="ij")
    return first, second


def _why() -> str:
    adam = adam_dialect("toint", learning_rate="1/10", beta1="9/10", beta2="1/2", eps=0)
    points = list(run(cubic("1/10"), adam, "1/100", 50).x)
    exact = all(x == fmpq(1, 100) + fmpq(k, 10) for k, x in enumerate(points))
    return f"""The theorem is about real numbers, and there it holds for every pair. It even holds for more starts than
x₀ = 0: without ε the step depends on the signs and ratios of gradients only, and f' is periodic, so from every x₀ > 0
with f'(x₀) < 0 all gradients are f'(x₀) and x_k = x₀ + kα. (An exact run from x₀ = 1/100 with β = (0.9, 0.5), in
rational
numbers, x_k = 1/100 + k/10 for k ≤ {len(points) - 1}: {"yes" if exact else "no"}.)

Rounding is not such a change of the start. It moves x and leaves m and v, and then an offset y from the orbit has two
multipliers a step, the roots of

λ² − (β1 + β2 − κ(β2 − β1))λ + β1β2 = 0,   κ = α·f''/c: +6 to the right of a node and −6 to the left.

Both are inside the unit circle if −(1 − β1)(1 − β2) < κ(β2 − β1) < (1 + β1)(1 + β2): to both sides of the node
exactly in
the band 6|β2 − β1| < (1 − β1)(1 − β2) about the diagonal. Off the band one side throws the iterates out, and rounding
errors have both signs. The larger multiplier ρ also says when: an error of 2⁻⁵³ is at the departure (where f' = −1/2)
after ln(0.092·2⁵³)/ln ρ ≈ 34/ln ρ steps."""


def _growth(main: Any, beta1: Any, beta2: Any) -> str:
    departure = main.departure.values
    left = departure >= 0
    rho = np.maximum(multiplier(beta1, beta2, 6), multiplier(beta1, beta2, -6))
    inside = holds_on_both_sides(beta1, beta2, 6)
    rows = [
        [name, f"{cells.sum():,}", percent(cells.mean()), f"{(cells & ~left).sum():,}", f"{(cells & left).sum():,}"]
        for name, cells in (("in the band", inside), ("outside", ~inside))
    ]
    fast = left & (rho > 1.05)
    product = departure[fast] * np.log(rho[fast])
    stay_outside = ~inside & ~left
    far = np.abs(beta2 - beta1)[stay_outside] * 6 / ((1 - beta1) * (1 - beta2))[stay_outside]
    return (
        table(["cells", "number", "share", "stay", "leave"], rows)
        + f"\n\nMeasured departure × ln ρ, where ρ > 1.05: {quartiles(product)} (median and quartiles; theory 34 from "
        f"where growth begins: when rounding first puts an iterate on the side that throws out. Eight times 0.1 is "
        f"0.7999999999999999, left of 0.8). Those that stay outside are near the "
        f"border: their 6|β2 − β1|/((1 − β1)(1 − β2)) is {quartiles(far)}. There the run sits on the side of the nodes "
        f"that holds; what rounding throws to the other side grows, and may be thrown back."
    )


def _afterwards(main: Any, beta1: Any, beta2: Any) -> str:
    left = main.departure.values >= 0
    speed = main.speed.values / 0.1
    again = left & (np.abs(speed - 1) < 1e-6)
    one_side = holds(beta1, beta2, 6) | holds(beta1, beta2, -6)
    chaotic = left & (main.lyapunov.values > 0.01)
    n = max(1, left.sum())
    rows = [
        ["drifts on at exactly α a step, on other gradients", percent(again.sum() / n)],
        ["faster than α on average", percent((left & (np.abs(speed) > 1 + 1e-6)).sum() / n)],
        ["slower", percent((left & (np.abs(speed) < 1 - 1e-6)).sum() / n)],
        ["of all: positive Lyapunov exponent, above 0.01", percent(chaotic.sum() / n)],
        ["of all: a cycle", percent((left & (main.outcome.values == 2)).sum() / n)],
    ]
    fastest = np.nanmax(np.abs(np.where(left, speed, 0)))
    return (
        table(["of the pairs that left", "share"], rows) + f"\n\nLeaving the orbit is not the end of divergence. "
        f"{percent((again & one_side).sum() / max(1, again.sum()))} of "
        "those that drift on at α have a side of the nodes where both multipliers are inside the unit circle, "
        "6|β2 − β1| < (1 + β1)(1 + β2): the run is caught on one of the drifts x₀ + kα from another start. The fastest "
        f"moves {fastest:.3g} α a step on average."
    )


def _near_one(dataset: Any) -> str:
    beta1, beta2 = betas(dataset)
    stays = dataset.departure.values == -1
    inside = holds_on_both_sides(beta1, beta2, 6)
    cell = dataset.sel(beta1=0.9, beta2=0.999, method="nearest")
    same = np.isclose(beta1, beta2, rtol=0, atol=1e-12)
    return (
        f"On logit axes up to 0.9999 the band is a thread: {percent(inside.mean())} of the cells, of which "
        f"{(inside & ~stays).sum()} leave; on the diagonal β1 = β2 {percent(stays[same].mean())} stay. Near the usual "
        f"(0.9, 0.999), at ({cell.beta1.item():.4f}, {cell.beta2.item():.5f}), the run leaves at step "
        f"{cell.departure.item()} and then moves {abs(cell.speed.item()) / 0.1:.2g} α a step on average."
    )


def _functions(dataset: Any) -> str:
    beta1, beta2 = betas(dataset)
    rows = []
    for name in dataset.function.values:
        kappa = CURVATURE[str(name)]
        stays = dataset.departure.sel(function=name).values == -1
        inside = holds_on_both_sides(beta1, beta2, kappa)
        rows.append(
            [str(name), f"±{kappa:g}", percent(inside.mean()), percent(stays.mean()), f"{(inside & ~stays).sum()}"]
        )
    return (
        table(["function", "κ at the nodes", "share in its band", "stays", "in its band, leaves"], rows)
        + "\n\nWhere f'' = 0 at the nodes the multipliers are β1 and β2: rounding errors do not grow, for "
        "any pair. A plateau "
        "is not needed for that; the sine, which is analytic, has it too."
    )


def _rates(found: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    dataset = found["theorem-rates"]
    stays = (dataset.departure == -1).mean(("beta1", "beta2"))
    names = {d: next(str(o) for o in dataset.optimizer.values if d in str(o)) for d in ("toint", "kingma-ba")}
    return [
        (dialect, stays.sel(optimizer=name, learning_rate=rate).item(), rate)
        for rate in (0.125, 0.1)
        for dialect, name in names.items()
    ]


def _floats(found: Mapping[str, Any]) -> str:
    dataset = found["theorem-rates"]
    beta1, beta2 = betas(dataset)
    paper = next(str(o) for o in dataset.optimizer.values if "toint" in str(o))
    clean = dataset.sel(optimizer=paper, learning_rate=0.125)
    zero, unstable = clean.lyapunov.values == 0, multiplier(beta1, beta2, 6) > 1
    names = {"toint": "the paper's (m₋₁ = g₀, v₋₁ = g₀²)", "kingma-ba": "zero moments, bias-corrected (torch's)"}
    rows = [[names[d], f"{rate:g}", percent(share)] for d, share, rate in _rates(found)]
    return (
        table(["start", "α", "stays"], rows)
        + f"""

With α a power of two and the paper's start nothing is rounded that matters: fl(β + fl(1 − β)) = 1 for every float
β in [0, 1), so m = −1 and v = 1 for ever, and x_k = kα is a float as long as k < 2⁵³. The argument covers
all pairs; the first line observes it. Bias correction divides by 1 − βᵏ, which is rounded, and the errors of m̂ and
v̂ need not
cancel: the same α loses the orbit then, off the band, as soon as one quotient is not 1.

The Lyapunov exponent does not see any of it. A change of the start is neutral, so the exponent is 0 on the orbit:
exactly
0 in {percent(zero.mean())} of the cells of the first line, also in {(zero & unstable).sum():,} of the
{unstable.sum():,} whose multiplier to the right of the nodes is above 1."""
    )


def _border(_: Any) -> tuple[Overlay, ...]:
    return band(6, BORDER)


STUDY = Study(
    "theorem",
    "Does Adam leave the paper's orbit in floating point, and where?",
    ("theorem", "theorem-near-one", "theorem-functions", "theorem-rates"),
    (
        Figure("theorem", "theorem", {"x": "beta1", "y": "beta2", "quantity": "departure"}, overlays=_border),
        Figure("theorem-outcome", "theorem", {"x": "beta1", "y": "beta2"}),
        Figure(
            "theorem-near-one",
            "theorem-near-one",
            {"x": "beta1", "y": "beta2", "quantity": "departure"},
            overlays=_border,
        ),
        Figure(
            "theorem-functions",
            "theorem-functions",
            {"x": "beta1", "y": "beta2", "facet": "function", "quantity": "departure"},
            overlays=lambda _: band(4, BORDER.replace("6", "4"), 0),
        ),
        Figure(
            "theorem-rates",
            "theorem-rates",
            {
                "x": "beta1",
                "y": "beta2",
                "facet": "optimizer",
                "quantity": "departure",
                "select": {"learning_rate": 0.125},
                "title": "Adam on the cubic, α = 1/8",
            },
        ),
    ),
    answer,
)
