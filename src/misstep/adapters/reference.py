"""misstep's own reference methods as adapters, so that whatever takes an adapter takes them too."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from misstep import optimizers
from misstep._version import __version__
from misstep.adapters.base import Adapter, Started
from misstep.adapters.observation import Dtype
from misstep.adapters.oracle import Oracle
from misstep.scalars import FloatArray, NumberKind

REFERENCE_OPTIMIZERS: Mapping[str, type[optimizers.Optimizer[Any]]] = MappingProxyType(
    {
        "adabelief": optimizers.AdaBelief,
        "adagrad": optimizers.AdaGrad,
        "adam": optimizers.Adam,
        "adamax": optimizers.Adamax,
        "gradient_descent": optimizers.GradientDescent,
        "heavy_ball": optimizers.HeavyBall,
        "lion": optimizers.Lion,
        "nadam": optimizers.NAdam,
        "nesterov": optimizers.Nesterov,
        "radam": optimizers.RAdam,
        "rmsprop": optimizers.RMSprop,
        "sign_descent": optimizers.SignDescent,
    }
)
"""Our methods by the names that the grammar has for them."""


@dataclass(frozen=True)
class ReferenceOptimizer(Adapter):
    """A reference method of misstep (an `Optimizer`), run in floats.

    Args:
        optimizer: Its hyper-parameters are converted to `dtype`.
        dtype: `"float64"` or `"float32"`.

    >>> from misstep import SignDescent
    >>> ReferenceOptimizer(SignDescent(learning_rate="1/2")).stream([1, 1, -1]).x.tolist()
    [0.0, -0.5, -1.0, -0.5]
    """

    tolerances: ClassVar[Mapping[Dtype, float]] = MappingProxyType({"float64": 1e-14, "float32": 5e-5})

    optimizer: optimizers.Optimizer[Any]

    def start(self, x0: FloatArray, oracle: Oracle | None = None) -> Started:  # noqa: ARG002
        """The method's first state at x0."""
        method = self.optimizer.cast(NumberKind(self.dtype))
        x, state = np.array(x0), method.init(np.array(x0))

        def step(g: FloatArray) -> FloatArray:
            nonlocal x, state
            x, state = method.update(g, state, x)
            return np.array(x)

        options = {entry.name: repr(getattr(self.optimizer, entry.name)) for entry in dataclasses.fields(method)}  # type: ignore[arg-type]
        name = f"misstep.{type(self.optimizer).__name__}"
        return Started(step, name, __version__, MappingProxyType(options))
