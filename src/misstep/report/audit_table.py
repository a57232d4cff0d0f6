"""An audit in a terminal: a row per optimizer, why some could not be run, and a line that sums up each library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from misstep.counterexamples import Failure
from misstep.report.audit_rows import NOT_RUN, AuditRow, rows, summary, version

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

STYLES = {
    str(Failure.DRIFT): "red",
    str(Failure.CYCLE): "yellow",
    str(Failure.WRONG_LIMIT): "magenta",
    str(Failure.NONE): "dim",
}
"""Terminal colours of failures; the word says the same without them."""

_HEADINGS = {"nonconvex": "nonconvex", "convex": "convex", "strongly-convex": "κ = 10"}

_WIDE = 116
"""From this many columns on, each value gets a column of its own."""


def print_audit(document: Mapping[str, Any], console: Console) -> None:
    """Print a row per optimizer, by library, then what could not be run, then a line per library.

    Args:
        document: What `Audit.to_dict` returned.
        console: Where to.
    """
    from rich.padding import Padding
    from rich.text import Text

    libraries = rows(document)
    ran = {library: [row for row in listed if row.reason is None] for library, listed in libraries.items()}
    if any(ran.values()):
        console.print(
            _wide(document, ran, console.width * 3 // 8) if console.width >= _WIDE else _narrow(document, ran)
        )
    missing = [row for listed in libraries.values() for row in listed if row.reason is not None]
    for row in missing:
        line = Text.assemble((row.spec, "bold"), f": {NOT_RUN} ({row.seconds:.1f} s): {row.reason}")
        console.print(Padding(line, (0, 0, 0, 1)))
    if missing:
        console.print()
    for library, listed in libraries.items():
        console.print(Text(f"{version(document, library, listed)}: {summary(listed)}."), soft_wrap=True)


def _wide(document: Mapping[str, Any], libraries: Mapping[str, list[AuditRow]], width: int) -> RenderableType:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("optimizer", max_width=width, overflow="fold")
    table.add_column("steps")
    for heading in _HEADINGS.values():
        table.add_column(heading)
    for heading in ("starts", "noise", "s"):
        table.add_column(heading, justify="right", no_wrap=True)
    for library, listed in libraries.items():
        table.add_section()
        table.add_row(Text(version(document, library, listed), style="bold"))
        for row in listed:
            classes = [_found(row, name) for name in _HEADINGS]
            table.add_row(Text(row.name), row.steps, *classes, *_robust(row), f"{row.seconds:.1f}")
    return table


def _narrow(document: Mapping[str, Any], libraries: Mapping[str, list[AuditRow]]) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    blocks: list[RenderableType] = []
    for library, listed in libraries.items():
        blocks.append(Text(version(document, library, listed), style="bold underline"))
        for row in listed:
            starts, noise = _robust(row)
            robust = "" if row.robust is None else f"; starts {starts}, noise {noise}"
            blocks.append(Text.assemble((row.name, "bold"), f"  {row.steps}{robust}  {row.seconds:.1f} s"))
            parts = [Text.assemble((f"{heading} ", "dim"), _found(row, name)) for name, heading in _HEADINGS.items()]
            blocks.append(Padding(Text("  ").join(parts), (0, 0, 0, 4)))
        blocks.append(Text(""))
    return Group(*blocks)


def _robust(row: AuditRow) -> tuple[str, str]:
    if row.robust is None:
        return "–", "–"
    starts, noise, of = row.robust
    return f"{starts}/{of}", f"{noise}/{of}"


def _found(row: AuditRow, function_class: str) -> Text:
    from rich.text import Text

    found = row.found[function_class]
    return Text(str(found), style=STYLES[found.failure])
