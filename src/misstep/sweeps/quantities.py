"""What a sweep may tell of each cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

OUTCOMES = ("unsettled", "drifts", "cycles", "converges", "stalls", "overflows")
"""What the codes 0, 1, … of `outcome` mean."""

NOT_COMPUTED = -1
"""What stands for the outcome of a cell that is not computed yet."""

UNSETTLED, DRIFTS, CYCLES, CONVERGES, STALLS, OVERFLOWS = range(6)

NEVER, NOT_PREDICTED = -1, -2
"""Values of `departure`: the gradient is the predicted one at every step; none is predicted."""


@dataclass(frozen=True)
class Quantity:
    """A variable of the dataset.

    Attributes:
        dtype: As numpy names it.
        missing: What stands where there is nothing.
        attrs: CF attributes, `long_name` and `units` among them.
    """

    dtype: str
    missing: float
    attrs: Mapping[str, Any] = field(default_factory=dict)


def _quantity(dtype: str, missing: float, long_name: str, units: str, **attrs: Any) -> Quantity:
    return Quantity(dtype, missing, {"long_name": long_name, "units": units, **attrs})


NAN = float("nan")

QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "outcome": _quantity(
            "int8",
            NOT_COMPUTED,
            "outcome",
            "1",
            flag_values=list(range(len(OUTCOMES))),
            flag_meanings=" ".join(OUTCOMES),
        ),
        "period": _quantity("int32", 0, "period of the cycle", "step"),
        "speed": _quantity("float64", NAN, "mean displacement a step over the last half", "x/step"),
        "gradient": _quantity("float64", NAN, "|f'| at the last iterate", "f/x"),
        "departure": _quantity(
            "int64", NOT_PREDICTED, "first step off the predicted orbit (-1: never; -2: none is predicted)", "step"
        ),
        "f_min": _quantity("float64", NAN, "smallest f over all iterates", "f"),
        "f_max": _quantity("float64", NAN, "largest f over all iterates", "f"),
        "lyapunov": _quantity("float64", NAN, "largest Lyapunov exponent", "1/step"),
        "survival": _quantity("float64", NAN, "share of replicates that stay on the predicted orbit", "1"),
        "survival_low": _quantity("float64", NAN, "lower end of the Wilson 95 % interval of survival", "1"),
        "survival_high": _quantity("float64", NAN, "upper end of the Wilson 95 % interval of survival", "1"),
    }
)
"""The quantities by name, in the order of a dataset."""

PROVED = Quantity(
    "int8",
    -1,
    {
        "long_name": "proved to drift for ever",
        "units": "1",
        "flag_values": [0, 1],
        "flag_meanings": "observed proved",
        "comment": "proved: a certificate that misstep check accepts says that the recurrence, in real arithmetic and "
        "with the cell's exact numbers, drifts for ever, |f'| being at least a positive number at every iterate. All "
        "other variables tell of the run in floating point, which may do something else.",
    },
)
"""Of a sweep that is certified: `proved`."""

SURVIVAL = frozenset({"survival", "survival_low", "survival_high"})


def applicable(*, predicted: bool, replicates: int) -> tuple[str, ...]:
    """The quantities that apply.

    Args:
        predicted: Whether an orbit is predicted for one of the functions.
        replicates: Runs a cell.

    >>> applicable(predicted=False, replicates=1)
    ('outcome', 'period', 'speed', 'gradient', 'f_min', 'f_max', 'lyapunov')
    """
    left_out = set() if predicted else {"departure", *SURVIVAL}
    left_out |= SURVIVAL if replicates == 1 else set()
    return tuple(name for name in QUANTITIES if name not in left_out)
