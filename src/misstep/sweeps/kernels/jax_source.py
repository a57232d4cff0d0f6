"""A program as JAX: jit-compiled for the processor or for a GPU, to some units in the last place."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from misstep.errors import MissingDependency
from misstep.scalars import FloatArray
from misstep.sweeps.kernels.program import Program
from misstep.sweeps.kernels.random import NORMAL, PICK, PICKING, half_open, normal_pair_program, threefry

if TYPE_CHECKING:
    import jax

ULPS = 64
"""By how many units in the last place a step's rows may differ from those of the other kernels.

A unit is that of the largest of the lane's rows before and after the step, and of 1. XLA contracts products and sums,
and counts numbers below the smallest normal one as 0. There is no such bound where a step is not smooth: where rounding
decides a sign, a piece or a rounding to bfloat16; nor for centered RMSprop, which divides by the root of a difference.
"""

_LEAST = 64
"""Lanes of the smallest block. Blocks have powers of 2 of them, so that few sizes are compiled."""

_LOCK = threading.Lock()
_COMPILED: dict[str, Callable[..., Any]] = {}


def has_jax() -> bool:
    """Whether JAX is installed."""
    return importlib.util.find_spec("jax") is not None


def require_jax() -> None:
    """See to it that JAX is there.

    Raises:
        MissingDependency: it is not.
    """
    if not has_jax():
        raise MissingDependency("kernel jax needs JAX: install misstep[jax], or ask for kernel numba")


def advance(
    program: Program,
    text: str,
    rows: FloatArray,
    constants: FloatArray,
    uniform: Sequence[Any],
    tables: Mapping[str, FloatArray],
    keys: npt.NDArray[np.uint64],
    k: int,
    n_steps: int,
    local: int,
    history: FloatArray | None,
) -> None:
    """Move `rows` on in place by `n_steps` steps from step k.

    Numbers of 64 bits are enabled in here alone: what else the process does with JAX is left as it is.

    Args:
        program: A step.
        text: Says all about the program: equal texts share what is compiled.
        rows: Rows × lanes.
        constants: Constants of which each lane has its own × lanes.
        uniform: Constants that all lanes share.
        tables: Arrays that are looked up.
        keys: Cell, replicate and seed × lanes.
        k: Number of the next step.
        n_steps: How many.
        local: Number of steps since the measures were started anew.
        history: Steps × R × lanes: receives the first R rows after each step.

    Raises:
        MissingDependency: JAX is not installed.
    """
    require_jax()
    import jax

    n = rows.shape[1]
    size = max(_LEAST, 1 << (n - 1).bit_length())

    def padded(part: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.pad(part, ((0, 0), (0, size - n)), mode="edge")

    enabled = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64
    with enabled(True):
        with _LOCK:
            if text not in _COMPILED:
                _COMPILED[text] = jax.jit(partial(_run, program, rows.dtype), static_argnames=("kept",))
        given = (padded(rows), padded(constants), np.asarray(uniform, rows.dtype), dict(tables), padded(keys))
        kept = None if history is None else (n_steps, history.shape[1])
        after, seen = _COMPILED[text](*given, k, n_steps, local, kept=kept)
        rows[...] = np.asarray(after)[:, :n]
        if history is not None:
            history[:n_steps] = np.asarray(seen)[:, :, :n]


def _run(
    program: Program,
    dtype: np.dtype[Any],
    rows: jax.Array,
    constants: jax.Array,
    uniform: jax.Array,
    tables: Mapping[str, jax.Array],
    keys: jax.Array,
    k: jax.Array,
    n_steps: jax.Array,
    local: jax.Array,
    kept: tuple[int, int] | None,
) -> tuple[jax.Array, jax.Array | None]:
    """All steps, while JAX traces it; `kept` is how many steps and rows of history there are."""
    import jax
    import jax.numpy as jnp

    # Constants that other programs use may follow those of this one.
    fixed = dict(zip(program.uniform, uniform, strict=False)) | dict(zip(program.lane, constants, strict=False))

    def step(i: Any, now: jax.Array) -> jax.Array:
        values = fixed | dict(zip(program.rows, now, strict=True)) | _driven(program, keys, k + i, dtype)
        known = _evaluated(program, values, tables, dtype, k + i, local + i)
        return jnp.stack([jnp.broadcast_to(known[program.results[row]], now[0].shape) for row in program.rows])

    if kept is None:
        return jax.lax.fori_loop(0, n_steps, step, rows), None

    def remembered(now: jax.Array, i: jax.Array) -> tuple[jax.Array, jax.Array]:
        after = step(i, now)
        return after, after[: kept[1]]

    return jax.lax.scan(remembered, rows, jnp.arange(kept[0]))  # type: ignore[no-any-return]


def _evaluated(
    program: Program, values: Mapping[str, Any], tables: Mapping[str, Any], dtype: np.dtype[Any], k: Any, local: Any
) -> dict[int, Any]:
    """The result of each operation that the rows need."""
    import jax.numpy as jnp

    operations = _operations()
    known: dict[int, Any] = {}
    for index in program.order:
        node = program.node(index)
        a = [known[argument] for argument in node.args]
        match node.op:
            case "input":
                known[index] = values[node.data]
            case "const":
                known[index] = jnp.asarray(node.data, dtype)
            case "step":
                known[index] = jnp.asarray(k + node.data, dtype)
            case "local":
                known[index] = jnp.asarray(local, dtype)
            case "lookup":
                known[index] = tables[node.data][a[0].astype(np.int64)]
            case _:
                known[index] = operations[node.op](*a)
    return known


def _driven(program: Program, keys: jax.Array, k: jax.Array, dtype: np.dtype[Any]) -> dict[str, jax.Array]:
    """What is drawn for step k: the random bits are those of the other kernels."""
    import jax.numpy as jnp

    cell, replicate, seed = keys
    drawn = {}
    if NORMAL in program.driven:
        bits: Any = threefry(seed, cell, jnp.full_like(cell, k >> 1), replicate)
        graph, pair = normal_pair_program()
        normal = Program(graph, (), {str(i): number for i, number in enumerate(pair)})
        uniform = {"u0": half_open(bits[0]) + 2.0**-53, "u1": half_open(bits[1])}
        known = _evaluated(normal, uniform, {}, np.dtype(np.float64), k, k)
        drawn[NORMAL] = jnp.where(k & 1, known[pair[1]], known[pair[0]]).astype(dtype)
    if program.sampling is not None:
        n, order = program.sampling
        place: Any = 0
        if order != "cyclic":
            counter = jnp.full_like(cell, k if order == "independent" else k // n)
            word: Any = threefry(seed, cell, counter, replicate ^ np.uint64(PICKING))[0]
            place = jnp.floor(half_open(word) * n)
        first = place == (0 if order == "independent" else k % n)
        drawn[PICK] = jnp.broadcast_to(jnp.asarray(first, dtype), cell.shape)
    return drawn


def _operations() -> Mapping[str, Callable[..., Any]]:
    import jax
    import jax.numpy as jnp

    def bfloat16(x: Any) -> Any:
        return jax.lax.reduce_precision(x, exponent_bits=11 if x.dtype == np.float64 else 8, mantissa_bits=7)

    return {
        "add": jnp.add,
        "sub": jnp.subtract,
        "mul": jnp.multiply,
        "div": jnp.divide,
        "neg": jnp.negative,
        "absolute": jnp.abs,
        "sqrt": jnp.sqrt,
        "floor": jnp.floor,
        "floor_div": lambda x, period: jnp.floor(x / period),
        "sign": jnp.sign,
        "maximum": jnp.maximum,
        "lt": jnp.less,
        "le": jnp.less_equal,
        "gt": jnp.greater,
        "ge": jnp.greater_equal,
        "eq": jnp.equal,
        "ne": jnp.not_equal,
        "and": jnp.logical_and,
        "or": jnp.logical_or,
        "not": jnp.logical_not,
        "where": jnp.where,
        "mantissa": lambda x: jnp.frexp(x)[0],
        "exponent": lambda x: jnp.frexp(x)[1].astype(x.dtype),
        "scale": lambda x, n: jnp.ldexp(x, n.astype(np.int32)),
        "bfloat16": bfloat16,
    }
