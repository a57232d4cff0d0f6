"""The proof that a method runs away: its state goes round while its iterate moves on."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from misstep.report.certificate.drift_contracting import contracting
from misstep.report.certificate.drift_invariant import invariant
from misstep.report.certificate.drift_parts import FOLLOWED, ROWS, times
from misstep.report.certificate.drift_rounded import rounded, rounded_statement
from misstep.report.certificate.functions import argument
from misstep.report.certificate.least import drift_is_least
from misstep.report.certificate.methods import Recurrence, advance
from misstep.report.certificate.model import Block, Display, Table, count, say, shorten
from misstep.report.certificate.number import equals, interval, number, value_text
from misstep.report.certificate.piecewise import Piecewise
from misstep.report.certificate.setting import state_text
from misstep.report.certificate.values import Unknown, Value, hull, tidy


def statement(document: Mapping[str, Any]) -> list[Block]:
    """The claim of a drift."""
    claim = document["claim"]
    K, p, d = claim["from"], claim["period"], Fraction(claim["shift"]["value"])
    low, high = map(Fraction, claim["start"])
    start = f"From $x_0 = {number(low)}$" if low == high else rf"From every start $x_0 \in {interval(low, high)}$"
    if claim["state"] is not None and claim["state"]:
        start += f", with {state_text(claim['state'])} before the first step,"
    c = number(Fraction(claim["slope"]))
    sign = "+" if d > 0 else "-"
    moved = rf"x_{{k{f'+{p}' if p else ''}}}"
    if claim["rounding"] is not None:
        return rounded_statement(claim, start, c)
    if claim["shift"]["relation"] == "=":
        line = (rf"{moved} &= x_k {sign} {number(abs(d))} \text{{ for all }} k \ge {K}",)
        then = ""
    else:
        line = (rf"{moved} - x_k &\to {number(d)} \text{{ as }} k \to \infty",)
        jp = "j" if p == 1 else f"{p}j"
        then = rf" Moreover $x_{{{K}+{jp}}} {times(-d, 'j')}$ stays bounded as $j \to \infty$."
    lines = (*line, rf"\abs{{f'(x_k)}} &\ge {c} \text{{ for all }} k \ge 0")
    return [
        say(f"{start} the method runs away:"),
        Display(lines),
        say(rf"Thus $x_k \to {'' if d > 0 else '-'}\infty$.{then}"),
    ]


def proof(document: Mapping[str, Any], r: Recurrence) -> list[Block]:
    """The argument, by the certificate's rule."""
    f, claim, given = Piecewise.of(document["function"]), document["claim"], document["proof"]
    blocks = argument(f, claim)
    x = _first_steps(f, claim, given, r, blocks)
    blocks.append(_why_periodic(f, claim))
    match given["rule"]:
        case "invariant":
            invariant(claim, given, r, blocks)
        case "contracting":
            contracting(f, claim, given, r, x, blocks)
        case _:
            rounded(f, claim, given, x, blocks)
    if claim["optimal"]:
        blocks += drift_is_least(claim, given, x, r)
    return blocks


def _start(claim: Mapping[str, Any], r: Recurrence) -> tuple[Value, dict[str, Value]]:
    low, high = map(Fraction, claim["start"])
    state: dict[str, Value] = dict(r.state)
    if claim["state"] is not None:
        state.update({name: Fraction(value) for name, value in claim["state"].items()})
    return hull(low, high), state


def _first_steps(
    f: Piecewise, claim: Mapping[str, Any], given: Mapping[str, Any], r: Recurrence, blocks: list[Block]
) -> Value | None:
    """The steps before the drift, as a table; x_K, if it is known here."""
    K, c = claim["from"], number(Fraction(claim["slope"]))
    x, state = _start(claim, r)
    visible = [name for name in r.state if name not in r.hidden]
    rows: list[tuple[str, ...]] = []
    reached: Value | None = x
    try:
        for k in range(min(K, FOLLOWED)):
            g = f.slope(x)
            step, state = advance(r, state, g, k)
            cells = [
                str(k),
                value_text(x),
                value_text(g),
                *(value_text(state[name]) for name in visible),
                value_text(step),
            ]
            rows.append(tuple(cells))
            x = tidy(x + step)
        reached = x if K <= FOLLOWED else None
    except Unknown:
        reached = None
    head = ("k", "x_k", "g_k", *(f"{name}_k" for name in visible), "x_{k+1}-x_k")
    region = "box" if given["rule"] != "contracting" else "neighborhood of the settled state"
    errors = ", up to roundings," if given["rule"] == "rounded" and reached is not None else ""
    end = (
        f"{'it leads' if K == 1 else 'they lead'} to $x_{{{K}}} {equals(reached)}${errors}"
        if reached is not None
        else ""
    )
    then = f"to a state in the {region} below" if r.state else ""
    ends = " and ".join(filter(None, (end, then))).removesuffix(",")
    where = f"In the first {count(K, 'step')} $\\abs{{f'(x_k)}}" if K > 1 else "In the first step $\\abs{f'(x_0)}"
    lead = "" if end else "it leads " if K == 1 else "they lead "
    blocks.append(say(f"{where} \\ge {c}$" + (f"; {lead}{ends}" if ends else "") + ".", "The beginning."))
    if rows:
        note = say(f"({K} steps in all.)").parts if min(K, len(rows)) > ROWS else ()
        blocks.append(Table(head, shorten(rows[:ROWS], len(rows), ROWS), note))
    return reached


def _why_periodic(f: Piecewise, claim: Mapping[str, Any]) -> Block:
    d = Fraction(claim["shift"]["value"])
    period = (f.right if d > 0 else f.left)[1]
    beyond = r"\ge" if d > 0 else r"\le"
    edge = f.knots[-1] - period if d > 0 else f.knots[0] + period
    times = abs(d) / period
    multiple = (
        "the period"
        if times == 1
        else f"{number(times)} periods"
        if times.denominator == 1
        else "not a multiple of the period"
    )
    return say(
        rf"For $t {beyond} {number(edge)}$ the function repeats with the period ${number(period)}$, "
        rf"and the shift ${number(d)}$ is {multiple}: there $f'(t {'+' if d > 0 else '-'} {number(abs(d))}) = f'(t)$.",
        "The shift.",
    )
