"""`misstep audit`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from misstep.cli.app import app, reserved
from misstep.report.surroundings import libraries_aside, progress_bar, traceback_told

if TYPE_CHECKING:
    from misstep.audit import Entry


@app.command(
    name="audit",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep audit torch optax keras pytorch_optimizer --out audit/`
- `misstep audit torch --lr 1e-2 --json`
""",
)
def audit_command(
    libraries: Annotated[tuple[str, ...], Parameter(name="LIBRARIES", negative=(), show_default=False)] = (),
    /,
    *,
    lr: Annotated[str | None, Parameter(name="--lr")] = None,
    time_limit: float = 60.0,
    workers: int = min(2, os.cpu_count() or 1),
    seed: int = 0,
    out: Annotated[str | None, Parameter(name="--out")] = None,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
    debug: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Examine every optimizer of whole libraries: how each fails, and on how smooth a function.

    A row for each, with its default arguments, in a process of its own that may crash or hang without harm. Exit status
    0 when the audit ran, whatever it found; 2 for bad input.

    Parameters
    ----------
    libraries
        One or more of misstep, torch, optax, keras and pytorch_optimizer.
    lr
        Learning rate of every optimizer that takes one, exact; their defaults unless told.
    time_limit
        Seconds for one optimizer, beyond which it is given up.
    workers
        Number of optimizers to examine at the same time.
    seed
        Of the random numbers during every run.
    out
        Folder for audit.html, audit.csv, audit.json, audit.md and constructions/. Without it nothing is written.
    json_
        Print one JSON object, and nothing else, on standard output.
    debug
        Print the traceback of a mistake too, and the warnings of libraries.
    """
    from misstep.audit import audit
    from misstep.report.audit_files import audit_files, audit_names
    from misstep.report.audit_table import print_audit

    names = () if out is None else audit_names(out)
    with traceback_told(wanted=debug), reserved(out, names, drawn=False) as folder, libraries_aside(warn=debug):
        with progress_bar("importing", left=True) as advance:

            def progress(entry: Entry, total: int) -> None:
                result = "not run" if entry.failure is None else entry.failure
                advance(f"{entry.optimizer.partition('(')[0]}: {result}", total)

            found = audit(
                libraries, learning_rate=lr, time_limit=time_limit, workers=workers, seed=seed, progress=progress
            )
        if folder is not None:
            folder.write(audit_files(found))
    document = found.to_dict()
    if json_:
        print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))  # noqa: T201
    else:
        from rich.console import Console

        print_audit(document, Console())
    if out is not None:
        print(f"Page: {Path(out) / 'audit.html'}", file=sys.stderr if json_ else sys.stdout)
    return 0
