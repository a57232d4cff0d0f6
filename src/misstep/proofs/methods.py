"""From misstep's optimizers to the recurrences that certificates name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from misstep import optimizers
from misstep.errors import InvalidInput
from misstep.optimizers import Optimizer, Schedule
from misstep.proofs.not_proved import NotProved
from misstep.scalars import exact


def recurrence(optimizer: Optimizer[Any]) -> dict[str, Any]:
    """The method object of the certificate format for one of our optimizers.

    Args:
        optimizer: With exact hyper-parameters (decimal strings and fractions are exact, floats are not).

    Raises:
        NotProved: the format has no such recurrence: a schedule, weight decay, or AdaGrad, whose steps on a constant
            gradient vanish.
        InexactNumber: a hyper-parameter is a float.

    >>> from misstep import HeavyBall
    >>> recurrence(HeavyBall(learning_rate="1/9", momentum="4/9"))
    {'name': 'heavy-ball', 'learning_rate': '1/9', 'momentum': '4/9'}
    """
    name = type(optimizer).__name__
    if type(optimizer) not in _RECURRENCES:
        raise NotProved(f"certificates have no recurrence for {name}")
    if isinstance(getattr(optimizer, "learning_rate", None), Schedule):
        raise NotProved(f"{name} with a learning rate that changes: certificates are for constant ones")
    if exact(getattr(optimizer, "weight_decay", 0)) != 0:
        raise NotProved(f"{name} with weight decay pulls its iterates back: certificates have no such recurrence")
    certificate_name, fields = _RECURRENCES[type(optimizer)]
    chosen: dict[str, Any] = {"name": certificate_name}
    for field in fields:
        read: Callable[[Optimizer[Any], str], Any] = _SPECIAL.get(field, _number)
        chosen[field] = read(optimizer, field)
    return chosen


def with_ranges(method: Mapping[str, Any], **ranges: tuple[str, str]) -> dict[str, Any]:
    """The method for every value of some parameters in a range.

    >>> with_ranges({"name": "lion", "beta1": "9/10"}, beta1=("0", "1"))
    {'name': 'lion', 'beta1': ['0', '1']}
    """
    unknown = [name for name in ranges if name not in method]
    if unknown:
        raise InvalidInput(f"{method['name']} has no parameter {unknown[0]}")
    return {**method, **{name: list(ends) for name, ends in ranges.items()}}


def _number(optimizer: Optimizer[Any], field: str) -> str | None:
    value = getattr(optimizer, field)
    return None if value is None else f"{exact(value)}"


def _start(optimizer: Optimizer[Any], field: str) -> str:
    return "corrected" if getattr(optimizer, "bias_correction", False) else str(getattr(optimizer, field))


def _as_is(optimizer: Optimizer[Any], field: str) -> Any:
    return getattr(optimizer, field)


_SPECIAL: Mapping[str, Callable[[Optimizer[Any], str], Any]] = MappingProxyType(
    {"start": _start, "amsgrad": _as_is, "centered": _as_is}
)

_RECURRENCES: Mapping[type, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        optimizers.GradientDescent: ("gradient-descent", ("learning_rate",)),
        optimizers.HeavyBall: ("heavy-ball", ("learning_rate", "momentum")),
        optimizers.Nesterov: ("nesterov", ("learning_rate", "momentum")),
        optimizers.SignDescent: ("sign-descent", ("learning_rate",)),
        optimizers.Lion: ("lion", ("learning_rate", "beta1", "beta2")),
        optimizers.Adam: (
            "adam",
            ("learning_rate", "beta1", "beta2", "eps", "eps_root", "eps_hat", "start", "amsgrad"),
        ),
        optimizers.Adamax: ("adamax", ("learning_rate", "beta1", "beta2", "eps")),
        optimizers.NAdam: ("nadam", ("learning_rate", "beta1", "beta2", "eps", "momentum_decay")),
        optimizers.RAdam: ("radam", ("learning_rate", "beta1", "beta2", "eps")),
        optimizers.RMSprop: ("rmsprop", ("learning_rate", "beta2", "eps", "eps_root", "momentum", "centered")),
        optimizers.AdaBelief: ("adabelief", ("learning_rate", "beta1", "beta2", "eps", "eps_root", "eps_sum")),
    }
)
