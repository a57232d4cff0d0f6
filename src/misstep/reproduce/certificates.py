"""Certificates of what the rows prove, for whoever would rather not take our word for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flint import fmpq

from misstep.certificates.intervals import Interval
from misstep.functions import PiecewisePolynomial, cubic, plateau, spline
from misstep.optimizers import Adam, adam_dialect
from misstep.proofs import (
    Certificate,
    Drift,
    constant_drift,
    prove_drift,
    prove_function,
    prove_rounded,
    prove_vanishing,
)
from misstep.proofs.methods import recurrence, with_ranges

Make = Callable[[fmpq], Certificate]

SUFFIX = ".cert.json"


def _on(function: PiecewisePolynomial, alpha: fmpq, start: Interval, *, optimal: bool = False) -> Certificate:
    """Adam as the paper has it, for all β1 and β2."""
    method = with_ranges(recurrence(adam_dialect("toint", learning_rate=alpha)), beta1=("0", "1"), beta2=("0", "1"))
    return prove_drift(Drift(method, function, start, (fmpq(-1),), alpha, optimal=optimal))


def _corrected(alpha: fmpq) -> Certificate:
    method = with_ranges(recurrence(Adam(learning_rate=alpha, eps=0)), beta1=("0", "1"), beta2=("0", "1"))
    return prove_drift(Drift(method, cubic(alpha), _ORIGIN, (fmpq(-1),), alpha))


def _with_eps(adam: Adam, spacing: fmpq) -> Certificate:
    return prove_drift(Drift(recurrence(adam), spline(spacing), _ORIGIN, (fmpq(-1),), spacing, optimal=True))


def _rounding(alpha: fmpq) -> Certificate:
    method = recurrence(adam_dialect("toint", learning_rate=alpha))
    return prove_rounded(constant_drift(method, plateau="1/4"), unit=fmpq(1, 2**53), n_steps=1_000_000)


def _nodes(function: PiecewisePolynomial, alpha: fmpq, *, optimal: bool = False) -> Certificate:
    return prove_function(function, jets_at=[k * alpha for k in range(3)], optimal=optimal)


_ORIGIN = Interval.point(0)
_EPS = fmpq(1, 100)

_MAKERS: Mapping[str, Make] = MappingProxyType(
    {
        "cubic": lambda alpha: _nodes(cubic(alpha), alpha),
        "spline": lambda alpha: _nodes(spline(alpha), alpha, optimal=True),
        "adam": lambda alpha: _on(cubic(alpha), alpha, _ORIGIN),
        "adam-corrected": _corrected,
        "adam-on-spline": lambda alpha: _on(spline(alpha), alpha, _ORIGIN, optimal=True),
        "adam-on-plateaus": lambda alpha: _on(plateau(alpha), alpha, Interval(-alpha / 4, alpha / 4)),
        "adam-eps": lambda alpha: _with_eps(Adam(learning_rate=alpha, eps=_EPS), alpha / (1 + _EPS)),
        "adam-eps-root": lambda alpha: _with_eps(Adam(learning_rate=alpha, eps=0, eps_root="7/9"), alpha * fmpq(3, 4)),
        "adam-rounding": _rounding,
        "adam-vanishing": lambda alpha: prove_vanishing(learning_rate=alpha),
        "adam-vanishing-fast": lambda alpha: prove_vanishing(learning_rate=alpha, beta1="1/2", beta2="9/10"),
    }
)

_OF_ROWS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "jets": ("cubic",),
        "smooth": ("cubic",),
        "lipschitz": ("cubic",),
        "bounded": ("cubic",),
        "iterates": ("adam",),
        "initialisation": ("adam", "adam-corrected"),
        "linear-growth": ("adam",),
        "smallest-lipschitz": ("spline",),
        "decreasing-steps": ("adam-vanishing", "adam-vanishing-fast"),
        "other-functions": ("adam-on-spline", "adam-on-plateaus"),
        "epsilon": ("adam-eps", "adam-eps-root"),
        "perturbed-start": ("adam-on-plateaus", "adam-rounding"),
    }
)


def certificates_of(row_id: str, alpha: fmpq) -> dict[str, Certificate]:
    """The certificates behind a row, by the names of their files.

    Args:
        row_id: Of the row.
        alpha: The paper's stepsize.

    >>> [name for name in certificates_of("lipschitz", fmpq(1, 10))]
    ['cubic.cert.json']
    """
    return {name + SUFFIX: _MAKERS[name](alpha) for name in _OF_ROWS.get(row_id, ())}
