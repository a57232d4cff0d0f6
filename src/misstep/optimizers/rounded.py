"""Any method with its moments kept in bfloat16, as memory-saving implementations do."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from misstep.errors import InvalidInput
from misstep.optimizers.base import Optimizer
from misstep.scalars import NumberKind, Scalar
from misstep.traced import Traced

MOMENTS = frozenset({"m", "v", "v_max", "s", "u", "mean", "buffer", "total"})
"""Fields of states that average gradients or their squares; powers of β and former iterates are not among them."""

_BITS = 8
"""Significant bits of a bfloat16, the leading one among them."""


def round_to_bfloat16(x: Scalar) -> Scalar:
    """x rounded to the 8 significant bits of a bfloat16, ties to even; floats of either type, or traced.

    Of float64 the wider range of exponents is kept.

    >>> round_to_bfloat16(np.float32(1.01)), round_to_bfloat16(np.float32(1 + 2**-8))
    (np.float32(1.0078125), np.float32(1.0))
    """
    if isinstance(x, Traced):
        return x.apply("bfloat16")
    array = np.asarray(x)
    whole = np.dtype(f"u{array.dtype.itemsize}").type
    dropped = np.finfo(array.dtype).nmant + 1 - _BITS
    bits = array.view(whole)
    even = (bits >> whole(dropped)) & whole(1)
    rounded = (bits + (whole(2 ** (dropped - 1) - 1) + even)) & whole(2 ** (8 * array.dtype.itemsize) - 2**dropped)
    return np.where(np.isfinite(array), rounded.view(array.dtype), array)[()]


@dataclass(frozen=True)
class RoundedMoments(Optimizer[Any]):
    """A method whose moments are rounded to bfloat16 after every step.

        x_{k+1}, s = update(g_k, state_k, x_k),   state_{k+1} = s with each of m, v, … rounded to 8 significant bits

    Args:
        method: The method. Of its state, the fields in `MOMENTS` are rounded.

    Raises:
        InvalidInput: the method has no moments, or is run in a kind of numbers that does not round.

    >>> from misstep.optimizers import Adam
    >>> method = RoundedMoments(Adam(learning_rate=0.1)).cast(NumberKind.FLOAT32)
    >>> x, state = method.update(np.float32(-1), method.init(np.float32(0)), np.float32(0))
    >>> state.v                                                    # 0.001 in float32
    np.float32(0.0009994507)
    """

    method: Optimizer[Any]

    def __post_init__(self) -> None:
        fields = getattr(type(self.method.init(0.0)), "__dataclass_fields__", ())
        if not MOMENTS & set(fields):
            raise InvalidInput(f"{type(self.method).__name__} has no moments to round")

    def cast(self, kind: NumberKind) -> RoundedMoments:
        """This method with every hyper-parameter as a number of `kind`, a float.

        Raises:
            InvalidInput: numbers of `kind` are not rounded.
        """
        if not kind.is_float:
            raise InvalidInput(f"moments are rounded in floating point: {kind.value} numbers are not")
        return RoundedMoments(self.method.cast(kind))

    @property
    def lanes(self) -> tuple[int, ...]:
        """The shape of the method's hyper-parameters."""
        return self.method.lanes

    def init(self, x: Scalar) -> Any:
        """The method's own."""
        return self.method.init(x)

    def update(self, g: Scalar, state: Any, x: Scalar) -> tuple[Scalar, Any]:
        """One step of the method, its moments rounded."""
        x, after = self.method.update(g, state, x)
        names = [entry.name for entry in dataclasses.fields(after) if entry.name in MOMENTS]
        return x, dataclasses.replace(after, **{name: round_to_bfloat16(getattr(after, name)) for name in names})
