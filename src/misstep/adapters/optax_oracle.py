"""The function as a JAX function, for the optax methods that evaluate it inside their compiled update."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from misstep.adapters.oracle import Oracle


def value_function(jax: Any, oracle: Oracle) -> Callable[..., Any]:
    """f as a JAX function that may be compiled, differentiated, and its gradient once more in forward mode.

    It calls back into misstep, which evaluates f, f' and f''·z. Keyword arguments are ignored: optax's line searches
    hand over whatever `update` was given.

    Args:
        jax: The module.
        oracle: The function, of one array.
    """

    def call(function: Callable[..., Any], shape: tuple[int, ...], x: Any, *others: Any) -> Any:
        def host(*arrays: Any) -> Any:
            return np.asarray(function(*map(np.array, arrays)), x.dtype)

        return jax.pure_callback(host, jax.ShapeDtypeStruct(shape, x.dtype), x, *others)

    @jax.custom_jvp  # type: ignore[untyped-decorator]
    def gradient(x: Any) -> Any:
        return call(oracle.gradient, x.shape, x)

    @gradient.defjvp  # type: ignore[untyped-decorator]
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (z,) = primals, tangents
        return gradient(x), call(oracle.hessian_vector, x.shape, x, z)

    @jax.custom_jvp  # type: ignore[untyped-decorator]
    def value(x: Any) -> Any:
        return call(oracle.value, (), x)

    @value.defjvp  # type: ignore[untyped-decorator]
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (z,) = primals, tangents
        return value(x), (gradient(x) * z).sum()

    return lambda x, **_: value(x)
