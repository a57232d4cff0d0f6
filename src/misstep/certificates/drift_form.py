"""The form of certificates that a method runs away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flint import fmpq

from misstep.certificates.fields import (
    array,
    at_least_zero,
    choice,
    count,
    fraction,
    interval,
    keys,
    number,
    positive,
)
from misstep.certificates.function_form import CLAIM_KEYS, Claims, Piecewise, read_claims, read_function
from misstep.certificates.intervals import Interval
from misstep.certificates.method_form import SCALAR_METHODS, Method, read_method
from misstep.certificates.reading import malformed, shown

MOST_STEPS = 100_000
MOST_PERIOD = 10_000
_KEYS = ("start", "state", "from", "period", "shift", "slope", "rounding", *CLAIM_KEYS)
T = TypeVar("T")


@dataclass(frozen=True)
class Rounding:
    """How much every operation may err, and for how many steps that is claimed."""

    unit: fmpq
    steps: int


@dataclass(frozen=True)
class Invariant:
    """The state stays in a box."""

    box: Mapping[str, Interval]


@dataclass(frozen=True)
class Contracting:
    """The state approaches the settled one."""

    settled: Mapping[str, fmpq]
    radius: Mapping[str, fmpq]
    rate: fmpq


@dataclass(frozen=True)
class Drift:
    """A certificate of the kind `drift`; `state` is `None` for the method's own start."""

    method: Method
    function: Piecewise
    start: Interval
    state: Mapping[str, fmpq] | None
    first: int
    period: int
    exact_shift: bool
    shift: fmpq
    slope: fmpq
    rounding: Rounding | None
    claims: Claims
    word: tuple[fmpq, ...]
    proof: Invariant | Contracting


def read_drift(document: Mapping[str, Any]) -> Drift:
    """A certificate of the kind `drift`.

    Raises:
        Stop: It is none (MALFORMED).
    """
    method = read_method(document["method"], SCALAR_METHODS, ranges=True)
    function = read_function(document["function"])
    claim = keys(document["claim"], _KEYS, "claim")
    first = count(claim["from"], "claim.from", 1, MOST_STEPS)
    period = count(claim["period"], "claim.period", 1, MOST_PERIOD)
    shift = keys(claim["shift"], ("relation", "value"), "claim.shift")
    relation = choice(shift["relation"], ("=", "->"), "claim.shift.relation")
    rounding = _rounding(claim["rounding"], first)
    claims = read_claims(claim)
    proof = keys(document["proof"], ("rule", "word", "box", "settled", "radius", "rate"), "proof")
    rule = choice(proof["rule"], ("invariant", "contracting", "rounded"), "proof.rule")
    if (rule == "rounded") != (rounding is not None):
        raise malformed(f"proof.rule = {rule} and claim.rounding = {shown(claim['rounding'])} do not go together")
    if rule == "rounded" and period != 1:
        raise malformed(f"claim.period = {period} must be 1 with the rule rounded")
    if rule != "invariant" and relation == "=":
        raise malformed(f'claim.shift.relation must be "->" with the rule {rule}')
    if rule != "invariant" and claims.optimal:
        raise malformed("claim.optimal = true needs the rule invariant")
    return Drift(
        method=method,
        function=function,
        start=interval(claim["start"], "claim.start"),
        state=_state(claim["state"], method),
        first=first,
        period=period,
        exact_shift=relation == "=",
        shift=number(shift["value"], "claim.shift.value", lambda x: x != 0, "must not be 0"),
        slope=positive(claim["slope"], "claim.slope"),
        rounding=rounding,
        claims=claims,
        word=tuple(
            number(w, f"proof.word[{i}]") for i, w in enumerate(array(proof["word"], "proof.word", period, period))
        ),
        proof=_proof(proof, rule, list(method.start)),
    )


def _rounding(value: object, first: int) -> Rounding | None:
    if value is None:
        return None
    fields = keys(value, ("unit", "steps"), "claim.rounding")
    unit = number(fields["unit"], "claim.rounding.unit", lambda u: 0 < u < 1, "must be between 0 and 1")
    return Rounding(unit, count(fields["steps"], "claim.rounding.steps", first + 1))


def _state(value: object, method: Method) -> Mapping[str, fmpq] | None:
    if value is None:
        return None
    if not method.settable:
        raise malformed(f"claim.state must be null: {method.name} has a start of its own")
    return each(value, list(method.start), "claim.state", number)


def each(value: object, names: list[str], where: str, read: Callable[[object, str], T]) -> dict[str, T]:
    """An object with something for each state variable."""
    fields = keys(value, names, where)
    return {name: read(fields[name], f"{where}.{name}") for name in names}


def _proof(proof: Mapping[str, Any], rule: str, names: list[str]) -> Invariant | Contracting:
    absent = ("box",) if rule == "contracting" else ("settled", "radius", "rate")
    for name in absent:
        if proof[name] is not None:
            raise malformed(f"proof.{name} = {shown(proof[name])} must be null with the rule {rule}")
    if rule != "contracting":
        return Invariant(each(proof["box"], names, "proof.box", interval))
    return Contracting(
        each(proof["settled"], names, "proof.settled", number),
        each(proof["radius"], names, "proof.radius", at_least_zero),
        fraction(proof["rate"], "proof.rate"),
    )
