"""Whether a failure outlives a start that is off, and gradients with noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq

from misstep.adapters import Adapter
from misstep.counterexamples.counterexample import Counterexample, as_float
from misstep.counterexamples.observed import as_floats
from misstep.scalars import FloatArray

NOISE = 1e-3
"""Standard deviation of the noise on every gradient, relative to the slope."""

OFF = 1e-2
"""How far starts are off, relative to the orbit's size."""

_RUNS = 8


@dataclass(frozen=True)
class Robustness:
    """How many runs failed as the undisturbed one does, of how many.

    Attributes:
        starts: Runs from starts that were off by up to `OFF`.
        noise: Runs with Gaussian noise of `NOISE` on the gradients, from the start itself.
        of: Runs of each kind.
    """

    starts: int
    noise: int
    of: int


def robustness(adapter: Adapter, example: Counterexample, n_steps: int, *, seed: int = 0) -> Robustness:
    """Eight runs from other starts and eight with noise, in float64.

    A run fails when |f'|, without the noise, is at least a tenth of the slope at each of the last 64 steps. Every run is
    one of its own: noise may not pass from one to another through a method that looks at the whole parameter.

    Args:
        adapter: The optimizer.
        example: Function and start, on the line.
        n_steps: Steps after the transient.
        seed: Of the noise and of the starts.
    """
    rng = np.random.default_rng(seed)
    x0 = float(as_floats(example.x0))
    total = example.settled + n_steps if example.horizon is None else example.horizon
    slope = max(abs(as_float(g)) for g in example.gradients)
    starts = x0 + OFF * _size(example) * rng.uniform(-1, 1, _RUNS)
    sigma = NOISE * slope
    held = [_fails(adapter, example, float(start), np.zeros(total), total, slope) for start in starts]
    noisy = [_fails(adapter, example, x0, sigma * rng.standard_normal(total), total, slope) for _ in range(_RUNS)]
    return Robustness(sum(held), sum(noisy), _RUNS)


def _fails(adapter: Adapter, example: Counterexample, x0: float, noise: FloatArray, n_steps: int, slope: float) -> bool:
    remaining = iter(noise)
    f = example.function
    with np.errstate(all="ignore"):
        run = adapter.follow(lambda x: f.gradient(x) + next(remaining, 0.0), x0, n_steps, value=f.value)
        clean = np.abs(np.asarray(f.gradient(np.asarray(run.x[-65:-1], np.float64))))
    return bool(np.isfinite(run.x).all() and (clean >= 0.1 * slope).all())


def _size(example: Counterexample) -> float:
    """The spacing, the range of a cycle's nodes, or the distance of a resting place from 0."""
    nodes = [as_float(node) for node in example.nodes]
    spacing = 0.0 if not isinstance(example.spacing, fmpq) else abs(as_float(example.spacing))
    gaps = np.diff(nodes).min() if example.spacing is None and len(nodes) > 1 else 0.0
    return max(spacing, float(gaps)) or max(nodes) - min(nodes) or abs(nodes[0])
