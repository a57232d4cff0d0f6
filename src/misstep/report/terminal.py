"""A reproduction as a table in a terminal, wide or narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from misstep.report.verdict_styles import STYLES
from misstep.reproduce import Reproduction, Row, Verdict

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_WIDE = 130
"""From this many columns on, each value gets a column of its own."""


def print_table(reproduction: Reproduction, console: Console) -> None:
    """Print a row per statement, then one line that sums up."""
    console.print(_wide(reproduction) if console.width >= _WIDE else _narrow(reproduction))
    console.print(summary(reproduction), highlight=False)


def summary(reproduction: Reproduction) -> str:
    """How many rows have which verdict, and whether the paper stands."""
    verdicts = [row.finding.verdict for row in reproduction.rows]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict.value}" for verdict in Verdict if verdict in verdicts)
    stands = "no statement of the paper is refuted or undecided"
    falls = "a statement of the paper is REFUTED or UNDECIDED"
    return f"α = {reproduction.setting.alpha}: {counts}; {stands if reproduction.stands else falls}."


def _wide(reproduction: Reproduction) -> RenderableType:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_lines=True, expand=True)
    table.add_column("id", no_wrap=True)
    table.add_column("statement", ratio=4)
    table.add_column("claimed", ratio=3)
    table.add_column("computed", ratio=5)
    table.add_column("verdict", no_wrap=True)
    table.add_column("s", justify="right", no_wrap=True)
    for row in reproduction.rows:
        statement = Text(row.statement)
        statement.append(f"\n{row.source}", style="dim")
        claimed, computed = Text(row.finding.claimed), Text(row.finding.computed)
        table.add_row(Text(row.id), statement, claimed, computed, _verdict(row), f"{row.seconds:.2f}")
    return table


def _narrow(reproduction: Reproduction) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    blocks: list[RenderableType] = []
    for row in reproduction.rows:
        blocks.append(Text.assemble(_verdict(row), "  ", (row.id, "bold"), f"  {row.seconds:.2f} s"))
        body = Text.assemble(row.statement, " ", (f"[{row.source}]", "dim"))
        body.append(f"\nclaimed: {row.finding.claimed}\ncomputed: {row.finding.computed}")
        blocks.append(Padding(body, (0, 0, 1, 4)))
    return Group(*blocks)


def _verdict(row: Row) -> Text:
    from rich.text import Text

    return Text(row.finding.verdict.value, style=STYLES[row.finding.verdict.value])
