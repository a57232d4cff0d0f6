"""Row `linear-growth`: experiment 2, Adam in float64 over a grid of [0, 1)²."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from flint import fmpq

from misstep.functions import LineFunction, cubic, plateau
from misstep.optimizers import adam_dialect
from misstep.reproduce.drift import Survey, follow, slopes
from misstep.reproduce.orbit import is_on_orbit
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict, said
from misstep.scalars import FloatArray, exact_from_float
from misstep.trajectory import run

Grid: TypeAlias = tuple[FloatArray, ...]
"""β1 and β2 at every place of the grid."""


def find(setting: Setting) -> Finding:
    """Slopes on the cubic with the spacing asked for, with one that float64 holds exactly, and on a plateau."""
    n, steps = (40, 200) if setting.quick else (200, 1000)
    betas = np.arange(n) / n
    grid: Grid = tuple(np.meshgrid(betas, betas, indexing="ij"))
    alpha = setting.alpha
    # A power of two: sums of it are exact, so float64 follows the theorem's own orbit.
    dyadic = fmpq(2) ** round(math.log2(float(alpha)))
    asked = _survey(cubic(alpha), alpha, grid, steps)
    held = _survey(cubic(dyadic), dyadic, grid, steps)
    broad = _survey(plateau(alpha), alpha, grid, steps)
    asked_slopes = slopes(asked, np.zeros((n, n)), float(alpha))
    left = ~asked.stays
    count, total = int(left.sum()), left.size
    parts = [
        _part(f"float64, α = {dyadic} (a power of two): slope 1 for all pairs", held, dyadic),
        _part(
            f"float64, α = {alpha}, plateau function of the same jets (ρ = 1/4): slope 1 for all pairs", broad, alpha
        ),
        Part(
            f"float64, α = {alpha}, the cubic: which pairs leave the orbit through rounding, and when",
            _departures(asked, asked_slopes),
            Verdict.OBSERVED,
        ),
        Part("the pairs that leave do not leave in exact arithmetic", *_exactly(setting, grid, left)),
    ]
    if count:
        when = f"{count} of {total} pairs leave through rounding (first at step {int(asked.departure[left].min())})"
    else:
        when = "no pair leaves"
    return Finding(
        claimed="x_k grows linearly for all (β1, β2)",
        computed=f"{n}×{n} pairs, {steps} steps: slope 1 for all where float64 holds α; "
        f"at α = {alpha} on the cubic {when}, on the plateau none",
        parts=tuple(parts),
        data={
            "beta": betas,
            "slope": asked_slopes,
            "departure": np.where(left, asked.departure, -1),
            "n_steps": np.array(steps),
            "trajectories": _trajectories(alpha),
            "trajectory_betas": np.array(_PAIRS),
        },
    )


_PAIRS = ((0.0, 0.0), (0.5, 0.5), (0.9, 0.9), (0.5, 0.9), (0.9, 0.5), (0.9, 0.999))


def _survey(f: LineFunction, alpha: fmpq, grid: Grid, steps: int) -> Survey:
    adam = adam_dialect("toint", learning_rate=alpha, beta1=grid[0], beta2=grid[1])
    return follow(f, adam, np.zeros(grid[0].shape), steps)


def _part(statement: str, survey: Survey, alpha: fmpq) -> Part:
    deviation = float(np.abs(slopes(survey, np.zeros(survey.x.shape), float(alpha)) - 1).max())
    text = f"{int(survey.stays.sum())} of {survey.x.size} pairs; worst |slope − 1| = {deviation:.2g}"
    return Part(statement, text, Verdict.observed(bool(survey.stays.all()) and deviation < 1e-9))


def _departures(survey: Survey, slope: FloatArray) -> str:
    left = ~survey.stays
    if not left.any():
        return f"none of {left.size} within {survey.n_steps} steps"
    when = survey.departure[left]
    return (
        f"{int(left.sum())} of {left.size} leave, at step {int(when.min())} to {int(when.max())} (median "
        f"{int(np.median(when))}); their slopes are then {np.nanmin(slope[left]):.3g} … {np.nanmax(slope[left]):.3g}"
    )


def _exactly(setting: Setting, grid: Grid, left: np.ndarray) -> tuple[str, Verdict]:
    """Exact runs of pairs that left, with the very floats as β1 and β2."""
    places = np.argwhere(left)
    if not len(places):
        return "no pair left", Verdict.PROVED
    chosen = places[:: max(1, len(places) // (10 if setting.quick else 100))]
    steps = 60 if setting.quick else 200
    betas = [np.array([exact_from_float(float(axis[i, j])) for i, j in chosen], dtype=object) for axis in grid]
    adam = adam_dialect("toint", learning_rate=setting.alpha, beta1=betas[0], beta2=betas[1])
    start = np.full(len(chosen), fmpq(0), dtype=object)
    trajectory = run(cubic(setting.alpha), adam, start, steps)
    holds = is_on_orbit(trajectory, setting.alpha)
    return f"{len(chosen)} of them, {steps} exact steps: x_k = kα {said(holds)}", Verdict.proved(holds)


def _trajectories(alpha: fmpq) -> FloatArray:
    """x_k for k ≤ 100 on the cubic in float64, shape (101, pairs)."""
    beta1, beta2 = (np.array(axis) for axis in zip(*_PAIRS, strict=True))
    adam = adam_dialect("toint", learning_rate=alpha, beta1=beta1, beta2=beta2)
    trajectory: FloatArray = run(cubic(alpha), adam, np.zeros(len(_PAIRS)), 100).x
    return trajectory


STATEMENT = Statement(
    "linear-growth",
    "Run with many (β1, β2), Adam's iterates grow linearly: x_k = kα.",
    "Architecture onboarding, experiment 2; first next check",
    True,
    (find,),
)
