"""A figure of a sweep as a file: SVG, PNG, PDF, or a page that shows what is known of each cell."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from misstep.errors import unknown_name
from misstep.report.figures.phase import draw_phase, phase_bytes
from misstep.report.folder import write_file
from misstep.report.phase.build import phase
from misstep.report.phase.overlay import Overlay
from misstep.report.phase_page import render_page

if TYPE_CHECKING:
    import xarray

SUFFIXES = (".svg", ".png", ".pdf", ".html")
"""What a figure can be, by the end of its file's name."""


def plot(
    dataset: xarray.Dataset,
    out: str | os.PathLike[str],
    *,
    x: str,
    y: str | None = None,
    facet: str | None = None,
    quantity: str = "outcome",
    select: Mapping[str, float | str] | None = None,
    title: str | None = None,
    overlays: Sequence[Overlay] = (),
) -> str:
    """Draw a sweep and write the figure, whole or not at all: the same bytes for the same data.

    Args:
        dataset: Of a sweep.
        out: The file. Its suffix says what it is: `.svg`, `.png`, `.pdf` or `.html`.
        x: The dimension to the right; of a random or Sobol design, a coordinate of its points.
        y: The one upwards. Without it `quantity` is drawn against x, a curve each value of `facet` or of the one
            dimension that is left; outcomes are drawn in rows.
        facet: A dimension that has a panel a value, at most 12.
        quantity: `"outcome"`, or a variable that is a number.
        select: The value of every other dimension, by its name; the nearest one that there is.
        title: What the figure answers; the dataset's own where `None`.
        overlays: Lines of a theory over the cells; they are named in the legend.

    Returns:
        The caption: what is shown, of what, and how it was found.

    Raises:
        InvalidInput: a name is of no dimension or variable; a dimension is used twice; one that has several values is
            neither drawn nor selected; there are too many panels or curves; the file is of no known kind or cannot be
            written.
        MissingDependency: matplotlib is not installed.
    """
    suffix = PurePath(out).suffix.lower()
    if suffix not in SUFFIXES:
        raise unknown_name(suffix, f"the suffix of a figure, as out = {os.fspath(out)!r} has it", SUFFIXES)
    diagram = phase(dataset, x=x, y=y, facet=facet, quantity=quantity, select=select, title=title, overlays=overlays)
    match suffix:
        case ".svg":
            content = phase_bytes(diagram, "svg")
        case ".png":
            content = phase_bytes(diagram, "png")
        case ".pdf":
            content = phase_bytes(diagram, "pdf")
        case _:
            content = render_page(diagram, *draw_phase(diagram)).encode()
    write_file(out, content)
    return diagram.caption
