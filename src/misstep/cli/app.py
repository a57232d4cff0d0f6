"""The application, its exit statuses, and what commands share."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from cyclopts import App

from misstep._version import __version__

if TYPE_CHECKING:
    from misstep.report.folder import OutputFolder

BAD_INPUT, NONE_FOUND, UNDECIDED, INTERRUPTED = 2, 3, 4, 130
"""Exit statuses: a user's mistake, a search that found nothing, an undecided check, and Ctrl-C (128 + SIGINT)."""

app = App(
    name="misstep",
    help="Find, prove and watch for the functions on which an optimizer fails.",
    version=__version__,
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
)
app.register_install_completion_command()


def reserved(
    out: str | None, names: Sequence[str], *, drawn: bool = True
) -> AbstractContextManager[OutputFolder | None]:
    """The folder to write to, reserved before any work; nothing where none is wanted."""
    if out is None:
        return nullcontext()
    from misstep.report.folder import output_folder

    return output_folder(out, names, drawn=drawn)


def complain(message: str) -> int:
    """One line on standard error."""
    print(f"misstep: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT
