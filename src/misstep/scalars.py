"""Number kinds: float64 and float32 arrays, exact rationals, balls, polynomials in symbols, and traced numbers.

Everything in misstep that computes is written once and runs on any of these kinds. Two rules keep exactness honest:

* a decimal string means the exact decimal (`"0.1"` is 1/10), and a float never becomes an exact number silently:
  `exact(0.1)` raises, `exact_from_float(0.1)` says what it does;
* a comparison of balls is three-valued: `compare` answers `None` when the balls overlap, and code that must branch
  uses `certainly_less` or `possibly_less`, never `<`.
"""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import itemgetter
from typing import Any, TypeAlias

import flint
import numpy as np
import numpy.typing as npt
from flint import arb, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz
from flint.utils.flint_exceptions import DomainError

from misstep.errors import InexactNumber, InvalidInput, IrrationalResult
from misstep.traced import Traced
from misstep.traced import where as traced_where

Scalar: TypeAlias = Any
"""A number of any kind below, or an array of them. Arithmetic between kinds is checked at run time, not by types."""

Exactable: TypeAlias = int | str | Fraction | Decimal | fmpq | fmpz
"""What `exact` accepts."""

FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]

MAX_DIGITS = 4096
"""Longest numerator, denominator or exponent range that `exact` reads from a string (decimal digits)."""

MAX_EXPONENT = 2**16
"""Largest exponent of 2, up or down, of a ball's end that becomes a rational."""

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_RATIO = re.compile(r"[+-]?\d+/\d+", re.ASCII)


class NumberKind(enum.Enum):
    """The kinds of number that a computation may run on."""

    FLOAT64 = "float64"
    FLOAT32 = "float32"
    EXACT = "exact"
    BALL = "ball"
    SYMBOLIC = "symbolic"
    TRACED = "traced"

    @property
    def dtype(self) -> np.dtype[Any]:
        """The numpy dtype of an array of this kind (`object` for the kinds that are not floats).

        >>> NumberKind.FLOAT32.dtype
        dtype('float32')
        """
        return np.dtype(self.value if self.is_float else object)

    @property
    def is_float(self) -> bool:
        """Whether this kind rounds: float64 or float32."""
        return self in (NumberKind.FLOAT64, NumberKind.FLOAT32)


def exact(value: Exactable) -> fmpq:
    """The exact rational that `value` spells.

    Args:
        value: An int, `Fraction`, `Decimal`, python-flint rational, or a string `"p/q"` or decimal (`"0.1"`, `"1e-3"`).

    Returns:
        A `flint.fmpq`.

    Raises:
        InexactNumber: `value` is a float.
        InvalidInput: the string is not a number, is not finite, divides by zero, or has over `MAX_DIGITS` digits.

    >>> exact("0.1"), exact("1/3"), exact(2)
    (1/10, 1/3, 2)
    >>> exact(0.1)
    Traceback (most recent call last):
        ...
    misstep.errors.InexactNumber: 0.1 is a float (exactly 3602879701896397/36028797018963968): write "0.1" for ...
    """
    given: Any = value
    match given:
        case fmpq():
            return given
        case bool():
            raise InvalidInput(f"{given!r} is a truth value, not a number")
        case int() | fmpz() | np.integer():
            return fmpq(int(given))
        case Fraction():
            return fmpq(given.numerator, given.denominator)
        case Decimal() | str():
            return _parse(str(given))
        case float() | np.floating():
            number = float(given)
            if not math.isfinite(number):
                raise InvalidInput(f"{number} is not a finite number")
            raise InexactNumber(
                f"{number!r} is a float (exactly {exact_from_float(number)}): "
                f'write "{number!r}" for the decimal, or exact_from_float({number!r}) for the float'
            )
    raise InvalidInput(f"{given!r} ({type(given).__name__}) is not an exact number")


def _parse(text: str) -> fmpq:
    stripped = text.strip()
    shown = stripped if len(stripped) <= 40 else f"{stripped[:24]}… ({len(stripped)} characters)"
    # Longer than any number within the limit: refused before any digit is converted.
    if len(stripped) > 2 * MAX_DIGITS + 16:
        raise InvalidInput(f"{shown} has too many digits: at most {MAX_DIGITS} are read")
    if _RATIO.fullmatch(stripped):
        numerator, denominator = stripped.split("/")
        if max(len(numerator), len(denominator)) > MAX_DIGITS:
            raise InvalidInput(f"{shown} has too many digits: at most {MAX_DIGITS} are read")
        # fmpz reads digits itself: Python's int() refuses long strings by a process-wide setting.
        if fmpz(denominator) == 0:
            raise InvalidInput(f"{shown} divides by zero")
        return fmpq(fmpz(numerator.removeprefix("+")), fmpz(denominator))
    if not _DECIMAL.fullmatch(stripped):
        raise InvalidInput(f"{shown!r} is not a finite number: write a decimal such as 0.1 or a ratio such as 1/10")
    mantissa, _, exponent = stripped.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    if len(whole) + len(fraction) > MAX_DIGITS or len(exponent) > 6 or abs(int(exponent or 0)) > MAX_DIGITS:
        raise InvalidInput(f"{shown} has too many digits: at most {MAX_DIGITS} are read")
    number = fmpq(fmpz((whole + fraction).removeprefix("+")))
    return number * fmpq(10) ** (int(exponent or 0) - len(fraction))


def exact_from_float(value: float) -> fmpq:
    """The rational that the float `value` is, bit for bit.

    >>> exact_from_float(0.5)
    1/2
    >>> exact_from_float(0.1) == exact("0.1")
    False
    """
    if not math.isfinite(value):
        raise InvalidInput(f"{value} is not a finite number")
    return fmpq(*float(value).as_integer_ratio())


def ball(value: Exactable | arb) -> arb:
    """A ball (midpoint and radius) that contains the exact `value`, at the precision in force (see `precision`).

    Raises:
        InexactNumber: `value` is a float.

    >>> ball("0.1").contains(arb(exact("1/10")))
    True
    """
    return value if isinstance(value, arb) else arb(exact(value))


def interval(lower: Scalar, upper: Scalar) -> arb:
    """A ball that contains every number between `lower` and `upper` (exact numbers or balls).

    >>> interval(exact("1"), exact("2")).contains(arb(1.5))
    True
    """
    return arb(lower).union(arb(upper))


def hull(balls: Iterable[arb]) -> arb:
    """A ball that contains every number of the given balls, at least one.

    >>> hull([arb(1), arb(2)]).contains(arb(1.5))
    True
    """
    return reduce(arb.union, balls)


def ends(x: arb) -> tuple[fmpq, fmpq]:
    """The lower and the upper end of a ball as rationals, outward.

    A ball's exponent may be too long for the memory that a rational of its size takes: ends nearer to 0 than
    2^−`MAX_EXPONENT` are moved outward to 0 or to that, and balls beyond 2^`MAX_EXPONENT` are refused.

    Raises:
        InvalidInput: the ball is not finite, or too large.

    >>> ends(arb(1.5))
    (3/2, 3/2)
    """
    if not x.is_finite():
        raise InvalidInput(f"the ball {x} is not finite")
    return _end(x.lower(), -1), _end(x.upper(), 1)


def _end(x: arb, outward: int) -> fmpq:
    mantissa, exponent = x.man_exp()
    size = int(exponent) + int(mantissa).bit_length()
    if mantissa == 0 or abs(size) <= MAX_EXPONENT:
        return x.fmpq()
    if size > 0:
        raise InvalidInput(f"a ball near 2^{size} is too large")
    return outward * fmpq(1, 2**MAX_EXPONENT) if mantissa * outward > 0 else fmpq(0)


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Run the block with balls of `bits` bits; the precision before is restored after it.

    >>> with precision(200):
    ...     ball(2).sqrt().rel_accuracy_bits() > 190
    True
    """
    with flint.ctx.workprec(bits):
        yield


def symbols(names: str) -> tuple[fmpq_mpoly, ...]:
    """Symbols for exact identities: polynomials over the rationals. Every symbol stands for a *positive* number.

    Positivity is what decides the sign of a square root: `sqrt` of c² is c. Identities found this way hold for every
    value of the symbols, and their positivity is used only where a root is taken.

    Args:
        names: Names separated by spaces.

    >>> beta1, g = symbols("beta1 g")
    >>> beta1 * g + (1 - beta1) * g
    g
    """
    return tuple(fmpq_mpoly_ctx.get(tuple(names.split()), flint.Ordering.lex).gens())


def kind_of(value: Scalar) -> NumberKind:
    """The kind of a number or array. Plain Python ints and floats are float64, strings and fractions exact.

    >>> kind_of(0.5), kind_of("0.5")
    (<NumberKind.FLOAT64: 'float64'>, <NumberKind.EXACT: 'exact'>)
    """
    match value:
        case arb():
            return NumberKind.BALL
        case fmpq() | fmpz() | str() | Fraction() | Decimal():
            return NumberKind.EXACT
        case fmpq_mpoly():
            return NumberKind.SYMBOLIC
        case Traced():
            return NumberKind.TRACED
        case bool():
            raise InvalidInput(f"{value!r} is a truth value, not a number")
        case int() | float():
            return NumberKind.FLOAT64
        case np.ndarray() | np.generic():
            if value.dtype == np.float32:
                return NumberKind.FLOAT32
            if value.dtype == np.float64 or value.dtype.kind in "iu":
                return NumberKind.FLOAT64
            if value.dtype == object and value.size:
                kinds = {kind_of(element) for element in value.flat}
                if len(kinds) == 1:
                    return kinds.pop()
                raise InvalidInput(f"an array mixes number kinds: {sorted(kind.value for kind in kinds)}")
            raise InvalidInput(f"an array of dtype {value.dtype} holds no numbers of a known kind")
        case list() | tuple():
            return kind_of(_object_array(value))
    raise InvalidInput(f"{value!r} ({type(value).__name__}) is not a number of a known kind")


def convert(value: Scalar, kind: NumberKind) -> Scalar:
    """`value` as a number (or array) of `kind`.

    Rounding happens only towards floats. A float is refused where an exact number or a ball is asked for.

    Raises:
        InexactNumber: `value` is a float and `kind` is not.
        InvalidInput: `value` is not a number.

    >>> convert("0.1", NumberKind.FLOAT64), convert("0.1", NumberKind.EXACT)
    (np.float64(0.1), 1/10)
    """
    if isinstance(value, (list, tuple)):
        value = _object_array(value)
    if isinstance(value, np.ndarray):
        if kind.is_float and value.dtype != object:
            return value.astype(kind.dtype, copy=False)
        converted = elementwise(lambda element: convert(element, kind), value)
        return converted.astype(kind.dtype)
    match kind:
        case NumberKind.FLOAT64 | NumberKind.FLOAT32:
            if isinstance(value, (str, Decimal, Fraction)):
                value = exact(value)
            if isinstance(value, fmpq_mpoly):
                raise InvalidInput(f"the symbol expression {value} has no floating-point value")
            return _rounded(value, kind)
        case NumberKind.EXACT:
            if isinstance(value, arb):
                raise InexactNumber(f"the ball {value} is not one exact number")
            return exact(value)
        case NumberKind.BALL:
            return ball(value)
        case NumberKind.SYMBOLIC:
            return value if isinstance(value, (fmpq_mpoly, fmpq)) else exact(value)
        case NumberKind.TRACED:
            return value if isinstance(value, Traced) else convert(value, NumberKind.FLOAT64)


def _object_array(rows: Sequence[Any]) -> npt.NDArray[Any]:
    array = np.asarray(rows, dtype=object)
    if any(isinstance(element, (list, tuple, np.ndarray)) for element in array.flat):
        raise InvalidInput("an array is ragged: its rows must have one length")
    return array


def _rounded(value: Any, kind: NumberKind) -> Any:
    """One number as a float of `kind`."""
    if isinstance(value, (bool, np.bool_)):
        raise InvalidInput(f"{value!r} is a truth value, not a number")
    try:
        number = float(value)
    except TypeError:
        raise InvalidInput(f"{value!r} ({type(value).__name__}) is not a number") from None
    except OverflowError:
        raise InvalidInput(f"a number of kind {type(value).__name__} is too large for {kind.value}") from None
    if math.isfinite(number) and abs(number) > float(np.finfo(kind.dtype).max):
        raise InvalidInput(f"{number} is too large for {kind.value}")
    return kind.dtype.type(number)


def zeros_like(x: Scalar) -> Scalar:
    """Zero in the kind and shape of `x`; exact, also for balls.

    >>> zeros_like(exact("1/3"))
    0
    """
    if isinstance(x, np.ndarray) and x.dtype == object:
        return elementwise(zeros_like, x)
    if isinstance(x, fmpq_mpoly):
        return x - x
    if isinstance(x, Traced):
        return x.graph.constant(0)
    if isinstance(x, np.ndarray):
        return np.zeros_like(x)
    return convert(0, kind_of(x))


def elementwise_parts(function: Callable[[Any], tuple[Any, ...]], array: npt.NDArray[Any]) -> tuple[Any, ...]:
    """Like `elementwise` for a function that returns several numbers: one object array for each of them."""
    results = elementwise(function, array)
    return tuple(elementwise(itemgetter(i), results) for i in range(len(results.flat[0])))


def elementwise(function: Callable[[Any], Any], array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """`function` of every element of an object array, as an object array of the same shape."""
    result = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        result[index] = function(array[index])
    return result


def _dispatch(x: Scalar, on_floats: Callable[[Any], Any], on_one: Callable[[Any], Any]) -> Scalar:
    """Apply the numpy function to floats, its namesake to traced numbers, `on_one` to every exact number or ball."""
    if isinstance(x, Traced):
        return x.apply(on_floats.__name__)
    if isinstance(x, np.ndarray) and x.dtype == object:
        return elementwise(on_one, x)
    if isinstance(x, (np.ndarray, np.generic, float, int)):
        return on_floats(x)
    return on_one(x)


def sqrt(x: Scalar) -> Scalar:
    """√x in the kind of `x`.

    For symbols, the root is the one that is positive for positive symbols.

    Raises:
        IrrationalResult: `x` is exact and its root is not rational, or symbolic and not the square of a polynomial
            whose sign is known.

    >>> sqrt(exact("4/9"))
    2/3
    >>> sqrt(exact(2))
    Traceback (most recent call last):
        ...
    misstep.errors.IrrationalResult: √(2) is not rational: use balls
    """
    return _dispatch(x, np.sqrt, _sqrt_one)


def _sqrt_one(x: Scalar) -> Scalar:
    if isinstance(x, arb):
        # The true value of a quantity under a root is not negative; what a ball holds below zero is its own radius.
        if x < 0:
            raise InvalidInput(f"the square root of the negative ball {x}")
        return x.nonnegative_part().sqrt()
    try:
        root = x.sqrt()
    except (DomainError, ValueError):
        raise IrrationalResult(f"√({x}) is not rational: use balls") from None
    if isinstance(root, fmpq_mpoly):
        for candidate in (root, -root):
            if all(coefficient >= 0 for coefficient in candidate.coeffs()):
                return candidate
        raise IrrationalResult(f"the sign of {root} is not known for all positive symbols")
    return root


def absolute(x: Scalar) -> Scalar:
    """|x| in the kind of `x`."""
    return _dispatch(x, np.abs, abs)


def sign(x: Scalar) -> Scalar:
    """−1, 0 or 1; a ball that contains zero gives the ball of all three.

    >>> sign(exact("-1/2"))
    -1
    """
    return _dispatch(x, np.sign, _sign_one)


def _sign_one(x: Scalar) -> Scalar:
    return x.sgn() if isinstance(x, arb) else fmpq(int(x > 0) - int(x < 0))


def maximum(x: Scalar, y: Scalar) -> Scalar:
    """The larger of `x` and `y`, elementwise; of two balls, the ball of all their maxima.

    >>> maximum(exact("1/3"), exact("1/2"))
    1/2
    """
    if any(isinstance(side, np.ndarray) and side.dtype == object for side in (x, y)):
        return np.frompyfunc(maximum, 2, 1)(x, y)
    if isinstance(x, Traced):
        return x.apply("maximum", y)
    if isinstance(y, Traced):
        return y.graph.constant(x).apply("maximum", y)
    if isinstance(x, arb):
        return x.max(y)
    if isinstance(x, fmpq):
        return x if x >= y else y
    return np.maximum(x, y)


def floor(x: Scalar) -> Scalar:
    """⌊x⌋ of a float or a traced number, as a float."""
    return _dispatch(x, np.floor, lambda number: number.floor())


def where(condition: Any, yes: Scalar, no: Scalar) -> Scalar:
    """`yes` where the condition on floats or traced numbers holds, else `no`; both are computed.

    >>> where(np.float64(2) > 1, 10.0, 20.0)
    np.float64(10.0)
    """
    if isinstance(condition, Traced):
        return traced_where(condition, yes, no)
    # Python's own numbers take the type of the other side, as in arithmetic.
    kinds = [side.dtype for side in (yes, no) if isinstance(side, (np.ndarray, np.generic))]
    return np.where(condition, *(np.asarray(side, kinds[0] if kinds else None) for side in (yes, no)))[()]


def compare(x: Scalar, y: Scalar) -> int | None:
    """−1, 0 or 1 as `x` is less than, equal to or greater than `y`; `None` when their enclosures cannot tell.

    >>> compare(exact("1/3"), exact("1/2")), compare(arb(1, 1), arb(1))
    (-1, None)
    """
    if x < y:
        return -1
    if x > y:
        return 1
    if x == y:
        return 0
    return None


def certainly_less(x: Scalar, y: Scalar) -> bool:
    """Whether x < y for all values that the enclosures hold."""
    return compare(x, y) == -1


def possibly_less(x: Scalar, y: Scalar) -> bool:
    """Whether x < y for some values that the enclosures hold."""
    return compare(x, y) in (-1, None)
