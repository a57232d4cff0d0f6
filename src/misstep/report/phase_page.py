"""A phase diagram as one self-contained HTML page: the figure, what is known of each cell, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

import numpy as np

from misstep._version import __version__
from misstep.report.figures.figure import Figure
from misstep.report.figures.phase import Frame
from misstep.report.phase.caption import read_spec
from misstep.report.phase.diagram import PhaseDiagram, Values
from misstep.report.phase.names import share, symbol
from misstep.report.phase.outcomes import shares
from misstep.report.phase_data import phase_data
from misstep.report.phase_script import SCRIPT
from misstep.report.phase_style import PHASE_STYLE
from misstep.report.shell import shell

_THINGS = {"cells": "cell", "points": "point", "curves": "place on a curve"}


def render_page(diagram: PhaseDiagram, figure: Figure, frames: Sequence[Frame]) -> str:
    """The page.

    Args:
        diagram: What is drawn.
        figure: Its drawing.
        frames: Where the drawing's panels are.
    """
    thing = _THINGS[diagram.kind]
    panels = ", Page Up and Page Down from panel to panel" if diagram.n_panels > 1 else ""
    main = f"""<header>
<h1>{escape(diagram.title)}</h1>
</header>
<div class="drawing">
<figure>
<div class="stage" aria-label="{thing.capitalize()}s of the figure" aria-describedby="hint">
{figure.svg.strip()}
</div>
<figcaption>{escape(diagram.caption)}</figcaption>
</figure>
<div class="readout" hidden>
<p class="where"></p>
<dl></dl>
<p class="hint" id="hint">Point at a {thing} or tap it to see all that is known of it. With the keyboard: arrow keys
in the figure, ten steps with Shift{panels}.</p>
</div>
<p class="spoken" aria-live="polite"></p>
</div>
{_shares(diagram)}
{_origin(diagram)}
<script type="application/json" id="phase-data">{phase_data(diagram, frames)}</script>"""
    return shell(diagram.title, __version__, PHASE_STYLE, main, SCRIPT)


def _shares(diagram: PhaseDiagram) -> str:
    """The table of outcomes, a line a panel or row; nothing where outcomes are not known."""
    found = diagram.shares()
    if not found:
        return ""
    proved = diagram.proved
    heads = "".join(f'<th scope="col" class="number">{escape(of.name)}</th>' for of in found)
    heads += '<th scope="col" class="number">proved</th>' if proved is not None else ""
    lines = []
    for name, values, sure in _groups(diagram):
        counted = {of.code: of for of in shares(values, diagram.names)}
        total = sum(of.cells for of in counted.values())
        cells = [(of.name, counted[of.code].cells if of.code in counted else 0, total) for of in found]
        if sure is not None:
            cells.append(("proved", int(np.count_nonzero(sure)), sure.size))
        texts = "".join(
            f'<td class="number" data-label="{escape(label)}" title="{count} of {of}">'
            f"{share(count, of) if of else '–'}</td>"
            for label, count, of in cells
        )
        lines.append(f'<tr><th scope="row">{escape(name)}</th>{texts}</tr>')
    first = diagram.facet.name if diagram.facet is not None else diagram.y.name if diagram.y.scale == "ordinal" else ""
    body = "\n".join(lines)
    return f"""<section aria-labelledby="shares-heading">
<h2 id="shares-heading">How often each outcome occurs</h2>
<table class="shares">
<thead><tr><th scope="col">{escape(symbol(first))}</th>{heads}</tr></thead>
<tbody>
{body}
</tbody>
</table>
</section>"""


def _groups(diagram: PhaseDiagram) -> list[tuple[str, Values, Values | None]]:
    """What has a line in the table: its name, its outcomes, and what is proved of it."""
    values, proved = diagram.variables["outcome"].values, diagram.proved
    if diagram.facet is not None:
        return [(diagram.heading(i), values[i], None if proved is None else proved[i]) for i in range(diagram.n_panels)]
    if diagram.y.name and diagram.y.scale == "ordinal" and diagram.kind != "points":
        return [
            (diagram.y.text(i), values[:, i], None if proved is None else proved[:, i])
            for i in range(len(diagram.y.values))
        ]
    return [("all", values, proved)]


def _origin(diagram: PhaseDiagram) -> str:
    """Facts, the command and the whole spec."""
    items = "\n".join(
        f"<dt>{escape(name.capitalize())}</dt><dd>{escape(text)}</dd>" for name, text in diagram.facts.items()
    )
    command = diagram.provenance.get("command")
    made = f'<p class="command">Made by: <code>{escape(str(command))}</code></p>\n' if command else ""
    spec = read_spec(diagram.provenance)
    whole = ""
    if spec:
        text = escape(json.dumps(spec, indent=2, ensure_ascii=False), quote=False)
        whole = (
            f"<details>\n<summary>Specification of the sweep</summary>\n<pre><code>{text}</code></pre>\n</details>\n"
        )
    if not items and not made and not whole:
        return ""
    return f"""<section aria-labelledby="origin-heading">
<h2 id="origin-heading">Where this comes from</h2>
<dl class="meanings">
{items}
</dl>
{made}{whole}</section>"""
