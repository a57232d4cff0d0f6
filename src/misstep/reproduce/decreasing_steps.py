"""Row `decreasing-steps`: with α_k = α/√(k + 1) non-stationarity dies, but iterates can still run away."""

from __future__ import annotations

import math

import numpy as np
from flint import arb, fmpq

from misstep.constructions import (
    Infeasible,
    Jet,
    VanishingGradient,
    smallest_lipschitz_constant,
    smoothest,
    spline_through,
    vanishing_gradient,
)
from misstep.functions import describe
from misstep.optimizers import Adam, InversePower, adam_dialect
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict, said
from misstep.scalars import NumberKind, exact, precision, symbols
from misstep.trajectory import run

GREEDY = (("0", "0"), ("1/2", "9/10"))
REMEMBERS = ("9/10", "999/1000")


def find(setting: Setting) -> Finding:
    """Half one: constant |g| needs L_k → ∞. Half two: vanishing gradients, in ball arithmetic."""
    steps = 1500 if setting.quick else 100_000
    runs: dict[str, VanishingGradient] = {}
    parts = [
        Part(
            "constant |g| = c needs L ≥ 4c/s_k for the k-th gap, s_k = α_k → 0: no Lipschitz gradient",
            *_impossible(setting),
        ),
    ]
    with precision(128):
        theorem = [
            Part(f"{_name(betas)}: for every k, with c_k = c₀/√(k + 1)", *_for_ever(betas))
            for betas in (*GREEDY, REMEMBERS)
        ]
        parts += theorem
        for betas in (*GREEDY, REMEMBERS):
            name = _name(betas)
            runs[name] = found = _run(setting, betas, steps)
            rule = "c_k as large as L = 4/α allows" if betas in GREEDY else "c_k = c₀/√(k + 1)"
            parts.append(
                Part(f"{name}, {rule}: the first {len(found.x) - 1} steps enclosed", *_enclosed(setting, betas, found))
            )
    parts += [
        Part(f"{_name(betas)}: Adam in float64 on the function itself", *_run_on_function(setting, betas))
        for betas in (*GREEDY, REMEMBERS)
    ]
    parts.append(
        Part(
            "(0.9, 0.999): the greedy rule at L = 4/α collapses, because v remembers larger gradients",
            *_collapse(setting),
        )
    )
    parts.append(
        Part(
            "x_k keeps growing like √k: exponent of x_k over the last factor of 4 in k",
            "; ".join(f"{name} {_exponent(found):.3f}" for name, found in runs.items()),
            Verdict.observed(all(_exponent(found) > 0.3 for found in runs.values())),
        )
    )
    last = ", ".join(f"{name} x_K = {_ratio(setting, found):.2f}·2α√K" for name, found in runs.items())
    cost = float(runs["(0.9, 0.999)"].L * setting.alpha)
    return Finding(
        claimed="the conclusions do not apply when α_k → 0; does Adam converge then?",
        computed="constant |g| is impossible (L_k = 4c/α_k → ∞); x_k → ∞ with |g_k| = c₀/√(k + 1) → 0 is "
        f"{Verdict.weakest([part.verdict for part in theorem]).value.lower()} for three pairs and every k; "
        f"enclosed runs: {last} (L = 4/α for the first two, {cost:.1f}c₀/α for the third)",
        parts=tuple(parts),
        data={
            f"{name}:{what}": values for name, found in runs.items() for what, values in _curves(setting, found).items()
        },
    )


def _impossible(setting: Setting) -> tuple[str, Verdict]:
    """Γ¹ of (x, 0, −1) and (x + s, 0, −1) is 4/s, for the steps s = α/√(k + 1) that are rational."""
    constants, holds = [], True
    for root in (1, 10, 100, 1000):
        s = setting.alpha / root
        L = smallest_lipschitz_constant(Jet(fmpq(0), fmpq(0), fmpq(-1)), Jet(s, fmpq(0), fmpq(-1)))
        holds = holds and L == 4 / s
        constants.append(f"k = {root * root - 1}: {describe(L)}")
    alpha, beta1, beta2, x = symbols("alpha beta1 beta2 x")
    adam = adam_dialect("kingma-ba", learning_rate=alpha, beta1=beta1, beta2=beta2)
    ahead, _ = adam.update(x - x - 1, adam.init(x), x)
    return f"s_k = α_k, L_k = 4c/α_k: {', '.join(constants)} (c = 1)", Verdict.proved(holds and ahead == x + alpha)


def _for_ever(betas: tuple[str, str]) -> tuple[str, Verdict]:
    """Slopes c_k = 1/√(k + 1) with α_k = α/√(k + 1), for every k.

    Averages of a decreasing sequence are at least its last element: m_k ≥ c_k and v_k ≥ c_k². With V_k = (k + 1)·v_k
    and U_k = √(k + 1)·m_k,

        V_{k+1} = ((k + 2)/(k + 1))·β2·V_k + (1 − β2),   U_{k+1} = √((k + 2)/(k + 1))·β1·U_k + (1 − β1)

    are bounded by some B and D, so the step h_k = α_k·m_k/√v_k is at least α_k/√B and at most α_k·D. Then
    Σ h_k ≥ (2α/√B)(√(k + 1) − 1) → ∞, and Γ¹ ≤ 4c_k/h_k ≤ 4√B/α, since c_{k+1} ≤ c_k; f ≥ −max c_k·h_k ≥ −α·D.
    """
    beta1, beta2 = map(exact, betas)
    B, D = _bound(beta2, 1), _bound(beta1, 2)
    text = (
        f"V ≤ B = {float(B.upper()):.5g}, U ≤ D = {float(D.upper()):.3g} for all k: x_k ≥ (2α/√B)(√(k + 1) − 1) → ∞, "
        f"|g_k| = c₀/√(k + 1) → 0, L ≤ 4c₀√B/α = {float(4 * B.sqrt()):.4g}c₀/α, f ≥ −αDc₀"
    )
    return text, Verdict.proved(bool(B.is_finite()) and bool(D.is_finite()))


def _bound(beta: fmpq, root: int) -> arb:
    """An upper bound on all W_k, W_0 = 1, W_{k+1} = ((k + 2)/(k + 1))^{1/root}·β·W_k + (1 − β).

    From k = K on, the factor ((k + 2)/(k + 1))^{1/root}·β is at most r < 1, so W stays below max(W_K, (1 − β)/(1 − r)).
    """
    enough = int((2 * beta / (1 - beta)).ceil()) + 1
    w = largest = arb(1)
    for k in range(enough):
        w = (arb(k + 2) / (k + 1)).root(root) * beta * w + (1 - beta)
        largest = largest.max(w)
    r = (arb(enough + 2) / (enough + 1)).root(root) * beta
    # Where r were not below 1 the bound would be infinite, and the verdict with it.
    return largest.max((1 - beta) / (1 - r)) if r < 1 else arb.pos_inf()


def _name(betas: tuple[str, str]) -> str:
    return f"({float(exact(betas[0])):g}, {float(exact(betas[1])):g})"


def _adam(setting: Setting, betas: tuple[str, str]) -> Adam:
    return adam_dialect("toint", learning_rate=InversePower(setting.alpha), beta1=betas[0], beta2=betas[1])


def _collapse(setting: Setting) -> tuple[str, Verdict]:
    """The greedy rule for (0.9, 0.999), in floating point: slopes fall geometrically and x stops."""
    adam = _adam(setting, REMEMBERS)
    found = vanishing_gradient(adam, slope=1, n_steps=2000, L=4 / setting.alpha, kind=NumberKind.FLOAT64)
    tiny = np.flatnonzero(found.slope < 1e-15)
    if not tiny.size:
        return f"|g| = {found.slope[-1]:.2g}c₀ after {len(found.x) - 1} steps", Verdict.REFUTED
    stopped = float(found.x[-1]) / float(setting.alpha)
    return f"|g| < 10⁻¹⁵c₀ from step {tiny[0]}, and x stays at {stopped:.3g}α", Verdict.OBSERVED


def _run(setting: Setting, betas: tuple[str, str], steps: int) -> VanishingGradient:
    adam = _adam(setting, betas)
    if betas == REMEMBERS:
        # v remembers about a thousand steps: fewer say nothing about what follows.
        return vanishing_gradient(adam, slope=1, n_steps=max(steps, 10_000), kind=NumberKind.BALL, rule="inverse-root")
    # A hair less than 4/α, so that the enclosure of the largest Γ¹ lies below 4/α.
    allowed = 4 / setting.alpha * (1 - fmpq(1, 10**9))
    return vanishing_gradient(adam, slope=1, n_steps=steps, L=allowed, kind=NumberKind.BALL)


def _enclosed(setting: Setting, betas: tuple[str, str], found: VanishingGradient) -> tuple[str, Verdict]:
    """Every step is forward, every gap's Γ¹ is within the bound, and the end is enclosed."""
    x, c = found.x[-1], found.slope[-1]
    ratio = found.L * setting.alpha
    within = bool(ratio <= 4) if betas in GREEDY else bool(ratio <= 4 * _bound(exact(betas[1]), 1).sqrt())
    text = (
        f"every step is forward; x_K = {x.str(8, radius=False)} ± {float(x.rad()):.0e}, "
        f"|g_K| = {c.str(4, radius=False)}c₀, L ≤ {float(ratio.upper()):.8g}c₀/α, "
        f"f ≥ −{float(found.depth.upper()):.4g}c₀"
    )
    return text, Verdict.proved(within and found.collapse is None and bool(x > 0) and bool(c < 1))


def _run_on_function(setting: Setting, betas: tuple[str, str]) -> tuple[str, Verdict]:
    """Build the function through the first jets, as float64 has them, and run Adam on it in float64."""
    steps = 100 if setting.quick else 500
    adam = _adam(setting, betas)
    found = vanishing_gradient(adam, slope=1, n_steps=steps, kind=NumberKind.FLOAT64, rule="inverse-root")
    jets = smoothest(found.x.tolist(), (-found.slope).tolist(), values=[0] * len(found.x))
    if isinstance(jets, Infeasible):
        return jets.reason, Verdict.REFUTED
    f = spline_through(jets)
    trajectory = run(f, adam, 0.0, steps)
    same = bool(np.array_equal(trajectory.x, found.x)) and bool(np.array_equal(trajectory.g, -found.slope))
    ratio = float(f.lipschitz_constant()) * float(setting.alpha)
    text = (
        f"{steps} steps on a spline of {len(f.coefficients)} pieces, L = {ratio:.5g}c₀/α, "
        f"f ≥ {float(f.infimum()):.3g}: every x_k and g_k as constructed, to the last bit: {said(same)}"
    )
    return text, Verdict.observed(same)


def _curves(setting: Setting, found: VanishingGradient) -> dict[str, np.ndarray]:
    """About 200 points, evenly spaced on a log axis, as floats: k, x_k/α and |g_k|."""
    k = np.unique(np.geomspace(1, len(found.x) - 1, 200).astype(int))
    return {
        "k": k,
        "x": np.array([float(found.x[i] / setting.alpha) for i in k]),
        "g": np.array([float(found.slope[i]) for i in k]),
    }


def _exponent(found: VanishingGradient) -> float:
    K = len(found.x) - 1
    return math.log(float(found.x[K]) / float(found.x[K // 4])) / math.log(K / (K // 4))


def _ratio(setting: Setting, found: VanishingGradient) -> float:
    K = len(found.x) - 1
    return float(found.x[K]) / (2 * float(setting.alpha) * math.sqrt(K))


STATEMENT = Statement(
    "decreasing-steps",
    "With decreasing stepsizes α/√k a constant gradient is impossible, yet iterates can diverge while |f'| → 0.",
    "Open question 1; remark on α_k → 0",
    False,
    (find,),
)
