"""The constants of a program while it is traced: known ones become part of it, others its inputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from misstep.scalars import FloatArray
from misstep.traced import Graph, Traced


@dataclass
class Inputs:
    """Collects the constants that a traced step uses, by name.

    Zeros and ones are traced as such: they take operations out of the program. Every other number is an input, so that
    one compiled program serves all its values.

    Attributes:
        graph: Of the program.
        dtype: Float type of the program.
        uniform: Values that all lanes share.
        lane: Values of which each lane has its own.
        tables: Arrays that are looked up by row.
    """

    graph: Graph
    dtype: np.dtype[Any]
    uniform: dict[str, Any] = field(default_factory=dict)
    lane: dict[str, FloatArray] = field(default_factory=dict)
    tables: dict[str, FloatArray] = field(default_factory=dict)

    def constant(self, name: str, value: Any) -> Traced:
        """The traced number for a constant: a float, or an array of them, one a lane."""
        array = np.asarray(value, self.dtype)
        if array.ndim and array.size and bool((array == array.flat[0]).all()):
            array = array.reshape(-1)[0]
        if array.ndim:
            self.lane[name] = array
        elif array in (0, 1):
            return self.graph.constant(float(array))
        else:
            self.uniform[name] = self.dtype.type(array)
        return self.graph.input(name)

    def table(self, name: str, values: FloatArray, row: Traced) -> Traced:
        """The number that a row of a table has."""
        self.tables[name] = np.ascontiguousarray(values, self.dtype)
        return self.graph.add("lookup", row.index, data=name)
