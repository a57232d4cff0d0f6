"""From an optimizer's name, or the optimizer itself, to the adapter that runs it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from misstep.adapters.base import Adapter
from misstep.adapters.callables import PairOptimizer
from misstep.adapters.keras import same_again
from misstep.adapters.lookup import named
from misstep.adapters.making import Options, from_callable, from_transformation, is_transformation, public_name
from misstep.adapters.naming import OptimizerSpec, parse
from misstep.adapters.observation import Dtype
from misstep.adapters.reference import ReferenceOptimizer
from misstep.errors import InvalidInput
from misstep.optimizers import Optimizer


def resolve(
    optimizer: Any,
    *,
    dtype: Dtype = "float64",
    parameter_shape: tuple[int, ...] | None = None,
    seed: int = 0,
    **arguments: Any,
) -> Adapter:
    """The adapter that runs `optimizer`.

    Args:
        optimizer: One of

            * a text in the grammar of `parse`, or an `OptimizerSpec`;
            * a class of optimizers of torch, Keras or pytorch_optimizer, or of ours, with its `arguments`;
            * a function that makes one when it is called with `arguments`: `optax.adam`, or a factory of yours that
              takes torch parameters, or that takes nothing;
            * an optax transformation, a Keras optimizer, an `Optimizer` of ours, or an `Adapter`;
            * a pair (init, update) of functions over numpy arrays: state = init(x) and
              (x_next, state) = update(g, state, x).
        dtype: `"float64"` or `"float32"`.
        parameter_shape: Shape of the parameter that the optimizer sees, where it is not x0's: for methods of matrices.
        seed: Of the global random numbers during a run, and of optax's methods that take a seed or key and were given
            none.
        **arguments: Of a class or function; floats for the frameworks.

    Returns:
        An `Adapter`, not started. Its constructor was called once, so that bad arguments are refused here.

    Raises:
        InvalidInput: the text breaks the grammar, there is no such optimizer or argument, a learning rate is not
            positive, or the library's constructor refuses; the message carries its own on one line.
        MissingDependency: the library is not installed.

    >>> resolve("sign_descent(learning_rate=1/4)").stream([1, 1, -1]).x.tolist()
    [0.0, -0.25, -0.5, -0.25]
    >>> resolve((lambda x: None, lambda g, state, x: (x - g, state))).stream([1, 2]).x.tolist()
    [0.0, -1.0, -3.0]
    >>> resolve("adan(learning_rate=0.1)")
    Traceback (most recent call last):
        ...
    misstep.errors.InvalidInput: misstep has no optimizer adan: did you mean adam, radam or nadam?
    """
    given = parse(optimizer) if isinstance(optimizer, str) else optimizer
    options = Options(dtype=dtype, parameter_shape=parameter_shape, seed=seed)
    if isinstance(given, OptimizerSpec):
        if arguments:
            raise InvalidInput(f"{given} is named with its arguments: {', '.join(arguments)} cannot be given beside it")
        return named(given, options)
    if isinstance(given, Adapter):
        _no(arguments, given)
        return replace(given, dtype=dtype, parameter_shape=parameter_shape or given.parameter_shape, seed=seed)
    if isinstance(given, Optimizer):
        _no(arguments, given)
        return ReferenceOptimizer(given, dtype=dtype, parameter_shape=parameter_shape, seed=seed)
    if is_transformation(given):
        _no(arguments, given)
        return from_transformation(given, "optax", {}, options)
    if isinstance(given, tuple) and len(given) == 2 and all(map(callable, given)):
        _no(arguments, given)
        return PairOptimizer(*given, dtype=dtype, parameter_shape=parameter_shape, seed=seed)
    if any(base.__module__.startswith("keras.") for base in type(given).__mro__) and hasattr(given, "get_config"):
        _no(arguments, given)
        return from_callable(same_again(given), public_name(type(given)), {}, options)
    if any(base.__module__ == "torch.optim.optimizer" for base in type(given).__mro__):
        raise InvalidInput(
            f"this {type(given).__name__} holds its own parameters: give its class and arguments, or a function of "
            "params"
        )
    if callable(given):
        return from_callable(given, public_name(given), arguments, options)
    raise InvalidInput(
        f"{type(given).__name__} is no optimizer: give a name such as 'torch:Adam(lr=1e-3)', a class with its "
        "arguments, an optax transformation, a misstep Optimizer, or a pair (init, update)"
    )


def _no(arguments: dict[str, Any], given: Any) -> None:
    if arguments:
        raise InvalidInput(f"{type(given).__name__} is made already: {', '.join(arguments)} cannot be given beside it")
