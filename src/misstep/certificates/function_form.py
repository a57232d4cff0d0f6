"""The form of functions of one variable, and of the four claims about a function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from misstep.certificates.fields import array, choice, keys, number, positive, truth
from misstep.certificates.reading import malformed, shown

MOST_PIECES = 100_000
_MOST_COEFFICIENTS = 8


@dataclass(frozen=True)
class Tail:
    """How a function goes on beyond its first or last knot: `tangent`, `extend` or `repeat`."""

    rule: str
    period: fmpq | None = None


@dataclass(frozen=True)
class Piecewise:
    """Pieces f(t) = Σ_j pieces[i][j]·(t - t_i)^j on [t_i, t_{i+1}], with a tail on each side."""

    knots: tuple[fmpq, ...]
    pieces: tuple[tuple[fmpq, ...], ...]
    left: Tail
    right: Tail


@dataclass(frozen=True)
class Bound:
    """A value, and whether it is claimed exactly (`=`) or as a bound."""

    relation: str
    value: fmpq


@dataclass(frozen=True)
class Claims:
    """What several kinds claim of their function: Lipschitz constant, infimum, convexity, and that no less will do."""

    lipschitz: Bound
    infimum: Bound
    mu: fmpq | None
    optimal: bool


CLAIM_KEYS = ("lipschitz", "infimum", "mu", "optimal")


def read_claims(claim: Mapping[str, Any]) -> Claims:
    """The four claims, of which `optimal` needs a Lipschitz constant with `=`."""
    claims = Claims(
        read_bound(claim["lipschitz"], ("=", "<="), "claim.lipschitz"),
        read_bound(claim["infimum"], ("=", ">="), "claim.infimum"),
        None if claim["mu"] is None else number(claim["mu"], "claim.mu"),
        truth(claim["optimal"], "claim.optimal"),
    )
    if claims.optimal and claims.lipschitz.relation != "=":
        raise malformed('claim.optimal = true needs claim.lipschitz.relation "="')
    return claims


def read_bound(value: object, relations: tuple[str, ...], where: str) -> Bound:
    """An object of a relation and a value."""
    fields = keys(value, ("relation", "value"), where)
    return Bound(choice(fields["relation"], relations, f"{where}.relation"), number(fields["value"], f"{where}.value"))


def read_function(value: object) -> Piecewise:
    """A function of one variable.

    Raises:
        Stop: It is none (MALFORMED).
    """
    fields = keys(value, ("type", "knots", "pieces", "left", "right"), "function")
    choice(fields["type"], ("piecewise",), "function.type")
    raw_knots = array(fields["knots"], "function.knots", 2, MOST_PIECES + 1)
    knots = tuple(number(t, f"function.knots[{i}]") for i, t in enumerate(raw_knots))
    for i in range(len(knots) - 1):
        if knots[i] >= knots[i + 1]:
            pair = f"{shown(raw_knots[i])}, {shown(raw_knots[i + 1])}"
            raise malformed(f"function.knots[{i}] and the next are {pair} and must increase")
    n = len(knots) - 1
    pieces = tuple(
        tuple(
            number(c, f"function.pieces[{i}][{j}]")
            for j, c in enumerate(array(piece, f"function.pieces[{i}]", 2, _MOST_COEFFICIENTS))
        )
        for i, piece in enumerate(array(fields["pieces"], "function.pieces", n, n))
    )
    left = _tail(fields["left"], "function.left", pieces[0])
    right = _tail(fields["right"], "function.right", pieces[-1])
    inside = set(knots)
    for tail, side, end in ((left, "left", knots[0]), (right, "right", knots[-1])):
        if tail.period is not None:
            inner = end + tail.period if side == "left" else end - tail.period
            if inner not in inside:
                raise malformed(f"function.{side}: the part of length {shown(str(tail.period))} must begin at a knot")
    return Piecewise(knots, pieces, left, right)


def _tail(value: object, where: str, piece: tuple[fmpq, ...]) -> Tail:
    if not isinstance(value, dict):
        raise malformed(f"{where} = {shown(value)} must be an object")
    if value.get("rule") == "repeat":
        return Tail("repeat", positive(keys(value, ("rule", "period"), where)["period"], f"{where}.period"))
    rule = choice(keys(value, ("rule",), where)["rule"], ("tangent", "extend", "repeat"), f"{where}.rule")
    if rule == "extend" and len(piece) > 3:
        raise malformed(f"{where} extends a piece with {len(piece)} coefficients and may only with at most 3")
    return Tail(rule)
