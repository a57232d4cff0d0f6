"""Functions as the calls that make them in exported files, with all numbers exact."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from flint import fmpq

from misstep.errors import InvalidInput
from misstep.exports.rounding import rounded_up
from misstep.functions import Function, Interpolant, LineFunction, PiecewisePolynomial, RidgeSum, Sine, SmoothPlateau

MAX_DIGITS = 4300
"""Longest numerator or denominator that Python reads back from text unless it is told otherwise."""

LINE_FUNCTIONS = (PiecewisePolynomial, Sine, SmoothPlateau)
"""What can be exported, on the line."""

_WIDTH = 110
_INDENT = " " * 4


def check_exportable(function: Function) -> None:
    """Raise InvalidInput where a function is of no kind that exports know."""
    parts: Sequence[object] = function.functions if isinstance(function, RidgeSum) else (function,)
    for part in parts:
        if not isinstance(part, LINE_FUNCTIONS) and (part is not function or not isinstance(part, Interpolant)):
            raise InvalidInput(
                f"a {type(part).__name__} cannot be exported: only a PiecewisePolynomial, a Sine, a SmoothPlateau, "
                "a RidgeSum of those, or an Interpolant"
            )


def spell(number: fmpq) -> str:
    """An exact number as text that Python's Fraction reads.

    Raises:
        InvalidInput: it has more digits than Python reads.

    >>> spell(fmpq(-1, 3))
    '-1/3'
    """
    text = str(number)
    if max(map(len, text.lstrip("-").split("/"))) > MAX_DIGITS:
        raise InvalidInput(f"a number of the function has over {MAX_DIGITS} digits, which Python does not read")
    return text


def call(function: Function, *, checked: bool) -> str:
    """The expression that makes a function in an exported file.

    Args:
        function: What to make.
        checked: Whether with what only `function.py` uses, its checks: nodes, and each part's L.

    >>> from misstep.functions import sine
    >>> print(call(sine("1/10"), checked=False))
    Sine(
        spacing="1/10",
        slope="1",
    )
    """
    arguments: list[str]
    match function:
        case RidgeSum():
            return _ridges(function, checked=checked)
        case Interpolant():
            rows = ([*x, f, *g] for x, f, g in zip(function.jets.x, function.jets.f, function.jets.g, strict=True))
            numbers = [" ".join(repr(float(entry)) for entry in row) for row in rows]
            L = function.lipschitz_constant()
            return _call("Interpolant", [f"jets={_block(numbers)}", f"L={float(L)!r}", f"mu={function.mu!r}"])
        case PiecewisePolynomial():
            arguments = _pieces(function, checked=checked)
        case _:
            names = ("spacing", "slope", "rho", "steepness")
            arguments = [f'{name}="{spell(getattr(function, name))}"' for name in names if hasattr(function, name)]
    if checked:
        arguments.append(f'L="{spell(rounded_up(function.lipschitz_constant()))}"')
    return _call(type(function).__name__, arguments)


def groups(function: RidgeSum) -> dict[LineFunction, list[tuple[fmpq, ...]]]:
    """The directions of each different ridge function."""
    found: dict[LineFunction, list[tuple[fmpq, ...]]] = {}
    for direction, ridge in zip(function.directions, function.functions, strict=True):
        found.setdefault(ridge, []).append(direction)
    return found


def _ridges(function: RidgeSum, *, checked: bool) -> str:
    parts = []
    for ridge, directions in groups(function).items():
        rows = _block([" ".join(map(spell, direction)) for direction in directions])
        parts.append(f"(\n{textwrap.indent(f'{call(ridge, checked=checked)},{chr(10)}{rows},', _INDENT)}\n)")
    return _call("RidgeSum", ["[\n" + textwrap.indent(",\n".join(parts) + ",", _INDENT) + "\n]"])


def _pieces(function: PiecewisePolynomial, *, checked: bool) -> list[str]:
    arguments = [
        f"knots={_wrapped(map(spell, function.knots))}",
        f"pieces={_block([' '.join(map(spell, piece)) for piece in function.coefficients])}",
    ]
    for name in ("left_period", "right_period"):
        period = getattr(function, name)
        if period is not None:
            arguments.append(f'{name}="{spell(period)}"')
    nodes = function.node_indices or ()
    if checked and nodes != tuple(range(len(function.knots))):
        arguments.append(f"nodes={_wrapped(map(str, nodes))}")
    return arguments


def _wrapped(words: Iterable[str]) -> str:
    text = " ".join(words)
    if len(text) <= _WIDTH - len(_INDENT):
        return f'"{text}"'
    return _block(textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False))


def _block(lines: Sequence[str]) -> str:
    return '"""\n' + "\n".join(_INDENT + line for line in lines) + '\n"""'


def _call(name: str, arguments: Sequence[str]) -> str:
    return f"{name}(\n" + "".join(textwrap.indent(argument, _INDENT) + ",\n" for argument in arguments) + ")"
