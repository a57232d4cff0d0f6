"""`misstep reproduce`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from misstep.cli.app import app, reserved
from misstep.report.surroundings import progress_bar

if TYPE_CHECKING:
    from misstep.reproduce import Row


@app.command(
    name="reproduce",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep reproduce --out report/`
- `misstep reproduce --alpha 1/3 --only lipschitz bounded`
- `misstep reproduce --quick --json`
""",
)
def reproduce_command(
    *,
    alpha: str = "1/10",
    out: Annotated[str | None, Parameter(name="--out")] = None,
    quick: Annotated[bool, Parameter(negative=())] = False,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
    only: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=True, show_default=False)] = (),
    workers: int = min(2, os.cpu_count() or 1),
) -> int:
    """Reproduce the paper: every claim, experiment, next check and open question of Toint 2023.

    A table with a row per statement: PROVED in exact or enclosed arithmetic, OBSERVED in floating point, REFUTED or
    UNDECIDED. Exit status 0 when no statement of the paper came out REFUTED or UNDECIDED, 1 when one did, 2 for bad
    input.

    Parameters
    ----------
    alpha
        The paper's stepsize α > 0, exact: a ratio such as 1/3 or a decimal such as 0.1.
    out
        Folder for report.html, report.json and figures/*.svg. Without it nothing is written.
    quick
        Fewer steps and samples, for a first look.
    json_
        Print one JSON object, and nothing else, on standard output.
    only
        Ids of the rows to run; all, unless told.
    workers
        Number of rows to run at the same time.
    """
    from misstep.report.reproduction_files import NAMES, reproduction_files
    from misstep.report.terminal import print_table
    from misstep.reproduce import reproduce
    from misstep.reproduce.reproduction import chosen_statements, stepsize

    # What is asked for is checked before a folder is reserved; `reproduce` checks the rest before it runs a row.
    number, n_rows = stepsize(alpha), len(chosen_statements(only))
    with reserved(out, NAMES) as folder:
        with progress_bar("reproducing", n_rows) as advance:

            def progress(row: Row) -> None:
                advance(f"{row.id} {row.finding.verdict.value}")

            reproduction = reproduce(number, quick=quick, only=only, workers=workers, progress=progress)
        if folder is not None:
            folder.write(reproduction_files(reproduction))
    if json_:
        print(json.dumps(reproduction.to_dict(), ensure_ascii=False, indent=2))  # noqa: T201
    else:
        from rich.console import Console

        print_table(reproduction, Console())
    if out is not None:
        print(f"Report: {Path(out) / 'report.html'}", file=sys.stderr if json_ else sys.stdout)
    return 0 if reproduction.stands else 1
