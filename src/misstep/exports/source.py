"""Exported files, put together from templates: one a target, with what its function needs and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template
from types import MappingProxyType
from typing import Any

import numpy as np
from flint import fmpq

from misstep._version import __version__
from misstep.errors import InvalidInput
from misstep.exports.docstring import module_docstring
from misstep.exports.literal import call, check_exportable, spell
from misstep.exports.rounding import remark, rounded_down, rounded_up
from misstep.exports.words import formula
from misstep.functions import Function, Interpolant, LineFunction, PiecewisePolynomial, RidgeSum, Sine, SmoothPlateau
from misstep.functions.constants import Constant, describe
from misstep.scalars import Exactable, exact, exact_from_float

_ON_ARRAYS: Mapping[type[Function], tuple[str, ...]] = {
    PiecewisePolynomial: ("line", "table", "knots", "piecewise"),
    Sine: ("line", "sine"),
    SmoothPlateau: ("line", "smooth_plateau"),
    RidgeSum: ("table", "ridge"),
    Interpolant: ("by_points", "active_set", "interpolant"),
}


@dataclass(frozen=True)
class Target:
    """A language or framework to export to.

    Attributes:
        folder: Its folder of templates; what is not there is taken from those that array libraries share.
        module: What the library's module is called in the file; `None` for plain Python.
        answer: What a value or a gradient is there, on the line and on R^n.
        parts: The templates that a kind of function needs, in their order, where they are not those of `_ON_ARRAYS`.
    """

    folder: str
    module: str | None
    answer: tuple[str, str]
    parts: Mapping[type[Function], tuple[str, ...]] = field(default_factory=dict)

    def parts_of(self, function: Function) -> Iterator[str]:
        """The names of the templates that the function needs."""
        inner = function.functions if isinstance(function, RidgeSum) else ()
        for part in inner:
            yield from self.parts_of(part)
        yield from {**_ON_ARRAYS, **self.parts}[type(function)]

    def template(self, name: str) -> Template:
        """The template of that name."""
        root = files("misstep.exports").joinpath("templates")
        own, shared = (root.joinpath(folder, f"{name}.txt") for folder in (self.folder, "array"))
        return Template((own if own.is_file() else shared).read_text("utf-8"))


_ELEMENTWISE = ("elementwise, in the dtype of x", "for x of shape (..., n), in the dtype of x")
_PYTHON = Target(
    "python",
    None,
    ("exact for an int or a Fraction, to rounding for a float", "for a sequence of n numbers"),
    {
        PiecewisePolynomial: ("line", "piecewise"),
        RidgeSum: ("space", "ridge"),
        Interpolant: ("space", "active_set", "interpolant"),
    },
)
_NUMPY = Target("numpy", "np", _ELEMENTWISE)
_TORCH = Target("torch", "torch", _ELEMENTWISE)
_JAX = Target("jax", "jnp", _ELEMENTWISE, {Interpolant: ("table", "active_set", "interpolant")})


def to_python(function: Function, *, title: str, facts: Sequence[str] = (), start: Any = "0") -> str:
    """The function as `function.py`: Python 3.9 or later, the standard library alone.

    It has `X0`, `L`, `INFIMUM`, `value(x)` and `gradient(x)`: of a piecewise polynomial (and a ridge sum of them) exact
    for ints and Fractions, and for floats as exact as the result's rounding allows, however far from 0. On a piece of
    degree 1 the gradient of a float is the coefficient, correctly rounded. `python function.py` prints the nodes and
    checks the file, a piecewise polynomial in exact arithmetic; its exit status is 1 where a check fails.

    Args:
        function: A `PiecewisePolynomial`, `Sine`, `SmoothPlateau`, a `RidgeSum` of those, or an `Interpolant`.
        title: One sentence, the first of the file. Titles and facts may hold any characters.
        facts: Lines of text for the file's docstring.
        start: x_0, exact, or a float as the rational that it is; on R^n a sequence, or one number for all entries.

    Returns:
        The text of the file.

    Raises:
        InvalidInput: the function is of another kind, or `start` does not fit it.

    >>> from misstep.functions import cubic
    >>> text = to_python(cubic("1/10"), title="Adam drifts on this function for ever.")
    >>> made = {"__name__": "function"}
    >>> exec(text, made)
    >>> made["L"], made["value"](made["Fraction"](1, 20)), made["gradient"](0.0)
    (Fraction(60, 1), Fraction(0, 1), -1.0)
    """
    return _assemble(_PYTHON, function, title, facts, start)


def to_numpy(function: Function, *, title: str, facts: Sequence[str] = (), start: Any = "0") -> str:
    """The function for numpy: `value(x)` and `gradient(x)` of arrays of any shape, in the dtype of x.

    On R^n the last axis of x has length n. On a piece of degree 1 the gradient is the coefficient, rounded. Arguments,
    result and errors are those of `to_python`; `X0`, `L` and `INFIMUM` are floats.

    >>> from misstep.functions import cubic
    >>> made = {}
    >>> exec(to_numpy(cubic("1/10"), title="The paper's function."), made)
    >>> made["gradient"]([0.0, 0.05])
    array([-1. ,  0.5])
    """
    return _assemble(_NUMPY, function, title, facts, start)


def to_torch(function: Function, *, title: str, facts: Sequence[str] = (), start: Any = "0") -> str:
    """The function for torch: `value(x)`, `gradient(x)`, and the module `Function`, whose `forward` sums the values.

    Everything follows the dtype and the device of x. Values are made of plain operations, so they can be
    differentiated as often as f can (exactly −c on a plateau); those of an `Interpolant` once, and a second
    differentiation raises. Arguments, result and errors are those of `to_python`.

    >>> from misstep.functions import cubic
    >>> print(to_torch(cubic("1/10"), title="The paper's function.").splitlines()[0])
    \"\"\"The paper's function.
    """
    return _assemble(_TORCH, function, title, facts, start)


def to_jax(function: Function, *, title: str, facts: Sequence[str] = (), start: Any = "0") -> str:
    """The function for JAX: `value(x)` and `gradient(x)`, in the dtype of x, for `jit`, `grad` and `vmap`.

    Arguments, result and errors are those of `to_python`. An `Interpolant` is solved in the dtype of x too: turn
    `jax_enable_x64` on where single precision is not enough.

    >>> from misstep.functions import cubic
    >>> print(to_jax(cubic("1/10"), title="The paper's function.").splitlines()[0])
    \"\"\"The paper's function.
    """
    return _assemble(_JAX, function, title, facts, start)


EXPORTS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {"python": to_python, "numpy": to_numpy, "torch": to_torch, "jax": to_jax}
)
"""What writes a file of code, by the name of its target."""


def _assemble(target: Target, function: Function, title: str, facts: Sequence[str], start: Any) -> str:
    check_exportable(function)
    exactly = target.module is None
    docstring = module_docstring(title, [formula(function)], [*facts, f"Made by misstep {__version__}"])
    names = dict.fromkeys(target.parts_of(function))
    classes = [target.template(name).safe_substitute(xp=target.module).strip() for name in names]
    made = f"FUNCTION = {call(function, checked=exactly)}"
    line = isinstance(function, LineFunction)
    answer = target.answer[0 if line else 1]
    symbol, slope = ("f(x)", "f'(x)") if line else ("F(x)", "The gradient of F")
    tail = target.template("tail").substitute(
        value_words=f"{symbol}, {answer}.", gradient_words=f"{slope}, {answer}.", autograd_words="Differentiable."
    )
    body = "\n\n\n".join([*classes, f"{_constants(function, start, exactly=exactly)}\n{made}", tail.strip()])
    return f"{docstring}\n\n{_imports(target, body)}\n\n\n{body}\n"


def _imports(target: Target, body: str) -> str:
    """The import statements whose names the body uses."""
    lines = target.template("imports").template.splitlines()
    return "\n".join(line for line in lines if not line or re.search(rf"\b{line.split()[-1]}\b", body)).strip()


def _constants(function: Function, start: Any, *, exactly: bool) -> str:
    def number(value: fmpq) -> str:
        text = f'Fraction("{spell(value)}")'
        return text if exactly else repr(_float(value))

    def said(constant: Constant | float, direction: str) -> str:
        return remark(constant, direction) if exactly else f"{describe(constant)}, as a float"

    entries = [number(entry) for entry in _start(function, start)]
    L, infimum = function.lipschitz_constant(), function.infimum()
    least = 'float("-inf")' if isinstance(infimum, float) else number(rounded_down(infimum))
    bound = "a lower bound: " if isinstance(function, RidgeSum) else ""
    return "\n".join(
        [
            f"X0 = {entries[0] if isinstance(function, LineFunction) else '[' + ', '.join(entries) + ']'}",
            f"L = {number(rounded_up(L))}  # the gradient's Lipschitz constant: {said(L, 'up')}",
            f"INFIMUM = {least}  # {bound}{said(infimum, 'down')}",
        ]
    )


def _float(value: fmpq) -> float:
    try:
        return int(value.p) / int(value.q)
    except OverflowError:
        raise InvalidInput("a constant of the function is too large for a float: export to python") from None


def _start(function: Function, start: Any) -> list[fmpq]:
    """x_0 as exact numbers, one a dimension."""
    if isinstance(start, str) or not isinstance(start, (Sequence, np.ndarray)):
        return [_exact(start)] * function.dimension
    entries = [_exact(entry) for entry in start]
    if len(entries) != function.dimension:
        raise InvalidInput(f"start has {len(entries)} entries: {function.dimension} are needed")
    return entries


def _exact(number: Exactable | float) -> fmpq:
    return exact_from_float(number) if isinstance(number, float) else exact(number)
