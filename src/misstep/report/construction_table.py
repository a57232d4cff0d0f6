"""A construction in a terminal: one sentence, the facts, and how hard it was searched."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from misstep.counterexamples import Construction
from misstep.report.construction_facts import Fact, facts, remarks

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_WIDE = 60
"""From this many columns on, values stand beside their names."""


def print_construction(construction: Construction, console: Console, *, exact_in: str) -> None:
    """Print the sentence, the facts, remarks and, where nothing was found, what was tried.

    Args:
        construction: What was found.
        console: Where to.
        exact_in: Where exact numbers are that are too long here.
    """
    from rich.text import Text

    found = construction.example is not None
    sentence = construction.sentence if found else f"none found: {construction.sentence}"
    console.print(Text(sentence, style="bold"), soft_wrap=not console.is_terminal)
    blocks = [facts(construction, exact_in=exact_in), [("note", note) for note in remarks(construction)]]
    blocks.append([("tried" if found else "searched", line) for line in construction.search])
    for block in blocks:
        if block:
            console.print()
            console.print(_table(block, wide=console.width >= _WIDE))


def _table(lines: list[Fact], *, wide: bool) -> RenderableType:
    """Names and values: two columns, or one below the other; a name that repeats is written once."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    names = [name for name, _ in lines]
    shown = [Text(name if name != before else "", style="dim") for before, name in pairwise(["", *names])]
    values = [Text(value) for _, value in lines]
    if not wide:
        padded = [Padding(value, (0, 0, 0, 2)) for value in values]
        return Group(*(part for name, value in zip(shown, padded, strict=True) for part in (name, value) if part))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, min_width=19)
    table.add_column()
    for name, value in zip(shown, values, strict=True):
        table.add_row(name, value)
    return table
