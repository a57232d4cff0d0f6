"""Certificates of the kind `function`: a function with these properties exists, and goes through these jets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flint import fmpq

from misstep.certificates.conditions import require
from misstep.certificates.fields import array, keys, number
from misstep.certificates.function_conditions import examine_function
from misstep.certificates.function_form import (
    CLAIM_KEYS,
    MOST_PIECES,
    Claims,
    Piecewise,
    read_claims,
    read_function,
)
from misstep.certificates.functions import Line
from misstep.certificates.verdict import condition

Jet = tuple[fmpq, fmpq, fmpq]


@dataclass(frozen=True)
class FunctionClaim:
    """A certificate of the kind `function`: each jet is a point, the value and the derivative there."""

    function: Piecewise
    claims: Claims
    jets: tuple[Jet, ...]


def read_function_claim(document: Mapping[str, Any]) -> FunctionClaim:
    """A certificate of the kind `function`.

    Raises:
        Stop: It is none (MALFORMED).
    """
    function = read_function(document["function"])
    claim = keys(document["claim"], (*CLAIM_KEYS, "jets"), "claim")
    claims = read_claims(claim)
    jets = array(claim["jets"], "claim.jets", 0, MOST_PIECES)
    keys(document["proof"], (), "proof")
    return FunctionClaim(function, claims, tuple(_jet(jet, f"claim.jets[{i}]") for i, jet in enumerate(jets)))


def _jet(value: object, where: str) -> Jet:
    x, f, g = (number(part, f"{where}[{i}]") for i, part in enumerate(array(value, where, 3, 3)))
    return x, f, g


def examine_function_claim(claim: FunctionClaim) -> None:
    """Every condition of the kind `function`, in order.

    Raises:
        Stop: One of them is violated or undecided.
    """
    line = Line(claim.function)
    examine_function(line, claim.claims)
    with condition("5"):
        for i, (x, value, gradient) in enumerate(claim.jets):
            f, g = line.exactly(x), line.exactly(x, 1)
            require(f == value, "f({}) is {} for the jet {}: it is {}", x, value, i, f)
            require(g == gradient, "f'({}) is {} for the jet {}: it is {}", x, gradient, i, g)
    if claim.claims.optimal:
        with condition("6"):
            _least(claim.jets, claim.claims.lipschitz.value)


def _least(jets: tuple[Jet, ...], L: fmpq) -> None:
    """6: two neighbouring jets need a Lipschitz constant of a + √(a² + b²) (Le Gruyer 2009), which is at least L."""
    distinct = sorted({x: (x, f, g) for x, f, g in jets}.values())
    require(len(distinct) >= 2, "there are two jets at different points")
    for (x0, f0, g0), (x1, f1, g1) in pairwise(distinct):
        h = x1 - x0
        a = abs(2 * (f0 - f1) + (g0 + g1) * h) / h**2
        b = abs(g1 - g0) / h
        if a >= L or (L - a) ** 2 <= a**2 + b**2:
            return
    require(False, "no L below {} will do for two neighbouring jets", L)
