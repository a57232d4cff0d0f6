"""Row `many-dimensions`: separable, rotated and coupled functions on R², R³ and R¹⁰."""

from __future__ import annotations

import numpy as np
from flint import fmpq

from misstep.functions import RidgeSum, coupled, cubic, describe, plateau, rotated, separable
from misstep.optimizers import adam_dialect
from misstep.reproduce.orbit import is_on_orbit
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict, said
from misstep.scalars import exact
from misstep.trajectory import Outcome, diagnose, run

DIMENSIONS = (2, 3, 10)


def find(setting: Setting) -> Finding:
    """For each function and dimension: L exactly, Adam exactly on the cubic version, Adam in float64 on plateaus."""
    alpha = setting.alpha
    parts = []
    for n in DIMENSIONS:
        functions = {
            "separable": separable(*[cubic(alpha)] * n),
            "rotated": rotated(alpha, n),
            "coupled": coupled(alpha, n),
        }
        # AᵀΛA has the eigenvector 1 for the coupled sum, with eigenvalue 6/(nα)·(1 + (2n − 2)/2) = 6/α.
        for name, F in functions.items():
            parts.append(
                Part(f"{name} in R^{n}: L = 6/α, and Adam goes along the diagonal, exactly", *_exact(setting, F))
            )
    for name, make in (("rotated", rotated), ("coupled", coupled)):
        parts.append(
            Part(
                f"{name}, plateau version, float64 in R^2, R^3 and R^10: Adam drifts",
                *_float(setting, [make(alpha, n, family=plateau) for n in DIMENSIONS]),
            )
        )
    return Finding(
        claimed="the example has one dimension; similar ones in many?",
        computed="in R², R³ and R¹⁰ separable, rotated and coupled versions all have L = 6/α and ∇F(kα·1) = −1; "
        "x_k = kα·(1, …, 1) exactly, and plateau versions drift in float64",
        parts=tuple(parts),
        data={"coupled": _surface(setting)},
    )


def _exact(setting: Setting, F: RidgeSum) -> tuple[str, Verdict]:
    steps = 6 if setting.quick else 20
    n, alpha = F.dimension, setting.alpha
    L = F.lipschitz_constant()
    adam = adam_dialect("kingma-ba", learning_rate=alpha, beta1="9/10", beta2="999/1000")
    trajectory = run(F, adam, np.full(n, fmpq(0), dtype=object), steps)
    steady = is_on_orbit(trajectory, alpha) and bool(np.all(trajectory.f == 0))
    # Along the diagonal every ridge goes from node to node, so by periodicity ∇F(kα·1) is the same for all k; in each
    # coordinate Adam then does what it does on the line.
    together = all(sum(row, fmpq(0)) * alpha == phi.node(1) for row, phi in zip(F.directions, F.functions, strict=True))
    mixed = n > 1 and _mixed(F)
    text = (
        f"L = {describe(L)}, inf F ≥ {describe(F.infimum())}, "
        f"mixed second derivatives {'non-zero' if mixed else 'zero'}; "
        f"all ridges meet their nodes at kα·1: {said(together)}; x_k = kα·1, ∇F = −1, F = 0 in {steps} exact steps: "
        f"{said(steady)}"
    )
    return text, Verdict.proved(L == 6 / alpha and together and steady)


def _mixed(F: RidgeSum) -> bool:
    """Whether all mixed second derivatives Σ_r φ_r''·a_ri·a_rj are non-zero at some point of the first cell."""
    n = F.dimension
    found = np.eye(n, dtype=bool)
    for t in ("1/7", "2/7", "5/7"):
        x = [exact(t) * (i + 1) / n for i in range(n)]
        bends = [
            phi.curvature(sum((a * c for a, c in zip(row, x, strict=True)), fmpq(0)))
            for row, phi in zip(F.directions, F.functions, strict=True)
        ]
        for i in range(n):
            for j in range(n):
                total = sum((bend * row[i] * row[j] for bend, row in zip(bends, F.directions, strict=True)), fmpq(0))
                found[i, j] |= total != 0
    return bool(found.all())


def _float(setting: Setting, functions: list[RidgeSum]) -> tuple[str, Verdict]:
    steps = 100 if setting.quick else 500
    texts, holds = [], True
    for F in functions:
        adam = adam_dialect("kingma-ba", learning_rate=setting.alpha)
        trajectory = run(F, adam, np.zeros(F.dimension), steps)
        diagnosis = diagnose(trajectory)
        reached = trajectory.x[-1] / (steps * float(setting.alpha))
        holds = holds and diagnosis.outcome is Outcome.DRIFTS and bool(np.abs(reached - 1).max() < 1e-9)
        texts.append(f"R^{F.dimension}: {diagnosis.outcome}, L = {describe(F.lipschitz_constant())}")
    return "; ".join(texts) + f"; x_k/(kα) = 1 after {steps} steps", Verdict.observed(holds)


def _surface(setting: Setting) -> np.ndarray:
    """F/α of the coupled function in R² on a grid of [−½α, 2½α]², for the figure."""
    axis = np.linspace(-0.5, 2.5, 151) * float(setting.alpha)
    points = np.stack(np.meshgrid(axis, axis, indexing="xy"), axis=-1)
    surface: np.ndarray = coupled(setting.alpha, 2).value(points) / float(setting.alpha)
    return surface


STATEMENT = Statement(
    "many-dimensions",
    "The same failure in R^n: separable, rotated (not separable) and fully coupled functions.",
    "Third next check; limitation 3",
    False,
    (find,),
)
