"""The state that a method comes to on a word that repeats for ever, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flint import fmpq

from misstep.certificates.intervals import Interval
from misstep.certificates.method_form import Method
from misstep.certificates.methods import Setting, advance
from misstep.certificates.verdict import Stop
from misstep.proofs.not_proved import NotProved

COUNTERS = frozenset({"p1", "p2", "P", "D", "q"})
"""State variables that depend on k alone, and go to 0."""

_ORDER = ("v", "m", "a", "s", "u", "w", "b", "d")
"""Variables after those that they depend on."""


def settled_state(method: Method, word: Sequence[fmpq]) -> dict[str, fmpq]:
    """The state, in the order of the method, from which a period of the word gives it back.

    A period maps every variable y, others being settled, to a·y + b, so it rests at b/(1 − a); a maximum rests where
    two periods bring it from 0. Powers of β rest at 0. Whether a period gives the state back, the checker says. Of
    parameters that are ranges the lower ends are taken: one state must do for all.

    Raises:
        NotProved: a number is not rational, or a variable does not settle.

    >>> from misstep.certificates.method_form import SCALAR_METHODS, read_method
    >>> lion = {"name": "lion", "learning_rate": "1", "beta1": "9/10", "beta2": "1/2"}
    >>> settled_state(read_method(lion, SCALAR_METHODS, ranges=True), [fmpq(-1), fmpq(1)])
    {'m': 1/3}
    """
    method = replace(method, numbers={name: Interval.point(value.lo) for name, value in method.numbers.items()})
    names = list(method.start)
    known = {name: fmpq(0) for name in names if name in COUNTERS}
    for name in sorted((name for name in names if name not in COUNTERS), key=_ORDER.index):
        known[name] = _rest(method, word, known, name, names)
    return {name: known[name] for name in names}


def _rest(method: Method, word: Sequence[fmpq], known: Mapping[str, fmpq], name: str, names: list[str]) -> fmpq:
    def after(value: fmpq) -> fmpq:
        # What is not settled yet has no influence on this variable; 1 keeps it away from roots and quotients of 0.
        state = {other: Interval.point(known.get(other, fmpq(1))) for other in names} | {name: Interval.point(value)}
        at: Setting[Interval] = Setting(method, lambda number: number)
        try:
            for w in word:
                state, _ = advance(at, state, Interval.point(w), first=False)
        except Stop as stop:
            raise NotProved(f"the settled state is out of reach: {stop.reason}") from None
        if not state[name].exact:
            raise NotProved(f"the settled {name} is not rational: another slope or eps may make it so")
        return state[name].lo

    if name in ("u", "w"):
        return after(after(fmpq(0)))
    b = after(fmpq(0))
    a = after(fmpq(1)) - b
    if a == 1:
        raise NotProved(f"{name} does not settle")
    return b / (1 - a)
