"""Run an optimizer on a function, and say what the trajectory did."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from misstep.errors import InvalidInput
from misstep.functions.base import Function
from misstep.optimizers.base import Optimizer
from misstep.scalars import FloatArray, NumberKind, Scalar, convert, kind_of


class Point(NamedTuple):
    """Step k of a run: the iterate, the gradient there and the state that the method brought to it."""

    k: int
    x: Scalar
    g: Scalar
    state: Any


@dataclass(frozen=True)
class Trajectory:
    """What `run` returns.

    Attributes:
        x: Iterates x_0 … x_K, shape (K + 1, *x0.shape); dtype object for exact numbers and balls.
        f: Values f(x_k), shape (K + 1, *batch).
        g: Gradients at x_k, the shape of x.
        state: The method's state after step K.
        kind: Number kind of the run.
        function: What was minimized.
        optimizer: The method, its hyper-parameters in `kind`.
    """

    x: npt.NDArray[Any]
    f: npt.NDArray[Any]
    g: npt.NDArray[Any]
    state: Any
    kind: NumberKind
    function: Function
    optimizer: Optimizer[Any]

    @property
    def n_steps(self) -> int:
        """K, the number of steps taken."""
        return len(self.x) - 1


def iterate(
    function: Function, optimizer: Optimizer[Any], x0: Scalar, *, kind: NumberKind | None = None
) -> Iterator[Point]:
    """The points of a run, one at a time, without end.

    Args:
        function: What is minimized.
        optimizer: The method; its hyper-parameters are cast to the run's number kind.
        x0: Start: a number, or an array of starts (on the line, one run each), or a vector (on R^n).
        kind: Number kind of the run; that of x0 unless told (a string is exact, a Python number float64).

    Raises:
        InexactNumber: a float is among the hyper-parameters or starts of an exact run.
        InvalidInput: x0 has a shape or kind that does not fit.

    >>> from misstep import SignDescent, cubic
    >>> points = iterate(cubic("1/10"), SignDescent(learning_rate="1/10"), "0")
    >>> [next(points).x for _ in range(3)]
    [0, 1/10, 1/5]
    """
    chosen = kind_of(x0) if kind is None else kind
    if chosen in (NumberKind.SYMBOLIC, NumberKind.TRACED):
        raise InvalidInput("a function has no value at a symbol: run on numbers, or call update with symbols yourself")
    x = convert(x0, chosen)
    if np.shape(x)[-1:] != (function.dimension,) and function.dimension > 1:
        raise InvalidInput(f"x0 has shape {np.shape(x)}: its last axis must have length {function.dimension}")
    if chosen.is_float and not np.all(np.isfinite(x)):
        raise InvalidInput(f"x0 = {x0} must be finite")
    lanes, shape = optimizer.lanes, np.shape(x)
    if len(lanes) > len(shape) or any(n not in (1, m) for n, m in zip(lanes[::-1], shape[::-1], strict=False)):
        raise InvalidInput(
            f"hyper-parameters of shape {lanes} do not fit x0 of shape {shape}: give a start for each lane"
        )
    # Everything is checked here; the steps themselves are drawn from the generator below.
    return _points(function, optimizer.cast(chosen), x)


def _points(function: Function, optimizer: Optimizer[Any], x: Scalar) -> Iterator[Point]:
    state = optimizer.init(x)
    for k in itertools.count():
        g = function.gradient(x)
        yield Point(k, x, g, state)
        x, state = optimizer.update(g, state, x)


def run(
    function: Function, optimizer: Optimizer[Any], x0: Scalar, n_steps: int, *, kind: NumberKind | None = None
) -> Trajectory:
    """The first `n_steps` steps of `optimizer` on `function` from `x0`.

    Args:
        function: What is minimized.
        optimizer: The method; its hyper-parameters are cast to the run's number kind.
        x0: Start: a number, or an array of starts (on the line, one run each), or a vector (on R^n).
        n_steps: K ≥ 0.
        kind: Number kind of the run; that of x0 unless told (a string is exact, a Python number float64).

    Returns:
        A `Trajectory` with K + 1 points.

    Raises:
        InexactNumber: a float is among the hyper-parameters or starts of an exact run.
        InvalidInput: n_steps < 0, or x0 has a shape or kind that does not fit.
        IrrationalResult: an exact run met a number that is not rational.

    >>> from misstep import Adam, plateau
    >>> trajectory = run(plateau("1/10"), Adam(learning_rate=0.1, eps=0), 0.0, 100)
    >>> round(float(trajectory.x[-1]), 6), trajectory.g[-1]
    (10.0, np.float64(-1.0))
    """
    check_n_steps(n_steps)
    points = iterate(function, optimizer, x0, kind=kind)
    first = next(points)
    chosen = kind_of(first.x)
    shape = (n_steps + 1, *np.shape(first.x))
    x, g = np.empty(shape, chosen.dtype), np.empty(shape, chosen.dtype)
    last = first
    for last in itertools.chain([first], itertools.islice(points, n_steps)):
        x[last.k], g[last.k] = last.x, last.g
    return Trajectory(x, np.asarray(function.value(x)), g, last.state, chosen, function, optimizer.cast(chosen))


def check_n_steps(n_steps: int) -> None:
    """Check that a number of steps is a whole number, at least 0."""
    if isinstance(n_steps, bool) or not isinstance(n_steps, (int, np.integer)) or n_steps < 0:
        raise InvalidInput(f"n_steps = {n_steps!r} must be a whole number, at least 0")


class Outcome(enum.Enum):
    """What a trajectory did. The text says what it means and what to do next."""

    DRIFTS = "drifts: iterates leave every bounded set at a steady pace; look at the gradient that drives them"
    CYCLES = "cycles: iterates repeat with a period; a smaller learning rate or a decaying one ends it"
    CONVERGES = "converges: iterates settle and the gradient vanishes"
    STALLS = "stalls: iterates settle where the gradient does not vanish"
    OVERFLOWS = "overflows: an iterate or a gradient is not finite"
    UNSETTLED = "unsettled: nothing above within the steps run; run longer"

    def __str__(self) -> str:
        return self.value.partition(":")[0]


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` returns: the outcome and the numbers that say so.

    Attributes:
        outcome: One of `Outcome`.
        window: Number of last steps judged.
        speed: Mean displacement a step over the window (length of the mean displacement on R^n).
        gradient: Largest |g| over the window.
        period: Period of a cycle, else `None`.
        limit: Last iterate where the run settled, else `None`.
        first_bad_step: First step that is not finite, else `None`.
    """

    outcome: Outcome
    window: int
    speed: float
    gradient: float
    period: int | None = None
    limit: float | list[float] | None = None
    first_bad_step: int | None = None

    def __str__(self) -> str:
        head = f"{self.outcome} (last {self.window} steps: speed {self.speed:.6g} a step, |g| ≤ {self.gradient:.6g}"
        if self.period is not None:
            head += f", period {self.period}"
        if self.limit is not None:
            head += f", at {self.limit}"
        if self.first_bad_step is not None:
            head += f", first not finite at step {self.first_bad_step}"
        return head + ")"


LONGEST_PERIOD = 64
"""Longest cycle looked for."""

TOLERANCE = 1e-9
"""Relative size of what counts as no movement."""

CODES: tuple[Outcome, ...] = (
    Outcome.UNSETTLED,
    Outcome.DRIFTS,
    Outcome.CYCLES,
    Outcome.CONVERGES,
    Outcome.STALLS,
    Outcome.OVERFLOWS,
)
"""Outcomes by the numbers that stand for them in arrays."""


@dataclass(frozen=True)
class Summary:
    """What of runs decides their outcomes, one element a run. A tail is the last half: the last ⌊K/2⌋ steps.

    Attributes:
        finite: Whether every iterate and gradient is finite.
        reach: Largest |x| of the run.
        spread: Largest distance of a point of the tail from the last one.
        gradient: Largest |g| of the tail.
        largest_gradient: Largest |g| of the run.
        period: Period p ≥ 2 of a cycle as `period_of` finds it, else 0.
        net: Length of the tail's displacement.
        path: Length of the tail's path.
        first_pace: Displacement a step over the tail's first half.
        second_pace: The same over its second half.
    """

    finite: npt.NDArray[np.bool_]
    reach: FloatArray
    spread: FloatArray
    gradient: FloatArray
    largest_gradient: FloatArray
    period: npt.NDArray[np.integer[Any]]
    net: FloatArray
    path: FloatArray
    first_pace: FloatArray
    second_pace: FloatArray

    def outcomes(self, tolerance: float = TOLERANCE) -> npt.NDArray[np.int8]:
        """The outcomes, as indices into `CODES`; see `diagnose` for what they mean.

        Args:
            tolerance: Relative size of what counts as no movement, in (0, 1).
        """
        with np.errstate(invalid="ignore"):
            settled = self.spread <= tolerance * self.reach
            scale = np.sqrt(tolerance) * np.maximum(self.largest_gradient, np.finfo(float).tiny)
            vanishing = (self.gradient <= scale) | (self.gradient == 0)
            steady = (self.second_pace >= 0.75 * self.first_pace) & (self.first_pace > 0)
            drifts = (self.net >= 0.5 * self.path) & steady
        chosen = np.select(
            [~self.finite, settled & vanishing, settled, self.period > 0, drifts],
            [CODES.index(o) for o in (Outcome.OVERFLOWS, Outcome.CONVERGES, Outcome.STALLS, Outcome.CYCLES)]
            + [CODES.index(Outcome.DRIFTS)],
            CODES.index(Outcome.UNSETTLED),
        )
        return chosen.astype(np.int8)


def points_for_period(window: int, longest_period: int = LONGEST_PERIOD) -> int:
    """How many of the last points `period_of` looks at: all of a tail of `window` steps, or three longest periods."""
    return min(window, 3 * longest_period) + 1


def period_of(
    points: FloatArray, bound: FloatArray, longest_period: int = LONGEST_PERIOD
) -> npt.NDArray[np.integer[Any]]:
    """The least p ≥ 2 with |x_{k+p} − x_k| ≤ bound for all of the points, or 0 where there is none or p = 1 is one.

    Args:
        points: Consecutive iterates × runs × coordinates.
        bound: One for each run.
        longest_period: Longest p tried; at most half of the points.

    >>> period_of(np.array([[[1.0]], [[2.0]], [[1.0]], [[2.0]], [[1.0]]]), np.array([0.0]))
    array([2])

    Points that hardly move have no period: they come to rest, or creep.

    >>> period_of(np.array([[[4e-9]], [[3e-9]], [[2e-9]], [[1e-9]], [[0.0]]]), np.array([2e-9]))
    array([0])
    """
    found = np.zeros(points.shape[1], np.int64)
    bounds = np.broadcast_to(bound, points.shape[1])
    rests = np.ones(points.shape[1], np.bool_)
    for before, after in itertools.pairwise(points):  # one by one, for many runs are large
        rests &= np.abs(after - before).max(axis=-1) <= bounds
    for period in range(2, min(longest_period, (len(points) - 1) // 2) + 1):
        # The last pair alone rules most out.
        apart = np.abs(points[-1] - points[-1 - period]).max(axis=-1)
        near = np.flatnonzero((found == 0) & ~rests & (apart <= bounds))
        if near.size:
            apart = np.abs(points[period:, near] - points[:-period, near]).max(axis=(0, 2))
            found[near[apart <= bounds[near]]] = period
    return found


def diagnose(
    trajectory: Trajectory, *, tolerance: float = TOLERANCE, longest_period: int = LONGEST_PERIOD
) -> Diagnosis:
    """What the last half of a single trajectory did: drifts, cycles, converges, stalls, overflows or is unsettled.

    In order: *overflows* when a point is not finite; *converges* or *stalls* when the last half moves by at most
    `tolerance` relative to the run's largest |x|, as |g| is below √tolerance of the largest gradient of the run or
    not; *cycles* when x_{k+p} = x_k within the same bound for some p ≥ 2 and not for p = 1, over the last half or its
    last three longest periods; *drifts* when the last half's net displacement is at least half of its path and the pace
    of its second part is at least 3/4 of that of its first (steps that fall like 1/k or faster, as in a bounded walk,
    show at most 0.71); else *unsettled*.

    Args:
        trajectory: Of one run (no batch) of at least 8 steps.
        tolerance: Relative size of what counts as no movement, in (0, 1).
        longest_period: Longest cycle looked for.

    Raises:
        InvalidInput: the trajectory is a batch or too short.

    >>> from misstep import Adam, cubic
    >>> print(diagnose(run(cubic("1/10"), Adam(learning_rate="1/10", eps=0), "0", 100)))
    drifts (last 50 steps: speed 0.1 a step, |g| ≤ 1)
    """
    dimension = trajectory.function.dimension
    if trajectory.f.ndim != 1:
        raise InvalidInput(f"trajectory has shape {trajectory.x.shape}: diagnose takes one run, not a batch")
    if trajectory.n_steps < 8:
        raise InvalidInput(f"trajectory has {trajectory.n_steps} steps: at least 8 are needed")
    x, g = (_as_rows(array) for array in (trajectory.x, trajectory.g))
    finite = np.isfinite(x).all(axis=1) & np.isfinite(g).all(axis=1)
    if not finite.all():
        bad = int(np.argmin(finite))
        return Diagnosis(Outcome.OVERFLOWS, len(x) - bad, np.nan, np.nan, first_bad_step=bad)
    window = trajectory.n_steps // 2
    middle = window // 2
    tail = x[-window - 1 :]
    gradients = _lengths(g)
    reach = np.abs(x).max()
    period = int(
        period_of(tail[-points_for_period(window, longest_period) :, None], tolerance * reach, longest_period)[0]
    )
    summary = Summary(
        np.array(True),
        reach,
        np.abs(tail - tail[-1]).max(),
        gradients[-window - 1 :].max(),
        gradients.max(),
        np.array(period),
        _lengths(tail[-1] - tail[0]),
        _lengths(np.diff(tail, axis=0)).sum(),
        _lengths(tail[middle] - tail[0]) / middle,
        _lengths(tail[-1] - tail[middle]) / (window - middle),
    )
    outcome = CODES[int(summary.outcomes(tolerance))]
    speed, gradient = float(summary.net) / window, float(summary.gradient)
    limit: float | list[float] | None = None
    if outcome in (Outcome.CONVERGES, Outcome.STALLS):
        limit = float(tail[-1][0]) if dimension == 1 else [float(coordinate) for coordinate in tail[-1]]
    cycle = period if outcome is Outcome.CYCLES else None
    return Diagnosis(outcome, window, speed, gradient, period=cycle, limit=limit)


def _lengths(vectors: FloatArray) -> FloatArray:
    """Length of each vector along the last axis, also where its square is out of range."""
    scale = np.abs(vectors).max(axis=-1, keepdims=True)
    scale = np.where(scale > 0, scale, 1)
    lengths: FloatArray = np.linalg.norm(vectors / scale, axis=-1) * scale[..., 0]
    return lengths


def _as_rows(array: npt.NDArray[Any]) -> FloatArray:
    """Points as rows of floats."""
    floats = array.astype(float) if array.dtype == object else array.astype(np.float64)
    return floats.reshape(len(floats), -1)
