"""The methods of the format: their parameters, which values those may have, and their state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from misstep.certificates.fields import array, choice, count, keys, number, number_or_range, truth
from misstep.certificates.intervals import ONE, ZERO, Interval
from misstep.certificates.reading import malformed, shown

_BETAS = ("learning_rate", "beta1", "beta2")
SCALAR_METHODS: dict[str, tuple[str, ...]] = {
    "gradient-descent": ("learning_rate",),
    "heavy-ball": ("learning_rate", "momentum"),
    "nesterov": ("learning_rate", "momentum"),
    "sign-descent": ("learning_rate",),
    "lion": _BETAS,
    "adam": (*_BETAS, "eps", "eps_root", "eps_hat", "start", "amsgrad"),
    "adamax": (*_BETAS, "eps"),
    "nadam": (*_BETAS, "eps", "momentum_decay"),
    "radam": (*_BETAS, "eps"),
    "rmsprop": ("learning_rate", "beta2", "eps", "eps_root", "momentum", "centered"),
    "adabelief": (*_BETAS, "eps", "eps_root", "eps_sum"),
}
"""Methods that work coordinate by coordinate, with their parameters in order."""

VECTOR_METHODS: dict[str, tuple[str, ...]] = {
    "normalized": ("learning_rate", "momentum", "eps"),
    "lars": ("learning_rate", "momentum", "trust_coefficient", "weight_decay", "eps"),
    "muon": ("learning_rate", "momentum", "eps", "nesterov", "coefficients", "ns_steps", "rows", "columns"),
}
LINEAR_METHOD = {"linear": ("a", "b")}
PARAMETERS = {**SCALAR_METHODS, **VECTOR_METHODS, **LINEAR_METHOD}

_STARTS = ("zero", "first-gradient", "corrected")
_NS_STEPS = 20
_LONGEST_MEMORY = 100
_DECAY = 1000


@dataclass(frozen=True)
class Method:
    """A method with the ranges of its parameters.

    Attributes:
        name: As in the format.
        numbers: The parameters that are numbers or ranges.
        words: All others: names, truth values, counts, arrays of numbers, and `None`.
    """

    name: str
    numbers: Mapping[str, Interval]
    words: Mapping[str, Any]

    @property
    def start(self) -> dict[str, Interval]:
        """The state variables in order, with their values before the first step.

        >>> Method("heavy-ball", {}, {}).start
        {'d': Interval(lo=0, hi=0)}
        """
        match self.name:
            case "heavy-ball":
                return {"d": ZERO}
            case "nesterov":
                return {"b": ZERO}
            case "lion":
                return {"m": ZERO}
            case "adam":
                raised = {} if self.words["amsgrad"] is None else {"w": ZERO}
                powers = {"p1": ONE, "p2": ONE} if self.words["start"] == "corrected" else {}
                return {"m": ZERO, "v": ZERO, **raised, **powers}
            case "adamax":
                return {"m": ZERO, "u": ZERO, "p1": ONE}
            case "nadam":
                decay = {} if self.words["momentum_decay"] is None else {"D": ONE}
                return {"m": ZERO, "v": ZERO, "p2": ONE, "P": ONE, **decay}
            case "radam":
                return {"m": ZERO, "v": ZERO, "p1": ONE, "p2": ONE, "q": ZERO}
            case "rmsprop":
                mean = {"a": ZERO} if self.words["centered"] else {}
                return {"v": ZERO, **mean, "b": ZERO}
            case "adabelief":
                return {"m": ZERO, "s": ZERO, "p1": ONE, "p2": ONE}
        return {}

    @property
    def settable(self) -> bool:
        """Whether its state may be set: without powers, and not one that the first gradient sets."""
        powers = {"p1", "p2", "P", "D", "q"}
        return not powers & self.start.keys() and self.words.get("start") != "first-gradient"


def read_method(value: object, allowed: Mapping[str, tuple[str, ...]], *, ranges: bool) -> Method:
    """The method of a certificate.

    Args:
        value: What the file has under `method`.
        allowed: The methods that occur in certificates of the kind.
        ranges: Whether parameters may be ranges there.

    Raises:
        Stop: It is none (MALFORMED).
    """
    if not isinstance(value, dict):
        raise malformed(f"method = {shown(value)} must be an object")
    if "name" not in value:
        raise malformed('method has no key "name"')
    name = choice(value["name"], list(allowed), "method.name")
    keys(value, ("name", *allowed[name]), "method")
    numbers: dict[str, Interval] = {}
    words: dict[str, Any] = {}
    for parameter in allowed[name]:
        where, raw = f"method.{parameter}", value[parameter]
        if parameter in _WORDS:
            words[parameter] = _WORDS[parameter](raw, where)
        elif parameter == "eps_hat" and raw is None:
            words[parameter] = None
        else:
            numbers[parameter] = _parameter(raw, parameter, where, ranges=ranges)
    if name == "adam":
        _check_eps_hat(value)
    if name == "linear":
        _check_linear(words)
    return Method(name, numbers, words)


def _parameter(raw: object, name: str, where: str, *, ranges: bool) -> Interval:
    """A parameter that is a number or, where that is allowed, a range."""
    found = number_or_range(raw, where) if ranges else Interval.point(number(raw, where))
    if name in ("learning_rate", "trust_coefficient"):
        if found.lo <= 0:
            raise malformed(f"{where} = {_raw(raw)} must be positive")
    elif name in ("beta1", "beta2", "momentum"):
        if found.lo < 0 or found.hi > 1 or (found.exact and found.hi == 1):
            raise malformed(f"{where} = {_raw(raw)} must be in [0, 1), or be a range of positive length in [0, 1]")
    elif found.lo < 0:
        raise malformed(f"{where} = {_raw(raw)} must not be negative")
    return found


def _raw(raw: object) -> str:
    return f"[{', '.join(shown(end) for end in raw)}]" if isinstance(raw, list) else shown(raw)


def _check_eps_hat(value: Mapping[str, Any]) -> None:
    if value["eps_hat"] is None:
        return
    plain = value["start"] == "corrected" and value["amsgrad"] != "corrected"
    if not (plain and value["eps"] == "0" and value["eps_root"] == "0"):
        raise malformed('method.eps_hat must be null, but with start corrected, amsgrad not corrected, other eps "0"')


def _check_linear(words: Mapping[str, Any]) -> None:
    a, b = words["a"], words["b"]
    if len(a) != len(b):
        raise malformed(f"method.a and method.b have {len(a)} and {len(b)} entries and must have equally many")
    if sum(entry != 0 for entry in b) != 1:
        raise malformed("exactly one entry of method.b must not be 0")


def _start(raw: object, where: str) -> str:
    return choice(raw, _STARTS, where)


def _amsgrad(raw: object, where: str) -> str | None:
    return None if raw is None else choice(raw, ("raw", "corrected"), where)


def _momentum_decay(raw: object, where: str) -> fmpq | None:
    if raw is None:
        return None
    return number(raw, where, lambda x: 0 <= x.p <= _DECAY and x.q <= _DECAY, "must be p/q with 0 <= p, q <= 1000")


def _coefficients(raw: object, where: str) -> tuple[fmpq, ...]:
    return _numbers(raw, where, 3, 3)


def _memory(raw: object, where: str) -> tuple[fmpq, ...]:
    return _numbers(raw, where, 1, _LONGEST_MEMORY)


def _ns_steps(raw: object, where: str) -> int:
    return count(raw, where, 0, _NS_STEPS)


def _numbers(raw: object, where: str, fewest: int, most: int) -> tuple[fmpq, ...]:
    entries: Sequence[object] = array(raw, where, fewest, most)
    return tuple(number(entry, f"{where}[{i}]") for i, entry in enumerate(entries))


_WORDS: Mapping[str, Callable[[object, str], Any]] = {
    "start": _start,
    "amsgrad": _amsgrad,
    "centered": truth,
    "momentum_decay": _momentum_decay,
    "nesterov": truth,
    "coefficients": _coefficients,
    "ns_steps": _ns_steps,
    "rows": count,
    "columns": count,
    "a": _memory,
    "b": _memory,
}
"""How to read the parameters that are neither numbers nor ranges."""
