"""What a study is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from misstep.report.phase.overlay import Overlay

OUTCOMES = ("unsettled", "drifts", "cycles", "converges", "stalls", "overflows")


@dataclass(frozen=True)
class Figure:
    """A figure of a study.

    Attributes:
        name: Of its file.
        sweep: Name of the TOML file whose store it is drawn from.
        options: Of `misstep plot`: x, y, facet, quantity, select, title.
        data: What is drawn of the sweep's dataset, where that is not the dataset itself: a choice among its cells, or
            a variable that follows from its variables.
        overlays: Lines of a theory, from what is drawn.
    """

    name: str
    sweep: str
    options: Mapping[str, Any] = field(default_factory=dict)
    data: Callable[[Any], Any] | None = None
    overlays: Callable[[Any], Sequence[Overlay]] | None = None


@dataclass(frozen=True)
class Study:
    """A question and how it is answered.

    Attributes:
        name: Of its page.
        question: In one sentence.
        sweeps: Names of TOML files in studies/.
        figures: In the order of the page.
        answer: From the datasets, by name of the sweep, to (the finding in a sentence, the page's text in Markdown with
            its tables). Every number in it is computed there.
    """

    name: str
    question: str
    sweeps: tuple[str, ...]
    figures: tuple[Figure, ...]
    answer: Callable[[Mapping[str, Any]], tuple[str, str]]


def shares(outcome: Any) -> dict[str, float]:
    """The share of each outcome that occurs."""
    values = np.asarray(outcome).ravel()
    counts = np.bincount(values, minlength=len(OUTCOMES)) / values.size
    return {name: float(count) for name, count in zip(OUTCOMES, counts, strict=True) if count}


def percent(share: float) -> str:
    """A share as text: three digits."""
    return f"{100 * share:.3g} %"


def steps(dataset: Any) -> int:
    """Steps of every run."""
    return int(spec_of(dataset)["n_steps"])


def spec_of(dataset: Any) -> dict[str, Any]:
    """The spec of a sweep."""
    found: dict[str, Any] = json.loads(dataset.attrs["spec"])
    return found


def quartiles(values: Any) -> str:
    """Median, and the quartiles in brackets, as text."""
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    if not finite.size:
        return "–"
    low, middle, high = np.percentile(finite, [25, 50, 75])
    return f"{middle:.3g} [{low:.3g}, {high:.3g}]"


def median(values: Any) -> str:
    """The median as text, with its sign."""
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    return f"{np.median(finite):+.5g}" if finite.size else "–"


def table(headings: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
