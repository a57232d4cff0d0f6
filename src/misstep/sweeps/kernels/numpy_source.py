"""A program as numpy: one array operation each, over a block of lanes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from misstep.elementary import scaled_by_power, split
from misstep.optimizers.rounded import round_to_bfloat16
from misstep.scalars import FloatArray
from misstep.sweeps.kernels.program import Program

_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "absolute": np.absolute,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "floor_div": lambda x, period: np.floor(x / period),
    "sign": np.sign,
    "maximum": np.maximum,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "where": np.where,
    "mantissa": lambda x: split(x)[0],
    "exponent": lambda x: split(x)[1],
    "scale": scaled_by_power,
    "bfloat16": round_to_bfloat16,
}


def step(
    program: Program,
    values: Mapping[str, Any],
    tables: Mapping[str, FloatArray],
    dtype: np.dtype[Any],
    k: int,
    local: int,
) -> dict[str, Any]:
    """The rows after one step.

    Args:
        program: What is computed.
        values: Of every input: rows, driven inputs and constants.
        tables: Arrays that are looked up.
        dtype: Float type.
        k: Number of the step.
        local: Number of steps since the measures were last started anew.
    """
    known: dict[int, Any] = {}
    with np.errstate(all="ignore"):
        for index in program.order:
            node = program.node(index)
            match node.op:
                case "input":
                    known[index] = values[node.data]
                case "const":
                    known[index] = dtype.type(node.data)
                case "step":
                    known[index] = dtype.type(k + node.data)
                case "local":
                    known[index] = dtype.type(local)
                case "lookup":
                    known[index] = tables[node.data][np.asarray(known[node.args[0]]).astype(np.intp)]
                case _:
                    known[index] = _OPERATIONS[node.op](*(known[argument] for argument in node.args))
    return {row: known[index] for row, index in program.results.items()}
