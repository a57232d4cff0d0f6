"""The same optimizer with another learning rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from misstep.adapters import Adapter, OptimizerSpec, parse, resolve
from misstep.adapters.making import RATES
from misstep.errors import MisstepError


def learning_rate(optimizer: Any, arguments: Mapping[str, Any], hyper_parameters: Mapping[str, str]) -> Any:
    """(name, value) of the learning rate: as it was given, or as the library reports it; `None` where neither says."""
    given = dict(_spec(optimizer).arguments) if isinstance(optimizer, (str, OptimizerSpec)) else dict(arguments)
    for name in sorted(RATES):
        if name in given:
            return name, given[name]
    for name in sorted(RATES & hyper_parameters.keys()):
        try:
            return name, float(hyper_parameters[name].strip("'"))
        except ValueError:
            return None
    return None


def with_learning_rate(
    optimizer: Any, arguments: Mapping[str, Any], name: str, value: float, *, seed: int
) -> Adapter | None:
    """The optimizer with its learning rate `name` set to `value`; `None` where that cannot be done from outside."""
    try:
        if isinstance(optimizer, (str, OptimizerSpec)):
            spec = _spec(optimizer)
            exact = Fraction(value).limit_denominator(10**12)
            others = tuple(pair for pair in spec.arguments if pair[0] != name)
            return resolve(replace(spec, arguments=((name, exact), *others)), seed=seed)
        if not callable(optimizer):
            return None
        return resolve(optimizer, seed=seed, **{**arguments, name: value})
    except MisstepError:
        return None


def _spec(optimizer: str | OptimizerSpec) -> OptimizerSpec:
    return parse(optimizer) if isinstance(optimizer, str) else optimizer
