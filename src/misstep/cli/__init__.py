"""The command line: arguments, one function call a command, and errors in one line."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from cyclopts import CycloptsError

from misstep.cli import audit, certificates, construct, reproduce, sweeps  # noqa: F401 - each registers its commands
from misstep.cli.app import INTERRUPTED, app, complain
from misstep.errors import MisstepError

__all__ = ["app", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status.

    Args:
        arguments: The words after the program's name; those of the process, unless given.
    """
    signal.signal(signal.SIGTERM, _terminate)
    try:
        status = app(arguments, print_error=False, exit_on_error=False, result_action="return_value")
    except (CycloptsError, MisstepError) as error:
        status = complain(str(error))
    except KeyboardInterrupt:
        print("misstep: interrupted; nothing was left half-written", file=sys.stderr)  # noqa: T201
        status = INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left: no more can be said, and Python's own last flush must not try.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _terminate(number: int, _: object) -> NoReturn:
    """Leave as after Ctrl-C, by way of every clean-up, where plain termination would skip them."""
    raise SystemExit(128 + number)
