"""One optimizer, examined: a row of the audit."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from misstep.adapters import resolve
from misstep.counterexamples import Construction, Failure
from misstep.counterexamples.construct import Request, constructions
from misstep.counterexamples.robust import Robustness, robustness
from misstep.errors import MisstepError

CLASSES = ("nonconvex", "convex", "strongly-convex")
"""The classes that every optimizer is examined on, the last with κ = 10."""

CONDITION = 10
"""κ of the strongly convex class."""

_STEPS = 500
_PLATEAU = fmpq(1, 4)


@dataclass(frozen=True)
class Entry:
    """A row of the audit.

    Attributes:
        optimizer: The spec.
        constructions: What was found in each of `CLASSES`; none where the optimizer could not be run.
        robustness: Of the first failure found, on its widest plateaus; `None` where there is none.
        seconds: How long it took.
        reason: Why it could not be run, or `None`.
    """

    optimizer: str
    constructions: tuple[Construction, ...]
    robustness: Robustness | None
    seconds: float
    reason: str | None = None

    @property
    def behavior(self) -> str | None:
        """What the steps do on a constant gradient."""
        return self.constructions[0].behavior if self.constructions else None

    @property
    def failure(self) -> Failure | None:
        """How it fails in the largest class in which it does; `None` where it could not be run."""
        if not self.constructions:
            return None
        return next((c.failure for c in self.constructions if c.failure is not Failure.NONE), Failure.NONE)

    def critical(self, function_class: str) -> float | None:
        """The least L found in a class; `None` where nothing was."""
        found = [c.critical.L for c in self.constructions if c.function_class == function_class and c.critical]
        return found[0] if found else None

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON's types."""
        first = self.constructions[0] if self.constructions else None
        robust = self.robustness
        return {
            "optimizer": self.optimizer,
            "name": None if first is None else first.name,
            "version": None if first is None else first.version,
            "step_behavior": self.behavior,
            "failure": None if self.failure is None else str(self.failure),
            "failures": {c.function_class: str(c.failure) for c in self.constructions},
            "critical_smoothness": {name: self.critical(name) for name in CLASSES},
            "robust": None if robust is None else {"starts": robust.starts, "noise": robust.noise, "of": robust.of},
            "notes": [] if first is None else list(first.notes),
            "seconds": self.seconds,
            "reason": self.reason,
        }


def examine(optimizer: str, *, seed: int = 0) -> Entry:
    """One optimizer on all classes.

    Args:
        optimizer: Its spec.
        seed: Of the random numbers during every run.

    Returns:
        The row; where the optimizer cannot be run, with the reason in one line.

    >>> examine("gradient_descent(learning_rate=1/2)").critical("convex")
    4.0
    """
    start = time.perf_counter()
    with warnings.catch_warnings():
        # What libraries say about themselves is no matter of the audit.
        warnings.simplefilter("ignore")
        try:
            found = tuple(constructions(optimizer, map(_request, CLASSES), seed=seed))
            failing = next((c for c in found if c.example is not None), None)
            robust = None if failing is None else _robust(optimizer, failing, seed)
        except MisstepError as error:
            return Entry(optimizer, (), None, time.perf_counter() - start, " ".join(str(error).split()))
    return Entry(optimizer, found, robust, time.perf_counter() - start)


def _request(function_class: Any, plateau: Any = None) -> Request:
    return Request.checked(
        function_class=function_class,
        mu=None,
        condition=CONDITION if function_class == "strongly-convex" else None,
        family="spline",
        plateau=plateau,
        slope=1,
        n_steps=_STEPS,
        longest=6,
        curves=function_class == "nonconvex",
        dimension=1,
    )


def _robust(optimizer: str, found: Construction, seed: int) -> Robustness | None:
    example = found.example
    assert example is not None
    if example.failure is Failure.DRIFT and example.period == 1:
        wide = next(constructions(optimizer, [_request("nonconvex", _PLATEAU)], seed=seed)).example
        example = wide or example
    return robustness(resolve(optimizer, seed=seed), example, _STEPS, seed=seed)
