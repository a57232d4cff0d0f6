"""The files of an audit: a page, the same as CSV, JSON and Markdown, and every function that was found."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from misstep.audit import CLASSES, Audit
from misstep.counterexamples import Construction
from misstep.errors import InvalidInput
from misstep.report.audit_markdown import render
from misstep.report.audit_page import render_page
from misstep.report.audit_rows import AuditRow, rows
from misstep.report.construction_files import construction_json, python_file

_FOLDER = "constructions"

NAMES = (f"{_FOLDER}/", "audit.csv", "audit.html", "audit.json", "audit.md")
"""What every audit has in its folder."""


def audit_names(out: str | os.PathLike[str]) -> tuple[str, ...]:
    """What belongs to an audit in a folder: `NAMES`, and the constructions that an earlier audit left there.

    >>> audit_names("no such folder") == NAMES
    True
    """
    files = {f"{name}{suffix}" for name in CLASSES for suffix in (".json", ".py")}
    try:
        left = [path for path in (Path(out) / _FOLDER).glob("*/*") if path.name in files and path.is_file()]
    except (OSError, ValueError):
        # The folder cannot be read: whoever reserves it says so.
        left = []
    return (*NAMES, *sorted(f"{_FOLDER}/{path.parent.name}/{path.name}" for path in left))


def audit_files(audit: Audit) -> dict[str, str]:
    """Every file, by its name in the folder.

    A class in which nothing was found has no files; its searches are in no file but that of `misstep construct`.

    Args:
        audit: What was found.
    """
    document = audit.to_dict()
    files: dict[str, str] = {}
    for row, entry in zip(map(AuditRow.of, document["entries"]), audit.entries, strict=True):
        for construction in entry.constructions:
            files |= _construction(f"{_FOLDER}/{row.folder}/{construction.function_class}", construction)
    return {
        **files,
        "audit.json": json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        "audit.csv": to_csv(document),
        "audit.md": render(document),
        "audit.html": render_page(document, files.keys()),
    }


def _construction(stem: str, construction: Construction) -> dict[str, str]:
    """A construction as JSON and as code; nothing where none was found."""
    if construction.example is None:
        return {}
    files = {f"{stem}.json": construction_json(construction)}
    try:
        files[f"{stem}.py"] = python_file(construction, exact_in=f"in {construction.function_class}.json")
    except InvalidInput:
        # A number with more digits than Python reads back: one such file is no reason to lose an audit.
        return files
    return files


def to_csv(document: Mapping[str, Any]) -> str:
    """A line per optimizer, under a line of names; numbers as Python writes them, nothing for what is not there."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    classes = [name.replace("-", "_") for name in CLASSES]
    writer.writerow(
        [
            *("library", "name", "optimizer", "version", "steps", "failure"),
            *(f"{name}_{what}" for name in classes for what in ("failure", "L", "scales_with_slope")),
            *("robust_starts", "robust_noise", "robust_of", "seconds", "reason"),
        ]
    )
    for listed in rows(document).values():
        writer.writerows(map(_record, listed))
    return out.getvalue()


def _record(row: AuditRow) -> Iterable[Any]:
    yield from (row.library, row.name.partition("(")[0], row.spec, row.version, row.steps, row.failure)
    for name in CLASSES:
        found = row.found.get(name)
        yield from (None, None, None) if found is None else (found.failure, found.L, int(found.scales))
    yield from row.robust or (None, None, None)
    yield from (row.seconds, row.reason)
