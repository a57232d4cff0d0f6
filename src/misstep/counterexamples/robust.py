"""Whether a failure outlives a start that is off, and gradients with noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from flint import fmpq

from misstep.adapters import Adapter
from misstep.constructions import Infeasible, plateaus, spline_through
from misstep.counterexamples.counterexample import Counterexample, Failure, as_float
from misstep.counterexamples.observed import as_floats
from misstep.counterexamples.streams import is_coordinatewise
from misstep.scalars import FloatArray

NOISE = 1e-3
"""Standard deviation of the noise on every gradient, relative to the slope."""

OFF = 1e-2
"""How far starts are off, relative to the orbit's size."""

WIDE = fmpq(1, 4)
"""Half-width, in spacings, of the plateaus of a robust drift."""

_RUNS, _RUNS_ALONE = 8, 3


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
    """Runs from other starts and runs with noise, in float64: eight of each, or three where each is one of its own.

    A run fails when |f'|, without the noise, is at least a tenth of the slope at each of the last 64 steps. A drift is
    given plateaus of a quarter of its spacing first: whoever wants a robust one would.

    Args:
        adapter: The optimizer.
        example: Function and start, on the line.
        n_steps: Steps after the transient.
        seed: Of the noise and of the starts.
    """
    wide = _widened(example)
    rng = np.random.default_rng(seed)
    x0 = float(as_floats(wide.x0))
    total = wide.settled + n_steps if wide.horizon is None else wide.horizon
    slope = max(abs(as_float(g)) for g in wide.gradients)
    side_by_side = is_coordinatewise(adapter)
    of = _RUNS if side_by_side else _RUNS_ALONE
    starts = np.concatenate([x0 + OFF * _size(wide) * rng.uniform(-1, 1, of), np.full(of, x0)])
    noise = np.zeros((total, 2 * of))
    # Noise on a transient would be on thousands of steps; what is asked is whether it ends the failure.
    noise[-n_steps:, of:] = NOISE * slope * rng.standard_normal((min(n_steps, total), of))
    if side_by_side:
        fails = _fails(adapter, wide, starts, noise, slope)
    else:
        # Noise may not pass from one run to another through a method that looks at the whole parameter.
        fails = np.concatenate([_fails(adapter, wide, s, n, slope) for s, n in zip(starts, noise.T, strict=True)])
    return Robustness(int(fails[:of].sum()), int(fails[of:].sum()), of)


def _fails(
    adapter: Adapter, example: Counterexample, starts: FloatArray, noise: FloatArray, slope: float
) -> npt.NDArray[np.bool_]:
    """Which of the runs fail."""
    remaining = iter(noise)
    f = example.function
    quiet = np.zeros_like(noise[0])
    with np.errstate(all="ignore"):
        run = adapter.follow(lambda x: f.gradient(x) + next(remaining, quiet), starts, len(noise), value=f.value)
        x = np.asarray(run.x[-65:-1], np.float64)
        clean = np.abs(np.asarray(f.gradient(x)))
    return np.atleast_1d(np.isfinite(x).all(axis=0) & (clean >= 0.1 * slope).all(axis=0))


def _widened(example: Counterexample) -> Counterexample:
    """A drift of one gradient with plateaus of a quarter of its spacing; anything else as it is."""
    first, spacing = example.nodes[0], example.spacing
    if example.failure is not Failure.DRIFT or example.period != 1 or example.rho >= WIDE:
        return example
    if spacing is None or not spacing > 0:
        return example
    level = example.function.value(first)
    jets = plateaus([first, first + spacing], [example.gradients[0]] * 2, rho=WIDE, repeats_from=0, values=[level] * 2)
    if isinstance(jets, Infeasible):
        return example
    return replace(example, function=spline_through(jets), rho=WIDE, half_width=WIDE * spacing)


def _size(example: Counterexample) -> float:
    """The spacing, the range of a cycle's nodes, or the distance of a resting place from 0."""
    nodes = [as_float(node) for node in example.nodes]
    spacing = 0.0 if not isinstance(example.spacing, fmpq) else abs(as_float(example.spacing))
    gaps = np.diff(nodes).min() if example.spacing is None and len(nodes) > 1 else 0.0
    return max(spacing, float(gaps)) or max(nodes) - min(nodes) or abs(nodes[0])
