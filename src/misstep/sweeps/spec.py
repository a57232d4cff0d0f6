"""What a sweep is: everything that its numbers depend on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
from flint import fmpq

from misstep.adapters.naming import OptimizerSpec, parse
from misstep.errors import InvalidInput, unknown_name
from misstep.scalars import exact, exact_from_float
from misstep.sweeps.axis import Axis
from misstep.sweeps.functions import FunctionSpec, check_function, known, predicted_slope, settles
from misstep.sweeps.methods import bound, check_method, hyper_parameters, make
from misstep.sweeps.quantities import QUANTITIES, applicable
from misstep.sweeps.settled import settled_step, settling_values

FORMAT = "misstep sweep 1"

Design: TypeAlias = Literal["grid", "random", "sobol"]

DESIGNS = ("grid", "random", "sobol")
ARITHMETICS = ("float64", "float32", "bfloat16")
"""Number formats: `"bfloat16"` is float32 whose method's state is rounded to 8 bits after each step."""

RUN_AXES = ("x0", "noise", "power")
"""What may be swept and belongs to neither the method nor the function."""

LABELS = ("optimizer", "function", "arithmetic")
"""Dimensions whose coordinates are names."""

MIN_STEPS = 8
MAX_REPLICATES = 2**16
MAX_CELLS = 2**62


@dataclass(frozen=True, kw_only=True)
class SweepSpec:
    """A sweep: methods, functions, what varies, and how each cell is run.

    Args:
        optimizers: Methods of misstep with their fixed arguments.
        functions: Functions with their fixed parameters.
        axes: What varies, in the order of the dataset's dimensions.
        n_steps: K ≥ 8, steps of every run.
        x0: Start, where it is no axis: an exact number as text.
        noise: σ ≥ 0, the standard deviation of Gaussian noise on each gradient, where it is no axis.
        power: p ≥ 0 of the learning rate α/(k + 1)^p, where it is no axis.
        arithmetic: Of `ARITHMETICS`.
        seed: Of random numbers, in [0, 2^64).
        replicates: Runs a cell, from 1 to 65536, that differ in noise or in the order of components.
        design: `"grid"`, or `"random"` or `"sobol"`, for which an axis holds its two ends.
        points: Of a design that is no grid.
        quantities: Of `QUANTITIES`; all that apply, unless told.
        certify: Whether `proved` is computed too: where a certificate says that the recurrence drifts for ever.
        title: Of the sweep; changes no number and is not compared.
        question: That it answers; not compared either.

    Raises:
        InvalidInput: a condition is broken; the message names the value and the condition.

    Dimensions are optimizer, function and arithmetic, where there are several, and then the axes, or `point`.

    >>> from misstep.adapters.naming import parse
    >>> adam = parse("adam(learning_rate=0.1, eps=0)")
    >>> axes = (Axis.between("beta1", 0, "0.9", 10), Axis.between("beta2", 0, "0.9", 10))
    >>> spec = SweepSpec(optimizers=(adam,), functions=(FunctionSpec("cubic"),), axes=axes, n_steps=1000)
    >>> spec.dims, spec.shape, spec.n_cells
    (('beta1', 'beta2'), (10, 10), 100)
    >>> SweepSpec.from_dict(spec.to_dict()) == spec
    True
    """

    optimizers: tuple[OptimizerSpec, ...]
    functions: tuple[FunctionSpec, ...]
    axes: tuple[Axis, ...]
    n_steps: int
    x0: str = "0"
    noise: str = "0"
    power: str = "0"
    arithmetic: tuple[str, ...] = ("float64",)
    seed: int = 0
    replicates: int = 1
    design: str = "grid"
    points: int | None = None
    quantities: tuple[str, ...] = ()
    certify: bool = False
    title: str = field(default="", compare=False)
    question: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        self._check_choices()
        self._check_numbers()
        self._check_axes()
        self._check_quantities()
        if self.n_cells > MAX_CELLS:
            raise InvalidInput(f"{self.n_cells} cells are too many to be numbered: at most 2^62")

    # --- checks -----------------------------------------------------------------------------------------------------

    def _check_choices(self) -> None:
        for name, values in (("optimizer", self.optimizers), ("function", self.functions)):
            _distinct(name, tuple(map(str, values)))
        _distinct("arithmetic", self.arithmetic)
        if not isinstance(self.certify, bool):
            raise InvalidInput(f"certify = {self.certify!r} must be true or false")
        for value in self.arithmetic:
            if value not in ARITHMETICS:
                raise unknown_name(str(value), "an arithmetic", ARITHMETICS)
        check_design(self.design)

    def _check_numbers(self) -> None:
        whole("steps", self.n_steps, MIN_STEPS, 2**53)
        whole("seed", self.seed, 0, 2**64 - 1)
        whole("replicates", self.replicates, 1, MAX_REPLICATES)
        for name in RUN_AXES:
            value = number(name, getattr(self, name))
            if name != "x0" and value < 0:
                raise InvalidInput(f"{name} = {getattr(self, name)} must be at least 0")
            object.__setattr__(self, name, shortest(value))

    def _check_axes(self) -> None:
        names = [axis.name for axis in self.axes]
        if not names:
            raise InvalidInput("nothing varies: give a range such as beta1=0..0.999:200, or a list such as [0, 0.9]")
        for name in names:
            if names.count(name) > 1:
                raise InvalidInput(f"{name} is an axis twice")
            if name in RUN_AXES and exact(getattr(self, name)) != 0:
                raise InvalidInput(f"{name} is an axis and is fixed: {name} = {getattr(self, name)}")
        by_name = {axis.name: axis for axis in self.axes}
        for name in ("noise", "power"):
            if name in by_name and by_name[name].values[0] < 0:
                raise InvalidInput(f"{name} = {by_name[name].values[0]!r} must be at least 0")
        self._check_uses()
        power: str | Axis = by_name.get("power", self.power)
        for spec, bindings in zip(self.optimizers, self.optimizer_bindings, strict=True):
            check_method(spec, {argument: by_name[name] for argument, name in bindings.items()}, power)
        for function, bindings in zip(self.functions, self.function_bindings, strict=True):
            check_function(function, {argument: by_name[name] for argument, name in bindings.items()})
        self._check_spacings(by_name)
        self._check_design()

    def _check_uses(self) -> None:
        texts = [*map(str, self.optimizers)], [*map(str, self.functions)]
        for axis in self.axes:
            used = False
            for owners, bindings in zip(texts, (self.optimizer_bindings, self.function_bindings), strict=True):
                users = [axis.name in found.values() for found in bindings]
                if any(users) and not all(users):
                    raise InvalidInput(
                        f"{axis.name} is swept in {owners[users.index(True)]} and has no part in "
                        f"{owners[users.index(False)]}: an axis belongs to all"
                    )
                used |= any(users)
            if not used and any(axis.name in known(function).defaults for function in self.functions):
                raise InvalidInput(
                    f"{axis.name} changes what a function is made of, and cannot be swept: list functions"
                )
            if not used and axis.name not in RUN_AXES:
                numbers = {name for spec in self.optimizers for name in hyper_parameters(spec)}
                numbers |= {name for function in self.functions for name in known(function).numbers}
                owner = f"a parameter of {self.optimizers[0].name} or of {self.functions[0]}"
                raise unknown_name(axis.name, owner, sorted(numbers) + list(RUN_AXES))

    def _check_spacings(self, axes: Mapping[str, Axis]) -> None:
        """Refuse a family without a spacing where the steps of a method do not settle."""
        if not any(settles(f, found) for f, found in zip(self.functions, self.function_bindings, strict=True)):
            return
        for spec, bindings in zip(self.optimizers, self.optimizer_bindings, strict=True):
            # Steps that settle where all is least and where all is largest settle between.
            for end in (0, -1):
                method = make(
                    spec, {argument: np.array([axes[name].values[end]]) for argument, name in bindings.items()}
                )
                values = settling_values(method).items()
                settled_step(method, {name: _one(value) for name, value in values}, fmpq(1))

    def _check_design(self) -> None:
        if self.design == "grid":
            if self.points is not None:
                raise InvalidInput(f"points = {self.points} is for a random or Sobol design: a grid's are on its axes")
            return
        if self.points is None:
            raise InvalidInput(f'design = "{self.design}" needs points, the number of cells')
        whole("points", self.points, 1, 2**30 if self.design == "sobol" else MAX_CELLS)
        for axis in self.axes:
            if axis.scale == "list" or axis.n != 2:
                raise InvalidInput(
                    f"{axis.name} has {axis.n} values: in a {self.design} design an axis is a range such as 0..0.999, "
                    f"whose points are drawn"
                )

    def _check_quantities(self) -> None:
        predicted = any(predicted_slope(function) is not None for function in self.functions)
        applying = applicable(predicted=predicted, replicates=self.replicates)
        for name in self.quantities:
            if name not in QUANTITIES:
                raise unknown_name(str(name), "a quantity", QUANTITIES)
            if name not in applying:
                needs = "replicates" if predicted else "a function on which a drift is predicted"
                raise InvalidInput(f"the quantity {name} needs {needs}")
        chosen = tuple(name for name in applying if name in self.quantities) if self.quantities else applying
        object.__setattr__(self, "quantities", chosen)

    # --- what follows from it ---------------------------------------------------------------------------------------

    @cached_property
    def optimizer_bindings(self) -> tuple[dict[str, str], ...]:
        """For each method, which of its arguments takes its value from which axis."""
        return tuple(bound(str(o), dict(o.arguments), hyper_parameters(o), self.axes) for o in self.optimizers)

    @cached_property
    def function_bindings(self) -> tuple[dict[str, str], ...]:
        """For each function, which of its parameters takes its value from which axis."""
        return tuple(bound(str(f), dict(f.arguments), known(f).numbers, self.axes) for f in self.functions)

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """Names along each of `LABELS`, whether or not it is a dimension."""
        methods = tuple(map(str, self.optimizers))
        return dict(zip(LABELS, (methods, tuple(map(str, self.functions)), self.arithmetic), strict=True))

    @property
    def label_dims(self) -> tuple[str, ...]:
        """Those of `LABELS` that are dimensions: the ones with several names."""
        return tuple(name for name, values in self.labels.items() if len(values) > 1)

    @property
    def dims(self) -> tuple[str, ...]:
        """The dimensions' names."""
        rest = tuple(axis.name for axis in self.axes) if self.design == "grid" else ("point",)
        return (*self.label_dims, *rest)

    @property
    def shape(self) -> tuple[int, ...]:
        """The dimensions' lengths."""
        rest = tuple(axis.n for axis in self.axes) if self.points is None else (self.points,)
        return (*(len(self.labels[name]) for name in self.label_dims), *rest)

    @property
    def n_cells(self) -> int:
        """The number of cells."""
        return math.prod(self.shape)

    @property
    def n_lanes(self) -> int:
        """The number of runs: cells times replicates."""
        return self.n_cells * self.replicates

    def to_dict(self) -> dict[str, Any]:
        """All that the numbers depend on, as JSON's types: equal for equal specs, and read back by `from_dict`."""
        return {
            "format": FORMAT,
            "optimizers": [str(spec) for spec in self.optimizers],
            "functions": [function.to_dict() for function in self.functions],
            "axes": [axis.to_dict() for axis in self.axes],
            "n_steps": self.n_steps,
            "x0": self.x0,
            "noise": self.noise,
            "power": self.power,
            "arithmetic": list(self.arithmetic),
            "seed": self.seed,
            "replicates": self.replicates,
            "design": self.design,
            "points": self.points,
            "quantities": list(self.quantities),
            "certify": self.certify,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> SweepSpec:
        """The spec that `to_dict` wrote.

        Raises:
            InvalidInput: something is missing, malformed, or breaks a condition.
        """
        if document.get("format") != FORMAT:
            raise InvalidInput(f"format = {document.get('format')!r} must be {FORMAT!r}")
        try:
            return cls(
                optimizers=tuple(map(parse, document["optimizers"])),
                functions=tuple(map(FunctionSpec.from_dict, document["functions"])),
                axes=tuple(Axis(axis["name"], tuple(axis["values"]), axis["scale"]) for axis in document["axes"]),
                n_steps=document["n_steps"],
                x0=document["x0"],
                noise=document["noise"],
                power=document["power"],
                arithmetic=tuple(document["arithmetic"]),
                seed=document["seed"],
                replicates=document["replicates"],
                design=document["design"],
                points=document["points"],
                quantities=tuple(document["quantities"]),
                certify=document["certify"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidInput(f"the sweep lacks a part, or has one that is malformed: {error!r}") from None


def check_design(design: str) -> None:
    """Refuse what is not one of `DESIGNS`."""
    if design not in DESIGNS:
        raise unknown_name(str(design), "a design", DESIGNS)


def whole(name: str, value: Any, low: int, high: int) -> int:
    """`value` if it is a whole number in [low, high], or an error that names it."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"{name} = {value!r} must be a whole number")
    if value < low:
        raise InvalidInput(f"{name} = {value} must be at least {low}")
    if value > high:
        raise InvalidInput(f"{name} = {value} must be at most {high}")
    return value


def number(name: str, text: str) -> fmpq:
    """The exact number that `text` spells, within the range of floats, or an error that names it."""
    try:
        value = exact(text)
        float(value)
    except OverflowError:
        raise InvalidInput(f"{name} = {text} is larger than any float") from None
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from None
    return value


def shortest(value: fmpq) -> str:
    """The one text that a number has in a spec: a float's where it is the decimal that Python prints, else a ratio.

    >>> shortest(fmpq(1, 10)), shortest(fmpq(3)), shortest(fmpq(1, 3))
    ('0.1', '3', '1/3')
    """
    printed = repr(float(value))
    return printed.removesuffix(".0") if exact(printed) == value else str(value)


def _one(value: Any) -> fmpq:
    """A number, or the element of an array of one, exactly."""
    return exact_from_float(float(value[0])) if isinstance(value, np.ndarray) else exact(value)


def _distinct(name: str, values: tuple[str, ...]) -> None:
    if not values:
        raise InvalidInput(f"{name} = [] names nothing: at least one is needed")
    for value in values:
        if values.count(value) > 1:
            raise InvalidInput(f"{name}: {value} is given twice")
