"""Checked certificates in a terminal: a row for each, with its claim in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from misstep.certificates import Checked, Verdict
from misstep.report.verdict_styles import STYLES

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_WIDE = 116
"""From this many columns on, each value gets a column of its own."""


def print_certificates(checked: Sequence[tuple[str, Checked]], console: Console) -> None:
    """Print a row per file, then one line that counts the verdicts.

    Args:
        checked: Each file's name, and what the check of it came to.
        console: Where to.
    """
    console.print(_wide(checked) if console.width >= _WIDE else _narrow(checked))
    verdicts = [answer.verdict for _, answer in checked]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in Verdict if verdict in verdicts)
    console.print(f"{len(checked)} checked: {counts}.", highlight=False)


def _wide(checked: Sequence[tuple[str, Checked]]) -> RenderableType:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_lines=True, expand=True)
    table.add_column("file", ratio=1, overflow="fold")
    table.add_column("claim", ratio=4, overflow="fold")
    table.add_column("kind", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("s", justify="right", no_wrap=True)
    for file, answer in checked:
        kind = Text(answer.kind or "?")
        table.add_row(Text(_printable(file)), _claim(answer), kind, _verdict(answer), f"{answer.seconds:.2f}")
    return table


def _narrow(checked: Sequence[tuple[str, Checked]]) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    blocks: list[RenderableType] = []
    for file, answer in checked:
        kind = "" if answer.kind is None else f"  {answer.kind}"
        name = (_printable(file), "bold")
        blocks.append(Text.assemble(_verdict(answer), "  ", name, f"{kind}  {answer.seconds:.2f} s"))
        blocks.append(Padding(_claim(answer), (0, 0, 1, 4)))
    return Group(*blocks)


def _claim(answer: Checked) -> Text:
    """The sentence, and below it why that is not proved."""
    from rich.text import Text

    parts = [Text(answer.sentence)] if answer.sentence is not None else []
    if answer.reason:
        parts.append(Text(answer.reason, style="italic"))
    return Text("\n").join(parts)


def _printable(name: str) -> str:
    """A file's name without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def _verdict(answer: Checked) -> Text:
    from rich.text import Text

    return Text(answer.verdict, style=STYLES[answer.verdict])
