"""The optimizer, and what is known of it before a search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq

from misstep.adapters import Adapter
from misstep.counterexamples.streams import ConstantStream, StepBehavior, constant_stream, is_coordinatewise
from misstep.errors import InvalidInput


@dataclass(frozen=True)
class Subject:
    """An optimizer, watched on the constant gradient −slope.

    Attributes:
        adapter: It.
        name: Public name.
        version: Of its library.
        hyper_parameters: As the library reports them, as text.
        stream: What it does on the constant gradient.
        side_by_side: Whether many runs may be elements of one parameter.
        notes: What else there is to say, one sentence each.
    """

    adapter: Adapter
    name: str
    version: str
    hyper_parameters: dict[str, str]
    stream: ConstantStream
    side_by_side: bool
    notes: tuple[str, ...]

    @classmethod
    def of(cls, adapter: Adapter, slope: fmpq) -> Subject:
        """Watch an optimizer.

        Raises:
            InvalidInput: it does not move, or is not finite after its first step.
        """
        stream = constant_stream(adapter, float(slope))
        observation = adapter.follow(
            lambda p: np.full_like(p, -float(slope)), 0.0, 32, value=lambda p: np.ones_like(p), twice=True
        )
        if len(stream.x) < 2:
            raise InvalidInput(f"{observation.name} returns {observation.x[1]} in its first step")
        if stream.behavior is StepBehavior.STILL:
            raise InvalidInput(
                f"{observation.name} does not move in {len(stream.steps)} steps on the gradient -{slope}"
            )
        notes = []
        if observation.stochastic:
            notes.append(f"its steps are random: all of this holds for seed {adapter.seed}")
        return cls(
            adapter,
            observation.name,
            observation.version,
            dict(observation.hyper_parameters),
            stream,
            not stream.uses_values and is_coordinatewise(adapter),
            tuple(notes),
        )
