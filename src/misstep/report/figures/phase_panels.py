"""A panel of a phase diagram, and the key to all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from misstep.report.figures.canvas import INK, log_label
from misstep.report.figures.phase_cells import draw_cells, draw_dots, draw_texture, texture_color
from misstep.report.figures.phase_colors import ABSENT, OVER, colors_of, look, rgba
from misstep.report.figures.phase_contours import draw_contours, levels
from misstep.report.figures.phase_overlays import labels_of, overlay_style
from misstep.report.phase.diagram import PhaseDiagram
from misstep.report.phase.names import share, tex_symbol

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

_LINE, _BAR = 0.17, 0.42
"""Inches of a line of the legend, and of the bar of colors."""

_RASTERED = 2000
"""More points are an image in a drawing of lines."""

_MOST_COLUMNS = 4

_LETTER, _HANDLE, _ROOM = 4.5, 29.0, 312.0
"""Points: of a letter of the legend, of what stands before a text and between columns, and of the figure's width."""


@dataclass(frozen=True)
class Key:
    """What colors, textures and lines mean, the same in all panels.

    Attributes:
        entries: How each is drawn in the legend, and what it is called there.
        heading: Above the legend.
        bar: The scale of a quantity's colors, or `None` of classes and curves.
        levels: Of contour lines.
    """

    entries: tuple[tuple[str, dict[str, Any], str], ...]
    heading: str
    bar: tuple[Any, str, str] | None
    levels: tuple[float, ...]

    @classmethod
    def of(cls, diagram: PhaseDiagram) -> Key:
        """The key to a diagram."""
        if diagram.kind == "curves":
            named = bool(diagram.y.name)
            curves: tuple[tuple[str, dict[str, Any], str], ...] = tuple(
                ("curve", {}, diagram.y.short(i)) for i in range(len(diagram.y.values)) if named
            )
            heading = tex_symbol(diagram.y.name) if named and diagram.y.name != "function" else ""
            return cls(curves + _theory(diagram), heading, None, ())
        entries: list[tuple[str, dict[str, Any], str]] = []
        numbers = diagram.quantity.numbers
        bar = None
        if diagram.categorical:
            for found in diagram.shares():
                shown = look(found.name, found.code)
                style = {"facecolor": shown.color, "hatch": shown.hatch, "marker": shown.marker}
                entries.append(("class", style, found.text))
            absent = ~np.isin(diagram.quantity.values, list(diagram.names))
        else:
            bar = colors_of(diagram.quantity.name, numbers)
            absent = ~np.isfinite(numbers)
        if absent.any() and diagram.kind == "cells":
            entries.append(("absent", {"facecolor": "none", "hatch": ABSENT}, diagram.quantity.why_absent))
        if diagram.proved is not None and diagram.quantity.name != "proved":
            rate = share(int(diagram.proved.sum()), diagram.proved.size)
            entries.append(("proved", {}, f"proved {rate}"))
            if not diagram.proved.all():
                entries.append(("observed", {"facecolor": "none"}, "observed"))
        lines = levels(diagram.contours) if diagram.contours is not None else ()
        if lines:
            entries.append(("line", {}, diagram.contour_label))
        return cls((*entries, *_theory(diagram)), "", bar, lines)

    @property
    def columns(self) -> int:
        """Of the legend."""
        letters = [len(text) for _, _, text in self.entries]
        for columns in range(min(len(letters), _MOST_COLUMNS), 1, -1):
            # As matplotlib splits them: down a column before the next one, which is as wide as its longest.
            widest = [int(column.max()) for column in np.array_split(np.array(letters), columns)]
            if sum(widest) * _LETTER + len(widest) * _HANDLE <= _ROOM:
                return columns
        return 1

    @property
    def height(self) -> float:
        """Inches that it takes."""
        lines = -(-len(self.entries) // self.columns) + bool(self.heading)
        return _LINE * lines + (0.1 if lines else 0.0) + (_BAR if self.bar else 0.0)

    def draw(self, drawing: Drawing, panels: list[Axes], diagram: PhaseDiagram) -> None:
        """The legend above all, and the bar of colors below it."""
        handles, texts = self._handles(panels, points=diagram.kind == "points")
        if self.bar is not None:
            from matplotlib.cm import ScalarMappable
            from matplotlib.ticker import LogLocator, MaxNLocator

            norm, name, ends = self.bar
            log = type(norm).__name__ == "LogNorm"
            colors = drawing.colorbar(
                ScalarMappable(norm, name),
                ax=panels,
                location="top",
                aspect=40,
                pad=0.02,
                extend=ends,
                ticks=LogLocator(numticks=7) if log else MaxNLocator(6, steps=(1, 2, 2.5, 5, 10)),
                format=log_label if log else None,
            )
            colors.ax.minorticks_off()
            colors.outline.set_edgecolor(INK)
            colors.set_label(diagram.quantity.label)
        if handles:
            drawing.legend(
                handles,
                texts,
                loc="outside upper center",
                ncols=self.columns,
                title=self.heading or None,
                numpoints=1 if diagram.kind == "points" else 3,
                handlelength=1.9,
                handleheight=0.95,
                columnspacing=1.2,
                borderpad=0.1,
                labelspacing=0.35,
            )

    def _handles(self, panels: list[Axes], *, points: bool) -> tuple[list[Any], list[str]]:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        theory = [Line2D([], [], **style) for kind, style, _ in self.entries if kind == "theory"]
        if any(kind == "curve" for kind, _, _ in self.entries):
            found: tuple[list[Any], list[str]] = panels[0].get_legend_handles_labels()
            return found[0] + theory, found[1] + [text for kind, _, text in self.entries if kind == "theory"]
        handles: list[Any] = []
        for kind, style, _ in self.entries:
            if kind == "proved":
                dots = Line2D([], [], linestyle="", marker=".", markersize=2.4, markeredgewidth=0, color=INK)
                handles.append((Patch(facecolor="none", edgecolor=INK, linewidth=0.6), dots))
            elif kind == "theory":
                handles.append(theory.pop(0))
            elif kind == "line":
                handles.append(Line2D([], [], color=INK, linewidth=0.9))
            elif points and kind == "class":
                color, marker = style["facecolor"], style["marker"]
                handles.append(Line2D([], [], linestyle="", marker=marker, color=color, **_EDGE, markersize=5))
            elif kind == "class":
                plain = {name: value for name, value in style.items() if name != "marker"}
                with texture_color(OVER):
                    color = Patch(**plain, edgecolor=OVER, linewidth=0.0)
                # A thin frame, for dark colors on a dark page.
                handles.append((color, Patch(facecolor="none", edgecolor=INK, linewidth=0.4)))
            else:
                handles.append(Patch(**style, edgecolor=INK, linewidth=0.6))
        return handles, [text for _, _, text in self.entries]


def _theory(diagram: PhaseDiagram) -> tuple[tuple[str, dict[str, Any], str], ...]:
    """The lines of a theory in the legend: over colors they are dark, and on the page they have its ink."""
    names = labels_of(diagram.overlays)
    return tuple(("theory", {**overlay_style(i), "color": INK}, name) for i, name in enumerate(names))


_EDGE: dict[str, Any] = {"markeredgecolor": INK, "markeredgewidth": 0.3}


def draw_grid(axes: Axes, diagram: PhaseDiagram, panel: int, key: Key, size: tuple[float, float]) -> None:
    """The cells of a panel: colors, textures, what is proved, and lines of equal speed."""
    x, y = diagram.x, diagram.y
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    draw_cells(axes, x, y, _pixels(diagram, panel, key))
    values = diagram.quantity.values[panel]
    if diagram.categorical:
        absent = ~np.isin(values, list(diagram.names))
        for code, name in diagram.names.items():
            hatch = look(name, code).hatch
            if hatch and (values == code).any():
                draw_texture(axes, x, y, values == code, hatch, OVER, alpha=0.75)
    else:
        absent = ~np.isfinite(diagram.quantity.numbers[panel])
    if absent.any():
        draw_texture(axes, x, y, absent, ABSENT, INK, alpha=0.55)
    if diagram.proved is not None and diagram.quantity.name != "proved":
        draw_dots(axes, x, y, diagram.proved[panel], OVER, size)
    if diagram.contours is not None and key.levels:
        draw_contours(axes, x, y, diagram.contours[panel], key.levels)


def draw_points(axes: Axes, diagram: PhaseDiagram, panel: int, key: Key) -> None:
    """The points of a design: a marker a class, or a color a number."""
    x, y = diagram.x.at, diagram.y.at
    values = diagram.quantity.values[panel, 0]
    size = 15.0 if len(x) <= 400 else 7.0 if len(x) <= _RASTERED else 2.5
    many = len(x) > _RASTERED
    style: dict[str, Any] = {"s": size, "linewidths": 0.0 if many else 0.2, "edgecolors": INK, "rasterized": many}
    if diagram.categorical:
        for code, name in diagram.names.items():
            here = values == code
            if here.any():
                shown = look(name, code)
                axes.scatter(x[here], y[here], color=shown.color, marker=shown.marker, **style)
    elif key.bar is not None:
        norm, colormap, _ = key.bar
        numbers = diagram.quantity.numbers[panel, 0]
        held = np.isfinite(numbers)
        axes.scatter(x[~held], y[~held], facecolors="none", **{**style, "linewidths": 0.4})
        axes.scatter(x[held], y[held], c=numbers[held], norm=norm, cmap=colormap, **style)
    axes.margins(0.02)


def _pixels(diagram: PhaseDiagram, panel: int, key: Key) -> npt.NDArray[np.uint8]:
    if key.bar is None:
        return rgba(diagram.quantity.values[panel], diagram.names)
    from matplotlib.cm import ScalarMappable

    norm, name, _ = key.bar
    numbers = diagram.quantity.numbers[panel]
    if type(norm).__name__ == "LogNorm":
        numbers = np.maximum(numbers, norm.vmin)
    pixels: npt.NDArray[np.uint8] = ScalarMappable(norm, name).to_rgba(np.ma.masked_invalid(numbers), bytes=True)
    pixels[~np.isfinite(numbers)] = 0
    return pixels
