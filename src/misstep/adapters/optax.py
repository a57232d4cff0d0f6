"""Gradient transformations of optax."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from misstep.adapters.base import Adapter, Dtype, Started, as_float, missing
from misstep.adapters.jax_precision import precision
from misstep.scalars import FloatArray, Scalar

OPTAX_TOLERANCE: Mapping[Dtype, float] = MappingProxyType({"float64": 1e-14, "float32": 5e-5})
"""Bound for the `deviation` of optax's Adam from the reference: optax 0.2.8 (jax 0.10) reached 1.9e-15 and 8.4e-6.

In float32 the first steps lose digits in 1 − β2^k, which torch computes in float64.
"""


@dataclass(frozen=True)
class OptaxOptimizer(Adapter):
    """An optax gradient transformation on one array, its update compiled once a run, on the CPU.

    A transformation does not know its own name and arguments, so they are the caller's to say.

    Args:
        transformation: An `optax.GradientTransformation` that needs nothing but gradient, state and parameter.
        name: What to call it.
        hyper_parameters: Its arguments, as text.
        dtype: `"float64"` or `"float32"`. float64 switches JAX's 64-bit mode on for the steps alone.
    """

    tolerances: ClassVar[Mapping[Dtype, float]] = OPTAX_TOLERANCE

    transformation: Any
    name: str = "optax"
    hyper_parameters: Mapping[str, str] = field(default_factory=dict)

    def start(self, x0: FloatArray) -> Started:
        """The transformation's first state, and x0 as a JAX array.

        Raises:
            MissingDependency: optax or jax is not installed.
        """
        jax, optax = _jax_and_optax()

        @jax.jit  # type: ignore[untyped-decorator]
        def update(g: Any, state: Any, x: Any) -> Any:
            updates, state = self.transformation.update(g, state, x)
            return optax.apply_updates(x, updates), state

        # Arrays committed to the CPU keep everything computed with them there.
        with precision(jax, self.dtype):
            x = jax.device_put(np.array(x0), jax.devices("cpu")[0])
            state = jax.jit(self.transformation.init)(x)

        def step(g: FloatArray) -> FloatArray:
            nonlocal x, state
            with precision(jax, self.dtype):
                x, state = update(np.array(g), state, x)
                moved: FloatArray = np.asarray(x)
            return moved

        version = f"{optax.__version__} (jax {jax.__version__})"
        return Started(step, self.name, version, MappingProxyType(dict(self.hyper_parameters)))


def optax_optimizer(
    transformation: Any,
    *,
    name: str = "optax",
    hyper_parameters: Mapping[str, str] | None = None,
    dtype: Dtype = "float64",
) -> OptaxOptimizer:
    """An adapter for any optax transformation.

    Args:
        transformation: An `optax.GradientTransformation`, such as `optax.adam(0.1)`.
        name: What to call it in observations.
        hyper_parameters: Its arguments, as text.
        dtype: `"float64"` or `"float32"`.

    Raises:
        InvalidInput: dtype is neither.
        MissingDependency: optax or jax is not installed.
    """
    _jax_and_optax()
    return OptaxOptimizer(transformation, name, dict(hyper_parameters or {}), dtype=dtype)


def optax_adam(
    *,
    learning_rate: Scalar,
    beta1: Scalar = "0.9",
    beta2: Scalar = "0.999",
    eps: Scalar | None = None,
    dtype: Dtype = "float64",
) -> OptaxOptimizer:
    """An adapter for `optax.adam`; ours is `adam_dialect("optax")`.

    Args:
        learning_rate: α > 0.
        beta1: β1 in [0, 1).
        beta2: β2 in [0, 1).
        eps: ε ≥ 0 outside the root; `None` for optax's own default (1e-8).
        dtype: `"float64"` or `"float32"`.

    Raises:
        InvalidInput: dtype is neither.
        MissingDependency: optax or jax is not installed.
    """
    _, optax = _jax_and_optax()
    options = {} if eps is None else {"eps": as_float(eps)}
    options |= {"learning_rate": as_float(learning_rate), "b1": as_float(beta1), "b2": as_float(beta2)}
    arguments = inspect.signature(optax.adam).bind(**options)
    arguments.apply_defaults()
    texts = {name: repr(value) for name, value in arguments.arguments.items()}
    return optax_optimizer(optax.adam(**options), name="optax.adam", hyper_parameters=texts, dtype=dtype)


def _jax_and_optax() -> tuple[Any, Any]:
    try:
        import jax
        import optax
    except ImportError as error:
        raise missing("optax", "jax", error) from error
    return jax, optax
