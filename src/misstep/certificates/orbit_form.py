"""The form of certificates about a function in n variables that is given by jets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from misstep.certificates.fields import array, choice, count, keys, number, positive, truth
from misstep.certificates.function_form import read_bound
from misstep.certificates.intervals import Interval
from misstep.certificates.method_form import LINEAR_METHOD, SCALAR_METHODS, VECTOR_METHODS, Method, read_method
from misstep.certificates.reading import malformed, shown
from misstep.certificates.turns import cosine, sine
from misstep.certificates.vectors import Vector

_MOST_POINTS = 2_000
_MOST_COORDINATES = 20_000
_MOST_DENOMINATOR = 1000
_KEYS = ("dimension", "steps", "closed", "slope", "rise", "lipschitz", "infimum", "mu")


@dataclass(frozen=True)
class Orbit:
    """A certificate of the kind `orbit`.

    Attributes:
        rise: F(x_K) - F(x_0); `None` where the orbit is closed.
        points: All of them where it is closed, else x_0 alone.
        gradients: None where it is closed: they are those that the method needs.
    """

    method: Method
    steps: int
    slope: fmpq
    rise: fmpq | None
    lipschitz: fmpq
    infimum: fmpq
    mu: fmpq | None
    points: tuple[Vector, ...]
    gradients: tuple[Vector, ...]
    values: tuple[fmpq, ...]

    @property
    def closed(self) -> bool:
        """Whether the points repeat for ever."""
        return self.rise is None


def read_orbit(document: Mapping[str, Any]) -> Orbit:
    """A certificate of the kind `orbit`.

    Raises:
        Stop: It is none (MALFORMED).
    """
    claim = keys(document["claim"], _KEYS, "claim")
    n = count(claim["dimension"], "claim.dimension", 1)
    steps = count(claim["steps"], "claim.steps", 1)
    closed = truth(claim["closed"], "claim.closed")
    n_points = steps if closed else steps + 1
    if n_points > _MOST_POINTS or n_points * n > _MOST_COORDINATES:
        limits = f"{_MOST_POINTS} points and {_MOST_COORDINATES} coordinates"
        raise malformed(f"claim.steps = {steps} in {n} dimensions is more than {limits}")
    allowed = LINEAR_METHOD if closed else {**SCALAR_METHODS, **VECTOR_METHODS}
    method = read_method(document["method"], allowed, ranges=False)
    if method.name == "muon" and method.words["rows"] * method.words["columns"] != n:
        raise malformed(f"method.rows times method.columns must be the dimension {n}")
    if closed and claim["rise"] is not None:
        raise malformed(f"claim.rise = {shown(claim['rise'])} must be null for a closed orbit")
    proof = keys(document["proof"], ("points", "values") if closed else ("x0", "gradients", "values"), "proof")
    lipschitz = read_bound(claim["lipschitz"], ("<=",), "claim.lipschitz").value
    if lipschitz <= 0:
        raise malformed(f"claim.lipschitz.value = {shown(claim['lipschitz']['value'])} must be positive")
    return Orbit(
        method=method,
        steps=steps,
        slope=positive(claim["slope"], "claim.slope"),
        rise=None if closed else number(claim["rise"], "claim.rise"),
        lipschitz=lipschitz,
        infimum=read_bound(claim["infimum"], (">=",), "claim.infimum").value,
        mu=_mu(claim["mu"], lipschitz),
        points=_points(proof["points"], n_points, n) if closed else (_vector(proof["x0"], n, "proof.x0"),),
        gradients=() if closed else _gradients(proof["gradients"], n_points, n),
        values=tuple(
            number(f, f"proof.values[{k}]")
            for k, f in enumerate(array(proof["values"], "proof.values", n_points, n_points))
        ),
    )


def _mu(value: object, lipschitz: fmpq) -> fmpq | None:
    if value is None:
        return None
    return number(value, "claim.mu", lambda mu: 0 <= mu < lipschitz, "must be at least 0 and less than the constant")


def _vector(value: object, n: int, where: str) -> Vector:
    return tuple(Interval.point(number(x, f"{where}[{j}]")) for j, x in enumerate(array(value, where, n, n)))


def _gradients(value: object, n_points: int, n: int) -> tuple[Vector, ...]:
    rows = array(value, "proof.gradients", n_points, n_points)
    return tuple(_vector(row, n, f"proof.gradients[{k}]") for k, row in enumerate(rows))


def _points(value: object, n_points: int, n: int) -> tuple[Vector, ...]:
    return tuple(
        tuple(_coordinate(x, f"proof.points[{k}][{j}]") for j, x in enumerate(array(row, f"proof.points[{k}]", n, n)))
        for k, row in enumerate(array(value, "proof.points", n_points, n_points))
    )


def _coordinate(value: object, where: str) -> Interval:
    """A number, or a·cos(2πt) or a·sin(2πt)."""
    if not isinstance(value, list):
        return Interval.point(number(value, where))
    name, a, t = array(value, where, 3, 3)
    turn = cosine if choice(name, ("cos", "sin"), f"{where}[0]") == "cos" else sine
    size = number(a, f"{where}[1]")
    angle = number(t, f"{where}[2]", lambda x: x.q <= _MOST_DENOMINATOR, "must have a denominator of at most 1000")
    return Interval.point(size) * turn(angle)
