"""Which optimizers each library has, asked of the library itself."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Any

from misstep.adapters.keras import import_keras
from misstep.adapters.naming import OURS
from misstep.adapters.optax import import_optax
from misstep.adapters.pytorch_optimizer import import_pytorch_optimizer
from misstep.adapters.reference import REFERENCE_OPTIMIZERS
from misstep.adapters.torch_stepping import import_torch
from misstep.errors import InvalidInput

OPTAX_WRAPPERS: Mapping[str, str] = types.MappingProxyType(
    {
        "contrib.differentially_private_aggregate": "aggregates gradients: dpsgd is the optimizer",
        "contrib.hutchinson_estimator_diag_hessian": "estimates a Hessian: sophia is the optimizer",
        "contrib.mechanize": "wraps another optimizer",
        "contrib.normalize": "normalizes gradients",
        "contrib.reduce_on_plateau": "scales the steps of another optimizer",
        "contrib.sam": "wraps two other optimizers",
        "contrib.schedule_free": "wraps another optimizer: schedule_free_sgd and schedule_free_adamw are optimizers",
        "contrib.schedule_free_eval_params": "reads a state",
        "contrib.split_real_and_imaginary": "wraps another optimizer",
    }
)
"""What optax.contrib has beside optimizers, and what it is. Pass them to `resolve` from Python."""

KERAS_WRAPPERS: Mapping[str, str] = types.MappingProxyType(
    {
        "LossScaleOptimizer": "wraps another optimizer",
        "MultiOptimizer": "wraps other optimizers",
        "Optimizer": "is the base class",
        "OptimizerMap": "wraps other optimizers",
    }
)
"""Classes of keras.optimizers that are no optimizers of their own."""


def list_optimizers(library: str) -> tuple[str, ...]:
    """The names of a library's optimizers, as the grammar of `parse` has them after the colon, sorted.

    Args:
        library: `"misstep"`, `"torch"`, `"optax"` (those of `optax.contrib` are `contrib.NAME`), `"keras"` or
            `"pytorch_optimizer"`.

    Raises:
        InvalidInput: another library: only its user knows what is an optimizer there.
        MissingDependency: the library is not installed.

    >>> list_optimizers("misstep")[:4]
    ('adabelief', 'adagrad', 'adam', 'adamax')
    """
    if library not in _LISTS:
        raise InvalidInput(f"library = {library!r} must be one of {', '.join(map(repr, LIBRARIES))}")
    return tuple(sorted(_LISTS[library]()))


def _torch() -> list[str]:
    optim = import_torch().optim
    return [name for name in dir(optim) if _is_subclass(getattr(optim, name), optim.Optimizer) and name != "Optimizer"]


def _optax() -> list[str]:
    _, optax = import_optax()
    names = [name for name in dir(optax) if _is_function_of(getattr(optax, name), "optax._src.alias")]
    contrib = optax.contrib
    extra = [name for name in dir(contrib) if _is_function_of(getattr(contrib, name), "optax.contrib.")]
    names += [f"contrib.{name}" for name in extra if not name.startswith(("scale_by_", "_"))]
    return [name for name in names if name not in OPTAX_WRAPPERS]


def _keras() -> list[str]:
    keras = import_keras()
    names = [name for name in dir(keras.optimizers) if name not in KERAS_WRAPPERS]
    return [name for name in names if _is_subclass(getattr(keras.optimizers, name), keras.optimizers.Optimizer)]


def _pytorch_optimizer() -> list[str]:
    return list(import_pytorch_optimizer().get_supported_optimizers())


def _is_subclass(thing: Any, base: type) -> bool:
    return isinstance(thing, type) and issubclass(thing, base)


def _is_function_of(thing: Any, module: str) -> bool:
    return isinstance(thing, types.FunctionType) and thing.__module__.startswith(module)


_LISTS: Mapping[str, Callable[[], Any]] = types.MappingProxyType(
    {
        OURS: lambda: REFERENCE_OPTIMIZERS,
        "torch": _torch,
        "optax": _optax,
        "keras": _keras,
        "pytorch_optimizer": _pytorch_optimizer,
    }
)

LIBRARIES: tuple[str, ...] = tuple(_LISTS)
"""The libraries that the grammar knows by name."""
