"""Formulas as LaTeX, in the mathematics of amsmath and amssymb."""

from __future__ import annotations

from collections.abc import Mapping

from misstep.report.certificate.formula import (
    COMMA,
    NAME,
    SYMBOLS,
    Atom,
    Bracket,
    Fraction,
    Node,
    Root,
    Row,
    Script,
    Words,
    is_tall,
)

_COMMANDS: Mapping[str, str] = {
    **{character: f"{command} " for command, (character, _) in SYMBOLS.items()},
    "ℝ": r"\mathbb{R}", "⊤": r"\top ", "−": "-",
}  # fmt: skip
_FENCES = {"{": r"\{", "}": r"\}", "⟨": r"\langle ", "⟩": r"\rangle "}
_KNOWN = ("max", "min", "inf", "det")


def tex(row: Row) -> str:
    r"""A formula's tree as LaTeX.

    >>> from misstep.report.certificate.formula import read
    >>> print(tex(read(r"(\frac{1}{2})^k \le \op{sign}(x)")))
    \left(\frac{1}{2}\right)^{k}\le \operatorname{sign}(x)
    """
    return "".join(map(_node, row.parts))


def _node(node: Node) -> str:
    match node:
        case Row():
            return f"{{{tex(node)}}}"
        case Atom(text=text, kind=kind) if kind == NAME:
            return rf"\{text} " if text in _KNOWN else rf"\operatorname{{{text}}}"
        case Atom(text=text, kind=kind) if kind == COMMA:
            return f"{text}\\allowbreak " if text == "," else f"{text}\\ "
        case Atom(text=text):
            return _COMMANDS.get(text) or text.replace("…", r"\ldots ")
        case Words(text=text):
            return rf"\text{{{text}}}"
        case Fraction(top=top, bottom=bottom):
            return rf"\frac{{{tex(top)}}}{{{tex(bottom)}}}"
        case Root(body=body):
            return rf"\sqrt{{{tex(body)}}}"
        case Bracket(opening=opening, body=body, closing=closing):
            left, right = _FENCES.get(opening, opening), _FENCES.get(closing, closing)
            if not is_tall(body):
                return f"{left}{tex(body)}{right}" if opening != "|" else rf"\lvert {tex(body)}\rvert "
            return rf"\left{left}{tex(body)}\right{right}"
        case Script(base=base, below=below, above=above, primes=primes):
            index = "" if below is None else f"_{{{tex(below)}}}"
            power = "" if above is None else f"^{{{tex(above)}}}"
            return _node(base) + "'" * primes + index + power
