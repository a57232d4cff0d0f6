"""The classes that a sweep puts cells into, as its dataset names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from misstep.report.phase.names import share

NAMES = ("unsettled", "drifts", "cycles", "converges", "stalls", "overflows")
"""Outcomes by code, where a dataset does not name its own."""


@dataclass(frozen=True)
class Share:
    """A class that occurs, and in how many cells.

    Attributes:
        code: Of the class.
        name: Of the class.
        cells: In which it occurs.
        of: Cells altogether, without those that are not computed.
    """

    code: int
    name: str
    cells: int
    of: int

    @property
    def text(self) -> str:
        """Name and percentage."""
        return f"{self.name} {share(self.cells, self.of)}"


def classes(attributes: Mapping[str, Any]) -> dict[int, str]:
    """Names by code, from `flag_values` and `flag_meanings` as the CF conventions have them."""
    if "flag_values" not in attributes or "flag_meanings" not in attributes:
        return dict(enumerate(NAMES))
    codes = np.atleast_1d(attributes["flag_values"]).tolist()
    return dict(zip(map(int, codes), str(attributes["flag_meanings"]).split(), strict=False))


def shares(values: npt.NDArray[Any], names: Mapping[int, str]) -> tuple[Share, ...]:
    """The classes that occur, in the order of their codes."""
    counts = {code: int(np.count_nonzero(values == code)) for code in names}
    total = sum(counts.values())
    return tuple(Share(code, names[code], count, total) for code, count in counts.items() if count)
