"""Ticks of a phase diagram: as many as have room for what is written at them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from misstep.report.phase.axis import PhaseAxis
from misstep.report.phase.diagram import PhaseDiagram
from misstep.report.phase.names import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LETTER, _LINE, _BETWEEN = 5.1, 9.0, 5.0
"""Points: width of a letter and height of a line of 8-point lettering, and room between two labels."""

_LONGEST = 24
"""Letters of a row's name."""


def set_ticks(axes: Axes, diagram: PhaseDiagram, size: tuple[float, float]) -> None:
    """Ticks of both axes; of curves, upwards, matplotlib's own.

    Args:
        axes: The panel.
        diagram: What is drawn.
        size: Width and height of a panel in inches, about.
    """
    places, labels = _fitting(diagram.x, axes.get_xlim(), size[0] * 72, across=True)
    axes.set_xticks(places, labels)
    if diagram.kind != "curves":
        places, labels = _fitting(diagram.y, axes.get_ylim(), size[1] * 72, across=False)
        axes.set_yticks(places, labels)
        if diagram.y.scale == "ordinal":
            axes.tick_params(axis="y", length=0)
    axes.minorticks_off()


def _fitting(
    axis: PhaseAxis, ends: tuple[float, float], points: float, *, across: bool
) -> tuple[list[float], list[str]]:
    """The most ticks that do not touch."""
    low, high = ends
    choices = [choice for choice in axis.ticks(low, high) if choice]
    enough = [choice for choice in choices if len(choice) > 1] or choices
    fits = [choice for choice in enough if _fits(choice, points / (high - low), across=across)]
    chosen = (fits or enough[-1:] or [[]])[0]
    return [place for place, _ in chosen], [text if "$" in text else cut(text, _LONGEST) for _, text in chosen]


def headings(diagram: PhaseDiagram, width: float) -> list[str]:
    """Headings of the panels; names too long for one lose their arguments, if they differ without."""
    whole = [diagram.heading(i, tex=True) for i in range(diagram.n_panels)]
    letters = int(width * 72 / _LETTER)
    if diagram.facet is None or not diagram.facet.texts or max(map(len, whole)) <= letters:
        return whole
    return [cut(text, letters).replace("$", r"\$") for text in shortened(diagram.facet.texts, letters)]


def cut(text: str, letters: int) -> str:
    """The beginning and the end of what is too long.

    >>> cut("plateau(rho=1/4)", 10), cut("cubic", 10)
    ('plate…1/4)', 'cubic')
    """
    if len(text) <= letters:
        return text
    return f"{text[: letters - letters // 2]}…{text[-(letters // 2 - 1) :]}"


def _fits(choice: Sequence[tuple[float, str]], scale: float, *, across: bool) -> bool:
    """Whether no two labels touch."""
    lengths = [_length(text) if across else _LINE for _, text in choice]
    return all(
        (b[0] - a[0]) * scale >= (before + after) / 2 + (_BETWEEN if across else 2.0)
        for a, b, before, after in zip(choice, choice[1:], lengths, lengths[1:], strict=False)
    )


def _length(text: str) -> float:
    """Width of a label in points; an exponent is smaller."""
    exponent = re.search(r"\^\{(.*?)\}", text)
    plain = re.sub(r"\^\{.*?\}|\$", "", text).replace(r"\times", "x")
    return _LETTER * (len(plain) + 0.7 * len(exponent[1] if exponent else ""))
