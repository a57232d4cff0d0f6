"""What a rendered certificate is made of: a small document, the same for text, LaTeX and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Formula:
    """Mathematics, in the notation of `formula`."""

    source: str


@dataclass(frozen=True)
class Plain:
    """Text of another origin: a file name, a reason. It is shown as it is."""

    text: str


Inline = str | Formula | Plain


def sentence(text: str) -> tuple[Inline, ...]:
    """Text with formulas between dollar signs.

    >>> sentence("so $x = 1$.")
    ('so ', Formula(source='x = 1'), '.')
    """
    parts = text.split("$")
    if len(parts) % 2 == 0:
        raise ValueError(f"a formula without an end: {text!r}")
    return tuple(Formula(part) if i % 2 else part for i, part in enumerate(parts) if part)


@dataclass(frozen=True)
class Paragraph:
    """Sentences, perhaps after a few words that stand out."""

    parts: tuple[Inline, ...]
    lead: str = ""


@dataclass(frozen=True)
class Display:
    """Formulas on lines of their own; `&` marks where they are aligned."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Cases:
    """A function by cases: a formula and where it holds, for each."""

    name: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows of formulas under a head of formulas.

    Attributes:
        head: One formula a column.
        rows: As many formulas each; an empty one is blank.
        note: What is to be said below, such as how many rows there are in all.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: tuple[Inline, ...] = ()


Block = Paragraph | Display | Cases | Table


@dataclass(frozen=True)
class Section:
    """A part of the document.

    Attributes:
        title: Its heading; of a theorem and a proof, the word with which it begins.
        blocks: What is in it.
        kind: `plain`, `theorem` or `proof`.
    """

    title: str
    blocks: tuple[Block, ...]
    kind: str = "plain"


@dataclass(frozen=True)
class Document:
    """A certificate as it is shown.

    Attributes:
        title: A few words.
        verdict: PROVED, REFUTED, UNDECIDED or MALFORMED.
        sections: Its parts.
    """

    title: str
    verdict: str
    sections: tuple[Section, ...]


def say(text: str, lead: str = "") -> Paragraph:
    """A paragraph from text with formulas between dollar signs."""
    return Paragraph(sentence(text), lead)


def shorten(rows: Sequence[tuple[str, ...]], total: int, most: int) -> tuple[tuple[str, ...], ...]:
    """The first rows; a last one of dots where there are more."""
    if total <= most:
        return tuple(rows[:most])
    width = len(rows[0])
    return (*rows[: most - 1], (r"\ldots", *[""] * (width - 1)))


def count(n: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> count(1, "step"), count(3, "step")
    ('1 step', '3 steps')
    """
    return f"{n} {one if n == 1 else many or one + 's'}"
