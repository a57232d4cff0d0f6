"""An audit as a page of the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from misstep.report.audit_meanings import COLUMNS, FAILURES, LEAD, SMOOTHNESS
from misstep.report.audit_rows import NOT_RUN, TITLES, AuditRow, command, rows, summary, version
from misstep.report.markdown import escaped

_HEAD = f"""| Optimizer | {" | ".join(COLUMNS)} |
|---|---|---|---|---|--:|--:|--:|
"""


def render(document: Mapping[str, Any]) -> str:
    """The page in Markdown: the command that made it, totals, what the columns mean, and a table per library.

    Args:
        document: What `Audit.to_dict` returned, perhaps by way of `audit.json`.
    """
    libraries = rows(document)
    totals = "\n".join(
        f"* **{version(document, library, listed)}**: {summary(listed)}." for library, listed in libraries.items()
    )
    meanings = "\n".join(f"* **{name}**: {escaped(text)}" for name, text in {**FAILURES, **COLUMNS}.items())
    tables = "\n".join(
        f"## {version(document, library, listed)}\n\n{_HEAD}{''.join(map(_line, listed))}"
        for library, listed in libraries.items()
    )
    return f"""# How optimizers fail

{LEAD}

This page was made by misstep {document["version"]} with

```console
$ {command(document)} --out audit/
```

which writes it as `audit/audit.md`, with every function as code beside it.

{totals}

## What the words and columns mean

{escaped(SMOOTHNESS)}

{meanings}

{tables}"""


def _line(row: AuditRow) -> str:
    name, seconds = f"`{row.name}`", f"{row.seconds:.1f}"
    if row.reason is not None:
        return f"| {name} | {NOT_RUN}: {escaped(row.reason)} | | | | | | {seconds} |\n"
    classes = [str(row.found[function_class]) for function_class in TITLES]
    robust = ("", "") if row.robust is None else (f"{n}/{row.robust[2]}" for n in row.robust[:2])
    return f"| {' | '.join([name, str(row.steps), *classes, *robust, seconds])} |\n"
