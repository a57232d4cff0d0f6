"""exp, log, powers and the sine and cosine of turns, from the operations that every machine rounds alike.

Libraries differ in the last bits of these functions, also between an array and a number. Here they are sums, products,
quotients, floors and exact scalings by powers of 2 in a fixed order, so that numpy, numba and a traced program agree to
the last bit. Errors are below 2 units in the last place of float64, away from where the
result is near 0 by cancellation of the argument (tests compare with balls).
"""

from __future__ import annotations

import math

import numpy as np

from misstep.scalars import Scalar, floor, sqrt, where
from misstep.traced import Traced

_LOG2_HIGH = 0.693147180369123816490
"""ln 2 with its last 21 bits cleared: products with exponents are exact."""

_LOG2_LOW = 1.90821492927058770002e-10
"""ln 2 − `_LOG2_HIGH`."""


def split(x: Scalar) -> tuple[Scalar, Scalar]:
    """(m, e) with x = m·2^e and 1/2 ≤ m < 1, for x > 0; both floats.

    >>> split(np.float64(6))
    (np.float64(0.75), np.float64(3.0))
    """
    if isinstance(x, Traced):
        return x.apply("mantissa"), x.apply("exponent")
    mantissa, exponent = np.frexp(x)
    return mantissa, exponent.astype(np.asarray(x).dtype)


def scaled_by_power(x: Scalar, n: Scalar) -> Scalar:
    """x·2^n for a whole number n, a float with |n| ≤ 1022; exact unless the result is subnormal.

    >>> scaled_by_power(np.float64(0.75), np.float64(3))
    np.float64(6.0)
    """
    if isinstance(x, Traced):
        return x.apply("scale", n)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        return np.ldexp(x, np.asarray(n).astype(np.int32))


def exp(x: Scalar) -> Scalar:
    """e^x; 0 below −745 and infinite above 709.78 (float64).

    x = n·ln 2 + r with |r| ≤ ln 2/2, and e^r by its series to r^13/13!.

    >>> abs(float(exp(np.float64(1))) - math.e) < 1e-15
    True
    """
    x = where(x < -750, -750.0, where(x > 710, 710.0, x))
    n = floor(x * (1 / math.log(2)) + 0.5)
    r = (x - n * _LOG2_HIGH) - n * _LOG2_LOW
    series = _horner([1 / math.factorial(j) for j in range(14)], r)
    # 2^n itself may be out of range where e^x is not.
    third = floor(n / 3)
    return scaled_by_power(scaled_by_power(scaled_by_power(series, third), third), n - 2 * third)


def log(x: Scalar) -> Scalar:
    """ln x for a finite x > 0.

    x = m·2^e with √½ ≤ m < √2, and ln m = 2·artanh((m − 1)/(m + 1)) by its series.

    >>> float(log(np.float64(1))), round(float(log(np.float64(10))), 12)
    (0.0, 2.302585092994)
    """
    m, e = split(x)
    small = m < math.sqrt(0.5)
    m, e = where(small, m * 2, m), where(small, e - 1, e)
    s = (m - 1) / (m + 1)
    z = s * s
    series = _horner([2 / (2 * j + 1) for j in range(1, 12)], z)
    return e * _LOG2_HIGH + (2 * s + (s * z * series + e * _LOG2_LOW))


def power(base: Scalar, exponent: Scalar) -> Scalar:
    """base^exponent for base ≥ 1 and exponent ≥ 0: √base at 1/2, base at 1, 1 at 0, else e^(exponent·ln base).

    >>> power(np.float64(9), np.float64(0.5)), power(np.float64(7), np.float64(1))
    (np.float64(3.0), np.float64(7.0))
    """
    general = exp(exponent * log(base))
    return where(exponent * 1.0 == 0.5, sqrt(base), where(exponent * 1.0 == 1, base, general))


_SINE = [(-1) ** j / math.factorial(2 * j + 1) for j in range(9)]
_COSINE = [(-1) ** j / math.factorial(2 * j) for j in range(9)]


def sine_and_cosine_of_turns(turns: Scalar) -> tuple[Scalar, Scalar]:
    """(sin 2πt, cos 2πt); exactly 0, ±1 at multiples of a quarter turn.

    >>> [abs(float(number)) for number in sine_and_cosine_of_turns(np.float64(0.25))]
    [1.0, 0.0]
    """
    quarters = floor(turns * 4 + 0.5)
    angle = (turns - quarters / 4) * (2 * math.pi)
    z = angle * angle
    sine, cosine = angle * _horner(_SINE, z), _horner(_COSINE, z)
    quadrant = quarters - floor(quarters / 4) * 4
    odd = (quadrant == 1) | (quadrant == 3)
    s, c = where(odd, cosine, sine), where(odd, sine, cosine)
    return where(quadrant >= 2, -s, s), where((quadrant == 1) | (quadrant == 2), -c, c)


def _horner(coefficients: list[float], x: Scalar) -> Scalar:
    result = coefficients[-1] + x * 0
    for coefficient in coefficients[-2::-1]:
        result = result * x + coefficient
    return result
