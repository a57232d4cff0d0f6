"""Row `noisy-gradient`: does the drift survive noise in the gradient?"""

from __future__ import annotations

import math

import numpy as np
from flint import fmpq

from misstep.optimizers import adam_dialect
from misstep.reproduce.drift import follow, slopes
from misstep.reproduce.other_functions import families
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict, said
from misstep.scalars import FloatArray
from misstep.sweeps.replicates import wilson_interval

PAIRS = ((0.0, 0.0), (0.5, 0.9), (0.9, 0.999))
SEED = 230800720
"""Key of the counter-based generator: every run repeats, however the work is cut."""


def find(setting: Setting) -> Finding:
    """Survival and speed against σ/c for every family and a few pairs, over independent replicates."""
    steps, replicates = (100, 64) if setting.quick else (500, 256)
    sigmas = np.concatenate([[0.0], 10.0 ** np.linspace(-4, 1, 6 if setting.quick else 11)])
    # One stream a replicate, shared by all cells: differences between cells are not differences of luck.
    noise = np.stack([_stream(replicate, steps) for replicate in range(replicates)])
    beta1, beta2 = (np.array(axis)[:, None, None] for axis in zip(*PAIRS, strict=True))
    shape = (len(PAIRS), len(sigmas), replicates)
    adam = adam_dialect("toint", learning_rate=1, beta1=beta1, beta2=beta2)
    survival, speed, intervals = {}, {}, {}
    # Periodic to the left too: on a line of slope −1 every run that noise sends back would count as a survivor.
    for name, (f, _) in families(fmpq(1), left="periodic").items():
        survey = follow(
            f, adam, np.zeros(shape), steps, noise=lambda k: np.broadcast_to(sigmas[:, None] * noise[:, k], shape)
        )
        alive = survey.stays.sum(axis=-1)
        survival[name] = alive / replicates
        intervals[name] = np.stack(wilson_interval(alive, replicates), axis=-1)
        speed[name] = slopes(survey, np.zeros(shape), 1.0).mean(axis=-1)
    parts = [
        Part(
            f"{name}: survival of {steps} steps, and mean speed in α a step",
            _text(sigmas, survival[name], intervals[name], speed[name]),
            Verdict.OBSERVED,
        )
        for name in survival
    ]
    clean = all(bool((values[:, 0] == 1).all()) for values in survival.values())
    parts.append(
        Part("without noise every family drifts on", f"survival 1 for all {said(clean)}", Verdict.observed(clean))
    )
    tolerance = ", ".join(f"{name} {_tolerated(sigmas, values)}" for name, values in survival.items())
    return Finding(
        claimed="small random perturbations of the gradient might prevent divergence",
        computed=f"largest σ/c tried at which at least half of the runs stay on the orbit for {steps} steps, "
        f"(β1, β2) = (0.9, 0.999): {tolerance}; seed {SEED}, {replicates} runs a point",
        parts=tuple(parts),
        data={
            "sigma": sigmas,
            "pairs": np.array(PAIRS),
            "n_steps": np.array(steps),
            **{f"survival:{name}": values for name, values in survival.items()},
            **{f"interval:{name}": values for name, values in intervals.items()},
            **{f"speed:{name}": values for name, values in speed.items()},
        },
    )


def _stream(replicate: int, steps: int) -> FloatArray:
    """Standard normal noise of one replicate: Philox, keyed by seed and replicate."""
    generator = np.random.Generator(np.random.Philox(key=[SEED, replicate]))
    return generator.standard_normal(steps)


def _tolerated(sigmas: FloatArray, survival: FloatArray) -> str:
    kept = np.flatnonzero(survival[-1] >= 0.5)
    largest = sigmas[kept.max()] if kept.size else math.nan
    return f"{largest:.2g}"


def _text(sigmas: FloatArray, survival: FloatArray, intervals: FloatArray, speed: FloatArray) -> str:
    """The last pair, (0.9, 0.999), at a few noise levels."""
    chosen = range(1, len(sigmas), max(1, len(sigmas) // 4))
    return "; ".join(
        f"σ/c = {sigmas[i]:.2g}: {survival[-1, i]:.2f} [{intervals[-1, i, 0]:.2f}, {intervals[-1, i, 1]:.2f}], "
        f"speed {speed[-1, i]:.2f}"
        for i in chosen
    )


STATEMENT = Statement(
    "noisy-gradient",
    "Does the drift survive gradient noise of size σ? Survival and speed against σ/c, with 95 % intervals.",
    "Second next check; limitation 2",
    False,
    (find,),
)
