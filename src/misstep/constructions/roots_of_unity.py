"""Heavy ball in the plane: cycles through the K-th roots of unity, on strongly convex functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import arb, fmpq

from misstep.constructions.rationals import rational
from misstep.errors import InvalidInput
from misstep.functions.constants import Constant, enclosure
from misstep.functions.interpolant import Interpolant
from misstep.optimizers import HeavyBall, MomentumState, Schedule
from misstep.scalars import NumberKind, convert, precision
from misstep.surd import surd

_COSINES = {3: fmpq(-1, 2), 4: fmpq(0), 6: fmpq(1, 2)}
"""cos(2π/K) where it is rational (Niven), for K ≥ 3."""

_BITS = (64, 256, 1024, 4096)
"""Precisions at which a sign is looked for."""


@dataclass(frozen=True, eq=False)
class RootsOfUnityCycle:
    """A cycle of heavy ball in R² and a function on which it happens.

    Attributes:
        x: The points x_t = (cos 2πt/K, sin 2πt/K), shape (K, 2).
        g: The gradients there, shape (K, 2); the values are all 0.
        function: f with mu ≤ f'' ≤ L and these jets.
        state: The method's state at x_0, with the point before it.
    """

    x: npt.NDArray[np.float64]
    g: npt.NDArray[np.float64]
    function: Interpolant
    state: MomentumState

    @property
    def period(self) -> int:
        """K."""
        return len(self.x)


@dataclass(frozen=True)
class RootsOfUnityConstant:
    """What `least_roots_of_unity_constant` returns.

    Attributes:
        L: The least constant; exact for K = 3, 4 and 6, else a ball.
        mu: The strong convexity that goes with it.
        period: K.
    """

    L: Constant
    mu: Constant
    period: int


def has_roots_of_unity_cycle(optimizer: HeavyBall, period: int, *, mu: Any, L: Any) -> bool | None:
    """Whether heavy ball cycles through the K-th roots of unity on some mu-strongly convex, L-smooth function.

    With the step size γ, momentum β, c = cos(2π/K), κ = mu/L and y = mu·γ it does exactly when

        y² − 2[β − c + κ(1 − βc)]·y + 2κ(1 − c)(1 + β² − 2βc) ≤ 0

    Args:
        optimizer: Heavy ball with a constant learning rate; a float stands for the number that it is.
        period: K ≥ 3.
        mu: Strong convexity, mu > 0.
        L: Lipschitz constant of the gradient, L ≥ mu.

    Returns:
        Whether it does, by exact arithmetic for K = 3, 4 and 6 and by balls for the others: `None` where 4096 bits do
        not tell the left side from 0.

    Raises:
        InvalidInput: an argument is out of range.

    >>> polyak = HeavyBall(learning_rate="1/9", momentum="4/9")
    >>> [has_roots_of_unity_cycle(polyak, period, mu=1, L=25) for period in (3, 4, 5)]
    [True, False, False]

    Source: Goujaud, Taylor & Dieuleveut 2023.
    """
    gamma, beta = _numbers(optimizer)
    _check_period(period)
    least, most = _class(mu, L)
    y, kappa = gamma * least, least / most
    for bits in _BITS:
        with precision(bits):
            c = _cosine(period)
            left = y * y - 2 * (beta - c + kappa * (1 - beta * c)) * y + 2 * kappa * (1 - c) * _length(beta, c)
            if left <= 0 or left > 0:
                return bool(left <= 0)
    return None


def roots_of_unity_cycle(optimizer: HeavyBall, period: int, *, mu: Any, L: Any) -> RootsOfUnityCycle:
    """The cycle through the K-th roots of unity and a function that makes heavy ball run through it.

        g_t = ((1 + β)x_t − x_{t+1} − βx_{t−1})/γ
        f(x) = mu/2·|x|² + (L − mu)/2·dist²(x, conv{(L·x_t − g_t)/(L − mu)}) + constant

    is the largest function of the class with these jets (`Interpolant`), for the values are all equal.
    Where the inequality of `has_roots_of_unity_cycle` is strict, f has the curvature L around every x_t, and the cycle
    attracts its neighbourhood if γL < 2(1 + β).

    Args:
        optimizer: Heavy ball with a constant learning rate.
        period: K ≥ 3.
        mu: Strong convexity, mu > 0.
        L: Lipschitz constant of the gradient, L > mu.

    Raises:
        InvalidInput: an argument is out of range, or there is no such function.

    >>> from misstep import run
    >>> polyak = HeavyBall(learning_rate="1/9", momentum="4/9")
    >>> cycle = roots_of_unity_cycle(polyak, 3, mu=1, L=25)
    >>> x = run(cycle.function, polyak, np.array([1.75, 0.0]), 300).x
    >>> round(abs(x[-1] - x[-4]).max(), 9), round(abs(x[-1] - x[-2]).max(), 1)
    (np.float64(0.0), np.float64(1.5))

    Source: Goujaud, Taylor & Dieuleveut 2023.
    """
    if has_roots_of_unity_cycle(optimizer, period, mu=mu, L=L) is False:
        raise InvalidInput(f"no function with mu = {mu} and L = {L} makes {optimizer} cycle through {period} points")
    method = optimizer.cast(NumberKind.FLOAT64)
    angles = 2 * np.pi * np.arange(period) / period
    x = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    after, before = np.roll(x, -1, axis=0), np.roll(x, 1, axis=0)
    g = ((1 + method.momentum) * x - after - method.momentum * before) / method.learning_rate
    least, most = (convert(bound, NumberKind.FLOAT64) for bound in _class(mu, L))
    function = Interpolant(x, np.zeros(period), g, most, least)
    return RootsOfUnityCycle(x, g, function, MomentumState(1, before[0]))


def least_roots_of_unity_constant(
    optimizer: HeavyBall, *, mu: Any = None, condition: Any = None, periods: Sequence[int] = range(3, 25)
) -> RootsOfUnityConstant | None:
    """The smallest L of a function on which heavy ball cycles through K-th roots of unity, for one of several K.

    The inequality of `has_roots_of_unity_cycle` is A + κB ≤ 0 with A = y² − 2(β − c)y and B = 2(1 − c)(1 + β² − 2βc) −
    2(1 − βc)y, and A + B > 0. So for fixed mu there is a cycle when A < 0, for L ≥ mu·B/(−A); and for fixed κ when
    E > 0 and E² ≥ F, from L = (E − √(E² − F))/(γκ) on (to the larger root), with E = β − c + κ(1 − βc) and
    F = 2κ(1 − c)(1 + β² − 2βc).

    Args:
        optimizer: Heavy ball with a constant learning rate; a float stands for the number that it is.
        mu: Strong convexity, mu > 0; or
        condition: L/mu ≥ 1.
        periods: Which K ≥ 3 to try.

    Returns:
        L with its K, of equally good ones the first; `None` where no K gives a cycle (or 256 bits do not show one).

    Raises:
        InvalidInput: an argument is out of range, or not exactly one of `mu` and `condition` is given.

    >>> polyak = HeavyBall(learning_rate="1/9", momentum="4/9")
    >>> least_roots_of_unity_constant(polyak, mu=1)
    RootsOfUnityConstant(L=377/16, mu=1, period=3)

    Source: Goujaud, Taylor & Dieuleveut 2023 (the inequality).
    """
    gamma, beta = _numbers(optimizer)
    if (mu is None) == (condition is None):
        raise InvalidInput("exactly one of mu and condition must be given")
    best: RootsOfUnityConstant | None = None
    with precision(256):
        for period in periods:
            _check_period(period)
            c = _cosine(period)
            if condition is None:
                least = _class(mu, mu)[0]
                L = _least_for_mu(gamma * least, beta, c, least)
                found = None if L is None else RootsOfUnityConstant(L, least, period)
            else:
                kappa = rational(condition)
                if not kappa >= 1:
                    raise InvalidInput(f"condition = {kappa} must be at least 1")
                L = _least_for_condition(gamma, beta, c, kappa)
                found = None if L is None else RootsOfUnityConstant(L, _over(L, kappa), period)
            if found is not None and (best is None or _less(found.L, best.L)):
                best = found
    return best


def _least_for_mu(y: fmpq, beta: fmpq, c: fmpq | arb, mu: fmpq) -> Constant | None:
    A = y * y - 2 * (beta - c) * y
    B = 2 * (1 - c) * _length(beta, c) - 2 * (1 - beta * c) * y
    return mu * B / -A if A < 0 else None


def _least_for_condition(gamma: fmpq, beta: fmpq, c: fmpq | arb, condition: fmpq) -> Constant | None:
    kappa = 1 / condition
    E = beta - c + kappa * (1 - beta * c)
    F = 2 * kappa * (1 - c) * _length(beta, c)
    root, scale = E * E - F, gamma * kappa
    if not (E > 0 and root >= 0):
        return None
    return (E - root.sqrt()) / scale if isinstance(E, arb) else surd(E / scale, -1 / scale, root)


def _length(beta: fmpq, c: fmpq | arb) -> Any:
    """1 + β² − 2βc."""
    return 1 + beta * beta - 2 * beta * c


def _over(L: Any, condition: fmpq) -> Constant:
    quotient: Constant = L / condition
    return quotient


def _less(a: Any, b: Any) -> bool:
    if isinstance(a, arb) or isinstance(b, arb):
        a, b = enclosure(a), enclosure(b)
    return bool(a < b)


def _cosine(period: int) -> fmpq | arb:
    """cos(2π/K), at the precision in force."""
    return _COSINES[period] if period in _COSINES else (2 * arb.pi() / period).cos()


def _numbers(optimizer: HeavyBall) -> tuple[fmpq, fmpq]:
    """(γ, β)."""
    if not isinstance(optimizer, HeavyBall) or isinstance(optimizer.learning_rate, Schedule):
        raise InvalidInput(f"{optimizer} must be HeavyBall with a constant learning rate")
    return rational(optimizer.learning_rate), rational(optimizer.momentum)


def _check_period(period: int) -> None:
    if period < 3:
        raise InvalidInput(f"period = {period} must be at least 3")


def _class(mu: Any, L: Any) -> tuple[fmpq, fmpq]:
    least, most = rational(mu), rational(L)
    if not 0 < least <= most:
        raise InvalidInput(f"mu = {least} and L = {most} must satisfy 0 < mu ≤ L")
    return least, most
