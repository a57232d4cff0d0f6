"""The functions that a sweep may run on: names and their parameters, some of them on axes."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flint import fmpq

from misstep import functions
from misstep.adapters.naming import OURS, OptimizerSpec
from misstep.counterexamples.construction import function_to_dict
from misstep.errors import InvalidInput, unknown_name
from misstep.functions import LineFunction, PiecewisePolynomial
from misstep.functions.finite_sum import ORDERS
from misstep.optimizers.checks import positive
from misstep.proofs.construction import read_construction
from misstep.scalars import exact
from misstep.sweeps.axis import Axis

CONSTRUCTION = "construction"
"""The name of a function that comes from a file of `misstep construct`."""

Check = Callable[[str, Any], None]


@dataclass(frozen=True)
class FunctionSpec:
    """A function's name and its fixed parameters.

    Attributes:
        name: A key of `FUNCTIONS`, or `CONSTRUCTION`.
        arguments: (parameter, text) pairs: exact numbers, the names of options, or `$axis`.
        pieces: Of a construction: its function as JSON, so that the file may change or go.

    >>> str(FunctionSpec("plateau", (("rho", "1/4"),)))
    'plateau(rho=1/4)'
    """

    name: str
    arguments: tuple[tuple[str, str], ...] = ()
    pieces: str = ""

    def __str__(self) -> str:
        if self.name == CONSTRUCTION:
            return dict(self.arguments)["file"]
        return f"{self.name}({', '.join(f'{name}={value}' for name, value in self.arguments)})".removesuffix("()")

    def to_dict(self) -> dict[str, Any]:
        """The spec as JSON's types."""
        found: dict[str, Any] = {"name": self.name, "arguments": dict(self.arguments)}
        return found | ({"pieces": json.loads(self.pieces)} if self.pieces else {})

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> FunctionSpec:
        """The spec that `to_dict` wrote."""
        pieces = _canonical(document["pieces"]) if "pieces" in document else ""
        return cls(document["name"], tuple(document["arguments"].items()), pieces)


@dataclass(frozen=True)
class Known:
    """What a name stands for.

    Attributes:
        build: Makes the function from its parameters.
        numbers: Parameters that may be swept, each with the check of its range.
        defaults: Of those that have one; `spacing` has none, and is then the method's settled step.
        options: Parameters that are words, each with those allowed.
        drifts: Whether a method whose settled step is the spacing sees the gradient −slope for ever.
    """

    build: Callable[..., LineFunction]
    numbers: Mapping[str, Check] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    drifts: bool = False


def _ratio(name: str, value: Any) -> None:
    """A plateau's half-width in spacings."""
    if not 0 <= 2 * _plain(value) < 1:
        raise InvalidInput(f"{name} = {value} must be in [0, 1/2)")


def _nonzero(name: str, value: Any) -> None:
    if _plain(value) == 0:
        raise InvalidInput(f"{name} = {value} must not be 0")


def _plain(value: Any) -> Any:
    """A float as it is, a text as the exact number."""
    return value if isinstance(value, float) else exact(value)


def _zhang(n: fmpq, order: Any = "reshuffled") -> LineFunction:
    return functions.zhang(int(n), order=order)


_JETS: Mapping[str, Check] = MappingProxyType({"spacing": positive, "slope": positive})
_PLATEAUS: Mapping[str, Check] = MappingProxyType({**_JETS, "rho": _ratio})
_LEFT = MappingProxyType({"left": ("linear", "periodic")})

FUNCTIONS: Mapping[str, Known] = MappingProxyType(
    {
        "cubic": Known(functions.cubic, _JETS, {"slope": "1"}, _LEFT, drifts=True),
        "spline": Known(functions.spline, _JETS, {"slope": "1"}, _LEFT, drifts=True),
        "plateau": Known(functions.plateau, _PLATEAUS, {"slope": "1", "rho": "1/4"}, _LEFT, drifts=True),
        "sine": Known(functions.sine, _JETS, {"slope": "1"}, drifts=True),
        "smooth_plateau": Known(
            functions.smooth_plateau,
            {**_PLATEAUS, "steepness": positive},
            {"slope": "1", "rho": "1/4", "steepness": "1"},
            drifts=True,
        ),
        "quadratic": Known(functions.quadratic, {"curvature": _nonzero}, {"curvature": "1"}),
        "lessard_recht_packard": Known(functions.lessard_recht_packard, {"scale": positive}, {"scale": "1"}),
        "zhang": Known(_zhang, defaults={"n": "10"}, options={"order": ORDERS}),
    }
)
"""The functions by name."""


def known(spec: FunctionSpec) -> Known:
    """What the name of a spec stands for.

    Raises:
        InvalidInput: there is no such function; the message suggests near names.

    >>> known(FunctionSpec("cubik"))
    Traceback (most recent call last):
        ...
    misstep.errors.InvalidInput: 'cubik' is not a function for sweeps (did you mean 'cubic'?): cubic, spline, ...
    """
    if spec.name == CONSTRUCTION:
        return Known(lambda: _polynomial(json.loads(spec.pieces)["function"]), drifts=_slope(spec) is not None)
    if spec.name not in FUNCTIONS:
        raise unknown_name(spec.name, "a function for sweeps", FUNCTIONS)
    return FUNCTIONS[spec.name]


def from_arguments(spec: OptimizerSpec) -> FunctionSpec:
    """The function that a text names, which was read by the grammar of optimizers.

    Raises:
        InvalidInput: it has a library, or a value of a kind that no function takes.
    """
    if spec.library != OURS:
        raise InvalidInput(f"{spec}: functions have no library: cubic, plateau(rho=1/4)")
    for name, value in spec.arguments:
        if value is None or isinstance(value, (bool, tuple, list)):
            raise InvalidInput(f"{name} = {value!r} in {spec.text or spec} must be a number or a word in quotes")
    return FunctionSpec(spec.name, tuple((name, str(value)) for name, value in spec.arguments))


def from_file(path: str | Path) -> FunctionSpec:
    """The function in a file of `misstep construct --out`.

    Raises:
        InvalidInput: the file cannot be read, or its function is no piecewise polynomial.
    """
    document = read_construction(path)
    function = document.get("function")
    if not isinstance(function, dict) or function.get("kind") != "piecewise polynomial":
        kind = function.get("kind") if isinstance(function, dict) else "nothing"
        raise InvalidInput(f"{path} holds {kind}: sweeps run on piecewise polynomials (spline, cubic and quintic are)")
    gradients = {str(gradient.get("exact")) for gradient in document.get("gradients", [])}
    only = gradients.pop() if len(gradients) == 1 and document.get("spacing") is not None else ""
    # A drift on one negative gradient is predicted; words, cycles and drifts to the left are not.
    slope = only.removeprefix("-") if only.startswith("-") else None
    try:
        pieces = {"function": function_to_dict(_polynomial(function)), "slope": slope}
    except (KeyError, TypeError) as error:
        raise InvalidInput(f"{path}: the function lacks a part, or has one that is malformed: {error!r}") from None
    return FunctionSpec(CONSTRUCTION, (("file", Path(path).stem),), _canonical(pieces))


def check_function(spec: FunctionSpec, used: Mapping[str, Axis]) -> None:
    """Refuse a function that does not exist or leaves its range anywhere on the axes that its parameters use.

    Raises:
        InvalidInput: with the value and the condition.
    """
    entry = known(spec)
    if spec.name == CONSTRUCTION:
        return
    for name, value in spec.arguments:
        if name in entry.options:
            if value not in entry.options[name]:
                raise InvalidInput(f"{name} = {value!r} must be one of {', '.join(map(repr, entry.options[name]))}")
        elif name in used:
            continue
        elif name in entry.numbers:
            entry.numbers[name](name, value)
        elif name == "n" and "n" in entry.defaults:
            _whole(name, value)
        else:
            raise unknown_name(name, f"a parameter of {spec.name}", [*entry.numbers, *entry.options, *entry.defaults])
    for name, axis in used.items():
        for end in (axis.values[0], axis.values[-1]):
            entry.numbers[name](name, end)
        if entry.numbers[name] is _nonzero and 0 in axis.values:
            _nonzero(name, 0.0)
    if spec.name == "plateau" and "rho" in used and 0 in used["rho"].values:
        raise InvalidInput(
            "rho = 0.0 is the spline, of fewer pieces: begin the axis above 0, and give spline beside it"
        )
    if "spacing" not in entry.numbers:
        build(spec, {name: exact(repr(axis.values[0])) for name, axis in used.items()})


def settles(spec: FunctionSpec, swept: Collection[str]) -> bool:
    """Whether a function's spacing is the method's settled step: it is neither told nor among the `swept` parameters.

    >>> settles(FunctionSpec("cubic"), []), settles(FunctionSpec("cubic", (("spacing", "1"),)), [])
    (True, False)
    """
    return "spacing" in known(spec).numbers and "spacing" not in swept and "spacing" not in dict(spec.arguments)


def build(spec: FunctionSpec, numbers: Mapping[str, fmpq]) -> LineFunction:
    """The function, with `numbers` for the parameters that are swept or settled.

    >>> build(FunctionSpec("cubic", (("slope", "2"),)), {"spacing": fmpq(1, 2)}).lipschitz_constant()
    24
    """
    entry = known(spec)
    given: dict[str, Any] = {name: exact(value) for name, value in entry.defaults.items()}
    for name, value in spec.arguments if spec.name != CONSTRUCTION else ():
        if name not in numbers:
            given[name] = value if name in entry.options else exact(value)
    return entry.build(**{**given, **numbers})


def predicted_slope(spec: FunctionSpec) -> str | None:
    """The text of c where a drift on the gradient −c is predicted and c is not swept.

    >>> predicted_slope(FunctionSpec("cubic")), predicted_slope(FunctionSpec("quadratic"))
    ('1', None)
    """
    if spec.name == CONSTRUCTION:
        return _slope(spec)
    entry = known(spec)
    return dict(spec.arguments).get("slope", entry.defaults["slope"]) if entry.drifts else None


def _slope(spec: FunctionSpec) -> str | None:
    slope = json.loads(spec.pieces)["slope"]
    return None if slope is None else str(slope)


def _polynomial(document: Mapping[str, Any]) -> PiecewisePolynomial:
    return PiecewisePolynomial(
        tuple(document["knots"]),
        tuple(tuple(piece) for piece in document["coefficients"]),
        document["left_period"],
        document["right_period"],
    )


def _whole(name: str, value: str) -> None:
    if exact(value).q != 1:
        raise InvalidInput(f"{name} = {value} must be a whole number")


def _canonical(document: Any) -> str:
    return json.dumps(document, sort_keys=True)
