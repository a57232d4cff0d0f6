"""Single instructions that numba has no name for. Imported by compiled kernels only: this needs numba."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic
def fma(_context: Any, a: Any, b: Any, c: Any) -> Any:
    """a·b + c, rounded once."""

    def emit(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return a(a, b, c), emit


@intrinsic
def bits(_context: Any, x: Any) -> Any:
    """The bits of a float64 or float32 as an unsigned integer of its size."""
    whole = types.uint64 if x == types.float64 else types.uint32

    def emit(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(whole))

    return whole(x), emit


@intrinsic
def from_bits(_context: Any, n: Any) -> Any:
    """The float of the size of an unsigned integer that has its bits."""
    number = types.float64 if n == types.uint64 else types.float32

    def emit(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType() if number == types.float64 else ir.FloatType())

    return number(n), emit
