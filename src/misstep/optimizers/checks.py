"""What a hyper-parameter must be: one check for each condition, of a number of any kind or an array of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from flint import arb, fmpq, fmpq_mpoly

from misstep.errors import InvalidInput
from misstep.scalars import Scalar, convert, kind_of


def _check(condition: str, holds: Callable[[Any], Any]) -> Callable[[str, Scalar], None]:
    def check(name: str, value: Scalar) -> None:
        for element in _suspects(value, holds):
            if isinstance(element, fmpq_mpoly):
                continue  # a symbol stands for every value
            if isinstance(element, (list, tuple)):
                raise InvalidInput(f"{name} = {element!r} must be a number or an array")
            try:
                number = convert(element, kind_of(element))
            except InvalidInput as error:
                raise InvalidInput(f"{name} must be a number: {error}") from None
            if not (number.is_finite() if isinstance(number, arb) else isinstance(number, fmpq) or np.isfinite(number)):
                raise InvalidInput(f"{name} = {element} must be finite")
            if not holds(number):
                raise InvalidInput(f"{name} = {element} must be {condition}")

    return check


def _suspects(value: Scalar, holds: Callable[[Any], Any]) -> Iterable[Any]:
    """The elements to look at one by one: of an array of floats, those that are not finite or break the condition."""
    if not isinstance(value, np.ndarray):
        return [value]
    return value[~(np.isfinite(value) & holds(value))].flat if value.dtype.kind == "f" else value.flat


positive = _check("positive", lambda x: x > 0)
nonnegative = _check("at least 0", lambda x: x >= 0)
decay_rate = _check("in [0, 1)", lambda x: (x >= 0) & (x < 1))
