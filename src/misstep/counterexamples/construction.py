"""What `construct` returns: an optimizer, the function that defeats it, and all that was found on the way."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import arb, fmpq

from misstep._version import __version__
from misstep.constructions.gap import FunctionClass
from misstep.counterexamples.counterexample import Counterexample, Failure, as_float
from misstep.counterexamples.critical import CriticalSmoothness, Curve
from misstep.counterexamples.observed import Observed
from misstep.counterexamples.perturbed import Perturbed
from misstep.counterexamples.portrait import Portrait
from misstep.functions import Function, PiecewisePolynomial, RidgeSum
from misstep.scalars import ends
from misstep.surd import Surd

_LONG = 1000
"""Bits under a root beyond which nobody would read it."""

FORMAT = "misstep construction 1"


@dataclass(frozen=True)
class Construction:
    """An optimizer and the function on which it fails.

    Attributes:
        optimizer: As it was asked for.
        name: Public name of the optimizer.
        version: Of its library.
        hyper_parameters: As the library reports them, as text.
        function_class: Class that was searched.
        mu: Least curvature asked for, or `None`.
        condition: κ asked for in its place, or `None`.
        behavior: What its steps do on a constant gradient.
        slope: Size of the gradients.
        example: The function and the start, or `None` where none was found.
        critical: The least L found over the size of the gradients.
        stability: What becomes of a start that is a little off.
        observed: Runs of the implementation on the function.
        by_slope: The least constant over the size of the gradients.
        by_learning_rate: The same over the learning rate.
        search: What was tried, one sentence each.
        notes: What else there is to say, one sentence each.
        seed: Of random numbers during every run.
        versions: Of misstep, Python and numpy.
        portrait: The function around the iterates and the iterates, for a drawing; not in `to_dict`.
    """

    optimizer: str
    name: str
    version: str
    hyper_parameters: Mapping[str, str]
    function_class: FunctionClass
    mu: fmpq | None
    condition: fmpq | None
    behavior: str
    slope: fmpq
    example: Counterexample | None
    critical: CriticalSmoothness | None
    stability: Perturbed | None
    observed: tuple[Observed, ...]
    by_slope: Curve
    by_learning_rate: Curve
    search: tuple[str, ...]
    notes: tuple[str, ...]
    seed: int
    versions: Mapping[str, str] = field(
        default_factory=lambda: {"misstep": __version__, "python": platform.python_version(), "numpy": np.__version__}
    )
    portrait: Portrait | None = field(default=None, repr=False, compare=False)

    @property
    def failure(self) -> Failure:
        """How the optimizer fails."""
        return Failure.NONE if self.example is None else self.example.failure

    @property
    def function(self) -> Function | None:
        """f, or `None` where none was found."""
        return None if self.example is None else self.example.function

    @property
    def price(self) -> float | None:
        """L of f relative to the least constant for the same gradients at the same nodes; `None` where any will do."""
        if self.example is None or not self.example.optimum > 0:
            return None
        return as_float(self.example.function.lipschitz_constant()) / as_float(self.example.optimum)

    @property
    def sentence(self) -> str:
        """What was found, in one sentence."""
        example, where = self.example, f"a {self.function_class} function"
        if example is None:
            return f"no {self.function_class} function was found on which {self.name} fails"
        L = f"L = {_short(example.function.lipschitz_constant())}"
        c = _short(self.slope)
        match example.failure:
            case Failure.DRIFT if isinstance(example.spacing, tuple):
                pace = _short_norm(example.spacing)
                return f"{self.name} drifts in R^{len(example.spacing)} on {where} with {L}: {pace} a step"
            case Failure.DRIFT if example.spacing is not None:
                pace = (
                    f"{_short(example.spacing)} every {example.period} steps"
                    if example.period != 1
                    else (f"{_short(example.spacing)} a step")
                )
                size = (
                    f"|f'| = {c} at every step"
                    if {abs(g) for g in example.gradients} == {self.slope}
                    else "|f'| does not vanish"
                )
                return f"{self.name} drifts on {where} with {L}: {pace}, and {size}"
            case Failure.DRIFT:
                until = "" if example.horizon is None else f" for {example.horizon} steps"
                return f"{self.name} drifts on {where} with {L}{until}, and |f'| = {c} at every step"
            case Failure.CYCLE:
                return (
                    f"{self.name} cycles with period {example.period} on {where} with {L}, where |f'| does not vanish"
                )
        place = _short(example.nodes[0])
        return f"{self.name} rests at x = {place} on {where} with {L}, where f' = -{c}"

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON's types: numbers as an exact string with a float beside it."""
        example = self.example
        found: dict[str, Any] = {
            "format": FORMAT,
            "optimizer": self.optimizer,
            "name": self.name,
            "version": self.version,
            "hyper_parameters": dict(self.hyper_parameters),
            "class": self.function_class,
            "mu": number(self.mu),
            "condition": number(self.condition),
            "failure": str(self.failure),
            "sentence": self.sentence,
            "step_behavior": self.behavior,
            "slope": number(self.slope),
            "L": None,
            "optimum": None,
            "price": self.price,
            "critical_smoothness": _critical(self.critical),
            "infimum": None,
            "spacing": None,
            "period": None,
            "plateau": None,
            "stability": None,
            "family": None,
            "x0": None,
            "word": None,
            "nodes": [],
            "gradients": [],
            "settled": None,
            "horizon": None,
            "observed": [_observed(run) for run in self.observed],
            "curves": {"slope": _curve(self.by_slope), "learning_rate": _curve(self.by_learning_rate)},
            "search": list(self.search),
            "notes": list(self.notes),
            "seed": self.seed,
            "versions": dict(self.versions),
            "function": None,
        }
        if example is None:
            return found
        infimum = example.function.infimum()
        found |= {
            "L": number(example.function.lipschitz_constant()),
            "optimum": number(example.optimum),
            "infimum": None if isinstance(infimum, float) else number(infimum),
            "spacing": number(example.spacing),
            "period": example.period,
            "plateau": {"half_width": number(example.half_width), "rho": number(example.rho)},
            "stability": None if self.stability is None else _stability(self.stability),
            "family": example.family,
            "x0": number(example.x0),
            "word": None if example.word is None else list(example.word),
            "nodes": [number(x) for x in example.nodes],
            "gradients": [number(g) for g in example.gradients],
            "settled": example.settled,
            "horizon": example.horizon,
            "notes": [*self.notes, *example.note],
            "function": function_to_dict(example.function),
        }
        return found


def number(value: Any) -> Any:
    """A number for JSON: `{"exact": "2/3", "float": 0.666…}`; of a ball its ends in place of the exact string.

    So are written surds of more than a thousand bits. A tuple of numbers becomes a list of them; `None` stays `None`.

    >>> number(fmpq(1, 4))
    {'exact': '1/4', 'float': 0.25}
    """
    if value is None:
        return None
    if isinstance(value, tuple):
        return [number(entry) for entry in value]
    if isinstance(value, Surd) and value.d.bit_length() > _LONG:
        value = value.enclosure()
    if isinstance(value, arb):
        low, high = ends(value)
        return {"exact": None, "lower": str(low), "upper": str(high), "float": _finite(float(value.mid()))}
    return {"exact": str(value), "float": _finite(as_float(value))}


def function_to_dict(function: Function) -> dict[str, Any]:
    """A function's pieces as exact rationals: knots, coefficients in powers of t − knot, and periods.

    >>> from misstep import cubic
    >>> function_to_dict(cubic("1"))["coefficients"]
    [['0', '-1', '3', '-2']]
    """
    if isinstance(function, PiecewisePolynomial):
        return {
            "kind": "piecewise polynomial",
            "knots": [str(knot) for knot in function.knots],
            "coefficients": [[str(c) for c in piece] for piece in function.coefficients],
            "left_period": None if function.left_period is None else str(function.left_period),
            "right_period": None if function.right_period is None else str(function.right_period),
        }
    if isinstance(function, RidgeSum):
        return {
            "kind": "sum of ridges",
            "directions": [[str(entry) for entry in row] for row in function.directions],
            "functions": [function_to_dict(ridge) for ridge in function.functions],
        }
    return {"kind": type(function).__name__, "text": repr(function)}


def _critical(found: CriticalSmoothness | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "float": found.L,
        "slope": found.slope,
        "failure": str(found.failure),
        "word": None if found.word is None else list(found.word),
        "scales_with_slope": found.scales,
    }


def _observed(run: Observed) -> dict[str, Any]:
    return {
        "dtype": run.dtype,
        "n_steps": run.n_steps,
        "held": run.held,
        "holds": run.holds,
        "persists": run.persists,
        "off": _finite(run.off),
        "last_gradient": _finite(run.last_gradient),
    }


def _stability(found: Perturbed) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "multiplier": _finite(found.multiplier),
        "left": _finite(found.left),
        "right": _finite(found.right),
    }


def _curve(curve: Curve) -> list[list[float]]:
    return [list(pair) for pair in zip(curve.at, curve.L, strict=True)]


def _short_norm(vector: tuple[fmpq, ...]) -> str:
    return f"{math.sqrt(float(sum(entry * entry for entry in vector))):.9g}"


def _finite(value: float) -> float | None:
    """A float for JSON, which has no infinity: `None` for what is not finite."""
    return value if math.isfinite(value) else None


def _short(constant: Any) -> str:
    """A number for a sentence: exact where that is short.

    >>> _short(fmpq(1, 10)), _short(fmpq(100000000, 100000001))
    ('1/10', '0.99999999')
    """
    text = str(constant) if isinstance(constant, (fmpq, Surd)) else ""
    return text if 0 < len(text) <= 9 else f"{as_float(constant):.9g}"
