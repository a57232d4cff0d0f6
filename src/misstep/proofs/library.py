"""The certificates that are shipped: what the paper claims, and what misstep found beyond it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from flint import fmpq

from misstep.certificates.intervals import Interval
from misstep.constructions import function_of_word, search_words
from misstep.functions import PiecewisePolynomial, cubic, plateau, spline
from misstep.optimizers import (
    AdaBelief,
    Adam,
    Adamax,
    GradientDescent,
    HeavyBall,
    Lion,
    NAdam,
    Nesterov,
    Optimizer,
    RAdam,
    RMSprop,
    SignDescent,
    adam_dialect,
)
from misstep.proofs.certificate import SUFFIX, Certificate
from misstep.proofs.cycle import Cycle, prove_cycle
from misstep.proofs.drift import Drift, prove_drift
from misstep.proofs.function import prove_function
from misstep.proofs.methods import recurrence
from misstep.proofs.orbit import prove_closed_orbit, prove_orbit
from misstep.proofs.paper import drift_on, for_all_betas, papers_adam, rounding
from misstep.proofs.prove import prove
from misstep.proofs.vanishing import prove_vanishing

_ALPHA = fmpq(1, 10)
_HALF, _MOST = fmpq(1, 2), fmpq(999, 1000)


def _constant(optimizer: Optimizer[Any], **options: Any) -> Certificate:
    """The drift on one gradient, on plateaus of a quarter of the spacing, from as many starts as there is room for."""
    return prove(optimizer, plateau="1/4", **options)


def _word_drift() -> Certificate:
    """Lion walks on through gradients that point the other way: L = 2c/α, half of what one gradient needs."""
    optimizer = Lion(learning_rate=1)
    found = search_words(optimizer, 6).drift
    assert found is not None
    drift = Drift(
        recurrence(optimizer),
        function_of_word(found),
        Interval.point(fmpq(found.regime.nodes[0])),
        tuple(fmpq(g) for g in found.regime.gradients),
        fmpq(found.regime.shift),
        state={"m": fmpq(found.regime.state.m)},
        settled=len(found.word),
        optimal=True,
    )
    return prove_drift(drift)


def _word_cycle(beta1: str, longest: int) -> Certificate:
    """The cycle of least L among words up to a length."""
    found = search_words(Adam(learning_rate=1, beta1=beta1, eps=0), longest).cycle
    assert found is not None
    method = recurrence(Adam(learning_rate=1, beta1=beta1, eps=0, bias_correction=False))
    state = {"m": fmpq(found.regime.state.m), "v": fmpq(found.regime.state.v)}
    return prove_cycle(
        Cycle(
            method,
            function_of_word(found),
            fmpq(found.regime.nodes[0]),
            state,
            len(found.word),
            optimal=True,
        )
    )


def _parabola(curvature: fmpq) -> PiecewisePolynomial:
    """curvature·x²/2, which the certificate extends beyond [−1, 1]."""
    return PiecewisePolynomial((fmpq(-1), fmpq(1)), ((curvature / 2, -curvature, curvature / 2),))


def _adam_on_parabola(beta1: fmpq, beta2: fmpq, *, eps: fmpq = fmpq(0), eps_root: fmpq = fmpq(0)) -> Certificate:  # noqa: B008
    """±α(1 − β1)/(2(1 + β1)) on x²/2, less ε where that is outside the root; enclosed where it is inside."""
    method = recurrence(
        Adam(learning_rate=1, beta1=beta1, beta2=beta2, eps=eps, eps_root=eps_root, bias_correction=False)
    )
    x = (1 - beta1) / (2 * (1 + beta1)) - eps
    # The average of x, −x, x, … is m = (1 − β1)x/(1 + β1) after x, so −m before it.
    state = {"m": -(1 - beta1) * x / (1 + beta1), "v": x * x}
    return prove_cycle(Cycle(method, _parabola(fmpq(1)), x, state, 2, mu=fmpq(1), extend=True))


def _descent_cycle() -> Certificate:
    """Gradient descent at the classical threshold L = 2/α."""
    method = recurrence(GradientDescent(learning_rate=_ALPHA))
    return prove_cycle(Cycle(method, _parabola(2 / _ALPHA), _HALF, {}, 2, mu=2 / _ALPHA, optimal=True, extend=True))


def _polyak_cycle() -> Certificate:
    """Lessard, Recht & Packard 2016: f' = 25x, x + 24, 25x − 24, on Polyak's tuning for mu = 1 and L = 25."""
    method = recurrence(HeavyBall(learning_rate="1/9", momentum="4/9"))
    half = fmpq(1, 2)
    pieces = ((fmpq(0), fmpq(0), 25 * half), (25 * half, fmpq(25), half), (fmpq(38), fmpq(26), 25 * half))
    function = PiecewisePolynomial(tuple(fmpq(knot) for knot in range(4)), pieces)
    return prove_cycle(Cycle(method, function, fmpq(792, 1225), {"d": fmpq(-72, 49)}, 3, mu=fmpq(1), extend=True))


def _roots_of_unity(n: int, *, learning_rate: fmpq, momentum: fmpq, mu: fmpq, L: fmpq) -> Certificate:
    """Heavy ball through the n-th roots of unity (Goujaud, Taylor & Dieuleveut 2023)."""
    ring = [[("cos", fmpq(1), fmpq(t, n)), ("sin", fmpq(1), fmpq(t, n))] for t in range(n)]
    return prove_closed_orbit(a=[1 + momentum, -momentum], b=[-learning_rate, 0], points=ring, L=L, mu=mu)


def _simplex() -> Certificate:
    """The cycle through the corners of a simplex, x_i = e_i − 1/5 (2026)."""
    corners = [[fmpq(4, 5) if i == j else fmpq(-1, 5) for j in range(5)] for i in range(5)]
    a = ["1/5", "-1/10", "16/5", "-3/2", "1/5", "-1"]
    return prove_closed_orbit(a=a, b=[0, 0, -2, 0, 0, 0], points=corners, L=3, mu=1)


_STEEP = ["-1", "-1/2", "-1/3", "-1/4"]


def _orbit(x0: list[Any], **method: Any) -> Certificate:
    """Fifty steps on a gradient that does not change, at one level."""
    return prove_orbit(method, x0, 51 * [_STEEP])


def _torch_in_rest() -> Certificate:
    """Critical smoothness: L = 4(c + ε)/α of Adam with torch's defaults, for a gradient of 10⁻¹²."""
    return prove("torch:Adam(lr=1e-3)", slope="1e-12")


LIBRARY: Mapping[str, Callable[[], Certificate]] = MappingProxyType(
    {
        "adam-paper-all-betas": lambda: drift_on(cubic(_ALPHA), for_all_betas(papers_adam(_ALPHA)), _ALPHA),
        "adam-paper": lambda: drift_on(cubic(_ALPHA), recurrence(papers_adam(_ALPHA)), _ALPHA),
        "adam-spline": lambda: drift_on(spline(_ALPHA), for_all_betas(papers_adam(_ALPHA)), _ALPHA, optimal=True),
        "spline-optimal": lambda: prove_function(spline(_ALPHA), jets_at=["0", "1/10", "1/5"], optimal=True),
        "adam-ball-of-starts": lambda: drift_on(
            plateau(_ALPHA), for_all_betas(papers_adam(_ALPHA)), _ALPHA, half_width=_ALPHA / 4
        ),
        "adam-rounding": lambda: rounding(_ALPHA),
        "adam-torch": lambda: _constant(Adam(learning_rate=_ALPHA)),
        "adam-keras": lambda: _constant(adam_dialect("keras", learning_rate=_ALPHA, beta2="9/10")),
        "adam-uncorrected": lambda: _constant(adam_dialect("uncorrected", learning_rate=_ALPHA, beta2="9/10")),
        "adam-eps-root": lambda: _constant(Adam(learning_rate=_ALPHA, eps=0, eps_root="7/9")),
        "adam-critical-smoothness": _torch_in_rest,
        "amsgrad-torch": lambda: _constant(Adam(learning_rate=_ALPHA, amsgrad="raw")),
        "amsgrad-optax": lambda: _constant(Adam(learning_rate=_ALPHA, amsgrad="corrected")),
        "adamax": lambda: _constant(Adamax(learning_rate=_ALPHA)),
        "nadam": lambda: _constant(NAdam(learning_rate=_ALPHA, beta2="9/10", momentum_decay=1)),
        "nadam-constant-momentum": lambda: _constant(NAdam(learning_rate=_ALPHA, beta2="9/10", momentum_decay=None)),
        "radam": lambda: _constant(RAdam(learning_rate=_ALPHA, beta2="9/10")),
        "rmsprop": lambda: _constant(RMSprop(learning_rate=_ALPHA, beta2="9/10")),
        "adabelief": lambda: _constant(AdaBelief(learning_rate=_ALPHA, beta2="9/10", eps=0, eps_root="1/100")),
        "sign-descent": lambda: _constant(SignDescent(learning_rate=_ALPHA)),
        "lion": lambda: _constant(Lion(learning_rate=_ALPHA)),
        "lion-word": _word_drift,
        "heavy-ball": lambda: _constant(HeavyBall(learning_rate=_ALPHA)),
        "nesterov": lambda: _constant(Nesterov(learning_rate=_ALPHA)),
        "gradient-descent": lambda: _constant(GradientDescent(learning_rate=_ALPHA)),
        "gradient-descent-cycle": _descent_cycle,
        "adam-parabola": lambda: _adam_on_parabola(fmpq(9, 10), _MOST),
        "adam-parabola-eps": lambda: _adam_on_parabola(_HALF, fmpq(9, 10), eps=fmpq(1, 100)),
        "adam-parabola-eps-root": lambda: _adam_on_parabola(_HALF, fmpq(9, 10), eps_root=fmpq(1, 10**4)),
        "adam-word-half": partial(_word_cycle, "1/2", 4),
        "adam-word-nine-tenths": partial(_word_cycle, "9/10", 8),
        "heavy-ball-polyak": _polyak_cycle,
        "heavy-ball-three-roots": partial(
            _roots_of_unity, 3, learning_rate=fmpq(1, 9), momentum=fmpq(4, 9), mu=fmpq(1), L=fmpq(25)
        ),
        "heavy-ball-seven-roots": partial(
            _roots_of_unity, 7, learning_rate=fmpq(4, 10609), momentum=fmpq(9801, 10609), mu=fmpq(1), L=fmpq(10201)
        ),
        "simplex-cycle": _simplex,
        "adam-vanishing": lambda: prove_vanishing(),
        "adam-vanishing-fast": lambda: prove_vanishing(beta1="1/2", beta2="9/10"),
        "muon": lambda: _orbit(
            [0, 0, 0, 0],
            name="muon",
            learning_rate="1/50",
            momentum="19/20",
            eps="1/10000000",
            nesterov=True,
            coefficients=["6889/2000", "-191/40", "4063/2000"],
            ns_steps=5,
            rows=2,
            columns=2,
        ),
        "lars": lambda: _orbit(
            [1, 1, 1, 1],
            name="lars",
            learning_rate="1/10",
            momentum="9/10",
            trust_coefficient="1/1000",
            weight_decay="0",
            eps="0",
        ),
        "normalized": lambda: _orbit([0, 0, 0, 0], name="normalized", learning_rate="1/10", momentum="9/10", eps="0"),
    }
)
"""What makes each shipped certificate, by the name of its file."""


def shipped() -> Iterator[tuple[str, Certificate]]:
    """Every certificate of the library with the name of its file, in order."""
    for name, make in LIBRARY.items():
        yield name + SUFFIX, make()
