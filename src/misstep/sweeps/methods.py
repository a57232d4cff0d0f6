"""The methods that a sweep may run: misstep's own, with some of their hyper-parameters on axes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from misstep.adapters.making import one_line
from misstep.adapters.naming import OURS, OptimizerSpec, Value
from misstep.adapters.reference import REFERENCE_OPTIMIZERS
from misstep.errors import InvalidInput, MisstepError, unknown_name
from misstep.optimizers import ADAM_DIALECTS, InversePower, Optimizer, adam_dialect
from misstep.proofs.counterparts import as_ours
from misstep.scalars import FloatArray, exact
from misstep.sweeps.axis import Axis

REFERENCE = "$"
"""What begins a value that is the axis of that name: `eps_root=$eps`."""


def method_class(spec: OptimizerSpec) -> type[Optimizer[Any]]:
    """The class of the method that a spec names.

    Raises:
        InvalidInput: it is a framework's, or there is none.

    >>> from misstep.adapters.naming import parse
    >>> method_class(parse("torch:Adam(lr=0.1)"))
    Traceback (most recent call last):
        ...
    misstep.errors.InvalidInput: torch:Adam is its library's own code, and sweeps run misstep's reference ...
    """
    if spec.library != OURS:
        raise InvalidInput(
            f"{spec.library}:{spec.name} is its library's own code, and sweeps run misstep's reference methods"
            f"{_counterpart(spec)}"
        )
    if spec.name not in REFERENCE_OPTIMIZERS:
        raise unknown_name(spec.name, "a method of misstep", REFERENCE_OPTIMIZERS)
    return REFERENCE_OPTIMIZERS[spec.name]


def hyper_parameters(spec: OptimizerSpec) -> Mapping[str, Callable[[str, Any], None]]:
    """The hyper-parameters that are numbers, each with the check of its range.

    >>> from misstep.adapters.naming import parse
    >>> list(hyper_parameters(parse("heavy_ball")))
    ['learning_rate', 'momentum']
    """
    return {name: data["check"] for name, data in _fields(method_class(spec)).items() if "check" in data}


def bound(text: str, arguments: Mapping[str, Value], known: Collection[str], axes: Sequence[Axis]) -> dict[str, str]:
    """Which argument takes its value from which axis.

    An axis gives its values to the arguments that refer to it (`eps_root=$eps`), or else to the parameter of its name.

    Args:
        text: What the arguments are of, for messages.
        arguments: Those given.
        known: The parameters that are numbers.
        axes: Of the sweep.

    Raises:
        InvalidInput: an axis is also fixed, or a reference leads to no axis or stands for what is no number.

    >>> axes = [Axis("eps", (0.0, 1.0))]
    >>> bound("adam", {"eps": 0, "eps_root": "$eps"}, ["eps", "eps_root"], axes)
    {'eps_root': 'eps'}
    """
    names = [axis.name for axis in axes]
    found: dict[str, str] = {}
    for argument, value in arguments.items():
        if isinstance(value, str) and value.startswith(REFERENCE):
            if argument not in known:
                raise InvalidInput(f"{argument} = {value} in {text}: {argument} is no number and cannot be swept")
            if value[1:] not in names:
                raise unknown_name(value[1:], f"an axis of this sweep ({argument}={value} in {text})", names)
            found[argument] = value[1:]
    for name in names:
        if name in known and name not in found and name not in found.values():
            if name in arguments:
                raise InvalidInput(f"{name} is an axis and is fixed in {text}: {name} = {arguments[name]}")
            found[name] = name
    return found


def make(spec: OptimizerSpec, columns: Mapping[str, FloatArray], power: str | FloatArray = "0") -> Optimizer[Any]:
    """The method with arrays in the place of what is swept, and its learning rate divided by (k + 1)^power.

    Args:
        spec: Name and fixed arguments.
        columns: Arrays by argument.
        power: An exact number as text, or an array.

    Raises:
        InvalidInput: an argument does not exist or is out of range.
    """
    cls = method_class(spec)
    arguments: dict[str, Any] = {**spec.mapped(str), **columns}
    known = [*_fields(cls), *(["dialect"] if spec.name == "adam" else [])]
    for name in arguments:
        if name not in known:
            raise unknown_name(name, f"a parameter of {spec.name}", known)
    if not (isinstance(power, str) and exact(power) == 0) and "learning_rate" in arguments:
        arguments["learning_rate"] = InversePower(arguments["learning_rate"], power)
    if "dialect" in arguments:
        arguments["name"] = arguments.pop("dialect")
        if arguments["name"] not in ADAM_DIALECTS:
            raise unknown_name(str(arguments["name"]), "a dialect of Adam", ADAM_DIALECTS)
        with one_line(cls, spec.name):
            return adam_dialect(**arguments)
    with one_line(cls, spec.name):
        return cls(**arguments)


def check_method(spec: OptimizerSpec, used: Mapping[str, Axis], power: str | Axis) -> None:
    """Refuse a method that does not exist or leaves its range anywhere on the axes that its arguments use.

    Raises:
        InvalidInput: with the value and the condition.
    """
    checks = hyper_parameters(spec)
    for argument, axis in used.items():
        for value in (axis.values[0], axis.values[-1]):  # every condition holds between two values that it holds at
            checks[argument](argument, value)
    for end in (0, -1):
        columns = {argument: np.array([axis.values[end]]) for argument, axis in used.items()}
        make(spec, columns, np.array([power.values[end]]) if isinstance(power, Axis) else power)


def _fields(cls: Any) -> dict[str, Mapping[str, Any]]:
    """The arguments of a method, each with what its dataclass says of it."""
    return {field.name: field.metadata for field in dataclasses.fields(cls)}


def _counterpart(spec: OptimizerSpec) -> str:
    """`: write …` with the method of ours whose recurrence a framework documents, where it is known."""
    rate = ("lr" if spec.library == "torch" else "learning_rate", 1)
    try:
        ours = as_ours(dataclasses.replace(spec, arguments=(rate,)))
    except MisstepError:
        return f": {', '.join(REFERENCE_OPTIMIZERS)}"
    name = next(name for name, cls in REFERENCE_OPTIMIZERS.items() if cls is type(ours))
    if name == "adam" and spec.library in ADAM_DIALECTS:
        return f': write adam(dialect="{spec.library}", …)'
    return f": write {name}(…)"
