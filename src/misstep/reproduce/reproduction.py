"""Run the rows, in one process or several, and gather what they found."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, NamedTuple

from flint import fmpq

from misstep._version import __version__
from misstep.errors import InvalidInput, MisstepError, unknown_name
from misstep.reproduce import (
    bounded,
    decreasing_steps,
    epsilon,
    frameworks,
    initialisation,
    iterates,
    jets,
    linear_growth,
    lipschitz,
    many_dimensions,
    noisy_gradient,
    other_functions,
    perturbed_start,
    smallest_lipschitz,
    smooth,
)
from misstep.reproduce.certificates import certificates_of
from misstep.reproduce.row import Finding, Row, Setting, Statement, Verdict
from misstep.scalars import Exactable, exact

STATEMENTS: tuple[Statement, ...] = tuple(
    module.STATEMENT
    for module in (
        jets,
        smooth,
        lipschitz,
        bounded,
        iterates,
        initialisation,
        linear_growth,
        frameworks,
        smallest_lipschitz,
        decreasing_steps,
        other_functions,
        epsilon,
        perturbed_start,
        noisy_gradient,
        many_dimensions,
    )
)
"""Every statement of the paper, and every question it asks, in the table's order."""

_SLOWEST_FIRST = ("frameworks", "linear-growth", "decreasing-steps", "perturbed-start", "many-dimensions")

SMALLEST_ALPHA, LARGEST_ALPHA, MOST_DIGITS = fmpq(1, 10**12), fmpq(10**12), 50
"""Range of α: what floating-point rows can run with, and a table can show."""


@dataclass(frozen=True)
class Reproduction:
    """What `reproduce` returns: the rows in the table's order, and what they were run with."""

    version: str
    setting: Setting
    rows: tuple[Row, ...]

    @property
    def stands(self) -> bool:
        """Whether no statement of the paper came out REFUTED or UNDECIDED."""
        bad = (Verdict.REFUTED, Verdict.UNDECIDED)
        return not any(row.of_the_paper and row.finding.verdict in bad for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """The reproduction as `--json` prints it."""
        return {
            "misstep": self.version,
            "alpha": str(self.setting.alpha),
            "rows": [row.to_dict() for row in self.rows],
        }


def stepsize(alpha: Exactable) -> fmpq:
    """`alpha` as an exact stepsize that every row can run with.

    Raises:
        InvalidInput: alpha is not positive, is outside [10⁻¹², 10¹²], or has over 50 digits.
        InexactNumber: alpha is a float.

    >>> stepsize("0.1")
    1/10
    """
    try:
        number = exact(alpha)
    except InvalidInput as error:
        raise type(error)(f"alpha: {error}") from None
    digits = max(len(str(abs(int(number.p)))), len(str(int(number.q))))
    if digits > MOST_DIGITS:
        raise InvalidInput(
            f"alpha has a numerator or denominator of {digits} digits: at most {MOST_DIGITS} are allowed"
        )
    if not number > 0:
        raise InvalidInput(f"alpha = {number} must be positive")
    if not SMALLEST_ALPHA <= number <= LARGEST_ALPHA:
        raise InvalidInput(f"alpha = {number} must be between 1e-12 and 1e12: the floating-point rows need it")
    return number


def chosen_statements(only: Sequence[str] | None) -> tuple[Statement, ...]:
    """The statements with the ids in `only` (all, when there are none), in the table's order.

    Raises:
        InvalidInput: an id is unknown; the message suggests near ones.
    """
    known = [statement.id for statement in STATEMENTS]
    for name in only or ():
        if name not in known:
            raise unknown_name(name, "a row", known)
    return tuple(statement for statement in STATEMENTS if not only or statement.id in only)


def reproduce(
    alpha: Exactable = "1/10",
    *,
    quick: bool = False,
    only: Sequence[str] | None = None,
    workers: int = 1,
    progress: Callable[[Row], None] | None = None,
) -> Reproduction:
    """Answer every statement and question of the seed paper.

    Args:
        alpha: The paper's stepsize, an exact number in [10⁻¹², 10¹²].
        quick: Fewer steps and samples.
        only: Ids of the rows to run; all, unless told.
        workers: Number of processes, at least 1. With more than one, call from a script's
            `if __name__ == "__main__":` part, as multiprocessing asks.
        progress: Called with each row as it is done.

    Returns:
        A `Reproduction`; its rows do not depend on `workers`, but for their seconds.

    Raises:
        InvalidInput: an argument is out of range; nothing has been run then.
        InexactNumber: alpha is a float.
        MisstepError: a worker process was killed.

    >>> [row.finding.verdict.value for row in reproduce("1/3", quick=True, only=["jets", "lipschitz"]).rows]
    ['PROVED', 'PROVED']

    Source: Toint 2023, arXiv 2308.00720.
    """
    setting = Setting(stepsize(alpha), quick)
    statements = chosen_statements(only)
    if workers < 1:
        raise InvalidInput(f"workers = {workers} must be at least 1")
    found: dict[str, dict[int, tuple[Finding, float]]] = {statement.id: {} for statement in statements}
    rows: dict[str, Row] = {}
    for task, finding, seconds in _run_all(_tasks(statements), setting, workers):
        found[task.id][task.finder] = finding, seconds
        statement = _statement(task.id)
        if len(found[task.id]) == len(statement.finders):
            rows[task.id] = row = _row(statement, found[task.id], setting.alpha)
            if progress is not None:
                progress(row)
    return Reproduction(__version__, setting, tuple(rows[statement.id] for statement in statements))


class _Task(NamedTuple):
    """One finder of one statement, by name: what a worker process is told."""

    id: str
    finder: int


def _statement(id_: str) -> Statement:
    return next(statement for statement in STATEMENTS if statement.id == id_)


def _tasks(statements: Sequence[Statement]) -> list[_Task]:
    """All finders, those that take longest first."""
    tasks = [_Task(statement.id, i) for statement in statements for i in range(len(statement.finders))]
    return sorted(tasks, key=lambda task: _SLOWEST_FIRST.index(task.id) if task.id in _SLOWEST_FIRST else 99)


def _row(statement: Statement, found: Mapping[int, tuple[Finding, float]], alpha: fmpq) -> Row:
    findings, seconds = zip(*(found[i] for i in sorted(found)), strict=True)
    return Row(
        statement.id,
        statement.statement,
        statement.source,
        statement.of_the_paper,
        Finding.joined(findings),
        sum(seconds),
        certificates_of(statement.id, alpha),
    )


def _run_all(tasks: Sequence[_Task], setting: Setting, workers: int) -> Iterator[tuple[_Task, Finding, float]]:
    """What the tasks find, as they are done."""
    if workers == 1 or len(tasks) == 1:
        yield from (_run_one(task, setting) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(min(workers, len(tasks)), mp_context=context, initializer=_die_on_interrupt)
    try:
        for future in as_completed([executor.submit(_run_one, task, setting) for task in tasks]):
            yield future.result()
    except BrokenProcessPool as error:
        raise MisstepError("a worker process was killed, for want of memory perhaps: try workers = 1") from error
    finally:
        # Workers hold nothing but what they imported: ending them is quicker than letting them put it away.
        executor.shutdown(wait=False, cancel_futures=True)
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()


def _die_on_interrupt() -> None:
    """In a worker: Ctrl-C ends it without a word; the parent reports."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _run_one(task: _Task, setting: Setting) -> tuple[_Task, Finding, float]:
    start = time.perf_counter()
    finding = _statement(task.id).finders[task.finder](setting)
    return task, finding, time.perf_counter() - start
