"""The form of certificates that a method goes round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from misstep.certificates.drift_form import MOST_PERIOD, MOST_STEPS, each
from misstep.certificates.fields import array, choice, count, fraction, interval, keys, number, positive
from misstep.certificates.function_form import CLAIM_KEYS, Claims, Piecewise, read_claims, read_function
from misstep.certificates.intervals import Interval
from misstep.certificates.method_form import SCALAR_METHODS, Method, read_method
from misstep.certificates.reading import malformed, shown

_MOST_POWER = 1000


@dataclass(frozen=True)
class Attracting:
    """The deviation shrinks by `rate` every `repeats` rounds, from within the radius of each variable."""

    repeats: int
    rate: fmpq
    radius: tuple[fmpq, ...]


@dataclass(frozen=True)
class Repelling:
    """The spectral radius of a round is in the range, as its n-th power shows."""

    power: int
    multiplier: Interval


@dataclass(frozen=True)
class Cycle:
    """A certificate of the kind `cycle`.

    Attributes:
        box: x and the state variables, in order: points where the rule is `exact`.
        matrix: Y of the rule `enclosed`; `None` where it is `exact`.
    """

    method: Method
    function: Piecewise
    period: int
    names: tuple[str, ...]
    box: tuple[Interval, ...]
    slope: fmpq
    stability: Attracting | Repelling | None
    claims: Claims
    matrix: tuple[tuple[fmpq, ...], ...] | None


def read_cycle(document: Mapping[str, Any]) -> Cycle:
    """A certificate of the kind `cycle`.

    Raises:
        Stop: It is none (MALFORMED).
    """
    method = read_method(document["method"], SCALAR_METHODS, ranges=False)
    if not method.settable:
        raise malformed(f"method: {method.name} with these parameters never returns to a state, and has no cycle")
    function = read_function(document["function"])
    claim = keys(document["claim"], ("period", "x", "state", "slope", "stability", *CLAIM_KEYS), "claim")
    proof = keys(document["proof"], ("rule", "matrix"), "proof")
    period = count(claim["period"], "claim.period", 1, MOST_PERIOD)
    claims = read_claims(claim)
    rule = choice(proof["rule"], ("exact", "enclosed"), "proof.rule")
    if claims.optimal and rule != "exact":
        raise malformed("claim.optimal = true needs the rule exact")
    read = _point if rule == "exact" else _long
    state = each(claim["state"], list(method.start), "claim.state", read)
    names = ("x", *state)
    return Cycle(
        method=method,
        function=function,
        period=period,
        names=names,
        box=(read(claim["x"], "claim.x"), *state.values()),
        slope=positive(claim["slope"], "claim.slope"),
        stability=_stability(claim["stability"], names, period),
        claims=claims,
        matrix=_matrix(proof["matrix"], rule, len(names)),
    )


def _point(value: object, where: str) -> Interval:
    return Interval.point(number(value, where))


def _long(value: object, where: str) -> Interval:
    found = interval(value, where)
    if found.exact:
        raise malformed(f"{where} must be a range of positive length with the rule enclosed")
    return found


def _stability(value: object, names: tuple[str, ...], period: int) -> Attracting | Repelling | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise malformed(f"claim.stability = {shown(value)} must be null or an object")
    if choice(value.get("type"), ("attracting", "repelling"), "claim.stability.type") == "repelling":
        fields = keys(value, ("type", "power", "multiplier"), "claim.stability")
        multiplier = interval(fields["multiplier"], "claim.stability.multiplier")
        if multiplier.lo <= 1:
            raise malformed("claim.stability.multiplier must be above 1")
        return Repelling(count(fields["power"], "claim.stability.power", 1, _MOST_POWER), multiplier)
    fields = keys(value, ("type", "repeats", "rate", "radius"), "claim.stability")
    repeats = count(fields["repeats"], "claim.stability.repeats", 1)
    if period * repeats > MOST_STEPS:
        raise malformed(f"claim.stability.repeats = {repeats} times the period {period} is more than {MOST_STEPS}")
    radius = each(fields["radius"], list(names), "claim.stability.radius", positive)
    return Attracting(repeats, fraction(fields["rate"], "claim.stability.rate"), tuple(radius.values()))


def _matrix(value: object, rule: str, n: int) -> tuple[tuple[fmpq, ...], ...] | None:
    if rule == "exact":
        if value is not None:
            raise malformed(f"proof.matrix = {shown(value)} must be null with the rule exact")
        return None
    return tuple(
        tuple(number(y, f"proof.matrix[{i}][{j}]") for j, y in enumerate(array(row, f"proof.matrix[{i}]", n, n)))
        for i, row in enumerate(array(value, "proof.matrix", n, n))
    )
