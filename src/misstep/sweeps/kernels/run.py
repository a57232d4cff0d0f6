"""Run lanes to their end and say what each did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from misstep.errors import InvalidInput
from misstep.scalars import FloatArray
from misstep.sweeps.kernels.advance import Kernel, KernelName, Lot
from misstep.sweeps.kernels.lanes import Lanes
from misstep.sweeps.kernels.measures import DEPARTURE, EXPONENT, MOVES, TANGENT, VALUES
from misstep.sweeps.kernels.trace import Steps, traced_steps
from misstep.trajectory import LONGEST_PERIOD, TOLERANCE, Summary, period_of, points_for_period

FIRST_WATCH = 1024
"""Step after which a run is first watched for an exact period; it is again at each doubling."""

BLOCK = 4032
"""Lanes that are run together: their last points, and what is watched of them, stay small.

No power of 2, by which rows of what is kept would get in each other's way in a cache.
"""

WATCHED = 576
"""Lanes whose states of `LONGEST_PERIOD` steps are kept at a time: they fit a second-level cache."""

_LONGEST_SEGMENT = 2**22
"""Steps that float32 counts without rounding."""


def run_lanes(lanes: Lanes, kernel: KernelName) -> dict[str, npt.NDArray[Any]]:
    """What each lane did, by quantity.

    Args:
        lanes: The runs.
        kernel: `"numba"` or `"numpy"`, which agree to the last bit; or `"jax"`, of which a step differs from theirs by
            at most `jax_source.ULPS` units in the last place.

    Returns:
        Arrays of one element a lane, those of `lanes.quantities`: `outcome` (an index into `trajectory.CODES`),
        `period`, `speed` (mean displacement a step over the last half), `gradient` (|f'| at the last iterate),
        `departure` (first k with |f'(x_k) + c| > c/2, −1 for never, −2 where no c is predicted), `f_min`, `f_max` and
        `lyapunov`.

    Raises:
        InvalidInput: there are under 8 steps, or no kernel for the method or function.
        MissingDependency: numba or JAX is not installed and was asked for.
    """
    if lanes.n_steps < 8:
        raise InvalidInput(f"n_steps = {lanes.n_steps} must be at least 8")
    steps = traced_steps(lanes)
    by, room = Kernel(steps, kernel, type(lanes.optimizer).__name__), _Room()
    size = lanes.n if kernel == "jax" else BLOCK  # a GPU wants many
    parts = [
        _Run(_part(lanes, slice(start, start + size)), steps, by, start, room).results()
        for start in range(0, lanes.n, size)
    ]
    return parts[0] if len(parts) == 1 else {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}


def _part(lanes: Lanes, where: slice) -> Lanes:
    """Some of the lanes, but for their hyper-parameters and functions, which are in the constants of their programs."""
    own = {name: getattr(lanes, name)[where] for name in ("x0", "slope", "cell", "replicate", "function_index")}
    return replace(lanes, **own)


class _Room:
    """Memory for what is kept of some steps: taken once, since what is new is slow."""

    def __init__(self) -> None:
        self.held: dict[str, npt.NDArray[np.uint8]] = {}

    def array(self, use: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> FloatArray:
        """An array of that shape, until the next one is asked for the same use; what is in it is left over."""
        size = int(np.prod(shape)) * dtype.itemsize
        if use not in self.held or self.held[use].size < size:
            self.held[use] = np.empty(size, np.uint8)
        return self.held[use][:size].view(dtype).reshape(shape)


def path(lanes: Lanes, n_steps: int) -> FloatArray:
    """The iterates x_1, …, x_K of each lane, by numpy: K × lanes.

    Args:
        lanes: The runs; their own number of steps is not used.
        n_steps: K ≥ 8; everything is kept, so few.
    """
    own = replace(lanes, n_steps=n_steps, quantities=frozenset())
    steps = traced_steps(own)
    run = _Run(own, steps, Kernel(steps, "numpy", type(lanes.optimizer).__name__), 0, _Room())
    history = np.empty((n_steps, 1, lanes.n), run.steps.inputs.dtype)
    run.kernel.advance(run.lot, 0, n_steps, history)
    return history[:, 0]


@dataclass
class _Seen:
    """What is kept of every lane, also of those that are no longer run. NaN where there is nothing yet."""

    x_tail: FloatArray
    x_middle: FloatArray
    x_end: FloatArray
    reach: FloatArray
    spread: FloatArray
    tail_gradient: FloatArray
    largest_gradient: FloatArray
    path: FloatArray
    f_low: FloatArray
    f_high: FloatArray
    gradient: FloatArray
    value: FloatArray
    growth_tail: FloatArray
    growth_end: FloatArray


class _Run:
    def __init__(self, lanes: Lanes, steps: Steps, kernel: Kernel, start: int, room: _Room) -> None:
        self.lanes, n = lanes, lanes.n
        self.steps, self.kernel, self.start, self.room = steps, kernel, start, room
        self.row = {name: r for r, name in enumerate(self.steps.later.rows)}
        self.window = lanes.n_steps // 2
        self.tail = lanes.n_steps - self.window
        self.middle = self.tail + self.window // 2
        self.n_points = points_for_period(self.window)
        self.seen = _Seen(*(np.full(n, np.nan) for _ in _Seen.__dataclass_fields__))
        self.departure = np.full(n, -1, np.int64)
        self.points = room.array("points", (self.n_points, n), self.steps.inputs.dtype)
        self.points.fill(np.nan)  # lanes that overflow leave theirs as they are
        self.active = np.arange(n)
        self.lot = self.started()

    def started(self) -> Lot:
        """All lanes before their first step."""
        lanes, inputs, n = self.lanes, self.steps.inputs, self.lanes.n
        rows = np.zeros((len(self.row), n), inputs.dtype)
        rows[0] = lanes.x0
        own = slice(self.start, self.start + n)
        constants = np.array([values[own] for values in inputs.lane.values()], inputs.dtype).reshape(-1, n)
        cell, replicate = (key if key.size else np.zeros(n, np.uint64) for key in (lanes.cell, lanes.replicate))
        lot = Lot(rows, constants, np.stack([cell, replicate, np.full(n, lanes.seed, np.uint64)]))
        first = self.kernel.evaluate(self.steps.start, lot)
        for name, values in zip(self.steps.start.rows, first, strict=True):
            rows[self.row[name]] = values
        rows[[self.row["x_low"], self.row["x_high"]]] = rows[0]
        if DEPARTURE in self.row:
            rows[self.row[DEPARTURE]] = -1
        if VALUES[0] in self.row:
            rows[self.row["f_low"]], rows[self.row["f_high"]] = np.inf, -np.inf
        return lot

    # --- stepping -----------------------------------------------------------------------------------------------------

    def results(self) -> dict[str, npt.NDArray[Any]]:
        """Run to the end, then say what happened."""
        k = 0
        for stop in self.stops():
            if not self.active.size:
                break
            k = self.to(k, stop)
        if self.active.size:
            self.keep_end(self.active, self.lot.rows)
        return self.judged()

    def stops(self) -> Iterator[int]:
        """Steps at which something is looked at, in order, the last step last."""
        n = self.lanes.n_steps
        wanted = {self.tail, self.middle, n - self.n_points + 1, n}
        wanted |= set(range(_LONGEST_SEGMENT, n, _LONGEST_SEGMENT))
        watch = FIRST_WATCH
        while watch < n:
            wanted.add(watch)
            watch *= 2
        return iter(sorted(wanted))

    def to(self, k: int, stop: int) -> int:
        """Run all lanes on from step k to `stop`, and do there what is to be done."""
        n = self.lanes.n_steps
        if k >= n - self.n_points + 1:
            self.keep_points(k, stop)
        else:
            self.move(k, stop)
        if stop == self.tail:
            self.start_tail(self.active, self.lot.rows)
        if stop == self.middle:
            self.seen.x_middle[self.active] = self.lot.rows[0]
        self.drop_overflown()
        if stop >= FIRST_WATCH and stop & (stop - 1) == 0 and self.can_watch(stop):
            return self.watch(stop)
        return stop

    def move(self, k: int, stop: int, history: FloatArray | None = None) -> None:
        self.kernel.advance(self.lot, k, stop - k, history)
        self.find_departures(k)

    def find_departures(self, k: int) -> None:
        """Note which lanes left the predicted orbit since step k."""
        if DEPARTURE in self.row:
            local = self.lot.rows[self.row[DEPARTURE]]
            new = (self.departure[self.active] < 0) & (local >= 0)
            self.departure[self.active[new]] = k + local[new].astype(np.int64)

    def keep_points(self, k: int, stop: int) -> None:
        """The last points are kept, to find a period among them; those of lanes that overflowed count for nothing."""
        first = k - (self.lanes.n_steps - self.n_points + 1)
        points, n = self.points[first : first + 1 + stop - k], self.active.size
        if n == self.lanes.n:
            points[0] = self.lot.rows[0]
            self.move(k, stop, points[1:, None])
            return
        history = self.room.array("history", (stop - k, 1, n), points.dtype)
        points[0, self.active] = self.lot.rows[0]
        self.move(k, stop, history)
        points[1:, self.active] = history[:, 0]

    def start_tail(self, index: npt.NDArray[np.intp], rows: FloatArray) -> None:
        """The last half begins: what was measured so far is put aside."""
        self.keep_reach(index, rows)
        self.seen.x_tail[index] = rows[0]
        self.seen.growth_tail[index] = self.growth(rows)
        for name in MOVES:
            rows[self.row[name]] = rows[0] if name.startswith("x") else 0

    def keep_reach(self, index: npt.NDArray[np.intp], rows: FloatArray) -> None:
        """Fold the largest |x| and |g| measured since the last start anew into those of the run."""
        low, high, gradient = (rows[self.row[name]] for name in MOVES[:3])
        self.seen.reach[index] = np.fmax(self.seen.reach[index], np.maximum(np.abs(low), np.abs(high)))
        self.seen.largest_gradient[index] = np.fmax(self.seen.largest_gradient[index], gradient)

    def growth(self, rows: FloatArray) -> FloatArray:
        """Log₂ of the length of the tangent vector."""
        parts = [rows[r].astype(np.float64) for name, r in self.row.items() if name.startswith(TANGENT)]
        if not parts:
            return np.full(rows.shape[1], np.nan)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            length: FloatArray = np.log2(np.sum(np.abs(parts), axis=0)) + rows[self.row[EXPONENT]]
        return length

    # --- the end of a lane --------------------------------------------------------------------------------------------

    def keep_end(self, index: npt.NDArray[np.intp], rows: FloatArray) -> None:
        """These lanes have come to their last step."""
        seen = self.seen
        self.keep_reach(index, rows)
        low, high, gradient = (rows[self.row[name]].astype(np.float64) for name in MOVES[:3])
        x = rows[0].astype(np.float64)
        seen.x_end[index], seen.growth_end[index] = x, self.growth(rows)
        with np.errstate(invalid="ignore"):  # x may be infinite
            seen.spread[index] = np.maximum(high - x, x - low)
        seen.tail_gradient[index] = gradient
        seen.path[index] = rows[self.row["path"]]
        if VALUES[0] in self.row:
            seen.f_low[index], seen.f_high[index] = rows[self.row["f_low"]], rows[self.row["f_high"]]

    def drop_overflown(self) -> None:
        """Lanes whose x is not finite are done: it stays so."""
        lost = ~np.isfinite(self.lot.rows[0])
        if lost.any():
            self.keep_end(self.active[lost], self.lot.rows[:, lost])
            self.keep_only(~lost)

    def keep_only(self, kept: npt.NDArray[np.bool_]) -> None:
        """Go on with these lanes."""
        self.active, self.lot = self.active[kept], self.lot.only(np.flatnonzero(kept))

    # --- exact periods ------------------------------------------------------------------------------------------------

    def can_watch(self, k: int) -> bool:
        """Whether a lane may be found periodic here: what its rows do next must depend on them alone.

        The tangent vector of a periodic lane is not periodic, so lanes whose growth is measured are run to their end.
        """
        near = [stop for stop in (self.tail, self.middle, self.lanes.n_steps - self.n_points + 1) if stop > k]
        clear = not near or min(near) >= k + LONGEST_PERIOD
        fits = k + 2 * LONGEST_PERIOD + self.n_points <= self.lanes.n_steps
        return self.steps.later.autonomous and EXPONENT not in self.row and self.active.size > 0 and clear and fits

    def watch(self, k: int) -> int:
        """Run `LONGEST_PERIOD` steps; lanes whose state returns exactly are finished without stepping."""
        rows, n = self.lot.rows, self.active.size
        period, orbits = np.zeros(n, np.intp), []
        for start in range(0, n, WATCHED):
            part = self.lot.only(np.arange(start, min(start + WATCHED, n)))
            before = part.rows[: self.steps.method_rows].copy()
            history = self.room.array("history", (LONGEST_PERIOD, *before.shape), self.steps.inputs.dtype)
            self.kernel.advance(part, k, LONGEST_PERIOD, history)
            rows[:, start : start + WATCHED] = part.rows
            returns = (history == before).all(axis=1)
            periodic = returns.any(axis=0)
            period[start : start + WATCHED] = np.where(periodic, np.argmax(returns, axis=0) + 1, 0)
            orbits.append(np.concatenate([before[:1, periodic], history[:, 0, periodic]]))
        self.find_departures(k)
        periodic = period > 0
        if periodic.any():
            orbit = np.concatenate(orbits, axis=1)
            self.finish(self.active[periodic], k, orbit, period[periodic], self.lot.only(np.flatnonzero(periodic)))
            self.keep_only(~periodic)
        return k + LONGEST_PERIOD

    def finish(
        self, index: npt.NDArray[np.intp], k: int, orbit: FloatArray, period: npt.NDArray[np.intp], lot: Lot
    ) -> None:
        """Lanes with x_{k+j} = orbit[j mod period] for every j: what stepping on would have found.

        All of a period was seen before this is called, so extremes of x, |g| and f over the run, and whether the orbit
        was left, are known.
        """
        lanes = np.arange(len(index))

        def x_at(step: int) -> FloatArray:
            values: FloatArray = orbit[(step - k) % period, lanes]
            return values

        rows = lot.rows
        if k < self.tail:
            self.start_tail(index, rows)
            self.seen.x_tail[index] = x_at(self.tail)
            points = orbit[: period.max()]
            visited = np.arange(len(points))[:, None] < period
            rows[self.row["x_low"]] = np.where(visited, points, np.inf).min(axis=0)
            rows[self.row["x_high"]] = np.where(visited, points, -np.inf).max(axis=0)
            rows[self.row["g_high"]] = np.where(visited, self.gradients(points, lot), 0).max(axis=0)
        if k < self.middle:
            self.seen.x_middle[index] = x_at(self.middle)
        first = self.lanes.n_steps - self.n_points + 1
        for i in range(self.n_points):
            self.points[i, index] = x_at(first + i)
        rows[0] = x_at(self.lanes.n_steps)
        self.keep_end(index, rows)

    def gradients(self, orbit: FloatArray, lot: Lot) -> FloatArray:
        """|f'| at points × lanes."""
        times = len(orbit)
        many = Lot(np.tile(lot.rows, times), np.tile(lot.constants, times), np.tile(lot.keys, times))
        many.rows[0] = orbit.ravel()
        at = list(self.steps.ends.rows).index("gradient")
        sizes: FloatArray = np.abs(self.kernel.evaluate(self.steps.ends, many)[at])
        return sizes.reshape(orbit.shape)

    # --- what it comes to ---------------------------------------------------------------------------------------------

    def judged(self) -> dict[str, npt.NDArray[Any]]:
        """The quantities, from what was seen."""
        seen, lanes, window = self.seen, self.lanes, self.window
        self.at_last_point()
        finite = np.isfinite(seen.x_end) & np.isfinite(seen.gradient) & np.isfinite(seen.largest_gradient)
        with np.errstate(invalid="ignore", over="ignore"):
            net = seen.x_end - seen.x_tail
            half = window // 2
            summary = Summary(
                finite,
                seen.reach,
                seen.spread,
                seen.tail_gradient,
                seen.largest_gradient,
                np.where(finite, period_of(self.points[:, :, None], TOLERANCE * seen.reach), 0),
                np.abs(net),
                seen.path,
                np.abs(seen.x_middle - seen.x_tail) / half,
                np.abs(seen.x_end - seen.x_middle) / (window - half),
            )
            growth = (seen.growth_end - seen.growth_tail) * np.log(2) / window
        outcome = summary.outcomes()
        predicted = np.isfinite(lanes.slope)
        found: dict[str, npt.NDArray[Any]] = {
            "outcome": outcome,
            "period": np.where(outcome == 2, summary.period, 0).astype(np.int32),
            "speed": np.where(finite, net / window, np.nan),
            "gradient": np.where(finite, np.abs(seen.gradient), np.nan),
            "departure": np.where(predicted, self.departure, -2),
            "f_min": seen.f_low,
            "f_max": seen.f_high,
            "lyapunov": np.where(finite, growth, np.nan),
        }
        return {name: found[name] for name in found if name in lanes.quantities}

    def at_last_point(self) -> None:
        """The gradient and the value at the last iterate of every lane count too."""
        seen, lanes = self.seen, self.lanes
        lot = self.started()
        lot.rows[0] = seen.x_end
        ends = dict(zip(self.steps.ends.rows, self.kernel.evaluate(self.steps.ends, lot), strict=True))
        seen.gradient, seen.value = ends["gradient"].astype(np.float64), ends["value"].astype(np.float64)
        with np.errstate(invalid="ignore"):
            size = np.abs(seen.gradient)
            seen.tail_gradient = np.fmax(seen.tail_gradient, size)
            seen.largest_gradient = np.fmax(seen.largest_gradient, size)
            seen.f_low, seen.f_high = np.fmin(seen.f_low, seen.value), np.fmax(seen.f_high, seen.value)
            leaves = ~(np.abs(ends["gradient"] + lanes.slope) <= lanes.slope * 0.5)
        self.departure[(self.departure < 0) & leaves & np.isfinite(seen.x_end)] = lanes.n_steps
