"""Adam as the paper has it, for any stepsize: the drifts that the library ships and a reproduction hands out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from misstep.certificates.intervals import Interval
from misstep.functions import PiecewisePolynomial
from misstep.optimizers import Optimizer, adam_dialect
from misstep.proofs.certificate import Certificate
from misstep.proofs.drift import Drift, prove_drift, prove_rounded
from misstep.proofs.methods import recurrence, with_ranges
from misstep.proofs.wells import constant_drift

_FLOAT64, _STEPS = fmpq(1, 2**53), 1_000_000


def papers_adam(alpha: fmpq, **betas: Any) -> Optimizer[Any]:
    """Adam that starts from the first gradient, without bias correction and ε."""
    return adam_dialect("toint", learning_rate=alpha, **betas)


def for_all_betas(optimizer: Optimizer[Any]) -> dict[str, Any]:
    """The recurrence for every β1 and β2 in [0, 1].

    >>> for_all_betas(papers_adam(fmpq(1, 10)))["beta1"]
    ['0', '1']
    """
    return with_ranges(recurrence(optimizer), beta1=("0", "1"), beta2=("0", "1"))


def drift_on(
    function: PiecewisePolynomial,
    method: Mapping[str, Any],
    spacing: fmpq,
    *,
    half_width: fmpq | int = 0,
    optimal: bool = False,
) -> Certificate:
    """The drift of a method on the gradient −1, with one node a step from 0 on.

    Args:
        function: f.
        method: The recurrence.
        spacing: What a step adds to x.
        half_width: Every start at most so far from 0.
        optimal: Whether no smaller constant allows it.

    Raises:
        NotProved: it does not drift so.
    """
    start = Interval(fmpq(-half_width), fmpq(half_width))
    return prove_drift(Drift(method, function, start, (fmpq(-1),), spacing, optimal=optimal))


def rounding(alpha: fmpq) -> Certificate:
    """That on plateaus of a quarter of the spacing a million steps in float64 do not lose the drift."""
    return prove_rounded(constant_drift(recurrence(papers_adam(alpha)), plateau="1/4"), unit=_FLOAT64, n_steps=_STEPS)
