"""Methods, functions and lanes that tests of kernels share."""

from __future__ import annotations

from typing import Any

import numpy as np

import misstep as ms
from helpers import LESSARD_RECHT_PACKARD, LINE_FUNCTIONS
from misstep.constructions import Infeasible, smoothest, spline_through
from misstep.functions import FiniteSum, LineFunction, lessard_recht_packard, quadratic
from misstep.optimizers import Optimizer
from misstep.optimizers.rounded import RoundedMoments
from misstep.sweeps.kernels.lanes import Lanes

N = 12
"""Lanes of a test."""

MEASURED = frozenset({"outcome", "period", "speed", "gradient", "departure", "f_min", "f_max"})
"""All but the Lyapunov exponent, which keeps a lane from being finished early."""

_RANDOM = np.random.default_rng(20230802)
BETA1, BETA2 = _RANDOM.uniform(0, 0.99, N), _RANDOM.uniform(0, 0.999, N)
RATE = _RANDOM.uniform(0.05, 0.2, N)
STARTS = _RANDOM.uniform(-0.3, 0.5, N)

METHODS: dict[str, Optimizer[Any]] = {
    "adam as in the paper": ms.adam_dialect("toint", learning_rate="0.1", beta1=BETA1, beta2=BETA2),
    "adam of torch": ms.adam_dialect("torch", learning_rate=RATE, beta1=BETA1, beta2=BETA2),
    "adam of keras": ms.adam_dialect("keras", learning_rate=RATE, beta1=BETA1, beta2=BETA2),
    "amsgrad, raw": ms.Adam(learning_rate="0.1", amsgrad="raw", beta1=BETA1, eps_root="1e-8"),
    "amsgrad, corrected, coupled decay": ms.Adam(
        learning_rate="0.1", amsgrad="corrected", weight_decay="0.01", beta1=BETA1, decoupled=False
    ),
    "adamw": ms.Adam(learning_rate="0.1", weight_decay=RATE, beta1=BETA1),
    "adagrad": ms.AdaGrad(learning_rate=RATE, initial_accumulator="0.1"),
    "adabelief": ms.AdaBelief(learning_rate="0.01", beta1=BETA1),
    "adamax": ms.Adamax(learning_rate=RATE, beta1=BETA1),
    "gradient descent": ms.GradientDescent(learning_rate=RATE),
    "heavy ball": ms.HeavyBall(learning_rate=RATE, momentum=BETA1),
    "nesterov": ms.Nesterov(learning_rate=RATE, momentum=BETA1),
    "nadam": ms.NAdam(learning_rate=RATE, beta1=BETA1),
    "nadam, constant momentum": ms.NAdam(learning_rate=RATE, momentum_decay=None),
    "radam": ms.RAdam(learning_rate=RATE, beta2=BETA2),
    "rmsprop": ms.RMSprop(learning_rate=RATE, beta2=BETA2),
    "rmsprop, centered": ms.RMSprop(learning_rate=RATE, beta2=BETA2, centered=True, momentum=BETA1, eps_root="1e-8"),
    "sign descent": ms.SignDescent(learning_rate=RATE),
    "lion": ms.Lion(learning_rate=RATE, beta1=BETA1, weight_decay="0.1"),
    "decreasing steps": ms.Adam(learning_rate=ms.InversePower(0.1, np.linspace(0, 1, N)), eps=0),
    "moments in bfloat16": RoundedMoments(ms.adam_dialect("torch", learning_rate=RATE, beta1=BETA1, beta2=BETA2)),
}


def _many_pieces() -> LineFunction:
    """A spline of more than 16 pieces: its coefficients are looked up."""
    jets = smoothest([f"{k}/5" for k in range(-8, 9)], [(-1) ** k * (k % 3 + 1) for k in range(17)])
    assert not isinstance(jets, Infeasible)
    function = spline_through(jets)
    assert len(function.coefficients) > 16
    return function


FUNCTIONS: dict[str, LineFunction] = {
    # Of a sum a step sees one component: it has tests of its own.
    **{name: f for name, f in LINE_FUNCTIONS if not isinstance(f, FiniteSum)},
    "three parabolas between lines": LESSARD_RECHT_PACKARD,
    "three parabolas": lessard_recht_packard(),
    "a parabola": quadratic("7/3"),
    "many pieces": _many_pieces(),
}


def lanes(optimizer: Optimizer[Any], function: LineFunction, n_steps: int, **options: Any) -> Lanes:
    """`N` lanes of one method on one function."""
    fields: dict[str, Any] = {
        "optimizer": optimizer,
        "functions": (function,),
        "function_index": np.zeros(N, np.intp),
        "x0": STARTS,
        "slope": np.ones(N),
        "n_steps": n_steps,
        "quantities": MEASURED,
        "cell": np.arange(N, dtype=np.uint64),
        "replicate": np.zeros(N, np.uint64),
        **options,
    }
    return Lanes(**fields)
