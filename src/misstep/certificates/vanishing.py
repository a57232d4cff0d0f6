"""Certificates of the kind `vanishing`: with decreasing steps the iterates run away though the gradient vanishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from misstep.certificates.conditions import at_most, less, require
from misstep.certificates.drift_form import MOST_STEPS
from misstep.certificates.fields import count, keys, positive
from misstep.certificates.function_form import read_bound
from misstep.certificates.intervals import ONE, Interval
from misstep.certificates.method_form import SCALAR_METHODS, Method, read_method
from misstep.certificates.reading import malformed, shown
from misstep.certificates.verdict import condition


@dataclass(frozen=True)
class Vanishing:
    """A certificate of the kind `vanishing`."""

    method: Method
    slope: fmpq
    lipschitz: fmpq
    infimum: fmpq
    steps: int


def read_vanishing(document: Mapping[str, Any]) -> Vanishing:
    """A certificate of the kind `vanishing`.

    Raises:
        Stop: It is none (MALFORMED).
    """
    method = read_method(document["method"], {"adam": SCALAR_METHODS["adam"]}, ranges=True)
    needed = {"start": "first-gradient", "amsgrad": None, "eps": "0", "eps_root": "0", "eps_hat": None}
    for name, value in needed.items():
        if document["method"][name] != value:
            raise malformed(f"method.{name} = {shown(document['method'][name])} must be {shown(value)}")
    claim = keys(document["claim"], ("slope", "lipschitz", "infimum"), "claim")
    proof = keys(document["proof"], ("steps",), "proof")
    return Vanishing(
        method,
        positive(claim["slope"], "claim.slope"),
        read_bound(claim["lipschitz"], ("<=",), "claim.lipschitz").value,
        read_bound(claim["infimum"], (">=",), "claim.infimum").value,
        count(proof["steps"], "proof.steps", 1, MOST_STEPS),
    )


def examine_vanishing(claim: Vanishing) -> None:
    """Every condition of the kind `vanishing`, in order.

    Raises:
        Stop: One of them is violated or undecided.
    """
    rate, beta1, beta2 = (claim.method.numbers[name] for name in ("learning_rate", "beta1", "beta2"))
    with condition("1"):
        D, B = _largest(beta1, beta2, claim.steps)
    with condition("2"):
        j = Interval.point(fmpq(claim.steps + 2, claim.steps + 1))
        for name, beta in (("beta2", beta2), ("beta1", beta1)):
            require(less(j * beta, ONE), "{}·{} = {} < 1", j, name, j * beta)
        B = max(B, ((ONE - beta2) / (ONE - j * beta2)).hi)
        D = max(D, ((ONE - beta1) / (ONE - j * beta1)).hi)
    c = Interval.point(claim.slope)
    with condition("3"):
        need, have = Interval.point(4) * c * Interval.point(B).sqrt(), Interval.point(claim.lipschitz) * rate
        require(at_most(need, have), "4·c·sqrt(B) = {} <= lipschitz·learning_rate = {}", need, have)
    with condition("4"):
        bound = -(rate * c * Interval.point(D))
        low = Interval.point(claim.infimum)
        require(at_most(low, bound), "infimum = {} <= -learning_rate·c·D = {}", low, bound)


def _largest(beta1: Interval, beta2: Interval, n_steps: int) -> tuple[fmpq, fmpq]:
    """1: upper bounds of U_k = sqrt(k + 1)·|m_k|/c and of V_k = (k + 1)·v_k/c² over the first steps."""
    U = V = ONE
    D = B = fmpq(1)
    fresh1, fresh2 = ONE - beta1, ONE - beta2
    for k in range(n_steps):
        growth = Interval.point(fmpq(k + 2, k + 1))
        V = growth * beta2 * V + fresh2
        U = growth.sqrt() * beta1 * U + fresh1
        B, D = max(B, V.hi), max(D, U.hi)
    return D, B
