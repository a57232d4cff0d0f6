"""What a page knows of every cell of a figure: labels as JSON, numbers as compressed arrays."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from misstep.report.figures.phase import Frame
from misstep.report.figures.phase_colors import look
from misstep.report.phase.axis import PhaseAxis
from misstep.report.phase.diagram import PhaseDiagram, Variable
from misstep.report.phase.names import symbol

_LEVEL = 9

_ROUND = 6
"""Decimals of a share of the figure."""


def phase_data(diagram: PhaseDiagram, frames: Sequence[Frame]) -> str:
    """The JSON that the page's script reads; safe between script tags.

    Args:
        diagram: What is drawn.
        frames: Where its panels are.
    """
    grid = diagram.kind != "points"
    document: dict[str, Any] = {
        "kind": diagram.kind,
        "panels": [diagram.heading(i) for i in range(diagram.n_panels)],
        "frames": [
            {
                "box": [round(share, _ROUND) for share in (frame.left, frame.top, frame.width, frame.height)],
                "x": frame.x,
                "y": frame.y,
            }
            for frame in frames
        ],
        "log": bool(frames and frames[0].log),
        "shape": list(diagram.quantity.values.shape),
        "x": _axis(diagram.x, cells=grid),
        "y": _axis(diagram.y, cells=grid),
        "quantity": diagram.quantity.name,
        "classes": {str(code): {"name": name, "color": look(name, code).color} for code, name in diagram.names.items()},
        "variables": [_variable(variable) for variable in diagram.variables.values()],
    }
    if not grid:
        document["at"] = [_packed(axis.at, "f4") for axis in (diagram.x, diagram.y)]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _axis(axis: PhaseAxis, *, cells: bool) -> dict[str, Any]:
    """Name, texts, places and blocks of an axis; of points the name alone."""
    named: dict[str, Any] = {"name": symbol(axis.name) if axis.name else ""}
    if not cells:
        return named
    return {
        **named,
        "texts": [axis.text(i) for i in range(len(axis.values))],
        "at": axis.at.tolist(),
        "blocks": [[block.first, block.edges.tolist()] for block in axis.blocks],
    }


def _variable(variable: Variable) -> dict[str, Any]:
    units = str(variable.attributes.get("units", "1"))
    values = variable.values
    return {
        "name": variable.name,
        "label": symbol(variable.name) if "scale" in variable.attributes else variable.words,
        "units": "" if units == "1" else units,
        **_packed(values, _type(variable)),
    }


def _type(variable: Variable) -> str:
    """The smallest type that shows a value as it is, to six digits."""
    values = variable.values
    if values.dtype.kind == "f":
        # Coordinates have nines to keep.
        return "f8" if "scale" in variable.attributes else "f4"
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    fits = [name for name in ("i1", "i4") if np.iinfo(name).min <= low and high <= np.iinfo(name).max]
    return fits[0] if fits else "f8"


def _packed(values: npt.NDArray[Any], kind: str) -> dict[str, str]:
    """Little-endian numbers in C order, deflated, in base64."""
    with np.errstate(over="ignore"):
        numbers = np.ascontiguousarray(values, dtype=np.dtype(kind).newbyteorder("<"))
    return {"type": kind, "data": base64.b64encode(zlib.compress(numbers.tobytes(), _LEVEL)).decode()}
