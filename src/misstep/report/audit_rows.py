"""The rows of an audit as all of its renderings read them: from its JSON alone, so that a file will do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from misstep.adapters import parse
from misstep.counterexamples import Failure

TITLES: Mapping[str, str] = {
    "nonconvex": "Nonconvex",
    "convex": "Convex",
    "strongly-convex": "Strongly convex, κ = 10",
}
"""What a column of a class is called."""

NONE_FOUND, NOT_RUN = "none found", "not run"


@dataclass(frozen=True)
class Found:
    """What was found in one class.

    Attributes:
        failure: A value of `Failure`.
        L: The critical smoothness, or `None` where nothing was found.
        scales: Whether L falls with the size of the gradients, so that no L > 0 is the least.
    """

    failure: str
    L: float | None
    scales: bool

    @property
    def least(self) -> str:
        """L in three digits.

        >>> Found("drift", 4e-07, False).least, Found("cycle", 2e-11, True).least
        ('4e-7', '→ 0')
        """
        if self.L is None:
            return ""
        return "→ 0" if self.scales else short(self.L)

    def __str__(self) -> str:
        return NONE_FOUND if self.L is None else f"{self.failure} {self.least}"


@dataclass(frozen=True)
class AuditRow:
    """One optimizer.

    Attributes:
        spec: As it was run.
        library: Its library.
        name: Its name there, and arguments if it was given any.
        version: Of the library, or `None` where it could not be run.
        steps: What the steps do on a constant gradient, or `None`.
        failure: How it fails in the largest class in which it does, or `None` where it could not be run.
        found: What was found, by class; empty where it could not be run.
        robust: Runs that failed from other starts, with noise, and of how many; `None` where nothing was found.
        notes: What else there is to say, one sentence each.
        seconds: How long it took.
        reason: Why it could not be run, or `None`.
    """

    spec: str
    library: str
    name: str
    version: str | None
    steps: str | None
    failure: str | None
    found: Mapping[str, Found]
    robust: tuple[int, int, int] | None
    notes: tuple[str, ...]
    seconds: float
    reason: str | None

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> AuditRow:
        """The row of an entry's JSON."""
        spec = parse(entry["optimizer"])
        critical, scales, robust = entry["critical_smoothness"], entry["scales_with_slope"], entry["robust"]
        return cls(
            spec=entry["optimizer"],
            library=spec.library,
            name=entry["optimizer"].removeprefix(f"{spec.library}:"),
            version=entry["version"],
            steps=entry["step_behavior"],
            failure=entry["failure"],
            found={name: Found(failure, critical[name], scales[name]) for name, failure in entry["failures"].items()},
            robust=None if robust is None else (robust["starts"], robust["noise"], robust["of"]),
            notes=tuple(entry["notes"]),
            seconds=entry["seconds"],
            reason=entry["reason"],
        )

    @property
    def folder(self) -> str:
        """The name of its folder among the constructions."""
        return f"{self.library}-{parse(self.spec).name}"


def short(number: float) -> str:
    """A number in three digits, its exponent without zeros.

    >>> short(4e-07), short(130.607), short(0.0), short(1.5e10)
    ('4e-7', '131', '0', '1.5e10')
    """
    mantissa, e, exponent = f"{number:.3g}".partition("e")
    return f"{mantissa}{e}{int(exponent)}" if e else mantissa


def rows(document: Mapping[str, Any]) -> dict[str, list[AuditRow]]:
    """The rows by library, both in the order of the audit.

    Args:
        document: What `Audit.to_dict` returned, perhaps by way of a file.
    """
    found: dict[str, list[AuditRow]] = {library: [] for library in document["libraries"]}
    for entry in document["entries"]:
        row = AuditRow.of(entry)
        found.setdefault(row.library, []).append(row)
    return found


def version(document: Mapping[str, Any], library: str, listed: Iterable[AuditRow]) -> str:
    """A library's name and version; the name alone where none of it could be run."""
    found = document["version"] if library == "misstep" else next((row.version for row in listed if row.version), None)
    return library if found is None else f"{library} {found}"


def summary(listed: Iterable[AuditRow]) -> str:
    """How many fail, how, how many do not, and how many could not be run."""
    kinds = Counter(row.failure for row in listed)
    failing = [str(kind) for kind in Failure if kind is not Failure.NONE and kinds[str(kind)]]
    n, total = sum(kinds[kind] for kind in failing), sum(kinds.values())
    parts = [f"{n} of {total} fail" + (f" ({', '.join(f'{kinds[k]} {k}' for k in failing)})" if n else "")]
    parts.append(f"{kinds[str(Failure.NONE)]} {NONE_FOUND}")
    if kinds[None]:
        parts.append(f"{kinds[None]} {NOT_RUN}")
    return ", ".join(parts)


def command(document: Mapping[str, Any]) -> str:
    """What to type to make the audit again."""
    words = ["misstep audit", *document["libraries"]]
    if document["learning_rate"] is not None:
        words.append(f"--lr {document['learning_rate']}")
    if document["seed"]:
        words.append(f"--seed {document['seed']}")
    return " ".join(words)
