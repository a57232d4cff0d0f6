"""A phase diagram: what is drawn of a sweep, as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from misstep.report.phase.axis import PhaseAxis
from misstep.report.phase.names import number, quantity_label, quantity_name, symbol, tex_symbol
from misstep.report.phase.outcomes import Share, classes, shares
from misstep.report.phase.overlay import Overlay
from misstep.scalars import FloatArray

Values = npt.NDArray[Any]

_LEAST = {"departure": 0, "period": 1, "proved": 0}
"""Smaller whole numbers say that there is no departure, no cycle, nothing computed."""

_NO_DEPARTURE = {-1: "never leaves", -2: "no predicted orbit"}

_WHY = {
    "period": "no cycle",
    "outcome": "not computed",
    "proved": "not computed",
}


@dataclass(frozen=True)
class Variable:
    """One number a cell.

    Attributes:
        name: In the dataset.
        values: By panel, row and column.
        attributes: Of the dataset: `long_name`, `units`.
    """

    name: str
    values: Values
    attributes: Mapping[str, Any]

    @property
    def words(self) -> str:
        """What it is, in words."""
        return quantity_name(self.name, self.attributes)

    @property
    def label(self) -> str:
        """What it is, with its unit, for matplotlib."""
        return quantity_label(self.name, self.attributes)

    @property
    def why_absent(self) -> str:
        """What it means that a cell has no value."""
        if self.name == "departure":
            found = set(np.unique(self.values[self.values < 0]).tolist())
            return " or ".join(text for code, text in _NO_DEPARTURE.items() if code in found)
        return _WHY.get(self.name, "no finite value")

    @cached_property
    def numbers(self) -> FloatArray:
        """The values as floats, NaN where there is none."""
        found = self.values.astype(np.float64)
        absent = ~np.isfinite(found) | (found < _LEAST.get(self.name, -np.inf))
        return np.where(absent, np.nan, found)


@dataclass(frozen=True)
class PhaseDiagram:
    """What is drawn.

    Attributes:
        kind: Cells of a grid, points of a design, or curves over x.
        x: The axis to the right.
        y: The axis upwards; of curves the rows, a curve each.
        facet: What the panels differ in, or `None` of a single one.
        quantity: The variable that is drawn.
        variables: Everything that is known of a cell, `quantity` included, each by (panel, row, column). Points are
            columns of one row.
        contours: A speed to draw lines of the same over the cells, by (panel, row, column); NaN where there are none.
        contour_label: What the lines are of.
        title: What was asked, in a few words.
        caption: What is shown, of what, and how it was found.
        facts: The same in pieces: name and text.
        provenance: Attributes of the dataset.
        overlays: Lines of a theory over what is drawn.
    """

    kind: Literal["cells", "points", "curves"]
    x: PhaseAxis
    y: PhaseAxis
    facet: PhaseAxis | None
    quantity: Variable
    variables: Mapping[str, Variable]
    contours: FloatArray | None
    contour_label: str
    title: str
    caption: str
    facts: Mapping[str, str]
    provenance: Mapping[str, Any]
    overlays: tuple[Overlay, ...] = ()

    @property
    def categorical(self) -> bool:
        """Whether colors are of classes, and not of numbers."""
        return self.quantity.name == "outcome"

    @property
    def n_panels(self) -> int:
        """How many drawings there are side by side."""
        return 1 if self.facet is None else len(self.facet.values)

    @property
    def names(self) -> Mapping[int, str]:
        """Names of outcomes by code."""
        return classes(self.variables["outcome"].attributes) if "outcome" in self.variables else {}

    def shares(self, panel: int | None = None) -> tuple[Share, ...]:
        """Outcomes that occur, in one panel or in all."""
        if "outcome" not in self.variables:
            return ()
        values = self.variables["outcome"].values
        return shares(values if panel is None else values[panel], self.names)

    @property
    def proved(self) -> npt.NDArray[np.bool_] | None:
        """Which cells are proved, where any is."""
        if "proved" not in self.variables:
            return None
        found = self.variables["proved"].values == 1
        return found if found.any() else None

    def heading(self, panel: int, *, tex: bool = False) -> str:
        """What a panel shows that the others do not; as text or for matplotlib."""
        if self.facet is None:
            return ""
        text = self.facet.text(panel)
        if self.facet.texts:
            return text.replace("$", r"\$") if tex else text
        name = tex_symbol(self.facet.name) if tex else symbol(self.facet.name)
        return f"{name} = {number(float(self.facet.values[panel]))}"
