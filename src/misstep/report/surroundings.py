"""What surrounds a command while it works: a progress bar, libraries that print, and where a mistake was found."""

from __future__ import annotations

import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Protocol

from misstep.errors import MisstepError


class _Advance(Protocol):
    """Tell a progress bar what was done, or begun, and of how many, where that was not known."""

    def __call__(self, text: str, total: int | None = None) -> None: ...


@contextmanager
def progress_bar(first: str, total: int | None = None, *, left: bool = False) -> Iterator[_Advance]:
    """A progress bar on standard error, where that is a terminal, with the time that went by or the time left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    clock = TimeRemainingColumn() if left else TimeElapsedColumn()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), clock)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(first, total=total)

        def advance(text: str, total: int | None = None) -> None:
            bar.update(task, advance=1, description=text, total=total)

        yield advance


@contextmanager
def libraries_aside(*, warn: bool) -> Iterator[None]:
    """What libraries print goes to standard error, from C too; Python's warnings go nowhere unless wanted."""
    sys.stdout.flush()
    ours = os.dup(1)
    try:
        os.dup2(2, 1)
        with warnings.catch_warnings(), redirect_stdout(sys.stderr):
            if not warn:
                warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(ours, 1)
        os.close(ours)


@contextmanager
def traceback_told(*, wanted: bool) -> Iterator[None]:
    """Print where a mistake was found, if that is wanted, before it is told in one line."""
    try:
        yield
    except MisstepError:
        if wanted:
            traceback.print_exc()
        raise


@contextmanager
def rate_bar(text: str, total: float) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, where that is a terminal, with the rate of steps and the time left.

    Args:
        text: What is done.
        total: Steps of all chunks.

    Returns:
        A function that is told how many chunks are done, and how many there are.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(text, total=None, rate="")
        begun: list[tuple[float, int]] = []

        def progress(done: int, chunks: int) -> None:
            begun.append((time.monotonic(), done))
            seconds, since = begun[-1][0] - begun[0][0], done - begun[0][1]
            rate = f"{total * since / chunks / seconds:.2g} steps/s" if seconds > 0 and since else ""
            bar.update(task, completed=done, total=chunks, rate=rate)

        yield progress
