"""What every figure shares: the type, size and colours of the drawing, and how it becomes self-contained SVG text."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from misstep.errors import MissingDependency
from misstep.report.figures.figure import Data, Figure
from misstep.scalars import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

WIDTH = 4.4
"""Inches. Lettering of 8.5 points on this width is readable on a phone, where the figure fills the screen."""

INK = "#010203"
"""Stands for the color of the surrounding text while drawing; `currentColor` in the SVG."""

BLUE, GREEN, VERMILION, PURPLE, ORANGE = "#0072b2", "#009e73", "#d55e00", "#cc79a7", "#e69f00"
"""Okabe and Ito's palette, without the yellow and sky blue that are faint on white."""

COLORMAP = "cividis"

Form = Literal["svg", "png", "pdf"]

_DPI = 300

_SIGNED: Mapping[Form, tuple[str, ...]] = {
    "svg": ("Date", "Creator", "Format", "Type"),
    "png": ("Software",),
    "pdf": ("CreationDate", "Creator", "Producer"),
}
"""What matplotlib says of itself and of the time in a file, which is left out."""

_Dashes = str | tuple[float, tuple[float, ...]]
_LINES: tuple[tuple[str, _Dashes, str], ...] = (
    (BLUE, "-", "s"),
    (INK, "-", "o"),
    (GREEN, (0.0, (5.0, 1.5)), "^"),
    (VERMILION, (0.0, (3.0, 1.2, 1.0, 1.2)), "D"),
    (PURPLE, (0.0, (1.2, 1.2)), "v"),
    (ORANGE, (0.0, (7.0, 1.5, 1.0, 1.5, 1.0, 1.5)), "P"),
)

_STYLE: Mapping[str, object] = {
    "svg.hashsalt": "misstep",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "mathtext.fontset": "dejavusans",
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.alpha": 0.13,
    "grid.linewidth": 0.6,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "legend.columnspacing": 1.4,
    "lines.linewidth": 1.5,
    "lines.markersize": 4.0,
    "hatch.linewidth": 0.5,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.titlecolor": INK,
    "grid.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.color": INK,
}


def line_style(i: int) -> dict[str, Any]:
    """Color, dashes and marker of the i-th curve: each tells it from the others by itself."""
    color, dashes, marker = _LINES[i % len(_LINES)]
    return {"color": color, "linestyle": dashes, "marker": marker}


def floats(data: Data, key: str) -> FloatArray:
    """An array of a row's data as float64."""
    return np.asarray(data[key], dtype=np.float64)


def integer(data: Data, key: str) -> int:
    """A number of a row's data, such as its steps."""
    return int(np.asarray(data[key], dtype=np.int64))


def suffixes(data: Data, prefix: str) -> list[str]:
    """What follows `prefix` in the keys that have it, in order."""
    return [key.removeprefix(prefix) for key in data if key.startswith(prefix)]


def pair(betas: FloatArray) -> str:
    """A pair as text.

    >>> pair(np.array([0.9, 0.999]))
    '(0.9, 0.999)'
    """
    return f"({betas[0]:g}, {betas[1]:g})"


def family_label(name: str) -> str:
    """A family's name with its exponent raised."""
    return name.replace("C^∞", r"$C^\infty$")


def panel_title(axes: Axes, text: str) -> None:
    """A heading above a panel, at its left edge."""
    axes.set_title(text, pad=4)


def log_label(value: float, _position: object = None) -> str:
    """A tick of a log axis: plain from 0.01 to 1000, else a power of ten."""
    if not value > 0:
        return ""
    exponent = round(float(np.log10(value)))
    return f"{value:g}" if -2 <= exponent <= 3 else rf"$10^{{{exponent}}}$"


def draw_figure(name: str, title: str, height: float, draw: Callable[[Drawing], str]) -> Figure:
    """A figure as SVG text.

    Args:
        name: Of its file, and prefix of every id in it.
        title: A few words: what is drawn.
        height: In inches.
        draw: Draws on an empty figure of matplotlib; returns the caption.

    Raises:
        MissingDependency: matplotlib is not installed.
    """
    caption, drawn = render(height, draw, "svg")
    return Figure(name, title, caption, _inline(drawn.decode(), name, title))


def render(height: float, draw: Callable[[Drawing], str], form: Form) -> tuple[str, bytes]:
    """The caption and the bytes of a drawing: the same for the same data.

    Args:
        height: In inches.
        draw: Draws on an empty figure of matplotlib; returns the caption.
        form: SVG has no background, and `INK` is to be replaced in it; the others are black on white.

    Raises:
        MissingDependency: matplotlib is not installed.
    """
    with _style():
        from matplotlib.figure import Figure as Canvas
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        layout = ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.04, hspace=0.02, wspace=0.02)
        drawing = Canvas(figsize=(WIDTH, height), layout=layout)
        caption = draw(drawing)
        out = io.BytesIO()
        paper = "none" if form == "svg" else "white"
        drawing.savefig(out, format=form, metadata=dict.fromkeys(_SIGNED[form]), facecolor=paper, dpi=_DPI)
    return caption, out.getvalue()


@contextmanager
def _style() -> Iterator[None]:
    """Matplotlib with this module's settings, whatever the user's own are."""
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise MissingDependency("figures are drawn with matplotlib: install misstep[plot]") from error
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def _inline(svg: str, name: str, title: str) -> str:
    """The `<svg>` element alone, its ids and its style its own, its ink the color of the text around it."""
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', svg)
    svg = svg.replace("*{", f"#{name} *{{").replace(INK, "currentColor")
    head = f'<svg id="{name}" role="img" aria-label="{escape(title)}"'
    return svg.replace("<svg", head, 1) + "\n"
