"""Text, numbers and polynomials as LaTeX."""

from __future__ import annotations

import re
import unicodedata

from flint import arb, fmpq

from misstep.exports.docstring import one_line
from misstep.functions.constants import Constant
from misstep.functions.polynomial import Polynomial
from misstep.surd import Surd

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "[": "{[}",
    "]": "{]}",
    '"': "''",
    **{character: f"\\{character}" for character in "#$%&_{}"},
}
_LETTERS = "ßæÆøØœŒłŁ"
_ACCENTS = frozenset("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327")
"""Together with the accented letters that these marks make, what LaTeX sets in its oldest encoding too."""
_MATHEMATICAL = {
    "α": r"\alpha", "β": r"\beta", "ε": r"\varepsilon", "λ": r"\lambda", "μ": r"\mu", "ρ": r"\rho", "φ": r"\varphi",
    "∇": r"\nabla", "√": r"\surd", "∞": r"\infty", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx",
    "−": "-", "·": r"\cdot", "×": r"\times", "±": r"\pm", "→": r"\to", "∈": r"\in", "ℝ": r"\mathbf{R}",
    "⁰": "^0", "¹": "^1", "²": "^2", "³": "^3", "ⁿ": "^n", "₀": "_0", "₁": "_1", "₂": "_2", "½": r"\frac12",
}  # fmt: skip


def escape(text: str) -> str:
    r"""Any text as LaTeX that prints it, on one line.

    >>> print(escape("50% of {x_1}"))
    50\% of \{x\_1\}
    """
    return "".join(_escape_one(character) for character in one_line(text))


def _escape_one(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in _MATHEMATICAL:
        return rf"\ensuremath{{{_MATHEMATICAL[character]}}}"
    letter, *accents = list(unicodedata.normalize("NFD", character))
    if character.isprintable() and (character in _LETTERS or (letter.isascii() and _ACCENTS.issuperset(accents))):
        return character
    return rf"\texttt{{U+{ord(character):04X}}}"


def constant(number: Constant | float) -> str:
    r"""A constant as a formula: fractions, roots, or a ball as a decimal with its error.

    >>> from misstep.surd import surd
    >>> print(constant(surd(1, fmpq(-1, 18), 3)))
    1 - \frac{\sqrt{3}}{18}
    """
    match number:
        case float():
            return r"-\infty" if number < 0 else r"\infty"
        case Surd(a=a, b=b, d=d):
            factor = "" if abs(b.p) == 1 else str(abs(b.p))
            root = rf"{factor}\sqrt{{{d}}}"
            root = root if b.q == 1 else rf"\frac{{{root}}}{{{b.q}}}"
            sign = "-" if b < 0 else "+"
            return f"{rational(a)} {sign} {root}" if a != 0 else root if b > 0 else f"-{root}"
        case arb():
            text = number.str(12, radius=True).strip("[]").replace("+/-", r"\pm")
            return re.sub(r"e([+-]?\d+)", lambda found: rf" \cdot 10^{{{int(found[1])}}}", text)
        case _:
            return rational(number)


def rational(number: fmpq) -> str:
    r"""An exact number as an integer or a fraction.

    >>> print(rational(fmpq(-1, 2)))
    -\frac{1}{2}
    """
    sign = "-" if number < 0 else ""
    whole = str(abs(number.p))
    return sign + (whole if number.q == 1 else rf"\frac{{{whole}}}{{{number.q}}}")


def polynomial(coefficients: Polynomial, variable: str, knot: fmpq) -> str:
    r"""Σ_j c_j (t − knot)^j without the terms that are 0.

    >>> print(polynomial((fmpq(0), fmpq(-1), fmpq(1, 2)), "t", fmpq(1)))
    -\bigl(t - 1\bigr) + \frac{1}{2}\bigl(t - 1\bigr)^{2}
    """
    sign = "-" if knot > 0 else "+"
    base = variable if knot == 0 else rf"\bigl({variable} {sign} {rational(abs(knot))}\bigr)"
    text = ""
    for j, c in enumerate(coefficients):
        if c == 0:
            continue
        power = "" if j == 0 else base if j == 1 else f"{base}^{{{j}}}"
        factor = power if j > 0 and abs(c) == 1 else rational(abs(c)) + power
        text += (" - " if c < 0 else " + ") + factor if text else ("-" if c < 0 else "") + factor
    return text or "0"


def decimal(number: float) -> str:
    r"""A float, rounded to 6 digits.

    >>> print(decimal(1.5e-7))
    1.5 \cdot 10^{-7}
    """
    mantissa, _, exponent = f"{number:.6g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
