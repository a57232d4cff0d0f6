"""The step that a method comes to on a constant gradient, exactly: the spacing of the function that it drifts on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flint import arb, fmpq

from misstep import optimizers
from misstep.errors import InvalidInput, IrrationalResult
from misstep.optimizers import InversePower, Optimizer
from misstep.optimizers.radam import THRESHOLD
from misstep.scalars import ends, exact, precision, sqrt

Numbers = Mapping[str, fmpq]
"""Hyper-parameters by name; c is the size of the gradient."""

_BITS = 128


def settled_step(method: Optimizer[Any], numbers: Numbers, c: fmpq) -> fmpq:
    """s > 0 with x_{k+1} − x_k → s on the gradient −c.

        gradient descent            αc
        heavy ball, Nesterov        αc/(1 − β)
        sign descent, Lion          α
        Adam, NAdam                 αc/(√(c² + eps_root) + eps);    with eps_hat: αc/(c + eps_hat)
        Adamax                      αc/(c + eps)
        RAdam                       αc/(c + eps) where 2/(1 − β2) − 1 > 5, else αc
        RMSprop                     αc/((√(c² + eps_root) + eps)(1 − momentum)), centered: without c²
        AdaBelief                   αc/(√(eps_sum/(1 − β2) + eps_root) + eps)

    A root that is not rational is rounded to the nearest float.

    Args:
        method: The method; only its class and its options are read.
        numbers: The hyper-parameters that `uses` names.
        c: Size of the gradient.

    Raises:
        InvalidInput: the steps do not settle.

    >>> method = optimizers.Adam(learning_rate=1)
    >>> settled_step(method, {"learning_rate": fmpq(1, 10), "eps": fmpq(1), "eps_root": fmpq(0)}, fmpq(1))
    1/20

    Source: theory of constant gradients; the tests run each method and compare.
    """
    name = type(method).__name__
    if type(method) not in _STEPS:
        raise InvalidInput(f"{name}'s steps do not settle on a constant gradient: give the function's spacing")
    if numbers.get("weight_decay", fmpq(0)) > 0:
        decay = float(numbers["weight_decay"])
        raise InvalidInput(
            f"{name} with weight_decay = {decay} settles at a place, not to a step: give the function's spacing"
        )
    size = _STEPS[type(method)][1](method, numbers, c)
    if size == 0:
        raise InvalidInput(f"{name}'s steps grow for ever on a constant gradient: give the function's spacing")
    return size


def uses(method: Optimizer[Any]) -> tuple[str, ...]:
    """The hyper-parameters on which the settled step depends.

    >>> uses(optimizers.HeavyBall(learning_rate=1))
    ('learning_rate', 'momentum')
    """
    names = _STEPS.get(type(method), ((), None))[0]
    return tuple(name for name in names if getattr(method, name) is not None)


def settling_values(method: Optimizer[Any]) -> dict[str, Any]:
    """The values of what `uses` names: numbers or arrays; of a decreasing learning rate, that of the first step.

    >>> settling_values(optimizers.HeavyBall(learning_rate=optimizers.InversePower("1/10"), momentum="1/2"))
    {'learning_rate': '1/10', 'momentum': '1/2'}
    """
    found = {name: getattr(method, name) for name in uses(method)}
    return {name: value.learning_rate if isinstance(value, InversePower) else value for name, value in found.items()}


def _over(numerator: fmpq, denominator: fmpq) -> fmpq:
    return numerator / denominator if denominator > 0 else fmpq(0)


def _root(square: fmpq) -> fmpq:
    try:
        return exact(sqrt(square))
    except IrrationalResult:
        with precision(_BITS):
            middle = ends(arb(square).sqrt())[0]
        return fmpq(*(int(middle.p) / int(middle.q)).as_integer_ratio())


def _adam(_: Any, n: Numbers, c: fmpq) -> fmpq:
    if "eps_hat" in n:
        return n["learning_rate"] * c / (c + n["eps_hat"])
    return n["learning_rate"] * c / (_root(c * c + n.get("eps_root", fmpq(0))) + n["eps"])


def _radam(_: Any, n: Numbers, c: fmpq) -> fmpq:
    rectified = 2 / (1 - n["beta2"]) - 1 > THRESHOLD
    return n["learning_rate"] * c / (c + n["eps"] if rectified else 1)


def _rmsprop(method: Any, n: Numbers, c: fmpq) -> fmpq:
    square = n["eps_root"] + (fmpq(0) if method.centered else c * c)
    return _over(n["learning_rate"] * c, (_root(square) + n["eps"]) * (1 - n["momentum"]))


def _adabelief(_: Any, n: Numbers, c: fmpq) -> fmpq:
    return _over(n["learning_rate"] * c, _root(n["eps_sum"] / (1 - n["beta2"]) + n["eps_root"]) + n["eps"])


def _momentum(_: Any, n: Numbers, c: fmpq) -> fmpq:
    return n["learning_rate"] * c / (1 - n["momentum"])


def _sign(_: Any, n: Numbers, _c: fmpq) -> fmpq:
    return n["learning_rate"]


_STEPS: Mapping[type[Optimizer[Any]], tuple[tuple[str, ...], Callable[[Any, Numbers, fmpq], fmpq]]] = MappingProxyType(
    {
        optimizers.Adam: (("learning_rate", "eps", "eps_root", "eps_hat", "weight_decay"), _adam),
        optimizers.NAdam: (("learning_rate", "eps"), _adam),
        optimizers.Adamax: (("learning_rate", "eps"), _adam),
        optimizers.RAdam: (("learning_rate", "eps", "beta2"), _radam),
        optimizers.RMSprop: (("learning_rate", "eps", "eps_root", "momentum"), _rmsprop),
        optimizers.AdaBelief: (("learning_rate", "eps", "eps_root", "eps_sum", "beta2"), _adabelief),
        optimizers.GradientDescent: (("learning_rate",), lambda _, n, c: n["learning_rate"] * c),
        optimizers.HeavyBall: (("learning_rate", "momentum"), _momentum),
        optimizers.Nesterov: (("learning_rate", "momentum"), _momentum),
        optimizers.SignDescent: (("learning_rate",), _sign),
        optimizers.Lion: (("learning_rate", "weight_decay"), _sign),
    }
)
"""For each method that settles: the hyper-parameters that matter, and the step."""
