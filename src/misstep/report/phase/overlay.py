"""Lines of a theory over a phase diagram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from misstep.errors import InvalidInput
from misstep.scalars import FloatArray


@dataclass(frozen=True, eq=False)
class Overlay:
    """A line that is drawn over cells, points or curves, and is named in the legend.

    Attributes:
        label: In the legend, as plain text.
        x: Values of the axis to the right; NaN where the line is interrupted.
        y: Values of the axis upwards, or of the quantity where curves are drawn.
        panel: The panel that has it, counted from 0; all of them where `None`.

    Raises:
        InvalidInput: x and y are not of one length.

    >>> Overlay("β₁ = √β₂", np.array([0.0, 0.9]), np.array([0.0, 0.81])).panel is None
    True
    """

    label: str
    x: FloatArray
    y: FloatArray
    panel: int | None = None

    def __post_init__(self) -> None:
        if np.shape(self.x) != np.shape(self.y) or np.ndim(self.x) != 1:
            raise InvalidInput(
                f"the line {self.label!r} has x of shape {np.shape(self.x)} and y of shape {np.shape(self.y)}: "
                "they must be lists of one length"
            )
