"""The command line: arguments, one function call a command, and errors in one line."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

from cyclopts import App, CycloptsError, Parameter

from misstep._version import __version__
from misstep.errors import MisstepError

if TYPE_CHECKING:
    from misstep.report.folder import OutputFolder
    from misstep.reproduce import Row

BAD_INPUT, INTERRUPTED = 2, 130
"""Exit statuses of a user's mistake and of Ctrl-C (128 + SIGINT)."""

app = App(
    name="misstep",
    help="Find, prove and watch for the functions on which an optimizer fails.",
    version=__version__,
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
)
app.register_install_completion_command()


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
    with _folder(out, NAMES) as folder:
        with _progress(n_rows) as progress:
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


def _folder(out: str | None, names: Sequence[str]) -> AbstractContextManager[OutputFolder | None]:
    """The folder to write to, reserved before any work; nothing where none is wanted."""
    if out is None:
        return nullcontext()
    from misstep.report.folder import output_folder

    return output_folder(out, names)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Row], None]]:
    """A progress bar on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reproducing", total=total)

        def advance(row: Row) -> None:
            bar.update(task, advance=1, description=f"{row.id} {row.finding.verdict.value}")

        yield advance


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status.

    Args:
        arguments: The words after the program's name; those of the process, unless given.
    """
    signal.signal(signal.SIGTERM, _terminate)
    try:
        status = app(arguments, print_error=False, exit_on_error=False, result_action="return_value")
    except (CycloptsError, MisstepError) as error:
        status = _complain(str(error))
    except KeyboardInterrupt:
        print("misstep: interrupted; no report was left half-written", file=sys.stderr)  # noqa: T201
        status = INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left: no more can be said, and Python's own last flush must not try.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _terminate(number: int, _: object) -> NoReturn:
    """Leave as after Ctrl-C, by way of every clean-up, where plain termination would skip them."""
    raise SystemExit(128 + number)


def _complain(message: str) -> int:
    """One line on standard error."""
    print(f"misstep: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT
