"""What the proofs of a drift share: the shift in formulas, a period in a table, the size of the gradients."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from misstep.report.certificate.methods import Recurrence, advance
from misstep.report.certificate.model import Block, Table, say, shorten
from misstep.report.certificate.number import number, value_text
from misstep.report.certificate.values import Unknown, Value, tidy

ROWS = 8
"""Steps that are written out."""
FOLLOWED = 500
"""Steps that are computed here; of a longer run only what the certificate says is said."""


def times(d: Fraction, index: str) -> str:
    """+ d·index, as it follows something."""
    size = "" if abs(d) == 1 else f"{number(abs(d))} "
    return f"{'+' if d > 0 else '-'} {size}{index}"


def slopes(claim: Mapping[str, Any], word: list[Fraction], blocks: list[Block]) -> None:
    """That the gradient stays away from 0."""
    least = min(map(abs, word))
    what = "the gradient is always" if len(word) == 1 else "the smallest gradient is"
    c = Fraction(claim["slope"])
    if claim["rounding"] is not None:
        blocks.append(
            say(rf"In absolute value the gradient is ${number(least)}$ up to its error, so at least ${number(c)}$.")
        )
        return
    blocks.append(
        say(
            rf"In absolute value {what} ${number(least)}{'' if least == c else ' >= ' + number(c)}$.".replace(
                ">=", r"\ge"
            )
        )
    )


def period_table(word: list[Fraction], state: Mapping[str, Value], r: Recurrence) -> Table:
    """The gradients, states and places of a period."""
    p, visible = len(word), [name for name in r.state if name not in r.hidden]
    moved: Value = Fraction(0)
    current: dict[str, Value] = dict(state)
    rows = []
    for i, w in enumerate(word[: ROWS + 1]):
        try:
            step, current = advance(r, current, w, None)
            cells = [*(value_text(current[name]) for name in visible), value_text(step)]
        except Unknown:
            rows.append((str(i), r"\ldots", number(w), *[r"\ldots"] * (len(visible) + 1)))
            break
        rows.append((str(i), value_text(moved), number(w), *cells))
        moved = tidy(moved + step)
    head = ("i", "x_{k+i}-x_k", "g_{k+i}", *(f"{name}_{{k+i}}" for name in visible), "x_{k+i+1}-x_{k+i}")
    note = say(f"({p} steps in all.)").parts if p > ROWS else ()
    return Table(head, shorten(rows[:ROWS], p, ROWS), note)
