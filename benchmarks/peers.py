"""Peers of misstep's kernel: plain C, jit-compiled JAX, optax under vmap and scan, and a loop around torch's Adam."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.adam_cubic import Advance, Contest, Floats
from misstep.scalars import exact

SOURCE = Path(__file__).with_name("adam_cubic.c")
FLAGS = (
    "-O3",
    "-march=native",
    "-ffp-contract=off",
    "-fno-math-errno",  # these two change no result: without them gcc 12 leaves the loop scalar
    "-fno-trapping-math",
    "-fno-loop-unroll-and-jam",  # with it gcc 12 takes two steps at a time, which is a quarter slower here
)
Loaded = ctypes.CDLL

WIDTHS = (512, 256)
"""Bits of the vectors that gcc is told to prefer."""


class Numbers(ctypes.Structure):
    """The constants of the C kernel."""

    _fields_ = [(name, ctypes.c_double) for name in ("learning_rate", "period", "c0", "c1", "c2", "left")]


@cache
def library(width: int) -> ctypes.CDLL | str:
    """The C kernel, compiled for this processor; or why there is none."""
    compiler = shutil.which("gcc")
    if compiler is None:
        return "there is no gcc"
    with tempfile.TemporaryDirectory(prefix="misstep-bench-") as folder:
        built = Path(folder) / "adam_cubic.so"
        options = [f"-mprefer-vector-width={width}", "-shared", "-fPIC"]
        command = [compiler, *FLAGS, *options, str(SOURCE), "-o", str(built), "-lm"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["no reason given"]
            return f"gcc fails: {lines[-1]}"
        loaded = ctypes.CDLL(str(built))
    loaded.roots_and_quotients.restype = ctypes.c_long
    loaded.roots_and_quotients.argtypes = [ctypes.c_long]
    return loaded


def constants(contest: Contest) -> tuple[float, float, float, float, float, float]:
    """Learning rate, period, the coefficients of f' from the constant on, and the gradient left of 0."""
    spacing = float(exact(contest.spacing))
    c1, c2, c3 = (float(c) for c in contest.function.coefficients[0][1:4])
    return spacing, spacing, c1, 2 * c2, 3 * c3, float(contest.function.gradient(np.array([-1.0]))[0])


def c_steps(contest: Contest, width: int = 512) -> Advance:
    """The steps by plain C. Threads run it at once.

    Raises:
        SystemExit: there is no compiler.
    """
    found, numbers = library(width), Numbers(*constants(contest))
    if isinstance(found, str):
        raise SystemExit(found)

    def advance(rows: Floats, beta1: Floats, beta2: Floats, n: int, first: bool, history: Floats | None) -> None:
        given = [array.ctypes.data_as(ctypes.c_void_p) for array in (rows, beta1, beta2)]
        room = None if history is None else history.ctypes.data_as(ctypes.c_void_p)
        sizes = ctypes.c_long(rows.shape[1]), ctypes.c_long(n)
        found.advance(*given, ctypes.byref(numbers), *sizes, ctypes.c_int(first), room)

    return advance


def has(library_name: str) -> bool:
    """Whether it is installed."""
    return importlib.util.find_spec(library_name) is not None


def jax_steps(contest: Contest) -> Advance:
    """The steps by JAX: lanes as arrays, jit, fori_loop; the last ones by scan, which keeps them. In 64 bits."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    alpha, period, c0, c1, c2, left = constants(contest)

    def gradient(x: Any) -> Any:
        u = x - jnp.floor(x) if period == 1 else x - jnp.floor(x / period) * period
        return jnp.where(x < 0, left, (c2 * u + c1) * u + c0)

    def step(rows: Any, beta1: Any, beta2: Any) -> Any:
        x, m, v, low, high, g_high, path = rows
        g = gradient(x)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * (g * g)
        ahead = x - alpha * m / jnp.sqrt(v)
        low, high = jnp.minimum(low, ahead), jnp.maximum(high, ahead)
        return ahead, m, v, low, high, jnp.maximum(g_high, jnp.abs(g)), path + jnp.abs(ahead - x)

    def begun(rows: Any) -> Any:
        g = gradient(rows[0])
        return (rows[0], g, g * g, *rows[3:])

    def moved(rows: Any, beta1: Any, beta2: Any, n: Any) -> Any:
        return jax.lax.fori_loop(0, n, lambda _, now: step(now, beta1, beta2), rows)

    def kept(rows: Any, beta1: Any, beta2: Any, steps: Any) -> Any:
        def one(now: Any, _: Any) -> Any:
            after = step(now, beta1, beta2)
            return after, after[0]

        return jax.lax.scan(one, rows, steps)

    begin, move, keep = (jax.jit(work) for work in (begun, moved, kept))

    def advance(rows: Floats, beta1: Floats, beta2: Floats, n: int, first: bool, history: Floats | None) -> None:
        now = begin(tuple(rows)) if first else tuple(rows)
        if history is None:
            now = move(now, beta1, beta2, n)
        else:
            now, history[:] = keep(now, beta1, beta2, np.arange(n))
        rows[:] = now

    return advance


def optax_ends(contest: Contest, n_steps: int) -> Callable[[], Floats]:
    """Last points by `optax.adam` under vmap over the runs and scan over the steps, in 64 bits, jit-compiled."""
    import jax
    import jax.numpy as jnp
    import optax

    jax.config.update("jax_enable_x64", True)
    alpha, period, c0, c1, c2, left = constants(contest)

    def one(beta1: Any, beta2: Any) -> Any:
        method = optax.adam(alpha, b1=beta1, b2=beta2, eps=0.0)

        def step(now: Any, _: Any) -> Any:
            x, state = now
            u = x - jnp.floor(x / period) * period
            change, state = method.update(jnp.where(x < 0, left, (c2 * u + c1) * u + c0), state)
            return (x + change, state), None

        x = jnp.zeros((), jnp.float64)
        return jax.lax.scan(step, (x, method.init(x)), None, length=n_steps)[0][0]

    all_of_them = jax.jit(jax.vmap(one))
    beta1, beta2 = (jnp.asarray(beta) for beta in contest.betas())
    return lambda: np.asarray(all_of_them(beta1, beta2))


def torch_end(contest: Contest, n_steps: int, beta1: float, beta2: float) -> float:
    """The last point by a Python loop around `torch.optim.Adam` on one number."""
    import torch

    alpha, period, c0, c1, c2, left = constants(contest)
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    method = torch.optim.Adam([x], lr=alpha, betas=(beta1, beta2), eps=0.0)
    for _ in range(n_steps):
        at = x.item()
        u = at - np.floor(at / period) * period
        x.grad = torch.tensor([left if at < 0 else (c2 * u + c1) * u + c0], dtype=torch.float64)
        method.step()
    return float(x.item())
