"""Numbers, lists and comments as Coq reads them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from flint import fmpq

LARGEST_LITERAL = 1000
"""Largest natural number that is written in digits where Coq would count up to it."""


def rational(number: fmpq) -> str:
    """A number of type Q.

    >>> rational(fmpq(-1, 3))
    '(-1 # 3)'
    """
    return f"({int(number.p)} # {int(number.q)})"


def real(number: fmpq) -> str:
    """A number of type R.

    >>> real(fmpq(2)), real(fmpq(-2)), real(fmpq(-1, 3))
    ('2', '(-2)', '(-1 / 3)')
    """
    if number.q == 1:
        return str(int(number.p)) if number >= 0 else f"({int(number.p)})"
    return f"({int(number.p)} / {int(number.q)})"


def natural(number: int) -> str:
    """A number where one of type nat is expected.

    >>> natural(7), natural(100000)
    ('7', '(Z.to_nat 100000)')
    """
    return str(number) if number <= LARGEST_LITERAL else f"(Z.to_nat {number})"


def interval(ends: tuple[fmpq, fmpq]) -> str:
    """An interval with rational ends."""
    return f"({rational(ends[0])}, {rational(ends[1])})"


def listed(items: Iterable[str]) -> str:
    """A list, broken into lines.

    >>> listed(["1", "2"])
    '[1; 2]'
    """
    return textwrap.fill(f"[{'; '.join(items)}]", 110, break_long_words=False, break_on_hyphens=False)


def polynomial(coefficients: Sequence[fmpq]) -> str:
    """The coefficients of a polynomial, from the lowest on."""
    return f"[{'; '.join(map(rational, coefficients))}]"


def comment(*paragraphs: str) -> str:
    """Paragraphs as a comment that ends where it should, whatever they hold.

    >>> print(comment('It ends here: *)', 'a " too'))
    (* It ends here: * )
    <BLANKLINE>
       a ′ too *)
    """
    wrapped = []
    for paragraph in paragraphs:
        text = " ".join(paragraph.split()).replace("*)", "* )").replace("(*", "( *").replace('"', "′")
        wrapped.append(
            textwrap.fill(text, 112, subsequent_indent="   ", break_long_words=False, break_on_hyphens=False)
        )
    return f"(* {(chr(10) * 2 + '   ').join(wrapped)} *)"
