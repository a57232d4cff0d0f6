"""An audit as one self-contained HTML page: a table that sorts and filters, and reads without a script too."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape
from typing import Any

from misstep.counterexamples import Failure
from misstep.report.audit_meanings import COLUMNS, FAILURES, LEAD, SMOOTHNESS
from misstep.report.audit_rows import NONE_FOUND, NOT_RUN, TITLES, AuditRow, command, rows, summary, version
from misstep.report.audit_script import SCRIPT
from misstep.report.audit_style import AUDIT_STYLE
from misstep.report.page import typeset
from misstep.report.shell import shell

_OPTIONS = {
    **{str(failure): str(failure) for failure in Failure if failure is not Failure.NONE},
    str(Failure.NONE): f"{NONE_FOUND} in any class",
    "not-run": NOT_RUN,
}
"""What can be chosen in the filter, and what it is called there."""

_TEXT_COLUMNS, _LAST_COLUMNS = ("Optimizer", "Steps"), ("Starts", "Noise", "Seconds")


def render_page(document: Mapping[str, Any], files: Collection[str] = ()) -> str:
    """The page: totals, what the words and columns mean, and the table.

    Args:
        document: What `Audit.to_dict` returned.
        files: Names of the files of constructions beside the page; rows link to those that are there.
    """
    libraries = rows(document)
    lines = "\n".join(_row(row, files) for listed in libraries.values() for row in listed)
    heads = "".join(map(_head, ("Optimizer", *COLUMNS)))
    main = f"""{_header(document, libraries)}
<section aria-labelledby="table-heading">
<h2 id="table-heading">Every optimizer</h2>
{_filter()}
<div class="scroll" role="region" aria-labelledby="table-heading" tabindex="0">
<table class="audit">
<caption>“py” is the function as plain Python that checks itself when it is run; “json” is all that was found.</caption>
<thead><tr>{heads}</tr></thead>
<tbody>
{lines}
</tbody>
</table>
</div>
</section>"""
    title = f"How optimizers fail: {', '.join(document['libraries'])}"
    return shell(title, document["version"], AUDIT_STYLE, main, SCRIPT)


def _header(document: Mapping[str, Any], libraries: Mapping[str, list[AuditRow]]) -> str:
    totals = "\n".join(
        f"<li><strong>{escape(version(document, library, listed))}</strong>: {summary(listed)}.</li>"
        for library, listed in libraries.items()
    )
    seconds = sum(row.seconds for listed in libraries.values() for row in listed)
    rate = document["learning_rate"]
    return f"""<header>
<h1>How optimizers fail</h1>
<p class="lead">{typeset(LEAD)}</p>
<dl class="facts">
<div><dt>Optimizers</dt><dd>{len(document["entries"])}</dd></div>
<div><dt>Learning rate</dt><dd>{"defaults" if rate is None else escape(rate)}</dd></div>
<div><dt>Made by</dt><dd>misstep {escape(document["version"])}</dd></div>
<div><dt>Computing time</dt><dd>{seconds:.0f} s, all rows together</dd></div>
</dl>
<ul class="totals">
{totals}
</ul>
<p class="command">This audit again: <code>{escape(command(document))}</code></p>
</header>
<section aria-labelledby="meanings">
<h2 id="meanings">What the words and columns mean</h2>
<p>{typeset(SMOOTHNESS)}</p>
{_meanings(FAILURES)}
{_meanings(COLUMNS)}
</section>"""


def _head(name: str) -> str:
    right = ' class="number"' if name in _LAST_COLUMNS else ""
    return f'<th scope="col"{right} data-kind="{"text" if name in _TEXT_COLUMNS else "number"}">{_unbroken(name)}</th>'


def _unbroken(name: str) -> str:
    """A column's name without a line break in its equation."""
    return name.replace(" = ", "\u00a0=\u00a0")


def _meanings(texts: Mapping[str, str]) -> str:
    items = "\n".join(f"<dt>{_unbroken(name)}</dt><dd>{typeset(text)}</dd>" for name, text in texts.items())
    return f'<dl class="meanings words">\n{items}\n</dl>'


def _filter() -> str:
    """The filter, which the script shows."""
    options = "".join(f'<option value="{value}">{name}</option>' for value, name in _OPTIONS.items())
    return f"""<form class="filter" hidden>
<label>Name or words <input type="search" name="text" autocomplete="off" spellcheck="false"></label>
<label>Failure <select name="failure"><option value="">all</option>{options}</select></label>
<button type="reset">Clear</button>
<p role="status"></p>
</form>"""


def _row(row: AuditRow, files: Collection[str]) -> str:
    under = "".join(f'<span class="note">{typeset(note)}</span>' for note in row.notes)
    if row.reason is not None:
        under = f'<span class="reason">{NOT_RUN}: {escape(row.reason)}</span>'
    cells = [f'<th scope="row" data-key="{escape(row.spec)}"><code>{escape(row.spec)}</code>{under}</th>']
    cells.append(_cell("Steps", row.steps, escape(row.steps or "–")))
    cells += [_found(row, name, files) for name in TITLES]
    for i, name in enumerate(("Starts", "Noise")):
        cells.append(
            _cell(name, row.robust and row.robust[i], "–" if row.robust is None else f"{row.robust[i]}/{row.robust[2]}")
        )
    cells.append(_cell("Seconds", row.seconds, f"{row.seconds:.1f}"))
    failures = sorted({found.failure for found in row.found.values()} or {"not-run"})
    words = [row.spec, row.steps or "", *failures, *(str(found) for found in row.found.values()), row.reason or ""]
    searched = escape(" ".join(words).lower())
    return f'<tr data-failures="{" ".join(failures)}" data-words="{searched}">{"".join(cells)}</tr>'


def _cell(label: str, key: Any, shown: str) -> str:
    """A cell with what it is sorted by; it stays away from a card where it is blank."""
    classes = [
        *(["number"] if label in _LAST_COLUMNS else []),
        *(["absent"] if key is None else []),
        *(["blank"] if shown == "–" else []),
    ]
    kind = f' class="{" ".join(classes)}"' if classes else ""
    return f'<td data-label="{label}" data-key="{"" if key is None else key}"{kind}>{shown}</td>'


def _found(row: AuditRow, function_class: str, files: Collection[str]) -> str:
    """What was found in a class, with links to it."""
    title = TITLES[function_class]
    found = row.found.get(function_class)
    if found is None or found.L is None:
        return _cell(title, None, "–" if found is None else NONE_FOUND)
    stem = f"constructions/{row.folder}/{function_class}"
    links = "".join(
        f'<a href="{escape(f"{stem}.{kind}")}" aria-label="{escape(f"{row.spec}, {title}, as {kind}")}">{kind}</a>'
        for kind in ("py", "json")
        if f"{stem}.{kind}" in files
    )
    shown = (
        f'<span class="least" title="L = {found.L!r}">{found.least}</span> '
        f'<span class="kind {found.failure}">{found.failure}</span>'
    )
    return _cell(title, repr(found.L), shown + (f'<span class="files">{links}</span>' if links else ""))
