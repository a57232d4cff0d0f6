"""What a figure is, and how one of a reproduction comes about from a row's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from misstep.reproduce import Setting

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Data = Mapping[str, npt.NDArray[np.generic]]
"""Arrays of a row's finding, by name."""

_ALONE = "<style>#{name}{{color:#1a1c20}}@media(prefers-color-scheme:dark){{#{name}{{color:#e4e2dd}}}}</style>"


@dataclass(frozen=True)
class Plot:
    """How a row's figure is drawn.

    Attributes:
        name: Of the figure.
        row_id: The row whose data it draws.
        title: A few words: what is drawn.
        height: In inches.
        draw: Draws a row's data on an empty figure of matplotlib; returns the caption.
    """

    name: str
    row_id: str
    title: str
    height: float
    draw: Callable[[Drawing, Data, Setting], str]


@dataclass(frozen=True)
class Figure:
    """A finished drawing.

    Attributes:
        name: Of its file, and prefix of every id in it.
        title: A few words: what is drawn.
        caption: One sentence: what it shows.
        svg: An `<svg>` element to put into a page; lines and lettering take the color of the text around it.
    """

    name: str
    title: str
    caption: str
    svg: str

    @property
    def file(self) -> str:
        """The drawing as an SVG file: the same element, with its own ink for light and dark viewers."""
        end_of_head = self.svg.index(">") + 1
        head, body = self.svg[:end_of_head], self.svg[end_of_head:]
        return f'<?xml version="1.0" encoding="utf-8"?>\n{head}\n {_ALONE.format(name=self.name)}{body}'
