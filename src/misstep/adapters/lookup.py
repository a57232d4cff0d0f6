"""How the optimizer that a spec names is found in its library. Nothing is imported before."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from misstep.adapters.base import Adapter, condensed
from misstep.adapters.keras import import_keras
from misstep.adapters.listing import LIBRARIES, list_optimizers
from misstep.adapters.making import Options, from_callable, one_line, suggestion
from misstep.adapters.naming import OURS, OptimizerSpec
from misstep.adapters.optax import import_optax
from misstep.adapters.pytorch_optimizer import import_pytorch_optimizer
from misstep.adapters.reference import REFERENCE_OPTIMIZERS, ReferenceOptimizer
from misstep.adapters.torch_stepping import import_torch
from misstep.errors import InvalidInput
from misstep.optimizers import adam_dialect


def named(spec: OptimizerSpec, options: Options) -> Adapter:
    """The adapter of the optimizer that a spec names. Only this imports the library."""
    if spec.library == OURS:
        return _ours(spec, options)
    arguments = spec.mapped(lambda number: _as_float(spec, number))
    found, name = find(spec)
    return from_callable(found, name, arguments, options, library=spec.library)


def find(spec: OptimizerSpec) -> tuple[Any, str]:
    """The class or function that a spec names, and its public name. This imports its library, or the module named.

    Raises:
        InvalidInput: there is none.
        MissingDependency: the library is not installed.
    """
    match spec.library:
        case "misstep":
            found, name = REFERENCE_OPTIMIZERS.get(spec.name), spec.name
        case "torch":
            found, name = getattr(import_torch().optim, spec.name, None), f"torch.optim.{spec.name}"
        case "keras":
            found, name = getattr(import_keras().optimizers, spec.name, None), f"keras.optimizers.{spec.name}"
        case "optax":
            found, name = _of_optax(spec.name)
        case "pytorch_optimizer":
            found, name = _of_pytorch_optimizer(spec.name)
        case _:
            found, name = _of_module(spec)
    if not callable(found):
        raise _unknown(spec)
    return found, name


def _ours(spec: OptimizerSpec, options: Options) -> Adapter:
    method, _ = find(spec)
    arguments = spec.mapped(str)
    if spec.name == "adam" and "dialect" in arguments:
        arguments["name"] = arguments.pop("dialect")
        with one_line(method, "adam"):
            return ReferenceOptimizer(adam_dialect(**arguments), **options.fields())
    with one_line(method, spec.name):
        return ReferenceOptimizer(method(**arguments), **options.fields())


def _of_optax(name: str) -> tuple[Any, str]:
    _, optax = import_optax()
    plain = name.removeprefix("contrib.")
    if hasattr(optax.contrib, plain):
        return getattr(optax.contrib, plain), f"optax.contrib.{plain}"
    return getattr(optax, name, None), f"optax.{name}"


def _of_pytorch_optimizer(name: str) -> tuple[Any, str]:
    library = import_pytorch_optimizer()
    if name in library.get_supported_optimizers():
        found = library.load_optimizer(name)
        return found, f"pytorch_optimizer.{found.__name__}"
    found = getattr(library, name, None)
    return (found if isinstance(found, type) else None), f"pytorch_optimizer.{name}"


def _of_module(spec: OptimizerSpec) -> tuple[Any, str]:
    """The object `name` of the module that the user named; the working directory is searched first, as by python -m."""
    if spec.library.partition(".")[0] in sys.stdlib_module_names:
        raise InvalidInput(f"{spec.library} is a module of Python's own, which has no optimizers")
    with _searching_here():
        try:
            module = importlib.import_module(spec.library)
        except Exception as error:
            near = suggestion(spec.library, LIBRARIES)
            raise InvalidInput(f"{spec.library} does not import as a module: {condensed(error)}{near}") from error
    found: Any = module
    for part in spec.name.split("."):
        found = getattr(found, part, None)
    return found, f"{spec.library}.{spec.name}"


@contextmanager
def _searching_here() -> Iterator[None]:
    before = list(sys.path)
    sys.path.insert(0, os.getcwd())
    try:
        yield
    finally:
        sys.path[:] = before


def _unknown(spec: OptimizerSpec) -> InvalidInput:
    if spec.library in LIBRARIES:
        names: Iterable[str] = list_optimizers(spec.library)
    else:
        names = (name for name in dir(sys.modules[spec.library]) if not name.startswith("_"))
    return InvalidInput(f"{spec.library} has no optimizer {spec.name}{suggestion(spec.name, names)}")


def _as_float(spec: OptimizerSpec, number: Decimal | Fraction) -> float:
    value = float(number)
    if not np.isfinite(value):
        raise InvalidInput(f"{spec.text or spec}: {number} is larger than any float")
    return value
