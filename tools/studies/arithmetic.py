"""(h) float64, float32, and moments in bfloat16."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from tools.studies.study import OUTCOMES, Figure, Study, percent, shares, table

from misstep.optimizers.rounded import round_to_bfloat16
from misstep.report.phase.overlay import Overlay

FORMATS = ("float64", "float32", "bfloat16")
BITS = {"float64": 53, "float32": 24}
RHO = Fraction(1, 4)
DRIFTS = OUTCOMES.index("drifts")
PAPER, TORCH = range(2)


def rounded(value: Fraction, bits: int) -> tuple[Fraction, int]:
    """`value` > 0 to so many significant bits, ties to even; and the exponent of its first bit."""
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    exponent -= Fraction(2) ** exponent > value
    unit = Fraction(2) ** (exponent - bits + 1)
    return round(value / unit) * unit, exponent


def leaves_plateau(alpha: Fraction, bits: int, most: int = 10**17) -> tuple[int, str]:
    """The first k at which x ← fl(x + fl(α)) from 0 is more than ρα from k·fl(α), and what happens there.

    Between powers of two every step is the same multiple of x's last bit, so whole stretches are one multiplication:
    exact, in rational numbers.
    """
    step = rounded(alpha, bits)[0]
    x, k = Fraction(0), 0
    while k < most:
        x, k = rounded(x + step, bits)[0], k + 1
        lag = x - k * step
        if abs(lag) > RHO * step:
            return k, "leaves"
        ahead, exponent = rounded(x + step, bits)
        if ahead == x:
            return k, "stops"
        twice, same = rounded(ahead + step, bits)
        if exponent == same and twice - ahead == ahead - x:
            stride = ahead - x
            n = int((Fraction(2) ** (exponent + 1) - x) / stride) - 3
            if n > 3:
                bias = stride - step
                if bias:
                    j = int(((RHO * step if bias > 0 else -RHO * step) - lag) / bias) + 1
                    if j <= n:
                        return k + j, "leaves"
                x, k = x + n * stride, k + n
    return most, "neither"


def resting_v(beta2: float, *, twice: bool = False) -> float:
    """Where v = β2·v + (1 − β2)·1 stops from 0 when it is kept in bfloat16; `twice`: β2·v is rounded before the sum."""
    b, v = np.float32(beta2), np.float32(0)
    while True:
        kept = round_to_bfloat16(b * v) if twice else b * v
        ahead = round_to_bfloat16(kept + (1 - b))
        if ahead == v:
            return float(v)
        v = ahead


def resting_m(beta1: float) -> float:
    """The same for |m| and |g| = 1."""
    return resting_v(beta1)


def resting_speed(drawn: Any) -> list[Overlay]:
    """α·m/√v at rest, over β2, for moments in bfloat16."""
    beta2 = drawn.beta2.values
    m = resting_m(0.9)
    return [Overlay("α·m/√v at rest", beta2, np.array([0.125 * m / resting_v(float(b)) ** 0.5 for b in beta2]))]


def threshold(_: Any) -> list[Overlay]:
    """β2 = 1 − 2⁻⁹, for the panel of bfloat16."""
    return [Overlay("β2 = 1 − 2⁻⁹", np.array([0.0, 0.999]), np.full(2, 1 - 2.0**-9), 2)]


def short_names(dataset: Any, optimizer: int) -> Any:
    """One of the two methods, without lines of equal speed: drifting cells are strewn."""
    return dataset.isel(optimizer=optimizer).drop_vars(["speed"])


def of_paper(dataset: Any) -> Any:
    """The paper's Adam."""
    return short_names(dataset, PAPER)


def of_torch(dataset: Any) -> Any:
    """torch's."""
    return short_names(dataset, TORCH)


def answer(found: Mapping[str, Any]) -> tuple[str, str]:
    """Where the formats differ, and why."""
    dataset, long, line = found["arithmetic"], found["arithmetic-long"], found["arithmetic-line"]
    outcome, departure = dataset.outcome.values, dataset.departure.values
    stays = departure == -1
    plateau = list(map(str, dataset.function.values)).index("plateau(rho=1/4)")
    kept = {name: stays[:, plateau, a].mean() for a, name in enumerate(FORMATS)}
    k32, k64 = leaves_plateau(Fraction(1, 10), 24)[0], leaves_plateau(Fraction(1, 10), 53)[0]
    slow = float(line.speed.sel(arithmetic="bfloat16").sel(beta2=0.999, method="nearest")) / 0.125
    finding = (
        f"On the plateau float64 keeps the drift in {percent(kept['float64'])} of the cells for "
        f"{dataset.attrs['n_steps']:,} steps, float32 in {percent(kept['float32'])}: x itself cannot hold kα, and its "
        f"rounding errors, all of one sign, carry it off the plateau at step {k32:,} for α = 0.1 (in float64 at step "
        f"{k64:,}, observed too); with α = 1/8 there are none, until x stops at 2²⁴ steps. With moments in bfloat16 v "
        f"stops moving for "
        f"β2 > 1 − 2⁻⁹ = {1 - 2**-9:.5f}, and on a constant gradient torch's Adam with β2 = 0.999 runs at "
        f"{slow:.3g} times its step."
    )
    text = "\n\n".join(
        [
            "**Outcomes.** Share of the plane (β1, β2), and of cells that stay on the orbit:",
            _outcomes(dataset, outcome, stays),
            _agreement(outcome),
            "**Plateaus.** Any iterate on a plateau sees −1 exactly, and then m = −1, v = 1 and the step α are exact: "
            "no "
            "rounding error comes from the gradient or the method. But x ← x + α is rounded to the last bit of x, "
            "which "
            "grows with x. Between powers of two each step errs by the same amount, so errors add up. Step at which "
            "x ← fl(x + α) is off by more than ρα = α/4, in exact rational arithmetic, and the departures that "
            f"{long.attrs['n_steps']:,} steps show, for (0, 0), (0, 0.999), (0.9, 0) and (0.9, 0.999):",
            _long(long),
            "(A departure is where |f' + 1| exceeds 1/2, a few steps beyond the edge of the plateau. With (0.9, 0) a "
            "step is "
            "αm/|g|, longer as soon as |g| < 1: that corrects a lag behind the nodes, and such runs last.) "
            f"The error after k steps grows like k²·2⁻ᵇ, so the drift's life grows like 2^(b/2): 2^14.5 from 24 to 53 "
            f"bits is {2**14.5:,.0f}, and {k64:,}/{k32:,} = {k64 / k32:,.0f}. “Rounding is harmless on a plateau” is "
            "true of the gradient, and of x only for as long: it has to be said with a number of steps, or with α a "
            "power of 2 (steps are then exact until x stops, as x + α rounds to x: a stall with |f'| = 1). Departures "
            "of "
            f"float32 in the plane: {_earliest(departure[:, plateau, 1])}.",
            _bfloat(dataset, outcome, line),
        ]
    )
    return finding, text


def _outcomes(dataset: Any, outcome: Any, stays: Any) -> str:
    rows = []
    for o, method in enumerate(("paper's", "torch's")):
        for f, function in enumerate(dataset.function.values):
            for a, arithmetic in enumerate(FORMATS):
                counted = shares(outcome[o, f, a])
                names = ("drifts", "cycles", "converges", "stalls", "unsettled")
                row = [method, str(function), arithmetic, percent(stays[o, f, a].mean())]
                rows.append(row + [percent(counted.get(name, 0.0)) for name in names])
    return table(["Adam", "function", "format", "stays", "drifts", "cycles", "converges", "stalls", "unsettled"], rows)


def _agreement(outcome: Any) -> str:
    differ = [
        f"{FORMATS[a]} and {FORMATS[b]} {percent((outcome[:, :, a] == outcome[:, :, b]).mean())}"
        for a, b in ((0, 1), (0, 2), (1, 2))
    ]
    return (
        f"Cells with the same outcome in two formats: {', '.join(differ)}. Off the orbit runs are mostly chaotic, and "
        f"there "
        "formats differ cell by cell without differing in kind: what changes with the format is how soon the orbit is "
        "left, and, with bfloat16, that runs settle (stall, converge, cycle), for moments with 8 bits have few values."
    )


def _long(dataset: Any) -> str:
    rows = []
    for a, name in enumerate(map(str, dataset.arithmetic.values)):
        for i, alpha in enumerate(dataset.learning_rate.values):
            k, what = leaves_plateau(Fraction(str(alpha)), BITS[name])
            seen = dataset.departure.values[a, i].ravel()
            ends = shares(dataset.outcome.values[a, i])
            rows.append(
                [
                    name,
                    f"{alpha:g}",
                    f"{what} at {k:,}",
                    ", ".join("never" if step == -1 else f"{step:,}" for step in seen),
                    ", ".join(ends),
                ]
            )
    return table(["format", "α", "x ← fl(x + α)", "departures", "outcomes"], rows)


def _earliest(departure: Any) -> str:
    left = departure[departure >= 0]
    if not left.size:
        return "none"
    return f"earliest {left.min():,}, median {int(np.median(left)):,}, {percent((departure == -1).mean())} none"


def _bfloat(dataset: Any, outcome: Any, line: Any) -> str:
    beta2 = dataset.beta2.values
    stuck = beta2 > 1 - 2.0**-9
    settled = [OUTCOMES.index(name) for name in ("cycles", "converges", "stalls")]
    calm = {name: np.isin(outcome[PAPER, :2, a][..., stuck], settled).mean() for a, name in enumerate(FORMATS)}
    rows = []
    speed = line.speed.sel(arithmetic="bfloat16")
    for value in (0.9, 0.95, 0.99, 0.995, 0.999, 0.9999):
        seen = speed.sel(beta2=value, method="nearest")
        near = float(seen.beta2)
        v = resting_v(near)
        rows.append(
            [
                f"{near:.5f}",
                f"{v:.6g}",
                f"{resting_m(0.9) / v**0.5:.4g}",
                f"{float(seen) / 0.125:.4g}",
                f"{resting_v(near, twice=True):.6g}",
            ]
        )
    return (
        "**bfloat16.** A bfloat16 has 8 bits: from 1 the next number below is 1 − 2⁻⁸, so a change of v by less than "
        "v·2⁻⁹ (just above a power of two 2⁻⁸·v, for growth) is rounded away. v changes by (1 − β2)(g² − v).\n\n"
        "*Down*: since |g² − v| ≤ v for g² < v, a v that is a power of two never falls once 1 − β2 < 2⁻⁹. The paper's "
        "Adam starts at v = g² = 1 and |f'| ≤ 1 on cubic and spline, so for β2 > 0.99805 v is 1 for ever: Adam has "
        "become a "
        "heavy ball, x ← x − αm, with step α whatever |f'| has shrunk to. At a minimum that is stable for "
        "αf'' < 2(1 + β1)/(1 − β1), and αf'' = 2√3 on the cubic: from β1 = 0.27 on. With β2 above the bound, on cubic "
        f"and spline, {percent(calm['bfloat16'])} of the cells cycle, converge or stall; in float32 "
        f"{percent(calm['float32'])}, in float64 {percent(calm['float64'])}. On the cubic "
        f"{_stable(outcome, dataset)}.\n\n"
        "*Up*: from v = 0, as torch, on |g| = 1, v grows until (1 − β2)(1 − v) is less than half a unit in its last "
        "place, and stops below 1: at 1/4 for β2 = 0.999, where 0.001·3/4 < 2⁻¹⁰, half of 2⁻⁹, the unit of [1/4, 1/2). "
        "The bias correction, which is not rounded to 8 bits, comes to nothing meanwhile; so the step is α·m/√v, twice "
        "the true one (on "
        "the line of slope −1 left of 0, β1 = 0.9, where m stops at "
        f"{resting_m(0.9):.6g}):\n\n"
        + table(
            ["β2", "v at rest", "m/√v", "measured speed/α", "v at rest, β2·v rounded first"],
            rows,
        )
        + "\n\nThe last column is the same recurrence as torch computes it in place in a bfloat16 tensor "
        "(`v.mul_(beta2).addcmul_(g, g, value=1 - beta2)`): where v stops depends on when it is rounded. For "
        "β2 near 1 the speed is still below that at rest, for √(1 − β2ᵏ) has not come to 1. On the plateau the step "
        f"differs from the spacing while v climbs, so torch's Adam leaves the orbit there (for β2 > 0.9 after "
        f"{_median_departure(dataset)} steps, in the median); a step that is a whole multiple of the spacing (2α) may "
        f"then "
        "drift on again."
    )


def _stable(outcome: Any, dataset: Any) -> str:
    """Of the cubic, paper's Adam in bfloat16, with v stuck: which β1 converge or come to rest."""
    stuck = dataset.beta2.values > 1 - 2.0**-9
    cells = outcome[PAPER, 0, 2][:, stuck]
    rests = np.isin(cells, [OUTCOMES.index(name) for name in ("converges", "stalls", "cycles")])
    beta1 = dataset.beta1.values
    least = (2 * 3**0.5 - 2) / (2 * 3**0.5 + 2)
    return (
        f"{percent(rests[beta1 > least].mean())} of those with larger β1 do, and "
        f"{percent(rests[beta1 < least].mean())} of "
        "those with smaller"
    )


def _median_departure(dataset: Any) -> str:
    cells = dataset.departure.isel(optimizer=TORCH).sel(function="plateau(rho=1/4)", arithmetic="bfloat16").values
    left = cells[:, dataset.beta2.values > 0.9]
    return f"{int(np.median(left[left >= 0])):,}" if (left >= 0).any() else "no"


_PLANE = {"x": "beta1", "y": "beta2", "facet": "arithmetic"}

STUDY = Study(
    "arithmetic",
    "Does the number format decide whether Adam drifts: float64, float32, or moments in bfloat16?",
    ("arithmetic", "arithmetic-long", "arithmetic-line"),
    (
        Figure(
            "arithmetic-cubic",
            "arithmetic",
            {**_PLANE, "select": {"function": "cubic"}, "title": "The paper's Adam on the cubic, in three formats"},
            data=of_paper,
            overlays=threshold,
        ),
        Figure(
            "arithmetic-plateau",
            "arithmetic",
            {
                **_PLANE,
                "select": {"function": "plateau(rho=1/4)"},
                "title": "torch's Adam on the plateau, in three formats",
            },
            data=of_torch,
            overlays=threshold,
        ),
        Figure(
            "arithmetic-speed",
            "arithmetic-line",
            {
                "x": "beta2",
                "facet": "arithmetic",
                "quantity": "speed",
                "title": "How fast is torch's Adam (α = 1/8) on a constant gradient?",
            },
            overlays=resting_speed,
        ),
    ),
    answer,
)
