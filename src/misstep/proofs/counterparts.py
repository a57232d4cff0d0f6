"""The recurrence that a framework's optimizer documents, as one of our own methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from misstep import optimizers
from misstep.adapters import OptimizerSpec, ReferenceOptimizer, parse, resolve
from misstep.errors import InvalidInput
from misstep.optimizers import Optimizer
from misstep.proofs.not_proved import NotProved

Build = Callable[..., Optimizer[Any]]


def as_ours(subject: Any) -> Optimizer[Any]:
    """The misstep `Optimizer` whose recurrence a certificate is to be about.

    For an optimizer of torch, optax or Keras it is the recurrence of its documentation, in real numbers; that the
    implementation follows it is for an audit to observe.

    Args:
        subject: An `Optimizer` of ours, a text in the grammar of `parse`, or an `OptimizerSpec`.

    Raises:
        NotProved: no recurrence is known for it.
        InvalidInput: there is no such optimizer or argument.

    >>> as_ours("torch:SGD(lr=1/9, momentum=4/9)").momentum
    '4/9'
    """
    given = parse(subject) if isinstance(subject, str) else subject
    if isinstance(given, Optimizer):
        return given
    if isinstance(given, ReferenceOptimizer):
        return given.optimizer
    if not isinstance(given, OptimizerSpec):
        raise NotProved(
            f"{type(given).__name__} names no recurrence: give an Optimizer of misstep, or its name in text"
        )
    if given.library == "misstep":
        adapter = resolve(given)
        assert isinstance(adapter, ReferenceOptimizer)
        return adapter.optimizer
    entry = _COUNTERPARTS.get((given.library, given.name.lower()))
    if entry is None:
        known = ", ".join(f"{library}:{name}" for library, name in _COUNTERPARTS)
        raise NotProved(f"no recurrence is known here for {given.library}:{given.name}; known are {known}")
    arguments = given.mapped(str)
    build, names = entry
    chosen: dict[str, Any] = {}
    for name, value in arguments.items():
        if name not in names:
            raise NotProved(f"{given.library}:{given.name} with {name} = {value}: no recurrence is known for that here")
        ours = names[name]
        chosen |= dict(zip(ours, value, strict=True)) if isinstance(ours, tuple) else {ours: value}
    try:
        return build(**chosen)
    except TypeError as error:
        raise InvalidInput(f"{given}: {error}") from None


def _sgd(*, learning_rate: Any, momentum: Any = 0, nesterov: Any = False) -> Optimizer[Any]:
    if momentum in (None, 0, "0"):
        return optimizers.GradientDescent(learning_rate=learning_rate)
    method = optimizers.Nesterov if nesterov else optimizers.HeavyBall
    return method(learning_rate=learning_rate, momentum=momentum)


def _with(build: Build, **defaults: Any) -> Build:
    def made(*, amsgrad: Any = None, **chosen: Any) -> Optimizer[Any]:
        if amsgrad is not None:
            chosen["amsgrad"] = "raw" if amsgrad else None
        return build(**{**defaults, **chosen})

    return made


_TORCH = {"lr": "learning_rate", "betas": ("beta1", "beta2"), "eps": "eps"}
_OPTAX = {"learning_rate": "learning_rate", "b1": "beta1", "b2": "beta2", "eps": "eps"}
_KERAS = {"learning_rate": "learning_rate", "beta_1": "beta1", "beta_2": "beta2"}
_SGD = {"momentum": "momentum", "nesterov": "nesterov"}

_COUNTERPARTS: Mapping[tuple[str, str], tuple[Build, Mapping[str, Any]]] = MappingProxyType(
    {
        ("torch", "sgd"): (_with(_sgd, learning_rate="1e-3"), {"lr": "learning_rate", **_SGD}),
        ("torch", "adam"): (
            _with(optimizers.Adam, learning_rate="1e-3", decoupled=False),
            {**_TORCH, "weight_decay": "weight_decay", "amsgrad": "amsgrad"},
        ),
        ("torch", "adamax"): (_with(optimizers.Adamax, learning_rate="2e-3"), _TORCH),
        ("torch", "nadam"): (
            _with(optimizers.NAdam, learning_rate="2e-3"),
            {**_TORCH, "momentum_decay": "momentum_decay"},
        ),
        ("torch", "radam"): (_with(optimizers.RAdam, learning_rate="1e-3"), _TORCH),
        ("torch", "rmsprop"): (
            _with(optimizers.RMSprop, learning_rate="1e-2"),
            {"lr": "learning_rate", "alpha": "beta2", "eps": "eps", "momentum": "momentum", "centered": "centered"},
        ),
        ("optax", "sgd"): (_sgd, {"learning_rate": "learning_rate", **_SGD}),
        ("optax", "adam"): (optimizers.Adam, {**_OPTAX, "eps_root": "eps_root"}),
        ("optax", "amsgrad"): (
            _with(optimizers.Adam, amsgrad="corrected"),
            {**_OPTAX, "eps_root": "eps_root"},
        ),
        ("optax", "adamax"): (optimizers.Adamax, _OPTAX),
        ("optax", "adabelief"): (
            _with(optimizers.AdaBelief, eps="1e-16", eps_sum="1e-16"),
            {**_OPTAX, "eps_root": "eps_sum"},
        ),
        ("optax", "lion"): (
            _with(optimizers.Lion, weight_decay="1e-3"),
            {"learning_rate": "learning_rate", "b1": "beta1", "b2": "beta2", "weight_decay": "weight_decay"},
        ),
        ("optax", "sign_sgd"): (optimizers.SignDescent, {"learning_rate": "learning_rate"}),
        ("keras", "sgd"): (_with(_sgd, learning_rate="1e-2"), {"learning_rate": "learning_rate", **_SGD}),
        ("keras", "adam"): (
            _with(optimizers.Adam, learning_rate="1e-3", eps=0, eps_hat="1e-7"),
            {**_KERAS, "epsilon": "eps_hat", "amsgrad": "amsgrad"},
        ),
        ("keras", "rmsprop"): (
            _with(optimizers.RMSprop, learning_rate="1e-3", beta2="0.9", eps=0, eps_root="1e-7"),
            {"learning_rate": "learning_rate", "rho": "beta2", "epsilon": "eps_root", "momentum": "momentum"},
        ),
    }
)
"""For each framework and lower-case name: what makes ours, and our name for each of its arguments."""
