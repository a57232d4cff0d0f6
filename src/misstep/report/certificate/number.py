"""Numbers in formulas: short ones exactly, long ones as the first digits of their decimals."""

from __future__ import annotations

from fractions import Fraction

from misstep.report.certificate.values import Interval, Value

LONGEST = 12
"""Digits of numerator and denominator together up to which a number is written out."""
_DIGITS = 8
"""Digits that are written of a longer one."""


def is_short(number: Fraction) -> bool:
    """Whether it is written exactly."""
    return _exact(number, flat=False) is not None


def number(value: Fraction | int, *, flat: bool = False) -> str:
    r"""A number in the notation of formulas.

    Args:
        value: The number. A long one is cut, toward 0, and ends with `…`.
        flat: Write it without a fraction's line.

    >>> number(Fraction(-1, 10)), number(Fraction(999, 1000)), number(Fraction(1, 10**8)), number(Fraction(1, 2**53))
    ('-\\frac{1}{10}', '0.999', '10^{-8}', '2^{-53}')
    >>> number(Fraction(10**20, 3)), number(Fraction(123456789, 1000000007))
    ('3.3333333… \\cdot 10^{19}', '0.12345678…')
    """
    value = Fraction(value)
    return _exact(value, flat=flat) or _cut(value)


def _exact(value: Fraction, *, flat: bool) -> str | None:
    p, q = abs(value.numerator), value.denominator
    sign = "-" if value < 0 else ""
    if q == 1 and len(str(p)) <= LONGEST:
        zeros = len(str(p)) - 1
        return sign + (f"10^{{{zeros}}}" if zeros > 5 and p == 10**zeros else str(p))
    if p == 1 and q > 4096 and q & (q - 1) == 0:
        return f"{sign}2^{{-{q.bit_length() - 1}}}"
    for places in range(1, 31):
        if 10**places % q == 0:
            scaled = p * 10**places // q
            if scaled == 1 and places > 3:
                return f"{sign}10^{{-{places}}}"
            binary = q <= 64 and q & (q - 1) == 0
            if places <= 6 and (q >= 100 or flat) and not binary and len(str(scaled)) <= LONGEST:
                text = str(scaled).rjust(places + 1, "0")
                return f"{sign}{text[:-places]}.{text[-places:]}"
            if places > 6 and len(str(scaled)) <= 3:
                zeros = len(str(scaled)) - 1
                digits = str(scaled) if zeros == 0 else f"{str(scaled)[0]}.{str(scaled)[1:]}"
                return rf"{sign}{digits} \cdot 10^{{-{places - zeros}}}"
            break
    if q > 1 and len(str(p)) + len(str(q)) <= LONGEST:
        return f"{sign}{p}/{q}" if flat else rf"{sign}\frac{{{p}}}{{{q}}}"
    return None


def _cut(value: Fraction) -> str:
    """The first digits, with a power of ten where the number is large or small."""
    sign, size = ("-" if value < 0 else ""), abs(value)
    exponent = len(str(size.numerator)) - len(str(size.denominator))
    exponent -= size < Fraction(10) ** exponent
    mantissa = int(size / Fraction(10) ** (exponent - _DIGITS + 1))
    digits = str(mantissa)
    if -4 <= exponent < _DIGITS - 1:
        whole = digits[: exponent + 1] if exponent >= 0 else "0"
        rest = digits[exponent + 1 :] if exponent >= 0 else "0" * (-exponent - 1) + digits
        return f"{sign}{whole}.{rest}…"
    return rf"{sign}{digits[0]}.{digits[1:]}… \cdot 10^{{{exponent}}}"


def scaled(value: Fraction, body: str) -> str:
    """value·body, without a factor of 1.

    >>> scaled(Fraction(-1), "x"), scaled(Fraction(2), "x")
    ('-x', '2 x')
    """
    return {1: body, -1: f"-{body}"}.get(int(value) if value.denominator == 1 else 0, f"{number(value)} {body}")


def minus(value: Fraction) -> str:
    """− value, as it follows something; nothing for 0."""
    return "" if value == 0 else f"{'+' if value < 0 else '-'}{number(abs(value), flat=True)}"


def value_text(value: Value) -> str:
    """What was computed: a number, the digits that the ends of a narrow interval share, or an interval around it.

    >>> value_text(Interval(Fraction(1), Fraction(2))), value_text(Fraction(1, 2))
    ('[1, 2]', '1/2')
    """
    if isinstance(value, Interval):
        low, high = value.low, value.high
        if low == high:
            return number(low, flat=True)
        cut = _cut(low), _cut(high)
        if cut[0] == cut[1]:
            return cut[0]
        return interval(_outward(low, up=False), _outward(high, up=True))
    return number(value, flat=True)


def equals(value: Value) -> str:
    r"""A computed value after its relation.

    >>> equals(Fraction(2)), equals(Interval(Fraction(1), Fraction(2)))
    ('= 2', '\\in [1, 2]')
    """
    text = value_text(value)
    return rf"\in {text}" if text.startswith("[") else f"= {text}"


def interval(low: Fraction, high: Fraction) -> str:
    """A closed interval; its one number where it has no length."""
    return number(low) if low == high else f"[{number(low, flat=True)}, {number(high, flat=True)}]"


def _outward(end: Fraction, *, up: bool) -> Fraction:
    """The end itself if it is short, else one of few digits beyond it."""
    if is_short(end) or end == 0:
        return end
    places = 5 - (len(str(abs(end.numerator))) - len(str(end.denominator)))
    scale = Fraction(10) ** places
    scaled = end * scale
    return (
        Fraction(-(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator) / scale
    )
