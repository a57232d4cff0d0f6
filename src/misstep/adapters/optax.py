"""Gradient transformations of optax."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from misstep.adapters.base import Adapter, NeedsTheFunction, Started, as_float, missing
from misstep.adapters.jax_precision import precision
from misstep.adapters.observation import Dtype
from misstep.adapters.optax_oracle import value_function
from misstep.adapters.oracle import Oracle
from misstep.scalars import FloatArray, Scalar

OPTAX_TOLERANCE: Mapping[Dtype, float] = MappingProxyType({"float64": 1e-14, "float32": 5e-5})
"""Bound for the `deviation` of optax's Adam from the reference: optax 0.2.8 (jax 0.10) reached 1.9e-15 and 8.4e-6.

In float32 the first steps lose digits in 1 − β2^k, which torch computes in float64.
"""

_EXTRA_ARGUMENTS = ((), ("value", "grad", "value_fn"), ("value", "grad", "obj_fn"))
"""Sets of extra arguments to try on an update. optax's line searches refuse the `obj_fn` of its Hessian estimates."""

_NO_FUNCTION = Oracle(lambda _: 0.0, np.zeros_like)
"""Stands in where an update is only traced."""


@dataclass(frozen=True)
class OptaxOptimizer(Adapter):
    """An optax gradient transformation on one array, its update compiled once for all runs, on the CPU.

    A transformation does not know its own name and arguments, so they are the caller's to say. Where its update fails
    on gradient, state and parameter alone and the function is known, it gets what optax's own methods ask for: `value`,
    `grad`, `value_fn` and `obj_fn`.

    Args:
        transformation: An `optax.GradientTransformation`, with extra arguments or without.
        name: What to call it.
        hyper_parameters: Its arguments, as text.
        per_example: Whether it takes gradients with a first axis over examples; it gets one example then.
        from_seed: Makes of `seed` what stands in for `transformation`, for methods with keys of their own.
        dtype: `"float64"` or `"float32"`. float64 switches JAX's 64-bit mode on for the steps alone.
        parameter_shape: As in `Adapter`.
        least_ndim: As in `Adapter`.
        seed: As in `Adapter`, and what `from_seed` is given.
    """

    tolerances: ClassVar[Mapping[Dtype, float]] = OPTAX_TOLERANCE

    transformation: Any
    name: str = "optax"
    hyper_parameters: Mapping[str, str] = field(default_factory=dict)
    per_example: bool = False
    from_seed: Callable[[int], Any] | None = None

    def start(self, x0: FloatArray, oracle: Oracle | None = None) -> Started:
        """The transformation's first state, and x0 as a JAX array.

        Raises:
            InvalidInput: the update needs the function and there is none, or it does not compile.
            MissingDependency: optax or jax is not installed.
        """
        jax, optax = import_optax()
        transformation = self.transformation if self.from_seed is None else _made(self.from_seed, self.seed)
        init, update = _compiled(transformation, self.per_example)

        # Arrays committed to the CPU keep everything computed with them there.
        with precision(jax, self.dtype):
            x = jax.device_put(np.array(x0), jax.devices("cpu")[0])
            state = init(x)
            extras = self._extras(jax, optax.with_extra_args_support(transformation), x, state)
            if extras and oracle is None:
                raise NeedsTheFunction(self.name)
            f = value_function(jax, oracle or _NO_FUNCTION) if extras else None

        def step(g: FloatArray) -> FloatArray:
            nonlocal x, state
            with precision(jax, self.dtype):
                value = np.asarray(oracle.value(np.array(x)) if oracle is not None and extras else 0, self.dtype)
                x, state = update(np.array(g), state, x, value, extras, f)
                moved: FloatArray = np.asarray(x)
            return moved

        version = f"{optax.__version__} (jax {jax.__version__})"
        return Started(step, self.name, version, MappingProxyType(dict(self.hyper_parameters)))

    def _extras(self, jax: Any, transformation: Any, x: Any, state: Any) -> tuple[str, ...]:
        """The first set of extra arguments with which the update can be traced; nothing is computed."""
        f = value_function(jax, _NO_FUNCTION)
        known = {"value": x.sum(), "grad": x, "value_fn": f, "obj_fn": f}
        failure: Exception | None = None
        for extras in _EXTRA_ARGUMENTS:
            options = {name: known[name] for name in extras}

            def attempt(g: Any, state: Any, x: Any, options: dict[str, Any] = options) -> Any:
                return transformation.update(g[None] if self.per_example else g, state, x, **options)

            try:
                jax.eval_shape(attempt, x, state, x)
            except Exception as error:  # the first says what is wrong if none of the others helps
                failure = failure or error
            else:
                return extras
        assert failure is not None
        raise failure


@lru_cache(maxsize=64)
def _made(from_seed: Callable[[int], Any], seed: int) -> Any:
    """The transformation of a seed: one object, so that it is compiled once."""
    return from_seed(seed)


@lru_cache(maxsize=64)
def _compiled(transformation: Any, per_example: bool) -> tuple[Any, Any]:
    """`init` and one step, compiled once for all runs of a transformation; by function where the step asks for one."""
    jax, optax = import_optax()
    supported = optax.with_extra_args_support(transformation)

    def step(g: Any, state: Any, x: Any, value: Any, extras: tuple[str, ...], f: Any) -> Any:
        known = {"value": value, "grad": g, "value_fn": f, "obj_fn": f}
        options = {name: known[name] for name in extras}
        updates, state = supported.update(g[None] if per_example else g, state, x, **options)
        return optax.apply_updates(x, updates), state

    return jax.jit(supported.init), jax.jit(step, static_argnums=(4, 5))


def optax_optimizer(
    transformation: Any,
    *,
    name: str = "optax",
    hyper_parameters: Mapping[str, str] | None = None,
    dtype: Dtype = "float64",
    parameter_shape: tuple[int, ...] | None = None,
) -> OptaxOptimizer:
    """An adapter for any optax transformation.

    Args:
        transformation: An `optax.GradientTransformation`, such as `optax.adam(0.1)`.
        name: What to call it in observations.
        hyper_parameters: Its arguments, as text.
        dtype: `"float64"` or `"float32"`.
        parameter_shape: As in `Adapter`.

    Raises:
        InvalidInput: dtype is neither.
        MissingDependency: optax or jax is not installed.
    """
    import_optax()
    return OptaxOptimizer(
        transformation, name, dict(hyper_parameters or {}), dtype=dtype, parameter_shape=parameter_shape
    )


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
    _, optax = import_optax()
    options = {} if eps is None else {"eps": as_float(eps)}
    options |= {"learning_rate": as_float(learning_rate), "b1": as_float(beta1), "b2": as_float(beta2)}
    arguments = inspect.signature(optax.adam).bind(**options)
    arguments.apply_defaults()
    texts = {name: repr(value) for name, value in arguments.arguments.items()}
    return optax_optimizer(optax.adam(**options), name="optax.adam", hyper_parameters=texts, dtype=dtype)


def import_optax() -> tuple[Any, Any]:
    """The modules `jax` and `optax`.

    Raises:
        MissingDependency: one of them is not installed.
    """
    try:
        import jax
        import optax
    except ImportError as error:
        raise missing("optax", "jax", error) from error
    return jax, optax
