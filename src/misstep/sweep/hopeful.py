"""Which cells of a sweep may be proved to drift: cheap conditions, looked at before any proof is tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from misstep.functions import PiecewisePolynomial
from misstep.scalars import FloatArray, exact, exact_from_float
from misstep.sweep.cells import lanes_at
from misstep.sweep.functions import predicted_slope
from misstep.sweep.kernels.advance import KernelName
from misstep.sweep.kernels.lanes import Lanes
from misstep.sweep.kernels.run import path, run_lanes
from misstep.sweep.quantities import DRIFTS
from misstep.sweep.spec import SweepSpec

_FIRST_STEPS, _NEAR = 64, 1e-6
"""Steps on the constant gradient −c after which f' must have been −c, and within what part of c floats may see it."""

WATCHED_STEPS = 2048
"""Steps after which a run that only comes to its drift must be seen drifting."""

Mask = npt.NDArray[np.bool_]


def hopeful(
    spec: SweepSpec, labels: tuple[int, int, int], columns: Mapping[str, FloatArray], kernel: KernelName
) -> Mask:
    """Which cells are worth a proof; of each cell by itself, whatever the others are.

    Without noise and at a constant learning rate, on a piecewise polynomial for which a drift on −c is predicted, either
    f'(x_0) = −c exactly and f' is −c, within rounding, at the first 64 iterates; or f has intervals on which f' is −c, and
    a run of 2048 steps in float64 is seen drifting.

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
    sure = _begins(spec, labels, columns, kept, lanes)
    if sure.any():
        sure[sure] = _stays(_lanes(spec, labels, columns, _within(kept, sure)))
    found[kept] = sure
    rest = kept & ~found
    if rest.any() and all(_flat(function, lanes) for function in lanes.functions):
        seen = replace(_lanes(spec, labels, columns, rest), n_steps=WATCHED_STEPS, quantities=_with_outcome(lanes))
        found[rest] = run_lanes(seen, kernel)["outcome"] == DRIFTS
    return found


def _within(kept: Mask, chosen: Mask) -> Mask:
    """Those of `kept` that are chosen among them."""
    found = kept.copy()
    found[kept] = chosen
    return found


def _lanes(
    spec: SweepSpec, labels: tuple[int, int, int], columns: Mapping[str, FloatArray], kept: Mask
) -> Lanes:
    """The cells without noise, in float64."""
    key = np.zeros(int(kept.sum()), np.uint64)
    lanes = lanes_at(spec, labels, {name: column[kept] for name, column in columns.items()}, (key, key))
    return replace(lanes, noise=None, dtype="float64", moments="same")


def _with_outcome(lanes: Lanes) -> frozenset[str]:
    """What the sweep measures, so that no other kernel is compiled, and the outcome."""
    return lanes.quantities | {"outcome"}


def _begins(
    spec: SweepSpec, labels: tuple[int, int, int], columns: Mapping[str, FloatArray], kept: Mask, lanes: Lanes
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


def _stays(lanes: Lanes) -> Mask:
    """Where f' is −c at the first iterates of the run on the gradient −c, as far as floats can tell."""
    slopes, index = np.unique(lanes.slope, return_inverse=True)
    lines = tuple(PiecewisePolynomial((0, 1), ((0, -exact_from_float(float(c))),)) for c in slopes)
    x = path(replace(lanes, functions=lines, function_index=index.astype(np.intp)), _FIRST_STEPS)
    found = np.zeros(lanes.n, np.bool_)
    for i, function in enumerate(lanes.functions):
        here = lanes.function_index == i
        off = np.abs(function.gradient(x[:, here]) + lanes.slope[here])
        found[here] = (off <= _NEAR * lanes.slope[here]).all(axis=0)
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
