"""One interface to both kinds of kernel: move the rows of all lanes on by some steps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from misstep.scalars import FloatArray
from misstep.sweeps.kernels import jax_source, numpy_source
from misstep.sweeps.kernels.compiled import compiled
from misstep.sweeps.kernels.numba_source import numba_source
from misstep.sweeps.kernels.program import Program
from misstep.sweeps.kernels.random import NORMAL, PICK, normals, picks
from misstep.sweeps.kernels.trace import Steps

KernelName = Literal["numba", "numpy", "jax"]

_BLOCK = 4096
"""Lanes of which numpy holds the intermediate numbers at a time."""


@dataclass(frozen=True)
class Lot:
    """The lanes that are still run: their rows and constants.

    Attributes:
        rows: Rows × lanes.
        constants: Constants of which each lane has its own × lanes.
        keys: Cell, replicate and seed × lanes.
    """

    rows: FloatArray
    constants: FloatArray
    keys: npt.NDArray[np.uint64]

    def only(self, kept: npt.NDArray[np.intp]) -> Lot:
        """Some of the lanes."""
        rows, constants, keys = self.rows[:, kept], self.constants[:, kept], self.keys[:, kept]
        return Lot(np.ascontiguousarray(rows), np.ascontiguousarray(constants), np.ascontiguousarray(keys))


@dataclass(frozen=True)
class Kernel:
    """The steps of lanes by numba or by numpy, with the same bits, or by JAX, to some units in the last place.

    Args:
        steps: Their programs.
        kind: `"numba"`, `"numpy"` or `"jax"`.
        title: What is run, for the reader of a compiled kernel's source.
    """

    steps: Steps
    kind: KernelName
    title: str

    def evaluate(self, program: Program, lot: Lot, k: int = 0, local: int = 0) -> FloatArray:
        """The rows of `program` after one step from the lot's rows, by numpy: rows × lanes."""
        n = lot.rows.shape[1]
        out = np.empty((len(program.rows), n), self.steps.inputs.dtype)
        for start in range(0, n, _BLOCK):
            block = slice(start, start + _BLOCK)
            values: dict[str, Any] = dict(self.steps.inputs.uniform)
            values |= dict(zip(self.steps.inputs.lane, lot.constants[:, block], strict=True))
            values |= dict(zip(self.steps.later.rows, lot.rows[:, block], strict=True))
            cell, replicate, seed = lot.keys[:, block]
            if NORMAL in program.driven:
                values[NORMAL] = normals(int(seed[0]), cell, replicate, k).astype(self.steps.inputs.dtype)
            if program.sampling is not None:
                drawn = picks(int(seed[0]), cell, replicate, k, *program.sampling)
                values[PICK] = drawn.astype(self.steps.inputs.dtype)
            results = numpy_source.step(program, values, self.steps.inputs.tables, self.steps.inputs.dtype, k, local)
            for r, row in enumerate(program.rows):
                out[r, block] = results[row]
        return out

    def advance(self, lot: Lot, k: int, n_steps: int, history: FloatArray | None = None) -> None:
        """Move the lot's rows on in place by `n_steps` steps from step k.

        Args:
            lot: The lanes.
            k: Number of the next step, at most 2^53.
            n_steps: How many.
            history: Steps × R × lanes: receives the first R rows after each step.
        """
        done = 0
        if n_steps and k == 0 and self.steps.first is not self.steps.later:
            lot.rows[...] = self.evaluate(self.steps.first, lot)
            if history is not None:
                history[0] = lot.rows[: history.shape[1]]
            done = 1
        if self.kind == "numpy":
            for step in range(done, n_steps):
                lot.rows[...] = self.evaluate(self.steps.later, lot, k + step, step)
                if history is not None:
                    history[step] = lot.rows[: history.shape[1]]
        elif self.kind == "jax" and done < n_steps:
            inputs, rest = self.steps.inputs, None if history is None else history[done:]
            jax_source.advance(
                self.steps.later,
                self._text,
                lot.rows,
                lot.constants,
                list(inputs.uniform.values()),
                inputs.tables,
                lot.keys,
                k + done,
                n_steps - done,
                done,
                rest,
            )
        elif done < n_steps:
            inputs = self.steps.inputs
            none = np.empty((0, 0, 0), inputs.dtype)
            self._compiled(
                lot.rows,
                lot.constants,
                np.array(list(inputs.uniform.values()), inputs.dtype),
                tuple(inputs.tables.values()) or (np.zeros(1, inputs.dtype),),
                lot.keys,
                k + done,
                n_steps - done,
                done,
                none if history is None else history[done:],
            )

    @cached_property
    def _text(self) -> str:
        inputs = self.steps.inputs
        return numba_source(self.steps.later, inputs.dtype, list(inputs.tables), self.title)

    @cached_property
    def _compiled(self) -> Any:
        return compiled(self._text)
