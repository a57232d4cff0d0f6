"""Which cells of a sweep may be proved to drift: cheap conditions, looked at before any proof is tried."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from flint import fmpq

from misstep.functions import PiecewisePolynomial
from misstep.scalars import exact, exact_from_float
from misstep.sweeps.cells import Floats, lanes_at
from misstep.sweeps.functions import predicted_slope
from misstep.sweeps.kernels.advance import KernelName
from misstep.sweeps.kernels.lanes import Lanes
from misstep.sweeps.kernels.run import path, run_lanes
from misstep.sweeps.quantities import DRIFTS
from misstep.sweeps.spec import SweepSpec

_FIRST_STEPS, _NEAR = 64, 1e-6
"""Steps on the constant gradient −c after which f' must have been −c, and within what part of c floats may see it."""

_SETTLED, _SETTLED_MEAN = 1e-9, 3e-6
"""How near a step, and the mean of 1024 steps, must be to the settled one, relatively."""

_FAR = 1e15
"""Where floats cannot tell any more, NaN and infinity included."""

WATCHED_STEPS, MOST_WATCHED = 2048, 1024
"""Steps after which a run that only comes to its drift must be seen drifting; and in sweeps of how many cells, of one
method and function, runs are tried that first leave the intervals where f' is −c."""

_ZERO, _ONE = fmpq(0), fmpq(1)

Mask = npt.NDArray[np.bool_]


def hopeful(spec: SweepSpec, labels: tuple[int, int, int], columns: Mapping[str, Floats], kernel: KernelName) -> Mask:
    """Which cells are worth a proof; of each cell by itself, whatever the others are.

    Without noise and at a constant learning rate, on a piecewise polynomial where a drift on −c is predicted, either
    f'(x_0) = −c exactly, and within rounding f' is −c at the first 64 iterates of the run on the gradient −c; or f has
    intervals on which f' is −c, the sweep has at most 1024 cells of the method and function, and a run of 2048 steps in
    float64 is seen drifting and ends on such an interval. In both cases the steps must have settled after 2048.

    Args:
        spec: The sweep.
        labels: Places of the method, the function and the arithmetic.
        columns: The value of each axis at each cell.
        kernel: That runs the cells.
    """
    n = len(next(iter(columns.values())))
    found = np.zeros(n, np.bool_)
    kept = np.ones(n, np.bool_)
    for name in ("noise", "power"):
        kept &= columns[name] == 0 if name in columns else exact(getattr(spec, name)) == 0
    if spec.arithmetic[labels[2]] == "bfloat16" or not kept.any():
        return found
    lanes = _lanes(spec, labels, columns, kept)
    if not all(isinstance(function, PiecewisePolynomial) for function in lanes.functions):
        return found
    if np.isnan(lanes.slope).any():
        return found
    begun = kept.copy()
    begun[kept] = _begins(spec, labels, columns, kept, lanes)
    # Only a run can tell of those whose steps have not settled yet, and of those that leave the intervals.
    slow = np.zeros(n, np.bool_)
    if begun.any():
        stays, settled = _first(_lanes(spec, labels, columns, begun))
        found[begun], slow[begun] = stays & settled, stays & ~settled
    few = _cells(spec) <= MOST_WATCHED and all(_flat(function, lanes) for function in lanes.functions)
    watched = kept & ~found if few else slow
    if watched.any():
        found[watched] = _seen(_lanes(spec, labels, columns, watched), kernel)
    return found


def _cells(spec: SweepSpec) -> int:
    """The cells of one method, function and arithmetic."""
    return math.prod(spec.shape[len(spec.label_dims) :])


def _lanes(spec: SweepSpec, labels: tuple[int, int, int], columns: Mapping[str, Floats], kept: Mask) -> Lanes:
    """The cells without noise, in float64."""
    key = np.zeros(int(kept.sum()), np.uint64)
    lanes = lanes_at(spec, labels, {name: column[kept] for name, column in columns.items()}, (key, key))
    return replace(lanes, noise=None, dtype="float64", moments="same")


def _begins(
    spec: SweepSpec, labels: tuple[int, int, int], columns: Mapping[str, Floats], kept: Mask, lanes: Lanes
) -> Mask:
    """Where f'(x_0) = −c exactly."""
    told = predicted_slope(spec.functions[labels[1]])
    bindings = spec.function_bindings[labels[1]]
    slopes = columns[bindings["slope"]][kept] if "slope" in bindings else None
    starts = columns["x0"][kept] if "x0" in columns else None
    known: dict[tuple[int, float], bool] = {}
    found = np.zeros(lanes.n, np.bool_)
    for i, index in enumerate(lanes.function_index.tolist()):
        key = index, 0.0 if starts is None else float(starts[i])
        if key not in known:
            x = exact(spec.x0) if starts is None else exact_from_float(float(starts[i]))
            c = exact(str(told)) if slopes is None else exact_from_float(float(slopes[i]))
            known[key] = bool(lanes.functions[index].gradient(x) == -c)
        found[i] = known[key]
    return found


def _first(lanes: Lanes) -> tuple[Mask, Mask]:
    """Where f' is −c at the first iterates on the gradient −c, and where the last step of them is the settled one."""
    slopes, index = np.unique(lanes.slope, return_inverse=True)
    lines = tuple(PiecewisePolynomial((_ZERO, _ONE), ((_ZERO, -exact_from_float(float(c))),)) for c in slopes)
    x = path(replace(lanes, functions=lines, function_index=index.astype(np.intp)), _FIRST_STEPS)
    bounded = np.abs(x).max(axis=0) < _FAR
    x = np.where(bounded, x, 0.0)
    stays = np.zeros(lanes.n, np.bool_)
    for i, function in enumerate(lanes.functions):
        here = lanes.function_index == i
        off = np.abs(function.gradient(x[:, here]) + lanes.slope[here])
        stays[here] = (off <= _NEAR * lanes.slope[here]).all(axis=0)
    stays &= bounded
    return stays, _multiple(lanes, x[-1] - x[-2], _SETTLED)


def _seen(lanes: Lanes, kernel: KernelName) -> Mask:
    """Where a run is seen drifting by settled steps, and ends where f' is −c.

    What the sweep measures is measured here too, so that no other kernel is compiled.
    """
    wanted = lanes.quantities | {"outcome", "gradient", "speed"}
    found = run_lanes(replace(lanes, n_steps=WATCHED_STEPS, quantities=wanted), kernel)
    on_flat: Mask = (found["outcome"] == DRIFTS) & (found["gradient"] == lanes.slope)
    return on_flat & _multiple(lanes, found["speed"], _SETTLED_MEAN)


def _multiple(lanes: Lanes, step: Floats, within: float) -> Mask:
    """Where a step is a positive multiple of the period of the lane's function, as far as floats can tell."""
    periods = [getattr(function, "right_period", None) for function in lanes.functions]
    period = np.array([np.nan if value is None else float(value) for value in periods])[lanes.function_index]
    turns = np.where(np.isfinite(step), step, np.nan) / period
    found: Mask = (np.abs(turns - np.round(turns)) <= within * turns) & (turns > 0.5)
    return found


def _flat(function: object, lanes: Lanes) -> bool:
    """Whether there are intervals on which f' is one of the predicted gradients, in the part that is repeated."""
    assert isinstance(function, PiecewisePolynomial)
    slopes = set((-lanes.slope).tolist())
    begins = None if function.right_period is None else function.knots[-1] - function.right_period
    return begins is not None and any(
        start >= begins and float(piece[1]) in slopes and not any(piece[2:])
        for start, piece in zip(function.knots, function.coefficients, strict=False)
    )
