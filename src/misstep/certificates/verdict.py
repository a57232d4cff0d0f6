"""What a check can come to, and the one exception by which it ends."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class Verdict(enum.StrEnum):
    """What is known of a certificate.

    >>> [str(verdict) for verdict in Verdict]
    ['PROVED', 'REFUTED', 'UNDECIDED', 'MALFORMED']
    """

    PROVED = "PROVED"
    REFUTED = "REFUTED"
    UNDECIDED = "UNDECIDED"
    MALFORMED = "MALFORMED"


@dataclass(frozen=True)
class Checked:
    """The answer to one certificate.

    Attributes:
        verdict: PROVED: the claim is true. REFUTED: a condition is certainly violated. UNDECIDED: one could neither be
            confirmed nor excluded. MALFORMED: the file is no certificate of this version.
        reason: Which condition did not hold, on what values; empty where PROVED.
        kind: The certificate's kind, where that is known.
        sentence: The claim in words, of a well-formed certificate.
        seconds: How long the check took.
    """

    verdict: Verdict
    reason: str
    kind: str | None
    sentence: str | None
    seconds: float


class Stop(Exception):
    """The check is over: a condition does not hold, or cannot be decided."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason


@contextmanager
def condition(number: str) -> Iterator[None]:
    """Name the condition in the reason of whatever ends the check within.

    >>> with condition("3"):
    ...     raise Stop(Verdict.REFUTED, "violated: 2 <= 1")
    Traceback (most recent call last):
    misstep.certificates.verdict.Stop: condition 3: violated: 2 <= 1
    """
    try:
        yield
    except Stop as stop:
        raise Stop(stop.verdict, f"condition {number}: {stop.reason}") from None
