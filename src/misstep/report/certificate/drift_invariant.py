"""The induction of a drift whose state stays in a box: with the numbers in where they are exact."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from misstep.report.certificate.drift_parts import period_table, slopes, times
from misstep.report.certificate.expression import Name, substitute, write
from misstep.report.certificate.methods import Recurrence, advance, shown_lines
from misstep.report.certificate.model import Block, Display, count, say
from misstep.report.certificate.number import number, value_text
from misstep.report.certificate.setting import state_text
from misstep.report.certificate.values import Interval, Unknown, Value, hull


def invariant(
    claim: Mapping[str, Any],
    given: Mapping[str, Any],
    r: Recurrence,
    blocks: list[Block],
) -> None:
    """The supposition, and that it holds again after a period."""
    K, p, d = claim["from"], claim["period"], Fraction(claim["shift"]["value"])
    word = [Fraction(w) for w in given["word"]]
    box: dict[str, Value] = {name: hull(*map(Fraction, ends)) for name, ends in given["box"].items()}
    exact = all(not isinstance(value, Interval) for value in box.values())
    state = f", and that before this step {state_text(given['box'])}" if box else ""
    jp = "j" if p == 1 else f"{p}j"
    where = f"$x_k = x_{{{K}}} {times(d, 'j')}$ at $k = {K}+{jp}$"
    sign = "+" if d > 0 else "-"
    if p == 1 and exact and not r.hidden:
        w = word[0]
        blocks.append(
            say(
                f"Suppose that {where}{state}. Then $f'(x_k) = f'(x_{{{K}}}) = {number(w)}$, since the function "
                "repeats. So",
                "The induction.",
            )
        )
        blocks.append(Display(tuple(_substituted(r, box, w))))
        again = "and the state is what it was, so that this" if box else "so that this"
        blocks.append(say(f"Hence $x_{{k+1}} = x_k {sign} {number(abs(d))}$, {again} goes on for ever."))
    else:
        blocks.append(
            say(
                f"Suppose that {where}{state}. "
                + (
                    f"The gradients of the next {count(p, 'step')} are then the word below, and they alone determine "
                    "the state and the steps:"
                    if p > 1
                    else "The next gradient is then the one below, and it alone determines the state and the step:"
                ),
                "The induction.",
            )
        )
        blocks.append(period_table(word, box, r))
        again = "the state is in the same ranges again, and " if box else ""
        whatever = ", whatever the state was in its ranges" if box else ""
        blocks.append(
            say(
                f"After {'this step' if p == 1 else f'{p} steps'} {again}$x$ has moved by ${number(d)}${whatever}: "
                "the supposition holds for $j+1$."
            )
        )
        if r.ranges or not exact:
            blocks.append(
                say(
                    "All of this is computed with intervals, which hold every value of the parameters and of the state."
                )
            )
    slopes(claim, word, blocks)


def _substituted(r: Recurrence, state: Mapping[str, Value], w: Fraction) -> list[str]:
    """The recurrence with the values in it, one line an assignment."""
    values: dict[str, Value] = {**state, "g": w}
    lines = []
    try:
        after: dict[str, Value] = {}
        for (left, term), (name, _) in zip(shown_lines(r), r.lines, strict=True):
            put = write(substitute(term, {**values, **after}))
            _, new = advance(r, state, w, None)
            result = new.get(name)
            if result is None:
                return _results(r, state, w)
            after[f"{name}'"] = result
            lines.append(f"{left} &= {put}" + ("" if put == value_text(result) else f" = {value_text(result)}"))
        step, _ = advance(r, state, w, None)
        put = write(Name("x", "x_k") + substitute(r.step, {**values, **after}))
        shown = value_text(step)
        end = f"x_k{shown}" if shown.startswith("-") else f"x_k+{shown}"
        lines.append(f"x_{{k+1}} &= {put}" + ("" if put == end else f" = {end}"))
    except Unknown:
        return _results(r, state, w)
    return lines


def _results(r: Recurrence, state: Mapping[str, Value], w: Fraction) -> list[str]:
    try:
        step, new = advance(r, state, w, None)
    except Unknown:
        return [f"g_k &= {number(w)}"]
    lines = [f"{name}_k &= {value_text(new[name])}" for name in r.state if name not in r.hidden]
    return [*lines, f"x_{{k+1}} - x_k &= {value_text(step)}"]
