"""A certificate in a terminal: Unicode mathematics, wrapped to its width."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from misstep.report.certificate.formula import chunks, read
from misstep.report.certificate.model import (
    Block,
    Cases,
    Display,
    Document,
    Formula,
    Inline,
    Paragraph,
    Plain,
    Section,
    Table,
)
from misstep.report.certificate.unicode import unicode, unicode_row
from misstep.report.verdict_styles import STYLES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_NARROW, _SHORT, _WIDEST = 24, 30, 96


def print_document(document: Document, console: Console) -> None:
    """Print it, wrapped to the console's width."""
    from rich.text import Text

    width = max(min(console.width, _WIDEST), _NARROW)
    console.print(
        Text.assemble((document.title, "bold"), "  ", (document.verdict, STYLES[document.verdict])),
        soft_wrap=True,
    )
    for section in document.sections:
        console.print()
        for line in _section(section, width):
            console.print(line, soft_wrap=True)


def text(document: Document, width: int = 80) -> str:
    """The same as one string without styles."""
    lines = [f"{document.title}  {document.verdict}"]
    for section in document.sections:
        lines += ["", *(line.plain for line in _section(section, width))]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _section(section: Section, width: int) -> list[Text]:
    from rich.text import Text

    lines: list[Text] = []
    if section.kind == "plain":
        lines += [Text(section.title, style="bold"), Text("")]
    for i, block in enumerate(section.blocks):
        if i > 0:
            lines.append(Text(""))
        lead = section.title if i == 0 and section.kind != "plain" else ""
        lines += _block(block, width, lead)
    if section.kind == "proof":
        lines.append(Text("∎".rjust(width)))
    return lines


def _block(block: Block, width: int, lead: str) -> list[Text]:
    from rich.text import Text

    match block:
        case Paragraph(parts=parts, lead=own):
            return _paragraph(parts, " ".join(filter(None, (lead, own))), width)
        case Display(lines=formulas):
            return [Text(line) for line in _display(formulas, width)]
        case Cases(name=name, rows=rows):
            return [Text(line) for line in _cases(name, rows, width)]
        case Table():
            return [Text(line) for line in _table(block, width)] + (
                _paragraph(block.note, "", width) if block.note else []
            )


def _paragraph(parts: tuple[Inline, ...], lead: str, width: int) -> list[Text]:
    from rich.text import Text

    body = "".join(map(_inline, parts))
    lines = textwrap.wrap(f"{lead} {body}" if lead else body, width, break_on_hyphens=False)
    found = [Text(line.replace("\u00a0", " ")) for line in lines]
    if lead and found:
        found[0].stylize("bold", 0, len(lead))
    return found


def _inline(part: Inline) -> str:
    match part:
        case Formula(source=source):
            shown = unicode(source)
            return shown.replace(" ", "\u00a0") if len(shown) <= _SHORT else shown
        case Plain(text=plain):
            return " ".join("".join(c if c.isprintable() else " " for c in plain).split())
        case _:
            return part


def _display(formulas: tuple[str, ...], width: int) -> list[str]:
    """Formulas below each other, aligned, indented, and broken where they are too long."""
    pairs = [formula.partition("&") for formula in formulas]
    lefts = [unicode(left) for left, _, _ in pairs]
    indent = max(map(len, lefts))
    lines = []
    for left, (_, _, right) in zip(lefts, pairs, strict=True):
        start = f"    {left.rjust(indent)} " if indent else "    "
        hang = len(start) + 4 if len(start) < width // 2 else 8
        line = start
        for piece in (
            unicode_row(chunk, first=i == 0 and not left) for i, chunk in enumerate(chunks(read(right.strip())))
        ):
            if len(line) + len(piece) > width and line.strip():
                lines.append(line)
                line = " " * hang
            line += piece if line.endswith(" ") else f" {piece}"
        lines.append(line)
    return [part for line in lines for part in _folded(line, width)]


def _folded(line: str, width: int) -> list[str]:
    """A line that fits; one that cannot be cut at a relation or a term is cut at a space, or anywhere."""
    if len(line) <= width:
        return [line]
    return textwrap.wrap(line, width, subsequent_indent="        ", drop_whitespace=True, break_on_hyphens=False) or [
        line
    ]


def _cases(name: str, rows: tuple[tuple[str, str], ...], width: int) -> list[str]:
    shown = [(unicode(formula), unicode(condition)) for formula, condition in rows]
    longest = max(len(formula) for formula, _ in shown)
    begin = f"    {unicode(name)} = "
    lines = []
    for i, (formula, condition) in enumerate(shown):
        start = begin if i == 0 else " " * len(begin)
        fits = len(begin) + longest + 6 + len(condition) <= width
        if fits:
            lines.append(f"{start}{formula.ljust(longest)}   for {condition}")
        else:
            lines += [*_folded(f"{start}{formula}", width), *_folded(f"{' ' * len(begin)}  for {condition}", width)]
    return lines


def _table(table: Table, width: int) -> list[str]:
    """Columns where they fit, else a line for each cell."""
    head = [unicode(cell) for cell in table.head]
    rows = [[unicode(cell) if cell else "" for cell in row] for row in table.rows]
    widths = [max(len(row[j]) for row in (head, *rows)) for j in range(len(head))]
    if 4 + sum(widths) + 2 * (len(head) - 1) <= width:
        lines = [
            "    " + "  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in (head, *rows)
        ]
        return [lines[0], "    " + "─" * (len(lines[0]) - 4), *lines[1:]]
    lines = []
    for row in rows:
        cells = [f"{name} = {cell}" if cell != "…" else "…" for name, cell in zip(head, row, strict=True) if cell]
        lines += textwrap.wrap(
            "; ".join(cell.replace(" ", "\u00a0") for cell in cells),
            width,
            initial_indent="    ",
            subsequent_indent="      ",
        )
    return [line.replace("\u00a0", " ") for line in lines]
