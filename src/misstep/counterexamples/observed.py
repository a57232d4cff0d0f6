"""What the optimizer itself does on the function that was made for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from misstep.adapters import Adapter, Dtype
from misstep.counterexamples.counterexample import Counterexample, Failure, Point
from misstep.scalars import FloatArray


@dataclass(frozen=True)
class Observed:
    """A run of the implementation in floats.

    Attributes:
        dtype: Of parameter, gradients and state.
        n_steps: Steps run.
        held: Steps for which the gradients were those of the counterexample (to a thousandth; to a hundredth for a word
            of several, and there from `settled` on) and the iterates, where `off` is defined, within half a spacing of
            the nodes; `n_steps` if all were.
        off: How far the iterates were from the nodes over those steps, relative to the spacing (the nodes' range, for
            a cycle; |x|, for a limit).
        last_gradient: |f'| at the last point where a gradient was asked.
        persists: Whether |f'| was at least a tenth of its prescribed size at each of the last 64 steps: the optimizer
            then fails on the function, be it in another orbit.
    """

    dtype: Dtype
    n_steps: int
    held: int
    off: float
    last_gradient: float
    persists: bool

    @property
    def holds(self) -> bool:
        """Whether the failure was there at every step."""
        return self.held == self.n_steps


def observe(adapter: Adapter, example: Counterexample, n_steps: int, dtype: Dtype) -> Observed:
    """`n_steps` steps after the transient, or fewer where the counterexample has a horizon.

    Args:
        adapter: The optimizer.
        example: Function and start.
        n_steps: K ≥ 1.
        dtype: Floats to run in.
    """
    total = example.settled + n_steps if example.horizon is None else example.horizon
    x0 = as_floats(example.x0)
    with np.errstate(all="ignore"):
        run = replace(adapter, dtype=dtype).observe(example.function, x0, total)
    x, g = (np.asarray(array, np.float64).reshape(len(array), -1) for array in (run.x, run.g))
    wanted = wanted_gradients(example, total)
    scale = float(np.abs(wanted).max())
    wrong = ~(np.abs(g - wanted).max(axis=1) <= 1e-3 * scale)
    if example.period is not None and example.period > 1:
        # Before it is caught the method sees other gradients, and the place in the word where it is caught may vary.
        wrong = _off_word(g[:, 0], np.array([float(v) for v in example.gradients]), example.settled, scale)
    distance = _distance(x, example)
    if distance is not None:
        wrong |= ~(distance[:total] <= 0.5)
    held = total if not wrong.any() else int(np.argmax(wrong))
    off = float("nan") if distance is None or held < example.settled else float(distance[: held + 1].max())
    sizes = np.abs(g).max(axis=1)
    return Observed(dtype, total, held, off, float(sizes[-1]), bool((sizes[-64:] >= 0.1 * scale).all()))


Watch: TypeAlias = Callable[[Counterexample, Dtype], Observed]
"""`observe` for one optimizer and number of steps."""


def watching(adapter: Adapter, n_steps: int) -> Watch:
    """`observe` for an optimizer, which runs it once for each counterexample and dtype."""
    return cache(lambda example, dtype: observe(adapter, example, n_steps, dtype))


def wanted_gradients(example: Counterexample, n_steps: int) -> FloatArray:
    """The gradients that the counterexample prescribes, shape (n_steps, dimension); a single word from the first."""
    rows = np.array([as_floats(g) for g in example.gradients]).reshape(-1, example.function.dimension)
    return rows[np.arange(n_steps) % len(rows)]


def as_floats(point: Point) -> Any:
    """A point or gradient as a float, or as an array of them."""
    return np.array([float(entry) for entry in point]) if isinstance(point, tuple) else float(point)


def _off_word(g: FloatArray, word: FloatArray, settled: int, scale: float) -> FloatArray:
    """Where the gradients leave the word, after `settled`; it is entered at the place that fits longest."""
    best = np.ones(len(g), bool)
    for turn in range(len(word)):
        row = np.resize(np.roll(word, -turn), len(g) - settled)
        wrong = np.zeros(len(g), bool)
        wrong[settled:] = ~(np.abs(g[settled:] - row) <= 1e-2 * scale)
        first, first_best = (int(np.argmax(w)) if w.any() else len(g) for w in (wrong, best))
        if first > first_best:
            best = wrong
    return best


def _distance(x: FloatArray, example: Counterexample) -> FloatArray | None:
    """How far every iterate is from the node where it should be, relative to the spacing; 0 before `settled`.

    `None` for cycles, words of several gradients and steps without a period.
    """
    if example.failure is Failure.WRONG_LIMIT:
        place = float(example.nodes[0])
        return np.asarray(np.abs(x[:, 0] - place) / abs(place))
    if not example.spacing or len(example.nodes) != 1 or example.function.dimension > 1:
        return None
    steps = np.arange(len(x)) - example.settled
    nodes = float(example.nodes[0]) + float(example.spacing) * steps
    return np.where(steps < 0, 0.0, np.abs(x[:, 0] - nodes) / abs(float(example.spacing)))
