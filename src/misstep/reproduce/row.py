"""What a row of the reproduction is: a statement of the paper, and what was found about it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq

from misstep.proofs import Certificate
from misstep.scalars import exact


class Verdict(enum.Enum):
    """What is known of a statement. Only exact or enclosed arithmetic gives PROVED; a floating-point run, OBSERVED."""

    PROVED = "PROVED"
    OBSERVED = "OBSERVED"
    UNDECIDED = "UNDECIDED"
    REFUTED = "REFUTED"

    @classmethod
    def weakest(cls, verdicts: Sequence[Verdict]) -> Verdict:
        """The verdict on a conjunction.

        >>> Verdict.weakest([Verdict.PROVED, Verdict.OBSERVED])
        <Verdict.OBSERVED: 'OBSERVED'>
        """
        return max(verdicts, key=list(cls).index)

    @classmethod
    def proved(cls, holds: bool) -> Verdict:
        """PROVED or REFUTED, for a statement decided in exact or enclosed arithmetic."""
        return cls.PROVED if holds else cls.REFUTED

    @classmethod
    def observed(cls, holds: bool) -> Verdict:
        """OBSERVED or REFUTED, for a statement about floating-point runs."""
        return cls.OBSERVED if holds else cls.REFUTED


def said(holds: bool) -> str:
    """How a computed text ends: that what it says holds, or does not."""
    return "holds" if holds else "fails"


@dataclass(frozen=True)
class Setting:
    """What the reproduction is run with.

    Attributes:
        alpha: The paper's stepsize α > 0, exact.
        quick: Whether to run fewer steps and samples.
    """

    alpha: fmpq = field(default_factory=lambda: exact("1/10"))
    quick: bool = False


@dataclass(frozen=True)
class Part:
    """One of the claims that a statement consists of."""

    statement: str
    computed: str
    verdict: Verdict


@dataclass(frozen=True)
class Finding:
    """What was found about a statement.

    Attributes:
        claimed: The value or behaviour that the source claims, as text.
        computed: What was computed, as text.
        parts: The claims it consists of; the verdict is that of the weakest.
        data: Arrays for the figures, by name.
    """

    claimed: str
    computed: str
    parts: tuple[Part, ...]
    data: Mapping[str, npt.NDArray[np.generic]] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The verdict of the weakest part."""
        return Verdict.weakest([part.verdict for part in self.parts])

    @classmethod
    def joined(cls, findings: Sequence[Finding]) -> Finding:
        """What several functions found about one statement, as one finding."""
        return cls(
            findings[0].claimed,
            "; ".join(finding.computed for finding in findings),
            tuple(part for finding in findings for part in finding.parts),
            {name: array for finding in findings for name, array in finding.data.items()},
        )


@dataclass(frozen=True)
class Statement:
    """A statement of the paper or a question it asks, and the function that finds out.

    Attributes:
        id: Fixed name of the row.
        statement: In words.
        source: Its place in the paper.
        of_the_paper: Whether the paper (or its summary) claims it; what it only asks is not.
        finders: Each maps a `Setting` to a `Finding`; what they find is joined. Several can run at the same time.
    """

    id: str
    statement: str
    source: str
    of_the_paper: bool
    finders: tuple[Callable[[Setting], Finding], ...]

    def find(self, setting: Setting) -> Finding:
        """What all finders find, one after the other."""
        return Finding.joined([finder(setting) for finder in self.finders])


@dataclass(frozen=True)
class Row:
    """A statement with its finding, the seconds it took, and certificates of what is proved, by their files' names."""

    id: str
    statement: str
    source: str
    of_the_paper: bool
    finding: Finding
    seconds: float
    certificates: Mapping[str, Certificate] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The row as `--json` prints it."""
        return {
            "id": self.id,
            "statement": self.statement,
            "source": self.source,
            "claimed": self.finding.claimed,
            "computed": self.finding.computed,
            "verdict": self.finding.verdict.value,
            "seconds": round(self.seconds, 3),
            "certificates": list(self.certificates),
        }
