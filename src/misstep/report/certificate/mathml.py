"""Formulas as MathML, which browsers set without a script or a font of ours."""

from __future__ import annotations

from html import escape

from misstep.report.certificate.formula import (
    BINARY,
    NAME,
    RELATION,
    Atom,
    Bracket,
    Fraction,
    Node,
    Root,
    Row,
    Script,
    Words,
    chunks,
    is_tall,
    read,
    spaced,
)
from misstep.report.certificate.unicode import unicode_row

_PRIMES = ("", "′", "″", "‴")
_SPACE = "\u00a0"
_WHOLE, _TERMS = 22, 44
"""Characters up to which a formula within a sentence is not cut, and up to which its sums are not."""


def mathml(source: str, *, display: bool = False) -> str:
    """A formula as `<math>` elements, one for each part after which a line may end; a short one is whole.

    >>> print(mathml("x = 1", display=True))
    <math displaystyle="true"><mi>x</mi></math><wbr><math displaystyle="true"><mo form="infix">=</mo><mn>1</mn></math>
    """
    style = ' displaystyle="true"' if display else ""
    row = read(source)
    size = len(unicode_row(row))
    pieces = chunks(row, terms=display or size > _TERMS) if display or size > _WHOLE else [row]
    leads = (
        display
        and bool(pieces)
        and isinstance(pieces[0].parts[0], Atom)
        and pieces[0].parts[0].kind in (RELATION, BINARY)
    )
    return "<wbr>".join(
        f"<math{style}>{_row(chunk, first=i == 0 and not leads)}</math>" for i, chunk in enumerate(pieces)
    )


def _row(row: Row, *, first: bool = True) -> str:
    text = ""
    for i, (part, operator) in enumerate(spaced(row)):
        leads = i == 0 and not first
        if isinstance(part, Atom) and part.kind in (RELATION, BINARY):
            infix = operator or leads or part.kind == RELATION
            text += f'<mo form="{"infix" if infix else "prefix"}">{escape(part.text)}</mo>'
        else:
            text += _node(part)
    return text


def _grouped(row: Row) -> str:
    text = _row(row)
    return text if len(row.parts) == 1 and not isinstance(row.parts[0], Row) else f"<mrow>{text}</mrow>"


def _node(node: Node) -> str:
    match node:
        case Row():
            return _grouped(node)
        case Atom(text=text, kind=kind):
            return _atom(text, kind)
        case Words(text=text):
            return f"<mtext>{escape(text).replace(' ', _SPACE)}</mtext>"
        case Fraction(top=top, bottom=bottom):
            return f"<mfrac>{_grouped(top)}{_grouped(bottom)}</mfrac>"
        case Root(body=body):
            return f"<msqrt>{_row(body)}</msqrt>"
        case Bracket(opening=opening, body=body, closing=closing):
            stretchy = "true" if is_tall(body) else "false"
            return (
                f'<mrow><mo form="prefix" stretchy="{stretchy}">{escape(opening)}</mo>{_row(body)}'
                f'<mo form="postfix" stretchy="{stretchy}">{escape(closing)}</mo></mrow>'
            )
        case Script():
            return _script(node)


def _atom(text: str, kind: str) -> str:
    safe = escape(text)
    match kind:
        case "letter":
            return f"<mi>{safe}</mi>"
        case "number":
            return f"<mn>{safe}</mn>"
        case "name":
            return f'<mi>{safe}</mi><mspace width="0.17em"/>'
        case "comma":
            return f'<mo separator="true" form="infix" rspace="0.3em">{safe}</mo>'
        case _:
            return (
                f'<mo form="infix">{safe}</mo>'
                if kind in (RELATION, BINARY)
                else f'<mi mathvariant="normal">{safe}</mi>'
            )


def _script(script: Script) -> str:
    base = _node(script.base)
    if isinstance(script.base, Atom) and script.base.kind == NAME:
        base = f"<mi>{escape(script.base.text)}</mi>"
    below = None if script.below is None else _grouped(script.below)
    above = None if script.above is None else _grouped(script.above)
    if script.primes:
        prime = f"<mo>{_PRIMES[script.primes]}</mo>"
        above = prime if above is None else f"<mrow>{prime}{above}</mrow>"
    if below is None:
        return f"<msup>{base}{above}</msup>"
    if above is None:
        return f"<msub>{base}{below}</msub>"
    return f"<msubsup>{base}{below}{above}</msubsup>"
