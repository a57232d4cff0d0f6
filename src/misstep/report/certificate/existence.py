"""The proof that a function has the properties that a certificate claims of it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from misstep.report.certificate.functions import argument, joined, properties
from misstep.report.certificate.least import pair_is_least
from misstep.report.certificate.model import Block, Table, count, say, shorten
from misstep.report.certificate.number import number
from misstep.report.certificate.piecewise import Piecewise

_ROWS = 8


def statement(document: Mapping[str, Any]) -> list[Block]:
    """The claim of a function."""
    claim = document["claim"]
    jets = claim["jets"]
    through = (
        f", and it goes through {count(len(jets), 'jet')}, with the value and the slope of the table at each"
        if jets
        else ""
    )
    blocks: list[Block] = [say(f"The function $f$ is such that {joined(properties(claim))}{through}.")]
    if jets:
        blocks.append(_table(jets))
    if claim["optimal"]:
        blocks.append(say("No function through these jets has a smaller Lipschitz constant."))
    return blocks


def _table(jets: list[list[str]]) -> Table:
    rows = [tuple(number(Fraction(entry), flat=True) for entry in jet) for jet in jets[:_ROWS]]
    note = say(f"({len(jets)} jets in all.)").parts if len(jets) > _ROWS else ()
    return Table(("x", "f(x)", "f'(x)"), shorten(rows, len(jets), _ROWS), note)


def proof(document: Mapping[str, Any]) -> list[Block]:
    """The argument."""
    claim = document["claim"]
    blocks = argument(Piecewise.of(document["function"]), claim)
    if claim["jets"]:
        blocks.append(
            say(
                "At each of the points the polynomial of its piece has the value and the slope of the table, exactly.",
                "The jets.",
            )
        )
    if claim["optimal"]:
        jets = [(Fraction(x), Fraction(v), Fraction(g)) for x, v, g in claim["jets"]]
        blocks += pair_is_least(Fraction(claim["lipschitz"]["value"]), jets)
    return blocks
