"""What an optimizer is to the rest of misstep: a pure pair `init`/`update` over explicit state, in any number kind."""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import numpy as np

from misstep.errors import InvalidInput
from misstep.optimizers.schedules import Schedule
from misstep.scalars import NumberKind, Scalar, convert

StateT = TypeVar("StateT")
SelfT = TypeVar("SelfT", bound="Optimizer[Any]")


class Optimizer(abc.ABC, Generic[StateT]):
    """A first-order method: x_{k+1}, state_{k+1} = update(g_k, state_k, x_k), with g_k the gradient at x_k.

    Concrete methods are frozen dataclasses whose hyper-parameters are numbers of any kind (decimal strings are exact)
    or arrays of them, one element a lane. `cast` makes them of one kind before a run.
    """

    @abc.abstractmethod
    def init(self, x: Scalar) -> StateT:
        """The state before the first step, for iterates like `x`."""

    @abc.abstractmethod
    def update(self, g: Scalar, state: StateT, x: Scalar) -> tuple[Scalar, StateT]:
        """One step: the next point at which the gradient is asked, and the next state.

        Args:
            g: Gradient at x.
            state: What `init` or the last `update` returned.
            x: The point.
        """

    def cast(self: SelfT, kind: NumberKind) -> SelfT:
        """This method with every hyper-parameter as a number of `kind`.

        Raises:
            InexactNumber: a hyper-parameter is a float and `kind` is exact or a ball.
        """
        changes = {}
        for field in _hyper_parameters(self):
            value = getattr(self, field.name)
            if isinstance(value, Schedule):
                changes[field.name] = value.cast(kind)
            elif value is not None:
                changes[field.name] = convert(value, kind)
        return dataclasses.replace(self, **changes)  # type: ignore[type-var]

    def __post_init__(self) -> None:
        for field in _hyper_parameters(self):
            value = getattr(self, field.name)
            if not isinstance(value, Schedule) and not (value is None and field.metadata["optional"]):
                field.metadata["check"](field.name, value)

    @property
    def lanes(self) -> tuple[int, ...]:
        """The shape that the hyper-parameters have together: () unless some are arrays."""
        values = [getattr(self, field.name) for field in _hyper_parameters(self)]
        return np.broadcast_shapes(*(value.shape for value in values if isinstance(value, np.ndarray)))

    def choose(self, name: str, *allowed: Any) -> None:
        """Check that the option `name` has one of the `allowed` values."""
        value = getattr(self, name)
        if value not in allowed:
            raise InvalidInput(f"{name} = {value!r} must be one of {', '.join(map(repr, allowed))}")


def rate(learning_rate: Scalar | Schedule, k: int) -> Scalar:
    """α_k: the schedule's value at step k (from 0), or the constant."""
    return learning_rate(k) if isinstance(learning_rate, Schedule) else learning_rate


def hyper_parameter(
    check: Callable[[str, Scalar], None], default: Scalar = dataclasses.MISSING, *, optional: bool = False
) -> Any:
    """A dataclass field for a hyper-parameter that must pass `check`, or may be `None` if `optional`."""
    return dataclasses.field(default=default, metadata={"check": check, "optional": optional})


def _hyper_parameters(optimizer: Any) -> list[dataclasses.Field[Any]]:
    return [field for field in dataclasses.fields(optimizer) if "check" in field.metadata]
