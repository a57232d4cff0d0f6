"""A certificate as one self-contained page: formulas as MathML, nothing is loaded."""

from __future__ import annotations

import re
from html import escape

from misstep._version import __version__
from misstep.report.certificate.mathml import mathml
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
from misstep.report.figures.figure import Figure
from misstep.report.shell import shell
from misstep.report.style import STYLE

_STYLE = (
    STYLE
    + """\
main { max-width: 46rem; }
header { margin-bottom: 2rem; }
h1 .badge { font-size: 0.8rem; vertical-align: middle; margin-left: 0.4rem; }
section + section { margin-top: 2.2rem; }
p, .display, .note { max-width: none; }
math { font-size: 1.06em; }
.whole { white-space: nowrap; }
.lead-in { font-weight: 600; }
.theorem { border-left: 3px solid var(--proved); background: var(--tint); padding: 1rem 1.2rem 0.3rem; }
.theorem p { font-style: italic; }
.theorem .lead-in, .theorem math { font-style: normal; }
.display { display: grid; grid-template-columns: max-content minmax(0, max-content); column-gap: 0.35em;
  row-gap: 0.55rem; justify-content: center; align-items: baseline; margin: 0.4rem 0 1.1rem; overflow-x: auto;
  overflow-y: hidden; padding: 0.15rem 0; }
.display .left { text-align: right; }
.cases { display: flex; align-items: center; justify-content: center; gap: 0.35em; margin: 0.4rem 0 1.1rem;
  overflow-x: auto; }
.cases .rows { display: grid; grid-template-columns: auto auto; gap: 0.35rem 1.4rem; border-left: 2px solid;
  border-radius: 0.7rem 0 0 0.7rem; padding: 0.3rem 0 0.3rem 0.8rem; align-items: baseline; }
.cases.one .rows { border: 0; padding-left: 0; }
.scroll { overflow-x: auto; margin: 0.2rem 0 1.1rem; }
.proof-table { width: auto; margin: 0 auto; font: 0.95rem/1.4 var(--serif); }
.proof-table th, .proof-table td { text-align: right; padding: 0.3rem 0 0.3rem 1.3rem; white-space: nowrap; }
.proof-table tbody td:nth-of-type(1) { width: auto; }
.proof-table th:first-child, .proof-table td:first-child { padding-left: 0; }
.proof-table thead th { color: var(--soft); border-bottom: 1px solid var(--ink); }
.note { font-size: 0.95rem; color: var(--soft); margin-top: -0.6rem; }
.end { text-align: right; margin: 0; }
.file p { font-size: 0.95rem; color: var(--soft); overflow-wrap: anywhere; }
figure { margin: 0.5rem auto 1.5rem; }
@media (max-width: 48rem) {
  .proof-table, .proof-table thead, .proof-table tbody, .proof-table tr, .proof-table th, .proof-table td {
    display: revert; }
  .proof-table tbody tr { padding: 0; }
  .proof-table th, .proof-table td, .proof-table tbody td { padding: 0.25rem 0 0.25rem 0.9rem; text-align: right;
    width: auto; }
  .proof-table td::before { content: none; }
  .cases .rows { grid-template-columns: auto; row-gap: 0.15rem; }
  .cases .rows .when { margin: 0 0 0.5rem 1.2rem; }
  .cases.one { flex-wrap: wrap; }
  .theorem { padding: 0.8rem 0.9rem 0.2rem; }
}
@media print { .theorem { border-left-color: #000; } .scroll, .display, .cases { overflow: visible; } }
"""
)


def page(document: Document, figure: Figure | None = None, note: str = "") -> str:
    """The page.

    Args:
        document: What is shown.
        figure: Of the function with the iterates, below the definitions.
        note: What stands in its place.
    """
    sections = "\n".join(_section(section) for section in document.sections)
    drawing = _figure(figure) if figure is not None else f'<p class="note">{escape(note)}</p>' if note else ""
    sections = sections.replace("<!-- figure -->", drawing, 1)
    verdict = escape(document.verdict)
    main = f"""<header>
<h1>{escape(document.title)} <span class="badge {verdict.lower()}">{verdict}</span></h1>
</header>
{sections}"""
    return shell(document.title, __version__, _STYLE, main)


def _section(section: Section) -> str:
    blocks = [_block(block) for block in section.blocks]
    if section.kind == "plain":
        name = "file" if section.title == "The file" else "plain"
        figure = "<!-- figure -->\n" if section.title == "Definitions" else ""
        return f'<section class="{name}">\n<h2>{escape(section.title)}</h2>\n{chr(10).join(blocks)}\n{figure}</section>'
    lead = f'<span class="lead-in">{escape(section.title)}</span> '
    blocks[0] = re.sub(r"^<p>", lambda found: found[0] + lead, blocks[0], count=1)
    end = '\n<p class="end" aria-label="end of the proof">∎</p>' if section.kind == "proof" else ""
    return f'<section class="{section.kind}">\n{chr(10).join(blocks)}{end}\n</section>'


def _block(block: Block) -> str:
    match block:
        case Paragraph(parts=parts, lead=lead):
            start = f'<span class="lead-in">{escape(lead)}</span> ' if lead else ""
            return f"<p>{start}{_flow(parts)}</p>"
        case Display(lines=formulas):
            return f'<div class="display">{"".join(map(_line, formulas))}</div>'
        case Cases(name=name, rows=cases):
            cells = "".join(f'<div>{mathml(a)}</div><div class="when">for {mathml(b)}</div>' for a, b in cases)
            one = " one" if len(cases) == 1 else ""
            return f'<div class="cases{one}"><div>{mathml(name + " =")}</div><div class="rows">{cells}</div></div>'
        case Table(head=head, rows=rows, note=note):
            heads = "".join(f'<th scope="col">{mathml(cell)}</th>' for cell in head)
            lines = "\n".join(
                "<tr>" + "".join(f"<td>{mathml(c) if c else ''}</td>" for c in row) + "</tr>" for row in rows
            )
            below = f'\n<p class="note">{_flow(note)}</p>' if note else ""
            return (
                '<div class="scroll" role="region" aria-label="table" tabindex="0"><table class="proof-table">'
                f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>{below}"
            )


def _line(line: str) -> str:
    left, _, right = line.partition("&")
    shown = mathml(left, display=True) if left.strip() else ""
    return f'<div class="left">{shown}</div><div>{mathml(right, display=True)}</div>'


def _flow(parts: tuple[Inline, ...]) -> str:
    """A paragraph's parts; a formula is not parted from the punctuation after it."""
    text, i = "", 0
    while i < len(parts):
        part, after = parts[i], parts[i + 1] if i + 1 < len(parts) else ""
        i += 1
        mark = re.match(r"[.,;:)]+", after) if isinstance(part, Formula) and isinstance(after, str) else None
        if mark is None:
            text += _inline(part)
            continue
        assert isinstance(after, str)
        before, _, last = _inline(part).rpartition("<wbr>")
        text += (
            f'{before}<wbr><span class="whole">{last}{mark[0]}</span>'
            if before
            else f'<span class="whole">{last}{mark[0]}</span>'
        )
        text += escape(after[mark.end() :])
        i += 1
    return text


def _inline(part: Inline) -> str:
    match part:
        case Formula(source=source):
            return mathml(source)
        case Plain(text=text):
            return escape("".join(c if c.isprintable() else " " for c in text))
        case _:
            return escape(part)


def _figure(figure: Figure) -> str:
    return f"<figure>\n{figure.svg.strip()}\n<figcaption>{escape(figure.caption)}</figcaption>\n</figure>"
