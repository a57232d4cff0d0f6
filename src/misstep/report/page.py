"""A reproduction as one self-contained HTML page: no script, no font, no address is loaded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape

from misstep.report.figures import PLOTS, Figure
from misstep.report.shell import shell
from misstep.report.style import STYLE
from misstep.reproduce import Part, Reproduction, Row, Setting, Verdict

_PAPER = "https://arxiv.org/abs/2308.00720"

_MEANINGS: Mapping[Verdict, str] = {
    Verdict.PROVED: "decided in exact rational or symbolic arithmetic, or enclosed in rigorous balls.",
    Verdict.OBSERVED: "seen in floating-point runs; other machines, versions or seeds may see something else.",
    Verdict.UNDECIDED: "not settled: the enclosure was too wide, or what it needs is not installed.",
    Verdict.REFUTED: "came out false as stated.",
}


def render_page(reproduction: Reproduction, figures: Mapping[str, Figure]) -> str:
    """The page: what was reproduced, the table, and a section a row with its parts, figures and command.

    Args:
        reproduction: What was found.
        figures: The drawings, by name; each goes to the section of its row.
    """
    claims = [row for row in reproduction.rows if row.of_the_paper]
    questions = [row for row in reproduction.rows if not row.of_the_paper]
    groups = [("What the paper states", claims), ("What it asks, and what follows", questions)]
    names = {row.id: [plot.name for plot in PLOTS if plot.row_id == row.id] for row in reproduction.rows}
    sections = "\n".join(
        _section(row, reproduction.setting, [figures[name] for name in names[row.id] if name in figures])
        for _, rows in groups
        for row in rows
    )
    main = f"""{_header(reproduction, claims, questions)}
<section aria-labelledby="table-heading">
<h2 id="table-heading">Every statement</h2>
<table>
<caption>Each statement leads to its details below.</caption>
<thead><tr><th scope="col">Statement</th><th scope="col">Claimed</th><th scope="col">Computed</th>\
<th scope="col">Verdict</th><th scope="col" class="number">Seconds</th></tr></thead>
{"".join(_table_group(heading, rows) for heading, rows in groups if rows)}</table>
</section>
{sections}"""
    title = f"Adam’s divergence, reproduced (α = {reproduction.setting.alpha})"
    return shell(title, reproduction.version, STYLE, main)


def _header(reproduction: Reproduction, claims: list[Row], questions: list[Row]) -> str:
    setting = reproduction.setting
    size = "a quick run, with fewer steps and samples" if setting.quick else "a full run"
    standing = (
        "Every statement of the paper stands." if reproduction.stands else "Not every statement of the paper stands."
    )
    if not claims:
        standing = "None of the paper’s own statements was run."
    meanings = "\n".join(f"<dt>{_badge(verdict)}</dt><dd>{text}</dd>" for verdict, text in _MEANINGS.items())
    seconds = sum(row.seconds for row in reproduction.rows)
    return f"""<header>
<h1>Adam’s divergence, reproduced</h1>
<p class="lead">Philippe L. Toint’s note <cite>Divergence of the ADAM algorithm with fixed-stepsize: a (very) simple
example</cite> (<a href="{_PAPER}">arXiv 2308.00720</a>, 2023) gives a function of one variable on which Adam runs
away for ever. Here each of its statements, experiments and open questions is a computation.</p>
<p><strong>{standing}</strong> {_count("statement of the paper", "statements of the paper", claims)}
{_count("question that it leaves", "questions that it leaves", questions)}</p>
<dl class="facts">
<div><dt>Stepsize</dt><dd>α = {escape(str(setting.alpha))}</dd></div>
<div><dt>Extent</dt><dd>{size}</dd></div>
<div><dt>Made by</dt><dd>misstep {escape(reproduction.version)}</dd></div>
<div><dt>Computing time</dt><dd>{seconds:.1f} s, all rows together</dd></div>
</dl>
<h2 id="verdicts">What the verdicts mean</h2>
<dl class="meanings">
{meanings}
</dl>
<p>The verdict on a statement is that of its weakest part.</p>
</header>"""


def _count(one: str, many: str, rows: list[Row]) -> str:
    """How many of each verdict, in a sentence; nothing where there are no rows."""
    if not rows:
        return ""
    found = Counter(row.finding.verdict for row in rows)
    verdicts = ", ".join(f"{found[verdict]} {verdict.value.lower()}" for verdict in Verdict if found[verdict])
    return f"{len(rows)} {one if len(rows) == 1 else many}: {verdicts}."


def _table_group(heading: str, rows: Iterable[Row]) -> str:
    lines = "\n".join(_table_row(row) for row in rows)
    return f"""<tbody>
<tr class="group"><th scope="rowgroup" colspan="5">{heading}</th></tr>
{lines}
</tbody>
"""


def _table_row(row: Row) -> str:
    finding = row.finding
    return f"""<tr><th scope="row"><a href="#row-{escape(row.id)}"><code>{escape(row.id)}</code></a>\
<span class="words">{typeset(row.statement)}</span> <span class="source">{typeset(row.source)}</span></th>
<td data-label="Claimed">{typeset(finding.claimed)}</td>
<td data-label="Computed">{typeset(finding.computed)}</td>
<td data-label="Verdict">{_badge(finding.verdict)}</td>
<td data-label="Seconds" class="number">{row.seconds:.2f}</td></tr>"""


def _section(row: Row, setting: Setting, figures: list[Figure]) -> str:
    name = escape(row.id)
    parts = "\n".join(_part(part) for part in row.finding.parts)
    drawings = "".join(_figure(figure) for figure in figures)
    if drawings:
        drawings = f'<div class="figures">\n{drawings}</div>\n'
    return f"""<section class="row" aria-labelledby="row-{name}">
<h2 id="row-{name}"><code>{name}</code> {_badge(row.finding.verdict)}</h2>
<p class="statement">{typeset(row.statement)} <span class="source">{typeset(row.source)}</span></p>
<div class="details">
<ol class="parts">
{parts}
</ol>
{_certificates(row)}<p class="command">This row alone: <code>{escape(command(row, setting))}</code></p>
</div>
{drawings}</section>"""


def _certificates(row: Row) -> str:
    """The certificates behind a row, with their claims; each is a file beside the page."""
    if not row.certificates:
        return ""
    items = "\n".join(
        f'<li><a href="certificates/{escape(name)}"><code>{escape(name)}</code></a>: '
        f"{typeset(certificate.sentence)}</li>"
        for name, certificate in row.certificates.items()
    )
    return f"""<p class="certified">Certificates, for <code>misstep check</code> and for
<code>tools/check_certificate.py</code>, which needs Python alone:</p>
<ul class="certificates">
{items}
</ul>
"""


def command(row: Row, setting: Setting) -> str:
    """What to type to reproduce a row alone."""
    quick = " --quick" if setting.quick else ""
    return f"misstep reproduce --only {row.id} --alpha {setting.alpha}{quick}"


def _part(part: Part) -> str:
    return f"""<li><p class="claim">{_badge(part.verdict)} {typeset(part.statement)}</p>
<p class="computed">{typeset(part.computed)}</p></li>"""


def _figure(figure: Figure) -> str:
    return f"""<figure>
{figure.svg.strip()}
<figcaption><strong>{typeset(figure.title)}.</strong> {typeset(figure.caption)}</figcaption>
</figure>
"""


def _badge(verdict: Verdict) -> str:
    """The verdict as a word in a frame: solid, dashed, dotted or double."""
    return f'<span class="badge {verdict.value.lower()}">{verdict.value}</span>'


_BRACES = r"\{([^{}]*)\}"
_SUBSCRIPT = re.compile(rf"(?<![A-Za-z_])([A-Za-zα-ω])_(?:{_BRACES}|([A-Za-z0-9])(?![\w]))")
_SUPERSCRIPT = re.compile(rf"\^(?:{_BRACES}|([A-Za-z0-9∞]+))")
_APOSTROPHE = re.compile(r"(?<=[a-z])&#x27;(?=s\b)")
_PRIMES = re.compile(r"\b([fF])(&#x27;&#x27;|&#x27;)")


def typeset(text: str) -> str:
    """Text escaped for HTML, with its indices, exponents and derivatives as a reader expects them.

    >>> typeset("x_{k+1} < x_k, f' ∈ R^2")
    'x<sub>k+1</sub> &lt; x<sub>k</sub>, f′ ∈ R<sup>2</sup>'
    """
    safe = escape(text)
    safe = _SUBSCRIPT.sub(lambda m: f"{m[1]}<sub>{m[2] or m[3]}</sub>", safe)
    safe = _SUPERSCRIPT.sub(lambda m: f"<sup>{m[1] or m[2]}</sup>", safe)
    safe = _PRIMES.sub(lambda m: m[1] + ("″" if len(m[2]) > 6 else "′"), safe)
    return _APOSTROPHE.sub("’", safe)
