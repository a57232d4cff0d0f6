"""One optimizer, examined: a row of the audit."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, replace
from typing import Any

from misstep.adapters import resolve
from misstep.adapters.base import condensed
from misstep.counterexamples import Construction, Failure
from misstep.counterexamples.construct import constructions
from misstep.counterexamples.request import Request
from misstep.counterexamples.robust import Robustness, robustness
from misstep.errors import MisstepError

CLASSES = ("nonconvex", "convex", "strongly-convex")
"""The classes that every optimizer is examined on, the last with κ = 10."""

CONDITION = 10
"""κ of the strongly convex class."""

_STEPS = 500


@dataclass(frozen=True)
class Entry:
    """A row of the audit.

    Attributes:
        optimizer: The spec.
        constructions: What was found in each of `CLASSES`; none where the optimizer could not be run.
        robustness: Of the failure in the largest class that has one; of a drift on wide plateaus. `None` without one.
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

    def scales(self, function_class: str) -> bool:
        """Whether that L falls with the size of the gradients, so that no L > 0 is the least."""
        return any(c.critical.scales for c in self.constructions if c.function_class == function_class and c.critical)

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
            "scales_with_slope": {name: self.scales(name) for name in CLASSES},
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
            failing = next((c.example for c in found if c.example is not None), None)
            robust = None if failing is None else robustness(resolve(optimizer, seed=seed), failing, _STEPS, seed=seed)
        except MisstepError as error:
            return Entry(optimizer, (), None, time.perf_counter() - start, " ".join(str(error).split()))
        except Exception as error:
            # One optimizer's surprise is a row, and says what it was; a run of hundreds goes on.
            return Entry(optimizer, (), None, time.perf_counter() - start, condensed(error))
    return Entry(optimizer, found, robust, time.perf_counter() - start)


def _request(function_class: Any) -> Request:
    request = Request.checked(
        function_class=function_class,
        mu=None,
        condition=CONDITION if function_class == "strongly-convex" else None,
        family="spline",
        plateau=None,
        slope=1,
        n_steps=_STEPS,
        longest=6,
        curves=False,
        dimension=1,
    )
    return replace(request, curves=frozenset({"slope"} if function_class == "nonconvex" else ()), thorough=False)
