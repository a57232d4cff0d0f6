"""What a figure is: a finished drawing with the row it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

_ALONE = "<style>#{name}{{color:#1a1c20}}@media(prefers-color-scheme:dark){{#{name}{{color:#e4e2dd}}}}</style>"


@dataclass(frozen=True)
class Figure:
    """A finished drawing.

    Attributes:
        name: Of its file, and prefix of every id in it.
        row_id: The row that it belongs to.
        title: A few words: what is drawn.
        caption: One sentence: what it shows.
        svg: An `<svg>` element to put into a page; lines and lettering take the color of the text around it.
    """

    name: str
    row_id: str
    title: str
    caption: str
    svg: str

    @property
    def file(self) -> str:
        """The drawing as an SVG file: the same element, with its own ink for light and dark viewers."""
        end_of_head = self.svg.index(">") + 1
        head, body = self.svg[:end_of_head], self.svg[end_of_head:]
        return f'<?xml version="1.0" encoding="utf-8"?>\n{head}\n {_ALONE.format(name=self.name)}{body}'
