"""What the tests share: the functions and methods that properties range over, and exact comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from flint import arb, fmpq

import misstep as ms
from misstep.scalars import NumberKind, convert

Array = npt.NDArray[Any]


def piecewise(*arguments: Any) -> ms.PiecewisePolynomial:
    """A piecewise polynomial from numbers as a user writes them: strings, ints and fractions."""
    return ms.PiecewisePolynomial(*arguments)


HAT = piecewise(("0", "1", "2"), ((0, 0, "1/2"), ("1/2", 1, "-1/2")))
PARABOLA = piecewise(("-10", "10"), (("50", "-10", "1/2"),))
"""½x² near 0."""

FALL = piecewise(("0", "1"), (("0", "-1"),))
"""−x."""

LESSARD_RECHT_PACKARD = piecewise((-4, 1, 2, 4), ((200, -100, "25/2"), ("25/2", 25, "1/2"), (38, 26, "25/2")))
"""f' = 25x, x + 24, 25x − 24 on x < 1, 1 ≤ x < 2, x ≥ 2."""

QUARTIC = piecewise(
    ("-1", "1/2", "2"),
    (("0", "1", "0", "-1/4", "1/16"), ("249/256", "5/32", "-1/2", "1/3")),
)

LINE_FUNCTIONS: tuple[tuple[str, ms.LineFunction], ...] = (
    ("cubic", ms.cubic("1/10")),
    ("cubic periodic", ms.cubic("1/3", "2", left="periodic")),
    ("spline", ms.spline("1/10")),
    ("spline periodic", ms.spline("7", "1/2", left="periodic")),
    ("plateau", ms.plateau("1/10", rho="1/4")),
    ("plateau periodic", ms.plateau("1", rho="1/8", left="periodic")),
    ("sine", ms.sine("1/10")),
    ("smooth plateau", ms.smooth_plateau("1/10")),
    ("smooth plateau, narrow", ms.smooth_plateau("3", "1/2", rho="2/5", steepness="1/2")),
    ("hat", HAT),
    ("quartic", QUARTIC),
    ("quadratic", ms.quadratic("3/2")),
    ("concave", ms.quadratic(-2)),
    ("Lessard, Recht and Packard", ms.lessard_recht_packard("1/2")),
    ("Zhang", ms.zhang(4)),
)

JET_FAMILIES: tuple[tuple[str, Callable[..., ms.LineFunction]], ...] = tuple(ms.FAMILIES.items())

PIECEWISE: tuple[tuple[str, ms.PiecewisePolynomial], ...] = tuple(
    (name, function) for name, function in LINE_FUNCTIONS if isinstance(function, ms.PiecewisePolynomial)
)


def separable_cubics(n: int) -> ms.RidgeSum:
    """The paper's function in each of n variables."""
    return ms.separable(*[ms.cubic("1/10")] * n)


def rotated_cubics(n: int) -> ms.RidgeSum:
    """The paper's function along the rows of a rotation."""
    return ms.rotated("1/10", n)


def coupled_cubics(n: int) -> ms.RidgeSum:
    """The paper's function along e_i and e_i + e_j."""
    return ms.coupled("1/10", n)


RIDGE_SUMS: tuple[tuple[str, ms.RidgeSum], ...] = tuple(
    (f"{name} R{n}", build(n))
    for n in (2, 3, 10)
    for name, build in (
        ("separable", separable_cubics),
        ("rotated", rotated_cubics),
        ("coupled", coupled_cubics),
    )
)

Build = Callable[..., ms.Optimizer[Any]]

METHODS: tuple[tuple[str, Build], ...] = (
    ("gradient descent", ms.GradientDescent),
    ("heavy ball", ms.HeavyBall),
    ("Nesterov", ms.Nesterov),
    ("sign descent", ms.SignDescent),
    ("Lion", ms.Lion),
    ("Adam", ms.Adam),
    ("Adam, first-gradient start", lambda **o: ms.adam_dialect("toint", **o)),
    ("Adam, uncorrected", lambda **o: ms.adam_dialect("uncorrected", **o)),
    ("Adam, eps hat", lambda **o: ms.adam_dialect("keras", **o)),
    ("Adam, eps inside", lambda **o: ms.Adam(eps=0, eps_root="1e-8", **o)),
    ("AMSGrad, raw", lambda **o: ms.Adam(amsgrad="raw", **o)),
    ("AMSGrad, corrected", lambda **o: ms.Adam(amsgrad="corrected", **o)),
    ("AdamW", lambda **o: ms.Adam(weight_decay="1/8", **o)),
    ("Adam, coupled decay", lambda **o: ms.Adam(weight_decay="1/8", decoupled=False, **o)),
    ("AdaBelief", lambda **o: ms.AdaBelief(eps_sum="1e-10", **o)),
    ("Adamax", ms.Adamax),
    ("NAdam", ms.NAdam),
    ("NAdam, constant momentum", lambda **o: ms.NAdam(momentum_decay=None, **o)),
    ("RAdam", ms.RAdam),
    ("RMSprop", ms.RMSprop),
    ("RMSprop, centered, momentum", lambda **o: ms.RMSprop(centered=True, momentum="1/2", eps_root="1e-6", **o)),
    ("AdaGrad", lambda **o: ms.AdaGrad(initial_accumulator="1/10", **o)),
)
"""Every method and convention; each takes `learning_rate` and leaves the rest at its default."""


def ids(pairs: Sequence[tuple[str, Any]]) -> list[str]:
    """The names of named test cases."""
    return [name for name, _ in pairs]


def values(pairs: Sequence[tuple[str, Any]]) -> list[Any]:
    """The objects of named test cases."""
    return [value for _, value in pairs]


def fraction(number: Any) -> Fraction:
    """An exact number of the package as a Python fraction."""
    assert isinstance(number, fmpq), f"{number!r} is not exact"
    return Fraction(int(number.p), int(number.q))


def rational(number: Fraction | int) -> fmpq:
    """A Python fraction as an exact number of the package."""
    return fmpq(Fraction(number).numerator, Fraction(number).denominator)


def bounds(ball: arb) -> tuple[Fraction, Fraction]:
    """The ends of a ball, outward."""
    return fraction(ball.lower().fmpq()), fraction(ball.upper().fmpq())


def holds(ball: arb, number: Fraction | fmpq) -> bool:
    """Whether the exact number lies in the ball."""
    exact = number if isinstance(number, fmpq) else rational(number)
    # At this precision the number's own ball is a point for all that tests tell apart.
    with ms.precision(2000):
        return bool(ball.is_finite() and not ball < exact and not ball > exact)


def ball_between(low: Fraction, high: Fraction) -> arb:
    """A ball that holds every number from low to high."""
    return arb(rational(low)).union(arb(rational(high)))


def feed(method: ms.Optimizer[Any], gradients: Sequence[Any], x0: Any, kind: NumberKind) -> list[Any]:
    """The iterates x_0, x_1, … of a method that is shown the given gradients."""
    method = method.cast(kind)
    x = convert(x0, kind)
    state = method.init(x)
    found = [x]
    for g in gradients:
        x, state = method.update(convert(g, kind), state, x)
        found.append(x)
    return found


def floats(numbers: Sequence[Any]) -> Array:
    """Numbers of any kind as float64."""
    return np.array([float(number) for number in numbers])


each_function = pytest.mark.parametrize("f", values(LINE_FUNCTIONS), ids=ids(LINE_FUNCTIONS))
each_piecewise = pytest.mark.parametrize("f", values(PIECEWISE), ids=ids(PIECEWISE))
each_family = pytest.mark.parametrize("family", values(JET_FAMILIES), ids=ids(JET_FAMILIES))

Family = Callable[..., ms.LineFunction]
