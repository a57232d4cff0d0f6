"""Any optimizer that is a pair of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from misstep.adapters.base import Adapter, Started
from misstep.adapters.observation import Dtype
from misstep.adapters.oracle import Oracle
from misstep.errors import InvalidInput
from misstep.scalars import FloatArray


@dataclass(frozen=True)
class PairOptimizer(Adapter):
    """A pair (init, update) of functions over numpy arrays.

        state_0 = init(x_0)
        x_{k+1}, state_{k+1} = update(g_k, state_k, x_k)

    The functions get copies, so they may write into what they are given.

    Args:
        init: Maps x_0 to the first state, which may be anything.
        update: Maps (g_k, state_k, x_k) to (x_{k+1}, state_{k+1}), x_{k+1} of the shape of x_k.
        name: What to call it.
        hyper_parameters: Its arguments, as text.
        version: Of the code.
        dtype: `"float64"` or `"float32"`.

    >>> halving = PairOptimizer(lambda x: 1.0, lambda g, rate, x: (x - rate * g, rate / 2))
    >>> halving.stream([1, 1, 1]).x.tolist()
    [0.0, -1.0, -1.5, -1.75]
    """

    tolerances: ClassVar[Mapping[Dtype, float]] = MappingProxyType({"float64": 1e-14, "float32": 5e-5})

    init: Callable[[Any], Any]
    update: Callable[[Any, Any, Any], tuple[Any, Any]]
    name: str = "custom"
    hyper_parameters: Mapping[str, str] = field(default_factory=dict)
    version: str = "unknown"

    def start(self, x0: FloatArray, oracle: Oracle | None = None) -> Started:  # noqa: ARG002
        """The first state at x0."""
        x, state = np.array(x0), self.init(np.array(x0))

        def step(g: FloatArray) -> FloatArray:
            nonlocal x, state
            answer: Any = self.update(np.array(g), state, np.array(x))
            if not isinstance(answer, tuple) or len(answer) != 2:
                raise InvalidInput(f"{self.name}: update must return (x_next, state), not {type(answer).__name__}")
            moved, state = np.array(answer[0], self.dtype), answer[1]
            if moved.shape != x.shape:
                raise InvalidInput(f"{self.name}: update returned shape {moved.shape} for a point of shape {x.shape}")
            x = moved
            return np.array(x)

        return Started(step, self.name, self.version, MappingProxyType(dict(self.hyper_parameters)))
