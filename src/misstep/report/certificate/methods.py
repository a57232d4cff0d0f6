"""The methods of the certificate format: their recurrences, with the numbers of a certificate in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from misstep.report.certificate.expression import (
    ONE,
    TWO,
    ZERO,
    Call,
    Expression,
    Gained,
    Mix,
    Name,
    Number,
    Ratio,
    compute,
    is_number,
    power,
    sqrt,
)
from misstep.report.certificate.values import Interval, Unknown, Value, ends, tidy

TITLES: Mapping[str, tuple[str, str]] = {
    "gradient-descent": ("Gradient descent", ""),
    "heavy-ball": ("The heavy ball method", "Polyak 1964"),
    "nesterov": ("Nesterov's method", "Nesterov 1983, as in Sutskever et al. 2013"),
    "sign-descent": ("Sign descent", "Bernstein et al. 2018"),
    "lion": ("Lion", "Chen et al. 2023"),
    "adam": ("Adam", "Kingma & Ba 2015"),
    "adamax": ("AdaMax", "Kingma & Ba 2015"),
    "nadam": ("NAdam", "Dozat 2016"),
    "radam": ("RAdam", "Liu et al. 2020"),
    "rmsprop": ("RMSprop", "Tieleman & Hinton 2012"),
    "adabelief": ("AdaBelief", "Zhuang et al. 2020"),
    "normalized": ("Normalized gradient descent with momentum", ""),
    "lars": ("LARS", "You, Gitman & Ginsburg 2017"),
    "muon": ("Muon", "Jordan et al. 2024"),
    "linear": ("A linear method", ""),
}
"""What a method is called, and whose it is."""

SYMBOLS: Mapping[str, str] = {
    "learning_rate": r"\alpha", "momentum": r"\gamma", "beta1": r"\beta_1", "beta2": r"\beta_2", "eps": r"\varepsilon",
    "eps_root": r"\varepsilon_r", "eps_hat": r"\varepsilon_h", "eps_sum": r"\varepsilon_s",
    "momentum_decay": r"\psi", "trust_coefficient": r"\eta", "weight_decay": r"\lambda",
}  # fmt: skip


@dataclass
class Recurrence:
    """A method: what it does to its state, in order, and its step.

    Attributes:
        state: Its variables with their starts, in the format's order; powers of the betas are among them.
        lines: Variables with what is assigned to them; an auxiliary quantity is not among `state`.
        step: x_{k+1} − x_k.
        ranges: Parameters that are ranges, by name.
        hidden: State variables whose recurrence goes without saying: powers.
        first_gradient: Whether the averages start as the first gradient and its square.
        warmup: The step of RAdam where rho_k <= 5.
    """

    state: dict[str, Fraction] = field(default_factory=dict)
    lines: list[tuple[str, Expression]] = field(default_factory=list)
    step: Expression = ZERO
    ranges: dict[str, Interval] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    first_gradient: bool = False
    warmup: Expression | None = None

    def before(self, name: str, start: int = 0) -> Name:
        """The variable as the last step left it."""
        self.state.setdefault(name, Fraction(start))
        return Name(name, f"{name}_{{k-1}}")

    def now(self, name: str, term: Expression, shown: str | None = None) -> Name:
        """Assign to a variable; what is returned is its new value."""
        self.lines.append((name, term))
        return Name(f"{name}'", shown or f"{name}_k")

    def power(self, name: str, beta: Expression, symbol: str) -> Name:
        """The power beta^k, starting from 1."""
        self.state[name] = Fraction(1)
        self.hidden.add(name)
        return Name(name, power_text(beta, "k", symbol))


def power_text(beta: Expression, exponent: str, symbol: str) -> str:
    """beta to a power, as a formula."""
    return power(beta, exponent) if isinstance(beta, Number | Name) else f"{symbol}^{{{exponent}}}"


G = Name("g", "g_k")
_BITS = 96
_Parameters = Mapping[str, Expression]


def recurrence(method: Mapping[str, Any]) -> Recurrence:
    """The recurrence of a method that works coordinate by coordinate.

    >>> found = recurrence({"name": "heavy-ball", "learning_rate": "1/9", "momentum": "4/9"})
    >>> list(found.state), found.lines[0][0]
    (['d'], 'd')
    """
    found = Recurrence()
    parameters: dict[str, Expression] = {}
    for name, value in method.items():
        if name in SYMBOLS and isinstance(value, list):
            found.ranges[name] = Interval(Fraction(value[0]), Fraction(value[1]))
            parameters[name] = Name(name, SYMBOLS[name])
        elif name in SYMBOLS and value is not None:
            parameters[name] = Number(Fraction(value))
    _MAKERS[method["name"]](found, parameters, method)
    if is_number(parameters.get("learning_rate", ZERO), 0):
        raise ValueError("a learning rate of 0")
    return found


def _gradient_descent(r: Recurrence, p: _Parameters, _: Mapping[str, Any]) -> None:
    r.step = -p["learning_rate"] * G


def _heavy_ball(r: Recurrence, p: _Parameters, _: Mapping[str, Any]) -> None:
    r.step = r.now("d", p["momentum"] * r.before("d") - p["learning_rate"] * G)


def _nesterov(r: Recurrence, p: _Parameters, _: Mapping[str, Any]) -> None:
    b = r.now("b", p["momentum"] * r.before("b") + G)
    r.step = -p["learning_rate"] * (G + p["momentum"] * b)


def _sign_descent(r: Recurrence, p: _Parameters, _: Mapping[str, Any]) -> None:
    r.step = -p["learning_rate"] * Call("sign", (G,))


def _lion(r: Recurrence, p: _Parameters, _: Mapping[str, Any]) -> None:
    m = r.before("m")
    c = r.now("c", Call("sign", (Mix(m, G, p["beta1"]),)))
    r.now("m", Mix(m, G, p["beta2"]))
    r.step = -p["learning_rate"] * c


def _square(term: Expression) -> Expression:
    return Call("square", (term,))


def _adam(r: Recurrence, p: _Parameters, method: Mapping[str, Any]) -> None:
    m, v = r.before("m"), r.before("v")
    amsgrad, corrected = method["amsgrad"], method["start"] == "corrected"
    w = r.before("w") if amsgrad else ZERO
    r.first_gradient = method["start"] == "first-gradient"
    p1, p2 = (r.power(f"p{i}", p[f"beta{i}"], SYMBOLS[f"beta{i}"]) if corrected else Name("", "") for i in (1, 2))
    new_m = r.now("m", Gained(m, G, p["beta1"], p1) if corrected else Mix(m, G, p["beta1"]))
    new_v = r.now("v", Gained(v, _square(G), p["beta2"], p2) if corrected else Mix(v, _square(G), p["beta2"]))
    y = new_v
    if amsgrad:
        old = Ratio(p["beta2"], p2) * w if amsgrad == "raw" and corrected else w
        y = r.now("w", Call("max", (old, new_v)))
    e = p["eps"]
    if corrected:
        _powers(r, p, p1, p2)
        if "eps_hat" in p:
            e = p["eps_hat"] / sqrt(ONE - _next_power(p, 2))
    r.step = -p["learning_rate"] * (new_m / (sqrt(y + p["eps_root"]) + e))


def _powers(r: Recurrence, p: _Parameters, p1: Name | None, p2: Name | None) -> None:
    for i, old in ((1, p1), (2, p2)):
        if old is not None:
            r.now(f"p{i}", p[f"beta{i}"] * old)


def _next_power(p: _Parameters, i: int) -> Name:
    return Name(f"p{i}'", power_text(p[f"beta{i}"], "k+1", SYMBOLS[f"beta{i}"]))


def _adamax(r: Recurrence, p: _Parameters, _: Mapping[str, Any]) -> None:
    m, u = r.before("m"), r.before("u")
    p1 = r.power("p1", p["beta1"], r"\beta_1")
    new_m = r.now("m", Gained(m, G, p["beta1"], p1))
    new_u = r.now("u", Call("max", (p["beta2"] * u, Call("abs", (G,)) + p["eps"])))
    _powers(r, p, p1, None)
    r.step = -p["learning_rate"] * (new_m / new_u)


def _nadam(r: Recurrence, p: _Parameters, method: Mapping[str, Any]) -> None:
    m, v = r.before("m"), r.before("v")
    p2 = r.power("p2", p["beta2"], r"\beta_2")
    P = r.before("P", 1)
    new_m = r.now("m", Mix(m, G, p["beta1"]))
    new_v = r.now("v", Gained(v, _square(G), p["beta2"], p2))
    n = later = p["beta1"]
    if method["momentum_decay"] is not None:
        D, half = r.before("D", 1), Number(Fraction(1, 2))
        h = Name("h", "h")
        r.ranges["h"] = schedule(Fraction(method["momentum_decay"]))
        new_D = r.now("D", h * D)
        n = r.now("n", p["beta1"] * (ONE - half * new_D), "n_k")
        later = r.now("l", p["beta1"] * (ONE - half * h * new_D), "l_k")
    new_P = r.now("P", P * n)
    _powers(r, p, None, p2)
    mean = later * new_m / (ONE - new_P * later) + (ONE - n) * G / (ONE - new_P)
    r.step = -p["learning_rate"] * (ONE / (sqrt(new_v) + p["eps"])) * mean


def schedule(decay: Fraction) -> Interval:
    """(24/25)^decay, enclosed.

    >>> schedule(Fraction(2)) == Interval(Fraction(24, 25) ** 2, Fraction(24, 25) ** 2)
    True
    """
    power = Fraction(24, 25) ** decay.numerator
    low, high = (power, power) if decay.denominator == 1 else (Fraction(0), Fraction(1))
    while high - low > Fraction(1, 2**_BITS):
        middle = (low + high) / 2
        low, high = (middle, high) if middle**decay.denominator <= power else (low, middle)
    return Interval(low, high)


def _radam(r: Recurrence, p: _Parameters, _: Mapping[str, Any]) -> None:
    m, v = r.before("m"), r.before("v")
    p1, p2 = (r.power(f"p{i}", p[f"beta{i}"], SYMBOLS[f"beta{i}"]) for i in (1, 2))
    q = r.before("q")
    new_m = r.now("m", Gained(m, G, p["beta1"], p1))
    new_v = r.now("v", Gained(v, _square(G), p["beta2"], p2))
    new_q = r.now("q", p["beta2"] * (q + p2))
    _powers(r, p, p1, p2)
    p2_next = _next_power(p, 2)
    R = r.now("R", TWO / (ONE - p["beta2"]) - ONE, "R")
    rho = r.now("rho", R - TWO * new_q / (ONE - p2_next), r"\rho_k")
    four = Number(Fraction(4))
    rectified = (rho - four) * (rho - TWO) * R / ((R - four) * (R - TWO) * rho)
    factor = r.now("rect", sqrt(rectified), r"\tau_k")
    r.warmup = -p["learning_rate"] * new_m
    r.step = -p["learning_rate"] * factor * (new_m / (sqrt(new_v) + p["eps"] / sqrt(ONE - p2_next)))


def _rmsprop(r: Recurrence, p: _Parameters, method: Mapping[str, Any]) -> None:
    v = r.now("v", Mix(r.before("v"), _square(G), p["beta2"]))
    z: Expression = v
    if method["centered"]:
        a = r.now("a", Mix(r.before("a"), G, p["beta2"]))
        z = v - _square(a)
    b = r.now("b", p["momentum"] * r.before("b") + G / (sqrt(z + p["eps_root"]) + p["eps"]))
    r.step = -p["learning_rate"] * b


def _adabelief(r: Recurrence, p: _Parameters, _: Mapping[str, Any]) -> None:
    m, s = r.before("m"), r.before("s")
    p1, p2 = (r.power(f"p{i}", p[f"beta{i}"], SYMBOLS[f"beta{i}"]) for i in (1, 2))
    new_m = r.now("m", Mix(m, G, p["beta1"]))
    new_s = r.now("s", Mix(s, _square(G - new_m), p["beta2"]) + p["eps_sum"])
    _powers(r, p, p1, p2)
    below = sqrt(new_s / (ONE - _next_power(p, 2)) + p["eps_root"]) + p["eps"]
    r.step = -p["learning_rate"] * ((new_m / (ONE - _next_power(p, 1))) / below)


_MAKERS: Mapping[str, Callable[[Recurrence, _Parameters, Mapping[str, Any]], None]] = {
    "gradient-descent": _gradient_descent,
    "heavy-ball": _heavy_ball,
    "nesterov": _nesterov,
    "sign-descent": _sign_descent,
    "lion": _lion,
    "adam": _adam,
    "adamax": _adamax,
    "nadam": _nadam,
    "radam": _radam,
    "rmsprop": _rmsprop,
    "adabelief": _adabelief,
}


def advance(
    r: Recurrence, state: Mapping[str, Value], gradient: Value, k: int | None
) -> tuple[Value, dict[str, Value]]:
    """One step: x_{k+1} − x_k, and the state after it.

    Args:
        r: The method.
        state: Its variables.
        gradient: g_k.
        k: The number of the step; `None`: not known, but not 0.

    Raises:
        Unknown: the step is not known so simply.
    """
    known: dict[str, Value] = {**r.ranges, **state, "g": gradient, "k": Fraction(1 if k is None else k)}
    for name, term in r.lines:
        if r.first_gradient and k == 0 and name in ("m", "v"):
            term = G if name == "m" else _square(G)
        if name == "rect" and r.warmup is not None:
            low, high = ends(known["rho'"])
            if high <= 5:
                return tidy(compute(r.warmup, known)), _state(r, known)
            if low <= 5:
                raise Unknown
        known[f"{name}'"] = tidy(compute(term, known))
    return tidy(compute(r.step, known)), _state(r, known)


def _state(r: Recurrence, known: Mapping[str, Value]) -> dict[str, Value]:
    return {name: known[f"{name}'"] for name in r.state}


def shown_lines(r: Recurrence) -> Iterator[tuple[str, Expression]]:
    """The assignments that are written, each with its left side."""
    names = {"R": "R", "rho": r"\rho_k", "rect": r"\tau_k"}
    for name, term in r.lines:
        if name not in r.hidden:
            yield names.get(name, f"{name}_k"), term
