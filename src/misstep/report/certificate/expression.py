"""Recurrences as expressions, which are written as formulas and computed from the same tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from misstep.report.certificate.number import interval, number
from misstep.report.certificate.values import Interval, Unknown, Value, absolute, hull, largest, mix, root, sign, square


@dataclass(frozen=True)
class Expression:
    """A term; sums, products and quotients of terms are written with Python's operators."""

    def __add__(self, other: Expression) -> Expression:
        if is_number(other, 0):
            return self
        if is_number(self, 0):
            return other
        if isinstance(self, Number) and isinstance(other, Number):
            return Number(self.value + other.value)
        return Sum(self, other)

    def __neg__(self) -> Expression:
        return Number(Fraction(-1)) * self

    def __sub__(self, other: Expression) -> Expression:
        return self + -other

    def __mul__(self, other: Expression) -> Expression:
        for one, two in ((self, other), (other, self)):
            if is_number(one, 0):
                return ZERO
            if is_number(one, 1):
                return two
        if isinstance(self, Number):
            if isinstance(other, Number):
                return Number(self.value * other.value)
            if isinstance(other, Product) and isinstance(other.left, Number):
                return Number(self.value * other.left.value) * other.right
        return Product(self, other)

    def __truediv__(self, other: Expression) -> Expression:
        if is_number(other, 1) or is_number(self, 0):
            return self
        if isinstance(self, Product) and isinstance(self.left, Number):
            return self.left * Quotient(self.right, other)
        if isinstance(self, Number) and isinstance(other, Number) and other.value:
            return Number(self.value / other.value)
        return Quotient(self, other)


@dataclass(frozen=True)
class Number(Expression):
    """A number, which is written out."""

    value: Fraction


@dataclass(frozen=True)
class Name(Expression):
    """A variable: its key where values are looked up, and how it is written."""

    key: str
    shown: str


@dataclass(frozen=True)
class Literal(Expression):
    """A value put in the place of a variable; unlike a number it is not computed with until all is."""

    value: Value


@dataclass(frozen=True)
class Sum(Expression):
    """One and the other."""

    left: Expression
    right: Expression


@dataclass(frozen=True)
class Product(Expression):
    """One times the other."""

    left: Expression
    right: Expression


@dataclass(frozen=True)
class Quotient(Expression):
    """One over the other."""

    top: Expression
    bottom: Expression


@dataclass(frozen=True)
class Call(Expression):
    """A function of one or two arguments: sqrt, square, abs, sign or max."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Mix(Expression):
    """The average keep·old + (1 − keep)·new."""

    old: Expression
    new: Expression
    keep: Expression


@dataclass(frozen=True)
class Gained(Expression):
    """The corrected average old + (1 − beta)/(1 − beta·p)·(new − old), with p = beta^k."""

    old: Expression
    new: Expression
    beta: Expression
    power: Name


@dataclass(frozen=True)
class Ratio(Expression):
    """(1 − p)/(1 − beta·p), with p = beta^k."""

    beta: Expression
    power: Name


ZERO, ONE, TWO = (Number(Fraction(k)) for k in (0, 1, 2))


def is_number(term: Expression, value: int) -> bool:
    """Whether a term is this number."""
    return isinstance(term, Number) and term.value == value


def sqrt(term: Expression) -> Expression:
    """A square root."""
    return Call("sqrt", (term,))


def power(base: Expression, exponent: str) -> str:
    """A number or name raised to something, as a formula."""
    text = write(base, flat=True)
    simple = isinstance(base, Name) or not set(text) & set("/-^ …")
    return f"{text}^{{{exponent}}}" if simple else f"({text})^{{{exponent}}}"


_SUM, _PRODUCT, _ATOM = 0, 1, 2


def write(term: Expression, *, flat: bool = False) -> str:
    r"""A term as a formula.

    >>> x, beta = Name("x", "x_k"), Number(Fraction(9, 10))
    >>> write(Mix(x, ONE, beta)), write(ZERO - x / sqrt(x))
    ('\\frac{9}{10} x_k+\\frac{1}{10}', '-\\frac{x_k}{\\sqrt{x_k}}')
    """
    match term:
        case Number(value=value):
            return number(value, flat=flat)
        case Name(shown=shown):
            return shown
        case Literal(value=value):
            return interval(value.low, value.high) if isinstance(value, Interval) else number(value, flat=flat)
        case Sum(left=left, right=right):
            first, second = write(left, flat=flat), write(right, flat=flat)
            return f"{first}{second}" if second.startswith("-") else f"{first}+{second}"
        case Product(left=left, right=right):
            return _product(left, right, flat=flat)
        case Quotient(top=top, bottom=bottom):
            return rf"\frac{{{write(top, flat=True)}}}{{{write(bottom, flat=True)}}}"
        case Call(name=name, arguments=arguments):
            return _call(name, arguments, flat=flat)
        case Mix(old=old, new=new, keep=keep):
            return write(keep * old + (ONE - keep) * new, flat=flat)
        case Gained(old=old, new=new, beta=beta):
            gain = rf"\frac{{{write(ONE - beta, flat=True)}}}{{1-{power(beta, 'k+1')}}}"
            return rf"{write(old)}+{gain}({write(new - old)})" if not is_number(beta, 0) else write(new)
        case Ratio(beta=beta):
            return rf"\frac{{1-{power(beta, 'k')}}}{{1-{power(beta, 'k+1')}}}"
    raise AssertionError(type(term))


def _product(left: Expression, right: Expression, *, flat: bool) -> str:
    first = _factor(left, flat=flat)
    if is_number(left, -1):
        return f"-{_factor(right, flat=flat, later=True)}"
    second = _factor(right, flat=flat, later=True)
    digits = second[0].isdigit() or (isinstance(left, Number | Literal) and second.startswith((r"\frac", r"\sqrt")))
    return rf"{first} \cdot {second}" if digits or isinstance(right, Literal) else f"{first} {second}"


def _factor(term: Expression, *, flat: bool, later: bool = False) -> str:
    text = write(term, flat=flat)
    negative = later and text.startswith("-")
    loose = isinstance(term, Sum | Mix | Gained) or (flat and isinstance(term, Number) and "/" in text)
    return f"({text})" if loose or negative else text


def _call(name: str, arguments: tuple[Expression, ...], *, flat: bool) -> str:
    inner = ", ".join(write(argument, flat=flat) for argument in arguments)
    match name:
        case "sqrt":
            return rf"\sqrt{{{inner}}}"
        case "abs":
            return rf"\abs{{{inner}}}"
        case "square":
            (base,) = arguments
            simple = isinstance(base, Name) or (isinstance(base, Literal) and inner.isdigit())
            return _squared(inner) if simple else f"({inner})^2"
        case _:
            return rf"\op{{{name}}}({inner})"


def _squared(shown: str) -> str:
    return f"{shown}^2"


def compute(term: Expression, known: Mapping[str, Value]) -> Value:
    """The value of a term.

    Args:
        term: What to compute.
        known: Values of its variables; `k` is 0 where it is known to be.

    Raises:
        Unknown: it is not known so simply.
    """
    match term:
        case Number(value=value) | Literal(value=value):
            return value
        case Name(key=key):
            return known[key]
        case Sum(left=left, right=right):
            return compute(left, known) + compute(right, known)
        case Product(left=left, right=right):
            return compute(left, known) * compute(right, known)
        case Quotient(top=top, bottom=bottom):
            below = compute(bottom, known)
            if below == 0:
                raise Unknown
            return compute(top, known) / below
        case Call(name=name, arguments=arguments):
            return _called(name, [compute(argument, known) for argument in arguments])
        case Mix(old=old, new=new, keep=keep):
            return mix(compute(old, known), compute(new, known), 1 - compute(keep, known))
        case Gained(old=old, new=new, beta=beta, power=p):
            weight = (
                _quotient(1 - compute(beta, known), compute(beta, known), known[p.key]) if known["k"] else Fraction(1)
            )
            return mix(compute(old, known), compute(new, known), weight)
        case Ratio(beta=beta, power=p):
            return _quotient(1 - known[p.key], compute(beta, known), known[p.key]) if known["k"] else Fraction(0)
    raise AssertionError(type(term))


def _quotient(top: Value, beta: Value, p: Value) -> Value:
    """top/(1 − beta·p), which is known to lie in [0, 1]."""
    below = 1 - beta * p
    low, high = (below.low, below.high) if isinstance(below, Interval) else (below, below)
    if low <= 0 <= high:
        return Interval(Fraction(0), Fraction(1))
    found = top / below
    if not isinstance(found, Interval):
        return found
    return hull(min(max(found.low, Fraction(0)), Fraction(1)), max(min(found.high, Fraction(1)), Fraction(0)))


def _called(name: str, values: list[Value]) -> Value:
    match name:
        case "sqrt":
            return root(values[0])
        case "square":
            return square(values[0])
        case "abs":
            return absolute(values[0])
        case "sign":
            return sign(values[0])
        case _:
            return largest(values[0], values[1])


def substitute(term: Expression, values: Mapping[str, Value]) -> Expression:
    """A term with values in the place of some variables, not yet computed."""
    match term:
        case Name(key=key) if key in values:
            return Literal(values[key])
        case Sum(left=left, right=right):
            return Sum(substitute(left, values), substitute(right, values))
        case Product(left=left, right=right):
            return Product(substitute(left, values), substitute(right, values))
        case Quotient(top=top, bottom=bottom):
            return Quotient(substitute(top, values), substitute(bottom, values))
        case Call(name=name, arguments=arguments):
            return Call(name, tuple(substitute(argument, values) for argument in arguments))
        case Mix(old=old, new=new, keep=keep):
            return substitute(keep * old + (ONE - keep) * new, values)
        case Gained(old=old, new=new, beta=beta, power=p):
            return Gained(substitute(old, values), substitute(new, values), beta, p)
        case _:
            return term
