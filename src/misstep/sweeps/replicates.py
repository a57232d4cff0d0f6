"""From the runs of a cell to the cell: what its replicates did together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from misstep.scalars import FloatArray
from misstep.sweeps.quantities import NEVER, NOT_PREDICTED, OUTCOMES, SURVIVAL

Arrays = Mapping[str, npt.NDArray[Any]]


def over_replicates(lanes: Arrays, replicates: int, wanted: Collection[str]) -> dict[str, npt.NDArray[Any]]:
    """The wanted quantities of each cell, from those of its runs.

    The most frequent outcome and period (of equals the smaller), the mean speed, gradient and exponent over the runs
    that have one, the lower median of the departures (a run that never departs departs last), the least and the largest
    f, and the share of runs that never depart, with Wilson's 95 % interval.

    Args:
        lanes: What `run_lanes` returned; the replicates of a cell are next to each other.
        replicates: R ≥ 1, runs a cell.
        wanted: Names of quantities.

    >>> lanes = {"departure": np.array([-1, 7, -1, -1]), "speed": np.array([1.0, 0.0, 1.0, 1.0])}
    >>> cells = over_replicates(lanes, 2, ("speed", "survival"))
    >>> cells["speed"], cells["survival"]
    (array([0.5, 1. ]), array([0.5, 1. ]))
    """
    if replicates == 1:
        return {name: values for name, values in lanes.items() if name in wanted}
    cells = {name: values.reshape(-1, replicates) for name, values in lanes.items()}
    found: dict[str, npt.NDArray[Any]] = {}
    for name, values in cells.items():
        if name == "outcome":
            counts = np.stack([(values == code).sum(axis=1) for code in range(len(OUTCOMES))])
            found[name] = counts.argmax(axis=0).astype(values.dtype)
        elif name == "period":
            found[name] = np.array([np.bincount(row).argmax() for row in values], values.dtype)
        elif name == "departure":
            last = np.iinfo(values.dtype).max
            ordered = np.sort(np.where(values == NEVER, last, values), axis=1)[:, (replicates - 1) // 2]
            found[name] = np.where(ordered == last, NEVER, ordered)
        elif name in ("f_min", "f_max"):
            found[name] = (np.fmin if name == "f_min" else np.fmax).reduce(values, axis=1)
        else:
            finite = np.isfinite(values)
            with np.errstate(invalid="ignore"):
                found[name] = np.where(finite, values, 0).sum(axis=1) / finite.sum(axis=1)
    if SURVIVAL & set(wanted):
        departure = cells["departure"]
        low, high = wilson_interval((departure == NEVER).sum(axis=1), replicates)
        found |= {"survival": (departure == NEVER).sum(axis=1) / replicates, "survival_low": low, "survival_high": high}
        nothing = (departure == NOT_PREDICTED).all(axis=1)
        found |= {name: np.where(nothing, np.nan, found[name]) for name in SURVIVAL}
    return {name: values for name, values in found.items() if name in wanted}


def wilson_interval(successes: npt.NDArray[Any], n: int, z: float = 1.959963984540054) -> tuple[FloatArray, FloatArray]:
    """Wilson's score interval for a probability.

        (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²))/(1 + z²/n)

    Args:
        successes: Number of successes, each in 0 … n.
        n: Number of trials, at least 1.
        z: Normal quantile; the default is that of a 95 % interval.

    >>> low, high = wilson_interval(np.array([5]), 10)
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.2366, 0.7634)

    Source: Wilson 1927.
    """
    p = successes / n
    center, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (center - half) / (1 + z * z / n), (center + half) / (1 + z * z / n)
    # Exact at the ends, where rounding would leave a little.
    return np.where(successes == 0, 0.0, low), np.where(successes == n, 1.0, high)
