"""Certificates of what the rows prove, for whoever would rather not take our word for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from flint import fmpq

from misstep.functions import PiecewisePolynomial, cubic, plateau, spline
from misstep.optimizers import Adam
from misstep.proofs import Certificate, prove_function, prove_vanishing
from misstep.proofs.certificate import SUFFIX
from misstep.proofs.methods import recurrence
from misstep.proofs.paper import drift_on, for_all_betas, papers_adam, rounding

Make = Callable[[fmpq], Certificate]


def _papers(function: PiecewisePolynomial, alpha: fmpq, **options: Any) -> Certificate:
    """Adam as the paper has it, for all β1 and β2."""
    return drift_on(function, for_all_betas(papers_adam(alpha)), alpha, **options)


def _with_eps(adam: Adam, spacing: fmpq) -> Certificate:
    return drift_on(spline(spacing), recurrence(adam), spacing, optimal=True)


def _nodes(function: PiecewisePolynomial, alpha: fmpq, *, optimal: bool = False) -> Certificate:
    return prove_function(function, jets_at=[k * alpha for k in range(3)], optimal=optimal)


_EPS = fmpq(1, 100)

_MAKERS: Mapping[str, Make] = MappingProxyType(
    {
        "cubic": lambda alpha: _nodes(cubic(alpha), alpha),
        "spline": lambda alpha: _nodes(spline(alpha), alpha, optimal=True),
        "adam": lambda alpha: _papers(cubic(alpha), alpha),
        "adam-corrected": lambda alpha: drift_on(cubic(alpha), for_all_betas(Adam(learning_rate=alpha, eps=0)), alpha),
        "adam-on-spline": lambda alpha: _papers(spline(alpha), alpha, optimal=True),
        "adam-on-plateaus": lambda alpha: _papers(plateau(alpha), alpha, half_width=alpha / 4),
        "adam-eps": lambda alpha: _with_eps(Adam(learning_rate=alpha, eps=_EPS), alpha / (1 + _EPS)),
        "adam-eps-root": lambda alpha: _with_eps(Adam(learning_rate=alpha, eps=0, eps_root="7/9"), alpha * fmpq(3, 4)),
        "adam-rounding": rounding,
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
    return {name + SUFFIX: _made(name, alpha) for name in _OF_ROWS.get(row_id, ())}


@cache
def _made(name: str, alpha: fmpq) -> Certificate:
    """A certificate; several rows rest on the same one."""
    return _MAKERS[name](alpha)
