"""The contest of `benchmarks.sweep`: Adam from its first gradient on a cubic, over a grid of β1 and β2."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

import misstep as ms
from misstep.sweeps.kernels import run
from misstep.sweeps.kernels.lanes import Lanes
from misstep.trajectory import TOLERANCE, Summary, period_of, points_for_period

Floats = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.int8]
T = TypeVar("T")
R = TypeVar("R")

ROWS = ("x", "m", "v", "x_low", "x_high", "g_high", "path")
"""What every peer keeps of a run."""

BLOCK = 4096
"""Lanes that a peer is given at a time, as misstep gives itself."""

Advance = Callable[[Floats, Floats, Floats, int, bool, "Floats | None"], None]
"""(rows, β1, β2, steps, whether they are the first, room for x after each step) moves the rows on in place."""


@dataclass(frozen=True)
class Contest:
    """Runs from 0 on `cubic(spacing)` with learning rate = spacing, so that the paper's orbit is x_k = k·spacing.

    Attributes:
        spacing: `"1"` or `"1/10"`.
        side: Values of β1 in [0, 0.999], and of β2 in [0, 0.9999].
        n_steps: K.
    """

    spacing: str
    side: int
    n_steps: int

    @property
    def n(self) -> int:
        """Number of runs."""
        return self.side**2

    @property
    def steps(self) -> int:
        """Number of steps of all runs together."""
        return self.n * self.n_steps

    @property
    def function(self) -> ms.PiecewisePolynomial:
        """The cubic."""
        return ms.cubic(self.spacing)

    def betas(self) -> tuple[Floats, Floats]:
        """β1 and β2 of every run."""
        beta1, beta2 = np.meshgrid(np.linspace(0, 0.999, self.side), np.linspace(0, 0.9999, self.side), indexing="ij")
        return beta1.ravel(), beta2.ravel()

    def lanes(self, part: slice, dialect: str = "toint") -> Lanes:
        """Some of the runs, for misstep."""
        beta1, beta2 = (beta[part] for beta in self.betas())
        return Lanes(
            optimizer=ms.adam_dialect(dialect, learning_rate=self.spacing, beta1=beta1, beta2=beta2),
            functions=(self.function,),
            function_index=np.zeros(len(beta1), np.intp),
            x0=np.zeros(len(beta1)),
            slope=np.ones(len(beta1)),
            n_steps=self.n_steps,
            quantities=frozenset({"outcome"}),
        )


def by_misstep(contest: Contest, threads: int, dialect: str = "toint") -> Outcomes:
    """The outcomes by `run_lanes`, every step of every run taken: none is finished early by its exact period."""
    half = -(-contest.n // threads)
    parts = [contest.lanes(slice(start, start + half), dialect) for start in range(0, contest.n, half)]
    with patch.object(run, "FIRST_WATCH", 2 * contest.n_steps):
        found = on_threads(lambda lanes: run.run_lanes(lanes, "numba")["outcome"], parts, threads)
    return np.concatenate(found)


def by_peer(contest: Contest, advance: Advance, threads: int) -> Outcomes:
    """The outcomes by another's steps, judged as misstep judges."""
    parts = [slice(start, start + BLOCK) for start in range(0, contest.n, BLOCK)]
    return np.concatenate(on_threads(lambda part: _outcomes(contest, advance, part), parts, threads))


def on_threads(work: Callable[[T], R], parts: list[T], threads: int) -> list[R]:
    """The results of all parts, in order."""
    if threads == 1:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, parts))


def _outcomes(contest: Contest, advance: Advance, part: slice) -> Outcomes:
    beta1, beta2 = (np.ascontiguousarray(beta[part]) for beta in contest.betas())
    n, k = len(beta1), contest.n_steps
    window = k // 2
    tail, half, n_points = k - window, window // 2, points_for_period(window)
    rows, points = np.zeros((len(ROWS), n)), np.empty((n_points, n))
    low, high, g_high, path = rows[3:]

    advance(rows, beta1, beta2, tail, True, None)
    reach, steepest, x_tail = np.fmax(np.abs(low), np.abs(high)), g_high.copy(), rows[0].copy()
    low[:], high[:], g_high[:], path[:] = x_tail, x_tail, 0, 0
    # The middle of the tail comes before the last points, or is one of them where the run is short.
    until_points = window - (n_points - 1)
    advance(rows, beta1, beta2, min(half, until_points), False, None)
    x_middle = rows[0].copy()
    advance(rows, beta1, beta2, max(0, until_points - half), False, None)
    points[0] = rows[0]
    advance(rows, beta1, beta2, n_points - 1, False, points[1:])
    if half > until_points:
        x_middle = points[half - until_points]

    x, size = rows[0], np.abs(contest.function.gradient(rows[0]))
    tail_gradient = np.fmax(g_high, size)
    reach = np.fmax(reach, np.fmax(np.abs(low), np.abs(high)))
    return Summary(
        np.isfinite(x),
        reach,
        np.maximum(high - x, x - low),
        tail_gradient,
        np.fmax(steepest, tail_gradient),
        period_of(points[:, :, None], TOLERANCE * reach),
        np.abs(x - x_tail),
        path.copy(),
        np.abs(x_middle - x_tail) / half,
        np.abs(x - x_middle) / (window - half),
    ).outcomes()
