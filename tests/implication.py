"""Whether the claim of a certificate follows from that of another one that is known to be true: field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flint import fmpq

from misstep.scalars import exact

Document = Mapping[str, Any]


def ends_of(value: Any) -> tuple[fmpq, fmpq]:
    lo, hi = value if isinstance(value, list) else (value, value)
    return exact(lo), exact(hi)


def inside(inner: Any, outer: Any) -> bool:
    """Whether a number or range lies in another."""
    (a, b), (c, d) = ends_of(inner), ends_of(outer)
    return bool(c <= a and b <= d)


def is_quantity(value: Any) -> bool:
    text = value[0] if isinstance(value, list) and len(value) == 2 else value
    return isinstance(text, str) and text.lstrip("-")[:1].isdigit()


def _method_within(new: Document, old: Document) -> bool:
    """Whether every method that the new one stands for is one of the old one's."""
    if new["name"] != old["name"]:
        return False
    return all(
        new[key] == old[key] or (is_quantity(new[key]) and is_quantity(old[key]) and inside(new[key], old[key]))
        for key in old
    )


def _weaker_bound(new: Document, old: Document, sign: int, *, factor: fmpq | int = 1) -> bool:
    """Whether `= v` or a bound follows from another: with sign 1 an upper bound, with -1 a lower one."""
    a, b = exact(new["value"]), factor * exact(old["value"])
    if new["relation"] == "=":
        return bool(old["relation"] == "=" and a == b)
    return bool(sign * a >= sign * b)


def _weaker_class(new: Document, old: Document) -> bool:
    """Lipschitz constant, infimum and mu."""
    mu = new.get("mu")
    if mu is not None and (old["mu"] is None or exact(mu) > exact(old["mu"])):
        return False
    return _weaker_bound(new["lipschitz"], old["lipschitz"], 1) and _weaker_bound(new["infimum"], old["infimum"], -1)


def implied(new: Document, old: Document) -> bool:
    """Whether the claim of a certificate follows from that of another, which is true."""
    if new["kind"] != old["kind"] or new["function"] != old["function"]:
        return False
    return _IMPLIED[new["kind"]](new, old)


def _implied_function(new: Document, old: Document) -> bool:
    n, o = new["claim"], old["claim"]
    if not _weaker_class(n, o):
        return False
    mine, others = ({tuple(map(exact, jet)) for jet in claim["jets"]} for claim in (n, o))
    return bool(mine == others and o["optimal"] if n["optimal"] else mine <= others)


def _implied_drift(new: Document, old: Document) -> bool:
    n, o = new["claim"], old["claim"]
    same = {
        key: n[key] == o[key] for key in ("start", "from", "period", "rounding", "state", "slope", "lipschitz", "shift")
    }
    if not _method_within(new["method"], old["method"]) or not _weaker_class(n, o) or not same["state"]:
        return False
    if not inside(n["start"], o["start"]) or exact(n["slope"]) > exact(o["slope"]):
        return False
    if n["optimal"]:
        return bool(o["optimal"] and same["from"] and same["period"] and same["shift"] and same["start"])
    if n["rounding"] is not None or o["rounding"] is not None:
        # E depends on all of it.
        return all(same[key] for key in ("rounding", "from", "shift", "start"))
    periods, rest = divmod(n["period"], o["period"])
    if rest or exact(n["shift"]["value"]) != periods * exact(o["shift"]["value"]) or n["from"] < o["from"]:
        return False
    return bool(n["shift"]["relation"] == "->" or o["shift"]["relation"] == "=")


def _implied_cycle(new: Document, old: Document) -> bool:
    n, o = new["claim"], old["claim"]
    if new["method"] != old["method"] or not _weaker_class(n, o) or n["period"] % o["period"]:
        return False
    places = [(n["x"], o["x"]), *((n["state"][name], value) for name, value in o["state"].items())]
    if any(not inside(before, now) for now, before in places) or exact(n["slope"]) > exact(o["slope"]):
        return False
    if n["optimal"] and not (o["optimal"] and n["x"] == o["x"] and n["period"] == o["period"]):
        return False
    mine, others = n["stability"], o["stability"]
    if mine is None or mine == others:
        return mine is None or n["period"] == o["period"]
    if others is None or mine["type"] != others["type"]:
        return False
    if mine["type"] == "repelling":
        return bool(n["period"] == o["period"] and inside(others["multiplier"], mine["multiplier"]))
    shrunk = {exact(mine["radius"][name]) / exact(r) for name, r in others["radius"].items()}
    steps = divmod(n["period"] * mine["repeats"], o["period"] * others["repeats"])
    return bool(
        len(shrunk) == 1
        and max(shrunk) <= 1
        and steps[1] == 0
        and exact(mine["rate"]) >= exact(others["rate"]) ** steps[0]
    )


def _implied_orbit(new: Document, old: Document) -> bool:
    n, o = new["claim"], old["claim"]
    same = ("dimension", "steps", "closed", "rise")
    return bool(
        new["method"] == old["method"]
        and all(n[key] == o[key] for key in same)
        and exact(n["slope"]) <= exact(o["slope"])
        and _weaker_class(n, o)
    )


def _implied_vanishing(new: Document, old: Document) -> bool:
    n, o = new["claim"], old["claim"]
    # λ·f has λ times the slopes, the constant and the infimum, and Adam without ε goes where it went.
    scale = exact(n["slope"]) / exact(o["slope"])
    return (
        _method_within(new["method"], old["method"])
        and _weaker_bound(n["lipschitz"], o["lipschitz"], 1, factor=scale)
        and _weaker_bound(n["infimum"], o["infimum"], -1, factor=scale)
    )


_IMPLIED: Mapping[str, Callable[[Document, Document], bool]] = {
    "function": _implied_function,
    "drift": _implied_drift,
    "cycle": _implied_cycle,
    "orbit": _implied_orbit,
    "vanishing": _implied_vanishing,
}
