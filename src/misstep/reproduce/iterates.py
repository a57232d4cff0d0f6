"""Row `iterates`: the paper's theorem, by an induction that is an identity in β1, β2 and α."""

from __future__ import annotations

import numpy as np
from flint import fmpq

from misstep.functions import cubic
from misstep.optimizers import adam_dialect
from misstep.reproduce.orbit import is_on_orbit, step_of_induction
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict, said
from misstep.scalars import exact, symbols
from misstep.trajectory import run

_BETAS = tuple(map(exact, ("0", "1/10", "1/4", "1/3", "1/2", "2/3", "3/4", "9/10", "99/100", "999/1000")))


def find(setting: Setting) -> Finding:
    """The induction in symbols; then exact runs for a grid of pairs, on the function itself."""
    steps = 20 if setting.quick else 100
    start, step = _induction()
    f = cubic(setting.alpha)
    beta1, beta2 = (
        np.array(grid, dtype=object) for grid in zip(*[(a, b) for a in _BETAS for b in _BETAS], strict=True)
    )
    adam = adam_dialect("toint", learning_rate=setting.alpha, beta1=beta1, beta2=beta2)
    trajectory = run(f, adam, np.full(beta1.shape, fmpq(0), dtype=object), steps)
    exact_orbit = is_on_orbit(trajectory, setting.alpha)
    state = trajectory.state
    moments = bool(np.all(state.m == -1)) and bool(np.all(state.v == 1))
    return Finding(
        claimed="x_k = kα, g_k = m_k = −1, v_k = 1 for all k and all (β1, β2) ∈ [0, 1)²",
        computed=f"one step maps (x, m, v) = (x, −1, 1) to (x + α, −1, 1) identically in β1, β2, α; "
        f"{len(beta1)} exact runs of {steps} steps agree",
        parts=(
            Part("base: from m₋₁ = g₀, v₋₁ = g₀² the first step gives m₀ = −1, v₀ = 1, x₁ = x₀ + α", *start),
            Part("step: g = m = −1 and v = 1 give m = −1, v = 1 and x + α, whatever β1, β2 and α", *step),
            Part(
                f"exact rational runs on f itself, {len(_BETAS)}×{len(_BETAS)} pairs",
                f"x_k = kα and g_k = −1 for k ≤ {steps}, and m = −1, v = 1: {said(exact_orbit and moments)}",
                Verdict.proved(exact_orbit and moments),
            ),
        ),
    )


def _induction() -> tuple[tuple[str, Verdict], tuple[str, Verdict]]:
    """Adam's own `update`, run on polynomials in β1, β2, α and x."""
    alpha, beta1, beta2, x = symbols("alpha beta1 beta2 x")
    adam = adam_dialect("toint", learning_rate=alpha, beta1=beta1, beta2=beta2)
    g = x - x - 1
    results = []
    for ahead, after in (adam.update(g, adam.init(x), x), step_of_induction(adam, g, x)):
        text = f"m = {after.m}, v = {after.v}, x = {ahead}"
        results.append((text, Verdict.proved(after.m == -1 and after.v == 1 and ahead == x + alpha)))
    return results[0], results[1]


STATEMENT = Statement(
    "iterates",
    "Adam started at the origin moves to x_k = kα with gradient −1 at every step, for every β1 and β2 in [0, 1).",
    "Toint 2023, the theorem; Mechanisms 1 and 3",
    True,
    (find,),
)
