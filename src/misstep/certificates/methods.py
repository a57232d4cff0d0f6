"""The recurrences of the methods, one step each, on any kind of number.

They are written here a second time, from the page that defines the format and not from `misstep.optimizers`: what
checks must not share a mistake with what is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Generic, TypeVar

from flint import fmpq, fmpz

from misstep.certificates.conditions import at_most
from misstep.certificates.intervals import ONE, TWO, Interval, told, undecided
from misstep.certificates.method_form import Method
from misstep.certificates.numbers import Number

N = TypeVar("N", bound=Number)
State = dict[str, N]


@dataclass(frozen=True)
class Setting(Generic[N]):
    """A method whose parameters are numbers of one kind.

    Attributes:
        method: Which method, with which words.
        lift: From an interval to that kind, as a constant that is known without error.
    """

    method: Method
    lift: Callable[[Interval], N]

    @cached_property
    def numbers(self) -> Mapping[str, N]:
        """The parameters that are numbers."""
        return {name: self.lift(value) for name, value in self.method.numbers.items()}

    @cached_property
    def one(self) -> N:
        """1."""
        return self.lift(ONE)

    @cached_property
    def two(self) -> N:
        """2."""
        return self.lift(TWO)

    def constant(self, x: int) -> N:
        """A whole number."""
        return self.lift(Interval.point(x))

    def average(self, old: N, new: N, beta: str) -> N:
        """mix(old, new, 1 - beta), the usual moving average."""
        return old.mix(new, self.one - self.numbers[beta])

    def corrected(self, old: N, new: N, beta: str, p: N, *, first: bool) -> N:
        """The average that is divided by 1 - beta^(k+1), whose gain is 1 in the first step."""
        return old.mix(new, self.one if first else self.numbers[beta].gain(p))


def advance(at: Setting[N], state: Mapping[str, N], g: N, *, first: bool) -> tuple[State[N], N]:
    """One step: the state after it, and what it adds to x.

    Args:
        at: The method.
        state: The state before it.
        g: The gradient.
        first: Whether k = 0.

    Raises:
        Stop: A division by 0, a root or a sign cannot be excluded or told (UNDECIDED).

    >>> half = Method("gradient-descent", {"learning_rate": Interval.point(fmpq(1, 2))}, {})
    >>> advance(Setting(half, lambda x: x), {}, TWO, first=True)
    ({}, Interval(lo=-1, hi=-1))
    """
    n = at.numbers
    rate = n["learning_rate"]
    match at.method.name:
        case "gradient-descent":
            return {}, -rate * g
        case "heavy-ball":
            d = n["momentum"] * state["d"] - rate * g
            return {"d": d}, d
        case "nesterov":
            b = n["momentum"] * state["b"] + g
            return {"b": b}, -rate * (g + n["momentum"] * b)
        case "sign-descent":
            return {}, -rate * g.sign()
        case "lion":
            c = at.average(state["m"], g, "beta1").sign()
            return {"m": at.average(state["m"], g, "beta2")}, -rate * c
        case "adam":
            return _adam(at, state, g, first=first)
        case "adamax":
            m = at.corrected(state["m"], g, "beta1", state["p1"], first=first)
            u = (n["beta2"] * state["u"]).maximum(g.__abs__() + n["eps"])
            return {"m": m, "u": u, "p1": n["beta1"] * state["p1"]}, -rate * m / u
        case "nadam":
            return _nadam(at, state, g, first=first)
        case "radam":
            return _radam(at, state, g, first=first)
        case "rmsprop":
            return _rmsprop(at, state, g)
        case _:
            return _adabelief(at, state, g)


def _adam(at: Setting[N], state: Mapping[str, N], g: N, *, first: bool) -> tuple[State[N], N]:
    n, words = at.numbers, at.method.words
    start, amsgrad = words["start"], words["amsgrad"]
    if start == "corrected":
        m = at.corrected(state["m"], g, "beta1", state["p1"], first=first)
        v = at.corrected(state["v"], g.square(), "beta2", state["p2"], first=first)
    elif start == "first-gradient" and first:
        m, v = state["m"].mix(g, at.one), state["v"].mix(g.square(), at.one)
    else:
        m, v = at.average(state["m"], g, "beta1"), at.average(state["v"], g.square(), "beta2")
    after, y = {"m": m, "v": v}, v
    if amsgrad is not None:
        w: N = state["w"]
        if start == "corrected" and amsgrad == "raw":
            w = w * (at.constant(0) if first else n["beta2"].ratio(state["p2"]))
        elif amsgrad == "raw":
            w = w * at.one
        after["w"] = y = w.maximum(v)
    if start == "corrected":
        after["p1"], after["p2"] = n["beta1"] * state["p1"], n["beta2"] * state["p2"]
    e = n["eps_hat"] / (at.one - after["p2"]).sqrt() if "eps_hat" in n else n["eps"]
    return after, -n["learning_rate"] * m / ((y + n["eps_root"]).sqrt() + e)


@cache
def schedule_factor(momentum_decay: fmpq) -> Interval:
    """(24/25)^(p/q) between neighbouring multiples of 2^-256: with n = floor of the q-th root of (24/25)^p·2^(256 q).

    >>> schedule_factor(fmpq(0)), float(schedule_factor(fmpq(1, 250)).lo)
    (Interval(lo=1, hi=1), 0.9998367253526753)
    """
    if momentum_decay == 0:
        return ONE
    p, q = int(momentum_decay.p), int(momentum_decay.q)
    below = ((fmpz(24) ** p << 256 * q) // fmpz(25) ** p).root(q)
    scale = fmpz(1) << 256
    return Interval(fmpq(below, scale), fmpq(below + 1, scale))


def _nadam(at: Setting[N], state: Mapping[str, N], g: N, *, first: bool) -> tuple[State[N], N]:
    n, decay = at.numbers, at.method.words["momentum_decay"]
    beta1, one = n["beta1"], at.one
    m = at.average(state["m"], g, "beta1")
    v = at.corrected(state["v"], g.square(), "beta2", state["p2"], first=first)
    after = {"m": m, "v": v}
    now = following = beta1
    D = None
    if decay is not None:
        h = at.lift(schedule_factor(decay))
        D = h * state["D"]
        now, following = beta1 * (one - D / at.two), beta1 * (one - h * D / at.two)
    P = state["P"] * now
    after |= {"p2": n["beta2"] * state["p2"], "P": P}
    if D is not None:
        after["D"] = D
    direction = following * m / (one - P * following) + (one - now) * g / (one - P)
    return after, -n["learning_rate"] * direction / (v.sqrt() + n["eps"])


def _radam(at: Setting[N], state: Mapping[str, N], g: N, *, first: bool) -> tuple[State[N], N]:
    n, one, two, four = at.numbers, at.one, at.two, at.constant(4)
    m = at.corrected(state["m"], g, "beta1", state["p1"], first=first)
    v = at.corrected(state["v"], g.square(), "beta2", state["p2"], first=first)
    q = n["beta2"] * (state["q"] + state["p2"])
    p1, p2 = n["beta1"] * state["p1"], n["beta2"] * state["p2"]
    after = {"m": m, "v": v, "p1": p1, "p2": p2, "q": q}
    longest = two / (one - n["beta2"]) - one
    rho = longest - two * q / (one - p2)
    short = at_most(rho.value, Interval.point(5))
    if short is None:
        raise undecided(f"whether rho = {told(rho.value)} is at most 5")
    if short:
        return after, -n["learning_rate"] * m
    rectified = (rho - four) * (rho - two) * longest / ((longest - four) * (longest - two) * rho)
    return after, -n["learning_rate"] * rectified.sqrt() * m / (v.sqrt() + n["eps"] / (one - p2).sqrt())


def _rmsprop(at: Setting[N], state: Mapping[str, N], g: N) -> tuple[State[N], N]:
    n = at.numbers
    v = at.average(state["v"], g.square(), "beta2")
    after, z = {"v": v}, v
    if at.method.words["centered"]:
        a = at.average(state["a"], g, "beta2")
        after["a"], z = a, v - a.square()
    after["b"] = b = n["momentum"] * state["b"] + g / ((z + n["eps_root"]).sqrt() + n["eps"])
    return after, -n["learning_rate"] * b


def _adabelief(at: Setting[N], state: Mapping[str, N], g: N) -> tuple[State[N], N]:
    n, one = at.numbers, at.one
    m = at.average(state["m"], g, "beta1")
    s = at.average(state["s"], (g - m).square(), "beta2") + n["eps_sum"]
    p1, p2 = n["beta1"] * state["p1"], n["beta2"] * state["p2"]
    root = (s / (one - p2) + n["eps_root"]).sqrt()
    return {"m": m, "s": s, "p1": p1, "p2": p2}, -n["learning_rate"] * (m / (one - p1)) / (root + n["eps"])
