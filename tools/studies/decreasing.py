"""(e) Decreasing steps α/(k + 1)^p."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from tools.studies.study import OUTCOMES, Figure, Study, percent, table

from misstep.report.phase.overlay import Overlay

SPACING = 0.1
FAMILIES: Mapping[str, tuple[float, float]] = {
    "cubic": (6.0, (1 - (2 / 3) ** 0.5) / 2),
    "spline": (4.0, 1 / 8),
    "plateau(rho=1/4)": (16.0, 1 / 4 + 1 / 32),
}
"""L·s, and the offset from a node, in spacings, at which f' has come from −1 to −1/2."""

DRIFTS = OUTCOMES.index("drifts")


def bounded(dataset: Any) -> Any:
    """Whether β1² ≤ β2, where m²/v ≤ (1 − β1)²/((1 − β2)(1 − β1²/β2)), or 1 for β1 = β2: steps are O(α_k)."""
    return dataset.beta1.values[:, None] ** 2 <= dataset.beta2.values


def drifting(dataset: Any) -> Any:
    """Whether a cell drifts to the right."""
    return (dataset.outcome.values == DRIFTS) & (dataset.speed.values > 0)


def lags(power: float, n: int) -> Any:
    """k − Σ_{i ≤ k} i^−p, k = 0 … n: how far unit steps that shrink fall behind, in spacings."""
    k = np.arange(1, n + 1, dtype=np.float64)
    return np.concatenate([[0.0], np.cumsum(-np.expm1(-power * np.log(k)))])


def predicted_departure(power: float, offset: float, n: int = 100_000) -> int:
    """The first k at which steps of exactly α_k have fallen behind by `offset`; −1 if none is up to n.

    Exact for sign descent (β1 = β2 = 0), whose steps have that size whatever |f'| is, as long as f' < 0.
    """
    behind = lags(power, n) > offset
    return int(behind.argmax()) if behind.any() else -1


def predictions(drawn: Any) -> list[Overlay]:
    """The same over p, for each family."""
    powers = drawn.power.values
    steps = [
        np.array([predicted_departure(float(p), offset) for p in powers], float) for _, offset in FAMILIES.values()
    ]
    return [Overlay("steps of α/(k + 1)^p exactly", powers, np.where(k > 0, k, np.nan)) for k in steps]


def without_speed(dataset: Any) -> Any:
    """No lines of equal speed: drifting cells are strewn, and the lines with them."""
    return dataset.drop_vars("speed")


def largest_gradient(dataset: Any) -> Any:
    """The largest |f'| at the last iterate over all starts, at β1 = 0.9, β2 = 0.999."""
    found = dataset.sel(beta1=0.9, beta2=0.999)
    largest = found.gradient.max("x0").assign_attrs(found.gradient.attrs, long_name="largest |f'| after the last step")
    return found.isel(x0=0, drop=True)[["outcome"]].assign(gradient=largest)


def bounds(drawn: Any) -> list[Overlay]:
    """L·α_K of the cubic."""
    n_steps = drawn.attrs["n_steps"]
    power = drawn.power.values
    return [Overlay("L·α/K^p of the cubic", power, np.minimum(6 * float(n_steps) ** -power, 6.0))]


def answer(found: Mapping[str, Any]) -> tuple[str, str]:
    """Where the drift dies, when it departs, and where the iterates end."""
    plane, dataset = found["decreasing"], found["decreasing-power"]
    power = dataset.power.values
    n_steps = dataset.attrs["n_steps"]
    longest = _longest(dataset)
    gradient = dataset.gradient.values
    lipschitz = np.array([size / SPACING for size, _ in FAMILIES.values()])[:, None, None, None, None]
    last_rate = SPACING * float(n_steps) ** -power
    ratio = gradient / (lipschitz * last_rate)
    calm = bounded(dataset)
    at_start = (dataset.departure.values == -1).mean()
    moves = drifting(dataset)[:, calm].any(axis=(0, 1, 2))
    last = int(np.flatnonzero(moves)[-1]) if moves.any() else 0
    # Where all drift, as in a run of a few steps, the largest p stands for those beyond.
    late = np.arange(power.size) > min(last, power.size - 2)
    half = int(np.abs(power - 0.5).argmin())
    wild = dataset.gradient.values[:, ~calm][..., late]
    finding = (
        f"With α/(k + 1)^p the orbit is left within {_latest(plane, 0.1)} steps for p = 0.1 and within "
        f"{_latest(plane, 0.5)} for p = 0.5, whatever (β1, β2). With β1² ≤ β2 no drift is left after {n_steps:,} steps "
        f"for p > {power[last]:.2g}, and |f'| ends at no more than {np.nanmax(ratio[:, calm][..., late]):.2g}·L·α_K; "
        f"for "
        f"small p another drift goes on (on the plateau with (0.9, 0.999) from every start up to "
        f"p = {longest['plateau(rho=1/4)', 0.9, 0.999]:.1g}). With β1² > β2, as (0.9, 0), |f'| does not vanish even "
        f"for "
        f"p = 1: up to {np.nanmax(gradient[:, ~calm][..., -1]):.2g}."
    )
    text = "\n\n".join(
        [
            _theory(),
            "**The orbit is left at once.** First step with |f' + 1| > 1/2, from x₀ = 0, and what steps of exactly "
            "α/(k + 1)^p give (exact for sign descent, β1 = β2 = 0):",
            _departures(dataset),
            _three_laws(dataset),
            "**Where a drift goes on.** Share of the plane (β1, β2) that drifts to the right after "
            f"{plane.attrs['n_steps']:,} steps:",
            _shares(plane),
            f"The largest p of {power.size} from 10⁻⁶ to 1 up to which all nine starts still drift after {n_steps:,} "
            f"steps:",
            _lifetimes(longest),
            _why(dataset),
            f"**Where the iterates end.** Quartiles of |f'(x_K)|/(L·α_K) over pairs with β1² ≤ β2, families and "
            f"starts, "
            f"K = {n_steps:,}, the largest |f'(x_K)|, and outcomes; then the largest |f'(x_K)| of (0.9, 0):",
            _endings(dataset, ratio),
            _heavy(wild, power[last]),
            _maxima(),
            "**Open question 1 of the paper**, whether Adam converges on its function when α_k → 0. Observed: with "
            f"β1² ≤ β2 and p > {power[last]:.2g} yes, in gradient (at p = {power[half]:.2g} the largest |f'(x_K)| of "
            f"{gradient[:, calm][..., half].size} runs is {np.nanmax(gradient[:, calm][..., half]):.2g}), though x "
            f"swings "
            "in its well with steps that shrink like α_k, and so is called “unsettled”, or “cycles” where the swing is "
            "below 10⁻⁹ of the largest |x|. With β1² > β2 no. It says nothing of other functions: `decreasing-steps` "
            "among the reproductions has one for which x_k → ∞ while |f'| → 0, proved."
            + (f" {percent(at_start)} of all runs never left the orbit: p is so small there." if at_start else ""),
        ]
    )
    return finding, text


def _theory() -> str:
    return (
        "A drift on gradients −c with steps s_k needs L ≥ 4c/s_k, so no L-smooth function that is bounded below has "
        "one "
        "for ever if α_k → 0 (proved, `decreasing-steps`). What theory does not say is how long it takes, and what "
        "comes "
        "after. Here the function keeps the spacing of the first step, α, and the steps fall behind its nodes by "
        "Σ(1 − i^−p) ≈ p·k·(ln k − 1) spacings."
    )


def _latest(plane: Any, power: float) -> int:
    return int(plane.departure.sel(power=power, method="nearest").values.max())


def _departures(dataset: Any) -> str:
    rows = []
    at = dataset.sel(x0=0, method="nearest")
    for power in (1e-6, 1e-4, 1e-2, 1e-1, 1.0):
        for name, (_, offset) in FAMILIES.items():
            cell = at.sel(power=power, method="nearest").sel(function=name).departure
            row = [f"{float(cell.power):.3g}", name, str(predicted_departure(float(cell.power), offset))]
            row += [
                _steps(int(cell.sel(beta1=b1, beta2=b2, method="nearest")))
                for b1, b2 in ((0, 0), (0.9, 0.9), (0.9, 0), (0.9, 0.999))
            ]
            rows.append(row)
    return table(["p", "family", "predicted", "(0, 0)", "(0.9, 0.9)", "(0.9, 0)", "(0.9, 0.999)"], rows)


def _steps(value: int) -> str:
    return "never" if value == -1 else str(value)


def _three_laws(dataset: Any) -> str:
    power = dataset.power.values
    at = dataset.sel(x0=0, method="nearest").departure
    exact = {}
    for name, (_, offset) in FAMILIES.items():
        wanted = np.array([predicted_departure(float(p), offset) for p in power])
        exact[name] = int((at.sel(function=name, beta1=0, beta2=0).values == wanted).sum())
    slow = at.sel(function="cubic", beta1=0.9, beta2=0.999).values
    decades = (slow[0] - slow[int(np.abs(power - 1e-3).argmin())]) / 3
    return (
        "Departure against p has two laws. Where small offsets do not grow it is a power law, p·k·ln k = const: for "
        "sign "
        f"descent the prediction is met to the step at {exact['cubic']}, {exact['spline']} and "
        f"{exact['plateau(rho=1/4)']} of {power.size} values of p on cubic, spline and plateau, and every method keeps "
        "the plateau until its edge, where f' is −1 to the last bit. Where the orbit is unstable (cubic and spline, β1 "
        "and β2 apart) the lag is amplified by a factor each step, and departure is only logarithmic in 1/p: for "
        f"(0.9, 0.999) on the cubic {decades:.1f} steps later for every factor of 10 in p. An exponent of 10⁻⁶ ends "
        f"the "
        f"orbit there after {slow[0]} steps."
    )


def _shares(plane: Any) -> str:
    moves = drifting(plane)
    rows = []
    for i, name in enumerate(plane.function.values):
        rows.append([str(name), *(percent(share) for share in moves[i].mean(axis=(0, 1)))])
    return table(["family", *(f"p = {power:g}" for power in plane.power.values)], rows)


def _longest(dataset: Any) -> dict[tuple[str, float, float], float]:
    moves = drifting(dataset)
    power = dataset.power.values
    found = {}
    for f, name in enumerate(dataset.function.values):
        for i, beta1 in enumerate(dataset.beta1.values):
            for j, beta2 in enumerate(dataset.beta2.values):
                every = moves[f, i, j].all(axis=0)
                last = int(every.argmin()) if not every.all() else len(every)
                found[str(name), float(beta1), float(beta2)] = float(power[last - 1]) if last else 0.0
    return found


def _lifetimes(longest: Mapping[tuple[str, float, float], float]) -> str:
    pairs = list(dict.fromkeys((b1, b2) for _, b1, b2 in longest))
    rows = [
        [name, *(f"{longest[name, b1, b2]:.2g}" if longest[name, b1, b2] else "none" for b1, b2 in pairs)]
        for name in FAMILIES
    ]
    return table(["family", *(f"({b1:g}, {b2:g})" for b1, b2 in pairs)], rows)


def _why(dataset: Any) -> str:
    power = dataset.power.values
    moves = drifting(dataset)
    speed = dataset.speed.values
    halves = moves & (np.abs(speed / (SPACING / 2) - 1) < 1e-3)
    where = np.flatnonzero(halves.any(axis=(0, 1, 2, 3)))
    n_steps = dataset.attrs["n_steps"]
    locked = (
        f"A second kind is locked to half the spacing: {int(halves.sum())} runs with p from {power[where[0]]:.2g} to "
        f"{power[where[-1]]:.2g} move by s/2 a step to three digits. On the plateau with ρ = 1/4 two places half a "
        "spacing apart can both lie at the edges of plateaus, −s/4 and +s/4, so f' is −1 at every step, and α_k ≥ s/2 "
        "is "
        f"enough. That ends when α_k < s/2, at k = 2^(1/p): p = {np.log(2) / np.log(n_steps):.3f} for K = {n_steps:,}."
        if where.size
        else ""
    )
    return (
        "A drift that has left the orbit is another drift: α_k is then smaller than the spacing, and if f' were −1 at "
        f"every step x would fall behind. It goes on since the mean of m/√v exceeds 1 (by up to "
        f"{100 * _gain(dataset):.2g} % "
        "where β1² ≤ β2 and x moves a whole spacing a step): v, a lagging average, dips where |f'| has been small, and "
        "x "
        "catches up. How much it can make up is bounded, so α_k/s = K^−p may not fall "
        "far below 1: p = 10⁻³ is 1.4 % in 10⁶ steps, and halving α takes 2^1000 steps. For small p the drift "
        "therefore "
        "outlives every run that can be made, though not for ever: once α_k is small against the width of the "
        "stretches "
        "with f' > 0 (0.58s on the cubic), each takes many steps to cross, m turns, and x is caught. " + locked
    )


def _gain(dataset: Any) -> float:
    """The largest mean of m/√v, less 1, of runs with β1² ≤ β2 that move by a spacing a step."""
    calm = bounded(dataset)
    speed = dataset.speed.values[:, calm]
    whole = drifting(dataset)[:, calm] & (np.abs(speed / SPACING - 1) < 1e-3)
    ratio = speed / (SPACING * float(dataset.attrs["n_steps"]) ** -dataset.power.values)
    return float(ratio[whole].max(initial=1.0)) - 1


def _endings(dataset: Any, ratio: Any) -> str:
    rows = []
    power = dataset.power.values
    for wanted in (1e-6, 1e-3, 1e-2, 1e-1, 0.3, 0.5, 1.0):
        i = int(np.abs(np.log(power / wanted)).argmin())
        calm = bounded(dataset)
        values = ratio[:, calm][..., i]
        outcome = dataset.outcome.values[:, calm][..., i]
        moves = drifting(dataset)[:, calm][..., i]
        quartiles = np.percentile(values, [25, 50, 75])
        rows.append(
            [
                f"{power[i]:.3g}",
                f"{SPACING * float(dataset.attrs['n_steps']) ** -power[i]:.2g}",
                " / ".join(f"{q:.2g}" for q in quartiles),
                f"{np.nanmax(dataset.gradient.values[:, calm][..., i]):.2g}",
                percent(moves.mean()),
                *(percent((outcome == OUTCOMES.index(name)).mean()) for name in ("cycles", "unsettled")),
                f"{np.nanmax(dataset.gradient.values[:, ~calm][..., i]):.2g}",
            ]
        )
    headings = ["p", "α_K", "quartiles", "largest", "drifts right", "cycles", "unsettled", "largest, (0.9, 0)"]
    return table(headings, rows)


def _heavy(wild: Any, power: float) -> str:
    return (
        f"**β1² > β2.** With (0.9, 0) and p > {power:.2g}, {percent((wild > 0.01).mean())} of the runs end with |f'| > "
        f"0.01. "
        "The step is α_k·m/|g| there, and m/|g| has no bound: g passes through 0 while m remembers, and the chance "
        "that "
        "m/|g| exceeds y falls only like 1/y, whatever the size of the swing. A step of a whole spacing s has a chance "
        "of "
        "about α_k/s at each k, and Σα_k = ∞ for p ≤ 1, so (heuristically, by Borel and Cantelli) x is thrown out of "
        "its "
        "well again and again for ever. The condition β1 < √β2 of convergence theorems is what excludes this."
    )


def _maxima() -> str:
    """Sign descent with steps a little shorter than the spacing, by hand."""
    x, n = 0.0, 20_000
    for k in range(n):
        u = x / SPACING - np.floor(x / SPACING)
        x -= SPACING * (k + 1) ** -1e-3 * np.sign(-1 + 6 * u - 6 * u * u)
    u = x / SPACING - np.floor(x / SPACING)
    value, top = SPACING * (-u + 3 * u * u - 2 * u**3), np.sqrt(3) * SPACING / 18
    return (
        "A surprise is sign descent (β1 = β2 = 0) with small p: it ends at *maxima* of f. Its steps are a little "
        "shorter "
        "than the spacing, so seen once a spacing a step forward moves it backward by s − α_k: where f' < 0 it creeps "
        "up towards the maximum behind it, and where f' > 0 back again. From x₀ = 0 with p = 10⁻³ on the cubic, after "
        f"{n:,} steps, f = {value:.5f}, and the maximum is √3·α/18 = {top:.5f}."
    )


_ADAM = {"x": "beta1", "y": "beta2", "facet": "power"}
_CURVES = {"x": "power", "facet": "function", "quantity": "departure"}

STUDY = Study(
    "decreasing",
    "With steps α/(k + 1)^p: when is the orbit left, where does the drift die, and where do the iterates end?",
    ("decreasing", "decreasing-power"),
    (
        Figure(
            "decreasing-departure-sign",
            "decreasing-power",
            {
                **_CURVES,
                "select": {"beta1": 0, "beta2": 0, "x0": 0},
                "title": "When does sign descent with decreasing steps leave the orbit?",
            },
            overlays=predictions,
        ),
        Figure(
            "decreasing-departure",
            "decreasing-power",
            {
                **_CURVES,
                "select": {"beta1": 0.9, "beta2": 0.999, "x0": 0},
                "title": "When does Adam with decreasing steps leave the orbit?",
            },
        ),
        Figure(
            "decreasing-cubic",
            "decreasing",
            {**_ADAM, "select": {"function": "cubic"}, "title": "Adam with α/(k + 1)^p on the cubic"},
            data=without_speed,
        ),
        Figure(
            "decreasing-plateau",
            "decreasing",
            {**_ADAM, "select": {"function": "plateau(rho=1/4)"}, "title": "Adam with α/(k + 1)^p on the plateau"},
            data=without_speed,
        ),
        Figure(
            "decreasing-gradient",
            "decreasing-power",
            {"x": "power", "facet": "function", "quantity": "gradient", "title": "Where does |f'| end?"},
            data=largest_gradient,
            overlays=bounds,
        ),
    ),
    answer,
)
