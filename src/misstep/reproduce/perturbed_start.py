"""Row `perturbed-start`: does the drift survive another start than x_0 = 0?"""

from __future__ import annotations

import numpy as np
from flint import fmpq

from misstep.constructions import has_constant_gradient
from misstep.functions import plateau
from misstep.optimizers import adam_dialect
from misstep.reproduce.drift import follow
from misstep.reproduce.orbit import step_of_induction
from misstep.reproduce.other_functions import RHO, families
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict, said
from misstep.scalars import FloatArray, symbols

PAIRS = ((0.0, 0.0), (0.5, 0.5), (0.9, 0.9), (0.5, 0.9), (0.9, 0.5), (0.9, 0.99), (0.9, 0.999))


def find(setting: Setting) -> Finding:
    """Departure steps for starts from 10⁻¹⁵ to 0.4 spacings, and the plateau's proof."""
    steps = 300 if setting.quick else 5000
    sizes = np.concatenate([10.0 ** np.arange(-15, 0), [0.2, 0.24, 0.3, 0.4]])
    offsets = np.concatenate([-sizes[::-1], [0.0], sizes])
    # Adam without ε commutes with scaling x by α, so spacing 1 serves every α, and float64 holds its nodes exactly.
    beta1, beta2 = (np.array(axis)[:, None] for axis in zip(*PAIRS, strict=True))
    adam = adam_dialect("toint", learning_rate=1, beta1=beta1, beta2=beta2)
    starts = np.broadcast_to(offsets, (len(PAIRS), len(offsets))).copy()
    departures = {name: follow(f, adam, starts, steps).departure for name, (f, _) in families(fmpq(1)).items()}
    parts = [
        Part(
            f"{name}: starts that keep the drift for {steps} steps",
            _summary(departure, steps, offsets),
            Verdict.OBSERVED,
        )
        for name, departure in departures.items()
    ]
    inside = np.abs(offsets) < float(RHO)
    for name in ("plateau", "C^∞ plateau"):
        keeps = bool((departures[name][:, inside] > steps).all())
        parts.append(
            Part(
                f"{name}: every start tried within ρ = 1/4 of a spacing keeps it, for all {len(PAIRS)} pairs",
                f"{int(inside.sum())} starts × {len(PAIRS)} pairs: {said(keeps)}",
                Verdict.observed(keeps),
            )
        )
    parts.append(Part("plateau: every |x₀| ≤ ρα drifts, x_k = x₀ + kα, for all β1, β2", *_ball(setting)))
    parts.append(
        Part("linearised at the orbit, a small offset is multiplied each step by", _multipliers(), Verdict.OBSERVED)
    )
    fragile = {name: _smallest_losing(departure, steps, offsets) for name, departure in departures.items()}
    lost = ", ".join(f"{name} {size}" for name, size in fragile.items())
    return Finding(
        claimed="small perturbations might change the behaviour",
        computed=f"smallest |x₀|/α that ends the drift within {steps} steps for some pair: {lost}; "
        "the plateau's ball |x₀| ≤ ρα is proved",
        parts=tuple(parts),
        data={
            "offsets": offsets,
            "n_steps": np.array(steps),
            "pairs": np.array(PAIRS),
            **{f"departure:{name}": departure for name, departure in departures.items()},
        },
    )


def _summary(departure: np.ndarray, steps: int, offsets: FloatArray) -> str:
    stays = departure > steps
    smallest = _smallest_losing(departure, steps, offsets)
    return f"{int(stays.sum())} of {stays.size}; the smallest |x₀|/α that ends it for some pair: {smallest}"


def _smallest_losing(departure: np.ndarray, steps: int, offsets: FloatArray) -> str:
    losing = np.abs(offsets)[(departure <= steps).any(axis=0)]
    return f"{losing.min():.3g}" if losing.size else "none"


def _ball(setting: Setting) -> tuple[str, Verdict]:
    """The gradient is −1 on all of [kα − ρα, kα + ρα]; the induction in symbols then moves every start by α."""
    alpha, beta1, beta2, x = symbols("alpha beta1 beta2 x")
    adam = adam_dialect("toint", learning_rate=alpha, beta1=beta1, beta2=beta2)
    ahead, after = step_of_induction(adam, x - x - 1, x)
    induction = ahead == x + alpha and (after.m, after.v) == (-1, 1)
    reach = RHO * setting.alpha
    # By periodicity the plateau around 0 is every plateau.
    holds = has_constant_gradient(plateau(setting.alpha, rho=RHO, left="periodic"), -reach, reach, -1)
    text = f"f' = −1 on the whole plateau, of half-width {reach} = ρα, and one step adds α: {said(induction and holds)}"
    return text, Verdict.proved(induction and holds)


def _multipliers() -> str:
    """Spectral radius of the linearised step at the orbit of the cubic, on the right of the nodes and on the left.

    With offset y = δx/α, A = δm, B = δv/2 and δg = ±6y:
    A' = β1·A + (1 − β1)·δg, B' = β2·B − (1 − β2)·δg, y' = y − A' − B'.
    """
    texts = []
    for b1, b2 in PAIRS:
        radii = []
        for curvature in (6.0, -6.0):
            rows = np.array([[(1 - b1) * curvature, b1, 0.0], [-(1 - b2) * curvature, 0.0, b2]])
            matrix = np.vstack([np.array([1.0, 0.0, 0.0]) - rows.sum(axis=0), rows])
            radii.append(float(np.abs(np.linalg.eigvals(matrix)).max()))
        texts.append(f"({b1:g}, {b2:g}): {radii[0]:.3f} right, {radii[1]:.3f} left")
    return "; ".join(texts)


STATEMENT = Statement(
    "perturbed-start",
    "Does the drift survive a start x₀ ≠ 0? On the cubic hardly; on a plateau, for a whole ball of starts.",
    "Second next check; limitation 2",
    False,
    (find,),
)
