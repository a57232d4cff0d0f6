r"""A certificate as an article that pdflatex compiles with nothing but amsmath, amssymb and amsthm."""

from __future__ import annotations

from misstep._version import __version__
from misstep.exports.latex_text import escape
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
from misstep.report.certificate.tex import tex
from misstep.report.certificate.unicode import unicode, unicode_row

_HEAD = r"""\documentclass[11pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[a4paper, margin=28mm]{geometry}
\usepackage{amsmath, amssymb, amsthm}
\newtheorem*{theorem}{Theorem}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6ex plus 0.3ex}
\tolerance=9999
\emergencystretch=9em
\allowdisplaybreaks
"""
_LINE, _TABLE = 70, 72
"""Characters of a formula's line, and of a table's row in the size of the text."""


def latex(document: Document) -> str:
    """The article."""
    body = "\n".join(map(_section, document.sections))
    title = f"\\begin{{center}}\\Large\\bfseries {_words(document.title)}\\end{{center}}"
    return f"% Made by misstep {__version__}\n{_HEAD}\\begin{{document}}\n{title}\n{body}\\end{{document}}\n"


def _section(section: Section) -> str:
    blocks = _block(section.blocks[0])
    for block in section.blocks[1:]:
        # No empty line before a formula: it belongs to the paragraph that leads to it.
        blocks += ("\n" if isinstance(block, Display | Cases) else "\n\n") + _block(block)
    match section.kind:
        case "theorem":
            return f"\\begin{{theorem}}\n{blocks}\n\\end{{theorem}}\n"
        case "proof":
            return f"\\begin{{proof}}\n{blocks}\n\\end{{proof}}\n"
        case _:
            return f"\\section*{{{_words(section.title)}}}\n{blocks}\n"


def _block(block: Block) -> str:
    match block:
        case Paragraph(parts=parts, lead=lead):
            start = rf"\textbf{{{_words(lead)}}} " if lead else ""
            return f"{start}{''.join(map(_inline, parts))}"
        case Display(lines=formulas):
            rows = " \\\\\n".join(row for line in formulas for row in _rows(line))
            return f"\\begin{{align*}}\n{rows}\n\\end{{align*}}"
        case Cases(name=name, rows=cases):
            if len(cases) == 1:
                formula, condition = (tex(read(part)) for part in cases[0])
                return f"\\[\n  {tex(read(name))} = {formula} \\qquad ({condition})\n\\]"
            lines = " \\\\[3pt]\n".join(f"  {tex(read(a))}, & {tex(read(b))}" for a, b in cases)
            return f"\\[\n  {tex(read(name))} = \\begin{{cases}}\n{lines}\n  \\end{{cases}}\n\\]"
        case Table():
            return _table(block)


def _rows(line: str) -> list[str]:
    """A line of a display, cut where it would be too long."""
    left, mark, right = line.partition("&")
    if not mark:
        left, right = "", line
    rows, current, size = [], f"{tex(read(left))} &", len(unicode(left))
    for i, chunk in enumerate(chunks(read(right.strip()))):
        length = len(unicode_row(chunk, first=i == 0))
        if size + length > _LINE and i > 0:
            rows.append(current)
            current, size = "&\\qquad ", 8 + len(unicode(left))
        current += ("{}" if i > 0 else "") + tex(chunk)
        size += length + 1
    return [*rows, current]


def _table(table: Table) -> str:
    cells = [table.head, *table.rows]
    width = sum(max(len(unicode(row[j])) if row[j] else 0 for row in cells) + 2 for j in range(len(table.head)))
    size = (
        ""
        if width <= _TABLE
        else r"\small"
        if width <= 1.12 * _TABLE
        else r"\footnotesize"
        if width <= 1.3 * _TABLE
        else r"\tiny"
    )
    gap = r"\setlength{\tabcolsep}{3pt}" if width > _TABLE else ""
    lines = [" & ".join(f"${tex(read(cell))}$" if cell else "" for cell in row) + r" \\" for row in cells]
    lines[0] += r" \hline"
    body = "\n".join(f"  {line}" for line in lines)
    note = f"\n{''.join(map(_inline, table.note))}\n" if table.note else ""
    return (
        f"\\begin{{center}}{size}{gap}\\renewcommand{{\\arraystretch}}{{1.25}}\n"
        f"\\begin{{tabular}}{{{'r' * len(table.head)}}}\n{body}\n\\end{{tabular}}\n\\end{{center}}{note}"
    )


def _inline(part: Inline) -> str:
    match part:
        case Formula(source=source):
            return f"${tex(read(source))}$"
        case Plain(text=text):
            return escape(text).replace("/", "/\\allowbreak ")
        case _:
            return _words(part)


def _words(text: str) -> str:
    """Our own text, with the spaces at its ends."""
    before, after = text[:1].isspace(), text[-1:].isspace()
    safe = text.replace("’", "'").replace("…", "\u2026")
    shown = "".join(
        r"\ldots{}" if c == "\u2026" else escape(c) if not c.isspace() else " " for c in " ".join(safe.split())
    )
    return f"{' ' if before else ''}{shown}{' ' if after and shown else ''}"
