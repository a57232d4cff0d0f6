"""Which optimizers of a library are audited, and with what arguments."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType

from misstep.adapters import list_optimizers, parse
from misstep.adapters.lookup import find
from misstep.adapters.making import RATES
from misstep.adapters.naming import OURS
from misstep.errors import InvalidInput
from misstep.scalars import exact

DEFAULT_RATE = "1e-3"
"""Learning rate of optimizers that have no default of their own."""

REQUIRED: Mapping[str, str] = MappingProxyType(
    {
        "optax:contrib.dpsgd": "l2_norm_clip=1.0, noise_multiplier=0.1",
        "pytorch_optimizer:bsam": "num_data=1",
        "pytorch_optimizer:ranger21": "num_iterations=100000",
    }
)
"""Arguments without a default, beside the learning rate."""


def audited(library: str, *, learning_rate: str | None = None) -> tuple[str, ...]:
    """The specs of a library's optimizers, with defaults and, if given, this learning rate.

    Args:
        library: One of `LIBRARIES`.
        learning_rate: A positive number as text, for every optimizer that takes one.

    Raises:
        InvalidInput: there is no such library, or the learning rate is not positive.
        MissingDependency: the library is not installed.

    >>> audited("misstep", learning_rate="0.1")[2]
    'adam(learning_rate=0.1)'
    """
    if learning_rate is not None and not exact(learning_rate) > 0:
        raise InvalidInput(f"learning_rate = {learning_rate} must be positive")
    prefix = "" if library == OURS else f"{library}:"
    return tuple(_spec(f"{prefix}{name}", learning_rate) for name in list_optimizers(library))


def _spec(name: str, learning_rate: str | None) -> str:
    parameters = inspect.signature(find(parse(name))[0]).parameters
    arguments = []
    for rate in sorted(RATES & parameters.keys()):
        if (
            learning_rate is not None
            or parameters[rate].default is inspect.Parameter.empty
            or name.partition(":")[1] == ""
        ):
            arguments.append(f"{rate}={learning_rate or DEFAULT_RATE}")
            break
    if name in REQUIRED:
        arguments.append(REQUIRED[name])
    return f"{name}({', '.join(arguments)})" if arguments else name
