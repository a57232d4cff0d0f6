"""An audit in a terminal: a row per optimizer, why some could not be run, and a line that sums up each library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from misstep.counterexamples import Failure
from misstep.report.audit_rows import NOT_RUN, TITLES, AuditRow, rows, summary, version

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

STYLES = {
    str(Failure.DRIFT): "red",
    str(Failure.CYCLE): "yellow",
    str(Failure.WRONG_LIMIT): "magenta",
    str(Failure.NONE): "dim",
}
"""Terminal colours of failures; the word says the same without them."""

_HEADINGS = {"nonconvex": "nonconvex", "convex": "convex", "strongly-convex": "κ = 10"}


def print_audit(document: Mapping[str, Any], console: Console) -> None:
    """Print a table for each library, then what could not be run, then a line for each.

    Args:
        document: What `Audit.to_dict` returned.
        console: Where to.
    """
    from rich.padding import Padding
    from rich.text import Text

    libraries = rows(document)
    # One layout for all tables, so that columns stand below one another.
    widest = max((len(row.name) for listed in libraries.values() for row in listed), default=0)
    for library, listed in libraries.items():
        console.print(Text(version(document, library, listed), style="bold"))
        if any(row.reason is None for row in listed):
            console.print(_table([row for row in listed if row.reason is None], min(widest, console.width * 3 // 8)))
        for row in listed:
            if row.reason is not None:
                line = Text.assemble((f"{row.name}: {NOT_RUN}", "bold"), f" ({row.seconds:.1f} s): {row.reason}")
                console.print(Padding(line, (0, 0, 0, 1)))
        console.print()
    for library, listed in libraries.items():
        console.print(Text(f"{version(document, library, listed)}: {summary(listed)}."), soft_wrap=True)


def _table(listed: list[AuditRow], width: int) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("optimizer", min_width=width, overflow="fold")
    table.add_column("steps", min_width=len("transient"))
    for heading in _HEADINGS.values():
        table.add_column(heading, min_width=len("wrong-limit"))
    for heading in ("starts", "noise", "s"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in listed:
        classes = [_found(row, name) for name in TITLES]
        starts, noise = ("–", "–") if row.robust is None else (f"{n}/{row.robust[2]}" for n in row.robust[:2])
        table.add_row(row.name, row.steps or "", *classes, starts, noise, f"{row.seconds:.1f}")
    return table


def _found(row: AuditRow, function_class: str) -> Text:
    from rich.text import Text

    found = row.found[function_class]
    return Text(str(found), style=STYLES[found.failure])
