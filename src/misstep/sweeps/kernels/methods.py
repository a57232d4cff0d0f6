"""From a method's recurrence to the operations of its step."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from misstep.errors import InvalidInput
from misstep.optimizers import InversePower, Optimizer, Schedule
from misstep.optimizers.rounded import RoundedMoments
from misstep.scalars import NumberKind, convert
from misstep.sweeps.kernels.inputs import Inputs
from misstep.traced import Traced, TracedStep


@dataclass(frozen=True)
class TracedMethod:
    """A method whose hyper-parameters are traced.

    Attributes:
        method: The method itself; its `init` and `update` take traced numbers.
    """

    method: Optimizer[Any]

    def init(self, x: Traced) -> dict[str, Traced]:
        """The rows of the first state, by name; the number of the step is none."""
        return _rows(self.method.init(x))

    def update(self, g: Traced, rows: Mapping[str, Traced], x: Traced, *, first: bool) -> dict[str, Traced]:
        """The rows after a step, x among them."""
        step = TracedStep(x.graph, first=first)
        state: Any = step
        template = self.method.init(x)
        if dataclasses.is_dataclass(template):
            state = dataclasses.replace(template, k=step, **rows)  # type: ignore[type-var]
        ahead, after = self.method.update(g, state, x)
        return {"x": ahead, **_rows(after)}


def _rows(state: Any) -> dict[str, Traced]:
    if not dataclasses.is_dataclass(state):
        return {}
    return {entry.name: getattr(state, entry.name) for entry in dataclasses.fields(state) if entry.name != "k"}


def traced_method(optimizer: Optimizer[Any], inputs: Inputs) -> TracedMethod:
    """The method with every hyper-parameter traced, its values among the inputs.

    Args:
        optimizer: Hyper-parameters are numbers, or arrays of floats, one a lane.
        inputs: Where the values go.

    Raises:
        InvalidInput: its learning rate is a schedule of a kind that cannot be compiled.
    """
    return TracedMethod(_traced(optimizer, inputs))


def _traced(optimizer: Optimizer[Any], inputs: Inputs) -> Optimizer[Any]:
    if isinstance(optimizer, RoundedMoments):
        rounded = copy.copy(optimizer)
        object.__setattr__(rounded, "method", _traced(optimizer.method, inputs))
        return rounded
    # The values were checked when the optimizer was made; a traced number has none to check.
    method = copy.copy(optimizer)
    for field in dataclasses.fields(optimizer):  # type: ignore[arg-type]
        value = getattr(optimizer, field.name)
        if "check" in field.metadata and value is not None:
            object.__setattr__(method, field.name, _number(field.name, value, inputs))
    return method


def _number(name: str, value: Any, inputs: Inputs) -> Any:
    kind = NumberKind(inputs.dtype.name)
    if not isinstance(value, Schedule):
        return inputs.constant(name, convert(value, kind))
    if not isinstance(value, InversePower):
        raise InvalidInput(f"{name} = {value} cannot be compiled: α/(k + offset)^power can")
    rate = inputs.constant(name, convert(value.learning_rate, kind))
    power = inputs.constant("power", convert(value.power, kind))
    if power.is_constant(0):
        return rate
    schedule = copy.copy(value)
    object.__setattr__(schedule, "learning_rate", rate)
    object.__setattr__(schedule, "power", power)
    return schedule
