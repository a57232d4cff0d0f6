"""The claim of a certificate in words, generated from its parts as they stand in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from misstep.certificates.method_form import PARAMETERS, read_method

Document = Mapping[str, Any]


def sentence(document: Document) -> str:
    """The sentence of a document that is well formed but for its own sentence."""
    return {"function": _function, "drift": _drift, "cycle": _cycle, "orbit": _orbit, "vanishing": _vanishing}[
        document["kind"]
    ](document)


def _written(value: object) -> str:
    """A number, a word, an array, or `true`, `false` and `none`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return str(value)


def _is(name: str, value: object, *, array: bool = False) -> str:
    """`name = value`, or `name in [a, b]` for a range."""
    return f"{name} {'in' if isinstance(value, list) and not array else '='} {_written(value)}"


def _method(document: Document) -> str:
    method = document["method"]
    arrays = ("a", "b", "coefficients")
    parameters = (_is(name, method[name], array=name in arrays) for name in PARAMETERS[method["name"]])
    return f"{method['name']}({', '.join(parameters)})"


def _smooth(claim: Document, gradient: str = "f'") -> str:
    words = "the Lipschitz constant" if claim["lipschitz"]["relation"] == "=" else "a Lipschitz constant of at most"
    return f"{gradient} has {words} {claim['lipschitz']['value']}"


def _low(claim: Document, f: str = "f") -> str:
    return f"inf {f} {claim['infimum']['relation']} {claim['infimum']['value']}"


def _class(claim: Document, f: str = "f", square: str = "x^2") -> str:
    mu = claim["mu"]
    if mu is None:
        return ""
    return f", {f} is convex" if mu == "0" else f", {f} - ({mu}/2) {square} is convex"


def _facts(claim: Document) -> str:
    return f"{_smooth(claim)}, {_low(claim)}{_class(claim)}"


def _worst(claim: Document) -> str:
    return "; no smaller constant will do" if claim["optimal"] else ""


def _variables(document: Document) -> list[str]:
    """The state variables in the order of the method's table."""
    return list(read_method(document["method"], PARAMETERS, ranges=True).start)


def _function(document: Document) -> str:
    claim = document["claim"]
    through = f", through {len(claim['jets'])} jets" if claim["jets"] else ""
    return f"A function of one variable: {_facts(claim)}{through}{_worst(claim)}."


def _drift(document: Document) -> str:
    claim = document["claim"]
    state = [_is(name, claim["state"][name]) for name in _variables(document)] if claim["state"] else []
    given = f", with {', '.join(state)}" if state else ""
    how = f"it moves by {claim['shift']['value']} every {claim['period']} steps"
    when = f"from step {claim['from']} on" if claim["shift"]["relation"] == "=" else "in the limit"
    rounding = claim["rounding"]
    erring = (
        ""
        if rounding is None
        else f", for {rounding['steps']} steps with a relative error of at most {rounding['unit']} in every operation"
    )
    return (
        f"{_method(document)} runs away on a function of one variable: from every start in {_written(claim['start'])}"
        f"{given} {how} {when}{erring}, and |f'| >= {claim['slope']} at every iterate; "
        f"{_facts(claim)}{_worst(claim)}."
    )


def _cycle(document: Document) -> str:
    claim, names = document["claim"], _variables(document)
    point = ", ".join([_is("x", claim["x"]), *(_is(name, claim["state"][name]) for name in names)])
    stability, stable = claim["stability"], ""
    if stability is not None and stability["type"] == "attracting":
        near = ", ".join(f"{stability['radius'][name]} of {name}" for name in ("x", *names))
        stable = f", and every start within {near} converges to the cycle"
    elif stability is not None:
        stable = f", and the cycle repels with a multiplier in {_written(stability['multiplier'])}"
    return (
        f"{_method(document)} goes round on a function of one variable: from {point} it is back after "
        f"{claim['period']} steps, and |f'| >= {claim['slope']} at every iterate{stable}; "
        f"{_facts(claim)}{_worst(claim)}."
    )


def _orbit(document: Document) -> str:
    claim = document["claim"]
    n, K, c = claim["dimension"], claim["steps"], claim["slope"]
    facts = f"{_smooth(claim, 'grad F')}, {_low(claim, 'F')}{_class(claim, 'F', '|x|^2')}"
    if claim["closed"]:
        happens = f"goes round on a function of {n} variables: {K} points repeat for ever, and |grad F| >= {c} at each"
    else:
        happens = f"on a function of {n} variables: for {K} steps |grad F| >= {c}, and F rises by {claim['rise']}"
    return f"{_method(document)} {happens}; {facts}."


def _vanishing(document: Document) -> str:
    claim = document["claim"]
    return (
        f"{_method(document)} with the learning rate divided by sqrt(k + 1) runs away on a function of one variable: "
        f"x_k -> infinity, and f'(x_k) = -({claim['slope']})/sqrt(k + 1); {_smooth(claim)}, {_low(claim)}."
    )
