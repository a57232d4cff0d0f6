r"""Formulas: a small part of LaTeX's notation, read into a tree that is written as Unicode, LaTeX or MathML.

Known are letters, numbers, `\frac{}{}`, `\sqrt{}`, `_`, `^`, `'`, brackets (which grow with what they hold), `\abs{}`,
`\text{}`, `\op{}` for names such as max, and the symbols of `SYMBOLS`. A digit sequence may end with `…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

RELATION, BINARY, COMMA, PLAIN, NUMBER, LETTER, NAME = (
    "relation", "binary", "comma", "plain", "number", "letter", "name",
)  # fmt: skip

SYMBOLS: Mapping[str, tuple[str, str]] = {
    r"\le": ("≤", RELATION), r"\ge": ("≥", RELATION), r"\in": ("∈", RELATION), r"\to": ("→", RELATION),
    r"\approx": ("≈", RELATION), r"\ne": ("≠", RELATION), r"\subset": ("⊂", RELATION), r"\mapsto": ("↦", RELATION),
    r"\cdot": ("·", BINARY), r"\pm": ("±", BINARY), r"\times": ("×", BINARY),
    r"\infty": ("∞", PLAIN), r"\sum": ("Σ", PLAIN), r"\nabla": ("∇", PLAIN), r"\ldots": ("…", PLAIN),
    r"\R": ("ℝ", PLAIN), r"\top": ("⊤", PLAIN),
    r"\alpha": ("α", LETTER), r"\beta": ("β", LETTER), r"\gamma": ("γ", LETTER), r"\delta": ("δ", LETTER),
    r"\varepsilon": ("ε", LETTER), r"\lambda": ("λ", LETTER), r"\mu": ("μ", LETTER), r"\rho": ("ρ", LETTER),
    r"\psi": ("ψ", LETTER), r"\eta": ("η", LETTER), r"\tau": ("τ", LETTER), r"\pi": ("π", LETTER),
    r"\Phi": ("Φ", LETTER), r"\theta": ("θ", LETTER), r"\omega": ("ω", LETTER), r"\xi": ("ξ", LETTER),
}  # fmt: skip
"""Commands with the character that they stand for, and its part in a formula."""

_CHARACTERS = {
    "=": RELATION, "<": RELATION, ">": RELATION, "+": BINARY, "-": BINARY, ",": COMMA, ";": COMMA, ":": RELATION,
    "/": PLAIN, "!": PLAIN, "…": PLAIN,
}  # fmt: skip
_BRACKETS = {"(": "(", ")": ")", "[": "[", "]": "]", r"\{": "{", r"\}": "}", r"\langle": "⟨", r"\rangle": "⟩"}
_OPENING, _CLOSING = ("(", "[", r"\{", r"\langle"), (")", "]", r"\}", r"\rangle")
_SYMBOL = re.compile(r"\\[A-Za-z]+|\\[{}]|\d+(?:\.\d+)?…?|\s+|.")


@dataclass(frozen=True)
class Row:
    """Parts that follow each other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Atom:
    """One symbol, number or name, and its part in a formula."""

    text: str
    kind: str


@dataclass(frozen=True)
class Words:
    """Text within a formula."""

    text: str


@dataclass(frozen=True)
class Fraction:
    """One over the other."""

    top: Row
    bottom: Row


@dataclass(frozen=True)
class Root:
    """A square root."""

    body: Row


@dataclass(frozen=True)
class Script:
    """A base with an index, an exponent or both, and primes."""

    base: Node
    below: Row | None
    above: Row | None
    primes: int


@dataclass(frozen=True)
class Bracket:
    """Something between brackets, which need not match: intervals are half open."""

    opening: str
    body: Row
    closing: str


Node = Row | Atom | Words | Fraction | Root | Script | Bracket


class _Reader:
    """A recursive descent over the symbols of one formula."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.symbols: list[str] = [symbol for symbol in _SYMBOL.findall(source) if symbol.strip()]
        self.at = 0
        self.groups = list(re.finditer(r"\\(?:text|op)\{([^{}]*)\}", source))

    def fail(self, what: str) -> ValueError:
        return ValueError(f"{what} in the formula {self.source!r}")

    def peek(self) -> str:
        return self.symbols[self.at] if self.at < len(self.symbols) else ""

    def take(self) -> str:
        if self.at >= len(self.symbols):
            raise self.fail("an end that comes too early")
        self.at += 1
        return self.symbols[self.at - 1]

    def row(self, ends: tuple[str, ...]) -> Row:
        parts: list[Node] = []
        while self.peek() not in ends:
            parts.append(self.scripted())
        return Row(tuple(parts))

    def group(self) -> Row:
        if self.take() != "{":
            raise self.fail("a group without {")
        found = self.row(("}",))
        self.take()
        return found

    def scripted(self) -> Node:
        base = self.single()
        below, above, primes = None, None, 0
        while self.peek() in ("_", "^", "'"):
            symbol = self.take()
            if symbol == "'":
                primes += 1
                continue
            script = self.group() if self.peek() == "{" else Row((self.single(),))
            below, above = (script, above) if symbol == "_" else (below, script)
        return base if below is above is None and not primes else Script(base, below, above, primes)

    def single(self) -> Node:
        symbol = self.take()
        if symbol in (r"\text", r"\op"):
            text = str(self.groups.pop(0)[1])
            while self.take() != "}":
                pass
            return Words(text) if symbol == r"\text" else Atom(text, NAME)
        if symbol == r"\frac":
            return Fraction(self.group(), self.group())
        if symbol == r"\sqrt":
            return Root(self.group())
        if symbol == r"\abs":
            return Bracket("|", self.group(), "|")
        if symbol == "{":
            self.at -= 1
            return self.group()
        if symbol in _OPENING:
            body = self.row((*_CLOSING, ""))
            return Bracket(_BRACKETS[symbol], body, _BRACKETS[self.closing()])
        if symbol in SYMBOLS:
            return Atom(*SYMBOLS[symbol])
        if symbol in _CHARACTERS:
            return Atom(symbol.replace("-", "−"), _CHARACTERS[symbol])
        if symbol[0].isdigit():
            return Atom(symbol, NUMBER)
        if len(symbol) == 1 and symbol.isalpha():
            return Atom(symbol, LETTER)
        raise self.fail(f"an unknown {symbol!r}")

    def closing(self) -> str:
        symbol = self.take()
        if symbol not in _CLOSING:
            raise self.fail(f"{symbol!r} in the place of a closing bracket")
        return symbol


@lru_cache(maxsize=4096)
def read(source: str) -> Row:
    r"""The tree of a formula.

    Raises:
        ValueError: it is not in the notation.

    >>> read("x + 1").parts[1]
    Atom(text='+', kind='binary')
    """
    reader = _Reader(source)
    found = reader.row(("",))
    if reader.at < len(reader.symbols):
        raise reader.fail("something after the end")
    return found


def spaced(row: Row) -> Iterator[tuple[Node, bool]]:
    """The parts of a row, each with whether it is an operator between two others: a sign before a term is none."""
    between = False
    for part in row.parts:
        operator = isinstance(part, Atom) and part.kind in (RELATION, BINARY)
        yield part, operator and between
        between = not operator and not (isinstance(part, Atom) and part.kind == COMMA)


def chunks(row: Row, *, terms: bool = True) -> list[Row]:
    """A formula cut where a line may end: before relations and, if wanted, before + and −, and after commas.

    Args:
        row: The formula.
        terms: Whether a sum may be cut.
    """
    found: list[list[Node]] = [[]]
    for part, operator in spaced(row):
        atom = part if isinstance(part, Atom) else None
        cut = operator and atom is not None and (atom.kind == RELATION or (terms and atom.text in "+−"))
        if cut and found[-1]:
            found.append([])
        found[-1].append(part)
        if atom is not None and atom.kind == COMMA:
            found.append([])
    return [Row(tuple(parts)) for parts in found if parts]


def is_tall(node: Node | None) -> bool:
    """Whether it holds a fraction, so that brackets around it must grow."""
    match node:
        case Fraction():
            return True
        case Row(parts=parts):
            return any(map(is_tall, parts))
        case Root(body=body) | Bracket(body=body):
            return is_tall(body)
        case Script(base=base):
            return is_tall(base)
        case _:
            return False
