"""Formulas as Unicode, for a terminal."""

from __future__ import annotations

from misstep.report.certificate.formula import (
    BINARY,
    COMMA,
    LETTER,
    NAME,
    NUMBER,
    RELATION,
    Atom,
    Bracket,
    Fraction,
    Node,
    Root,
    Row,
    Script,
    Words,
    read,
    spaced,
)

_BELOW = dict(zip("0123456789+−=aehijklmnoprstuvxβρφ", "₀₁₂₃₄₅₆₇₈₉₊₋₌ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵨᵩ", strict=True))
_ABOVE = dict(zip("0123456789+−=iknjmpt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼ⁱᵏⁿʲᵐᵖᵗ", strict=True)) | {"⊤": "ᵀ"}
_PRIMES = ("", "′", "″", "‴")


def unicode(source: str) -> str:
    r"""A formula as text.

    >>> print(unicode(r"x_{k+1} = x_k - \frac{m_k}{\sqrt{v_k} + 10^{-8}}"))
    xₖ₊₁ = xₖ − mₖ/(√vₖ + 10⁻⁸)
    >>> print(unicode(r"(\frac{9}{10})^{k+1} \le \abs{f'(x_K)}"))
    (9/10)ᵏ⁺¹ ≤ |f′(x_K)|
    """
    return _row(read(source))


def unicode_row(row: Row, *, first: bool = True) -> str:
    """A part of a formula as text; the first part of it, or one that follows."""
    return _row(row, first=first)


def _row(row: Row, *, first: bool = True) -> str:
    text = ""
    before: Node | None = None
    for i, (part, between) in enumerate(spaced(row)):
        operator = between or (i == 0 and not first and isinstance(part, Atom) and part.kind in (RELATION, BINARY))
        shown = _node(part)
        if operator:
            text = f"{text.rstrip()} {shown} "
        elif isinstance(part, Atom) and part.kind == COMMA:
            text = f"{text.rstrip()}{shown} "
        elif isinstance(part, Atom) and part.kind in (RELATION,):
            text += f"{shown} "
        else:
            signed = isinstance(part, Fraction) and shown.startswith("−") and before is not None
            text += _gap(before, part) + (f"({shown})" if signed else shown)
        before = part
    return text.strip()


def _gap(before: Node | None, part: Node) -> str:
    """What stands between two factors."""
    if before is None or (isinstance(before, Atom) and before.kind in (BINARY, RELATION, COMMA)):
        return ""
    if isinstance(before, Atom) and before.text == "/":
        return ""
    if isinstance(before, Fraction) and not isinstance(part, Atom | Words):
        return "·" if isinstance(part, Fraction | Script) else " "
    if isinstance(before, Fraction):
        return " " if not isinstance(part, Atom) or part.kind in (LETTER, NAME, NUMBER) else ""
    if isinstance(part, Fraction | Root) and not (isinstance(before, Atom) and before.kind != NUMBER):
        return "·"
    if isinstance(before, Atom) and before.kind == NAME:
        return "" if isinstance(part, Bracket) and part.opening != "|" else " "
    if isinstance(part, Atom) and part.kind == NAME:
        return " "
    if isinstance(before, Script) and isinstance(part, Script | Atom) and not _is_mark(part):
        return " "
    if isinstance(before, Atom) and before.kind == LETTER and isinstance(part, Script):
        return " "
    bars = [node for node in (before, part) if isinstance(node, Bracket) and node.opening == "|"]
    if bars and isinstance(before, Script | Bracket) and not _is_mark(part):
        return " "
    return ""


def _is_mark(part: Node) -> bool:
    return isinstance(part, Atom) and part.kind not in (LETTER, NUMBER, NAME)


def _node(node: Node) -> str:
    match node:
        case Row():
            return _row(node)
        case Atom(text=text):
            return text
        case Words(text=text):
            return text
        case Fraction(top=top, bottom=bottom):
            return f"{_enclosed(top, top=True)}/{_enclosed(bottom, top=False)}"
        case Root(body=body):
            return f"√{_enclosed(body, top=False)}"
        case Bracket(opening=opening, body=body, closing=closing):
            return f"{opening}{_row(body)}{closing}"
        case Script(base=base, below=below, above=above, primes=primes):
            inner = f"({_node(base)})" if isinstance(base, Fraction | Row) and not _is_one(base) else _node(base)
            return inner + _PRIMES[primes] + _script(below, _BELOW, "_") + _script(above, _ABOVE, "^")


def _is_one(node: Node) -> bool:
    return isinstance(node, Row) and len(node.parts) == 1


def _enclosed(row: Row, *, top: bool) -> str:
    """Something before or after a stroke: in brackets unless it holds together without them."""
    text = _row(row)
    parts = row.parts[1:] if top and row.parts and row.parts[0] == Atom("−", BINARY) else row.parts
    called = len(parts) == 2 and isinstance(parts[0], Atom) and parts[0].kind == NAME
    whole = called or (len(parts) == 1 and not isinstance(parts[0], Fraction | Row))
    return text if whole else f"({text})"


def _script(row: Row | None, letters: dict[str, str], mark: str) -> str:
    """An index or exponent: raised or lowered characters where there are such, else after a mark."""
    if row is None:
        return ""
    text = _row(row)
    tight = text.replace(" ", "")
    if all(character in letters for character in tight):
        return "".join(letters[character] for character in tight)
    return f"{mark}{tight}" if tight.isalnum() and mark == "_" else f"{mark}({tight})"
