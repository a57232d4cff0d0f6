"""What the coordinates and variables of a sweep are called in a figure, and how numbers are written there."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

_SYMBOLS: Mapping[str, tuple[str, str, str]] = {
    "beta": ("", r"\beta", "β"),
    "beta1": ("", r"\beta_1", "β₁"),
    "beta2": ("", r"\beta_2", "β₂"),
    "beta3": ("", r"\beta_3", "β₃"),
    "learning_rate": ("learning rate", r"\alpha", "α"),
    "eps": ("", r"\varepsilon", "ε"),
    "x0": ("start", "x_0", "x₀"),
    "noise": ("noise", r"\sigma", "σ"),
    "power": ("power", "p", "p"),
    "gamma": ("", r"\gamma", "γ"),
    "rho": ("", r"\rho", "ρ"),
    "curvature": ("curvature", r"\lambda", "λ"),
    "slope": ("slope", "c", "c"),
    "spacing": ("spacing", "s", "s"),
}
"""By name: word, symbol in TeX, symbol as text."""


_LONGEST_LABEL = 42
"""Letters of a label that has room beside a panel."""


def tex(text: str) -> str:
    """Words of the user's as matplotlib sets them: a dollar is a dollar."""
    return text.replace("$", r"\$")


def coordinate_label(name: str, attributes: Mapping[str, Any]) -> str:
    r"""The label of an axis, for matplotlib, with its unit.

    >>> print(coordinate_label("beta1", {"units": "1"}))
    $\beta_1$
    >>> print(coordinate_label("n_terms", {"long_name": "number of terms", "units": "1"}))
    number of terms
    """
    if name in _SYMBOLS:
        word, symbol, _ = _SYMBOLS[name]
        return f"{word} ${symbol}$".strip() + _unit(attributes)
    return tex(quantity_name(name, attributes)) + _unit(attributes)


def symbol(name: str) -> str:
    """A coordinate in a sentence: its symbol, or its name in words.

    >>> symbol("beta2"), symbol("n_terms")
    ('β₂', 'n terms')
    """
    return _SYMBOLS[name][2] if name in _SYMBOLS else name.replace("_", " ")


def tex_symbol(name: str) -> str:
    """A coordinate in a heading, for matplotlib."""
    return f"${_SYMBOLS[name][1]}$" if name in _SYMBOLS else tex(symbol(name))


def quantity_name(name: str, attributes: Mapping[str, Any]) -> str:
    """A variable in words; what its codes mean is left to the legend.

    >>> quantity_name("departure", {"long_name": "first step off the predicted orbit (-1: never)"})
    'first step off the predicted orbit'
    """
    return str(attributes.get("long_name") or name.replace("_", " ")).split(" (-1:", 1)[0]


def quantity_label(name: str, attributes: Mapping[str, Any]) -> str:
    """A variable in words with its unit, for matplotlib; without what stands in brackets, where that is too long.

    >>> quantity_label("departure", {"long_name": "first step off the predicted orbit (-1: never)", "units": "step"})
    'first step off the predicted orbit (step)'
    """
    words = quantity_name(name, attributes)
    if len(words) > _LONGEST_LABEL:
        words = words.split(" (", 1)[0]
    return tex(words) + _unit(attributes)


def _unit(attributes: Mapping[str, Any]) -> str:
    """The unit in brackets, or nothing for a bare number or one that the name says already."""
    units = str(attributes.get("units", "1"))
    return "" if units in ("", "1") else f" ({tex(units).replace('^2', '²')})"


def number(value: float) -> str:
    """A number as a reader wants it; near 1 with all its nines.

    >>> number(0.30000000000000004), number(0.9999995), number(1e-16), number(-2.0)
    ('0.3', '0.9999995', '1e-16', '−2')
    """
    digits = 6
    if 0.99 < value < 1:
        digits = min(15, 6 - math.floor(math.log10(1 - value)))
    text = f"{abs(value):.{digits}g}".replace("e-0", "e-").replace("e+0", "e+")
    return f"−{text}" if value < 0 else text


def tick_label(value: float) -> str:
    r"""A number at an axis: plain where that is short, else with a power of ten.

    >>> tick_label(0.0), tick_label(0.25), tick_label(1000), tick_label(1e-7), tick_label(-5e6)
    ('0', '0.25', '1000', '$10^{-7}$', '$-5\\times10^{6}$')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:.6g}".replace("-", "−")
    mantissa, exponent = f"{value:.6e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    power = f"10^{{{int(exponent)}}}"
    if mantissa in ("1", "-1"):
        return f"${mantissa.removesuffix('1')}{power}$"
    return rf"${mantissa}\times{power}$"


def shortened(texts: Sequence[str], letters: int = 24) -> tuple[str, ...]:
    r"""Names with arguments, where one is longer than `letters`: the bare names, or the arguments that differ.

    Texts that would no longer differ are left as they are.

    >>> shortened(('adam(learning_rate=0.1, beta1=0.9, eps=1)', 'adam(learning_rate=0.1, beta1=0, eps="$eps")'))
    ('β₁=0.9, ε=1', 'β₁=0, eps=ε')
    >>> shortened(("plateau(rho=1/4, left='periodic')", "cubic(left='periodic')"))
    ('plateau', 'cubic')
    >>> shortened(('adam(dialect="toint", beta1=0.5)', 'adam(dialect="torch", beta1=0.5)'))
    ('toint', 'torch')
    >>> shortened(("cubic", "plateau(rho=1/4)"))
    ('cubic', 'plateau(rho=1/4)')
    """
    whole = tuple(texts)
    if len(whole) < 2 or max(map(len, whole)) <= letters:
        return whole
    names = tuple(text.split("(", 1)[0] for text in whole)
    if len(set(names)) == len(names):
        return names
    arguments = [_ARGUMENT.split(text.partition("(")[2].removesuffix(")")) for text in whole]
    shared = set.intersection(*map(set, arguments))
    kept = [[_argument(one) for one in given if one not in shared] for given in arguments]
    if len(set(names)) == 1 and all(kept):
        short = tuple(map(", ".join, kept))
    else:
        short = tuple(f"{name}({', '.join(left)})".removesuffix("()") for name, left in zip(names, kept, strict=True))
    return short if len(set(short)) == len(short) else whole


_ARGUMENT = re.compile(r", (?=\w+=)")


def _argument(text: str) -> str:
    """An argument with the symbol of its name, or of the axis that it takes; a word in quotes stands for itself."""
    name, _, value = text.partition("=")
    word = value.strip("'\"")
    if word.startswith("$"):
        return f"{name}={symbol(word[1:])}"
    if word != value:
        return word
    return f"{symbol(name) if name in _SYMBOLS else name}={value}"


def share(part: int, whole: int) -> str:
    r"""A share in percent, and 0 % or 100 % only where it is that exactly.

    >>> [share(*of).replace("\u00a0", " ") for of in ((1, 3), (1, 100_000), (99_999, 100_000), (5, 5), (0, 5))]
    ['33 %', '< 0.1 %', '> 99.9 %', '100 %', '0 %']
    """
    if part in (0, whole):
        return "100\u00a0%" if part else "0\u00a0%"
    percent = 100 * part / whole
    if percent < 0.1:
        return "<\u00a00.1\u00a0%"
    if percent > 99.9:
        return ">\u00a099.9\u00a0%"
    return f"{percent:.0f}\u00a0%" if 9.5 <= percent <= 98.5 else f"{percent:.1f}\u00a0%"
