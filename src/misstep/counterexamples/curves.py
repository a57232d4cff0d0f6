"""The least constant over the size of the gradients and over the learning rate, for what was found."""

from __future__ import annotations

from typing import Any

import numpy as np

from misstep.counterexamples.counterexample import Counterexample, as_float
from misstep.counterexamples.critical import (
    SLOPES,
    SLOPES_ALONE,
    CriticalSmoothness,
    Curve,
    critical,
    drift_curve,
    word_curve,
)
from misstep.counterexamples.observed import as_floats
from misstep.counterexamples.rates import learning_rate, with_learning_rate
from misstep.counterexamples.request import Request
from misstep.counterexamples.subject import Subject

_FACTORS = tuple(2.0**k for k in range(-6, 7, 2))
"""Learning rates that the curve over them has, relative to the one given."""


def over_slopes(
    subject: Subject, request: Request, example: Counterexample | None
) -> tuple[Curve, CriticalSmoothness | None]:
    """The least constant over the size of the gradients, for what happens in the example, and the least of all."""
    nothing = Curve((), ())
    if example is None:
        return nothing, None
    size = float(np.abs([as_floats(g) for g in example.gradients]).max())
    here = CriticalSmoothness(as_float(example.optimum), size, example.failure, example.word)
    if (
        "slope" not in request.curves
        or request.shape
        or here.L == 0
        or example.spacing is None
        or subject.stream.uses_values
    ):
        return nothing, here
    slopes = SLOPES if subject.side_by_side else SLOPES_ALONE
    if example.word == (-1,):
        longest = min(max(1024, len(subject.stream.steps)), 4096)
        curve = drift_curve(subject.adapter, slopes, side_by_side=subject.side_by_side, longest=longest)
    elif example.word is not None:
        curve = word_curve(
            subject.adapter, example.word, slopes, request.bounds, side_by_side=subject.side_by_side, n_steps=1200
        )
    else:
        return nothing, here
    least = critical(curve, example.failure, example.word)
    return curve, here if least is None or least.L >= here.L * (1 - 1e-9) else least


def over_rates(
    subject: Subject, request: Request, example: Counterexample | None, optimizer: Any, arguments: dict[str, Any]
) -> Curve:
    """The least constant over the learning rate, for what happens in the example."""
    nothing = Curve((), ())
    if "learning_rate" not in request.curves or example is None or example.word is None or example.spacing is None:
        return nothing
    if not example.optimum > 0 or subject.stream.uses_values:
        return nothing
    found = learning_rate(optimizer, arguments, subject.hyper_parameters)
    if found is None:
        return nothing
    name, value = found
    # A method whose steps are constant from the first shows it soon.
    longest = 256 if subject.stream.settled == 0 else 4096
    pairs = []
    for factor in _FACTORS:
        rate = float(value) * factor
        adapter = with_learning_rate(optimizer, arguments, name, rate, seed=subject.adapter.seed)
        if adapter is None:
            continue
        slopes, alone = [request.slope], {"side_by_side": False}
        if example.word == (-1,):
            curve = drift_curve(adapter, slopes, longest=longest, **alone)
        else:
            curve = word_curve(adapter, example.word, slopes, request.bounds, n_steps=1200, **alone)
        pairs += [(rate, L) for L in curve.L]
    return Curve(tuple(at for at, _ in pairs), tuple(L for _, L in pairs))
