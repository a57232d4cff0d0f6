"""What numba made of a kernel: the instructions of its loop over lanes."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from misstep.sweeps.kernels.lanes import Lanes
from misstep.sweeps.kernels.numba_source import numba_source
from misstep.sweeps.kernels.trace import traced_steps

_KINDS = (
    ("root", re.compile(r"vsqrt")),
    ("division", re.compile(r"vdiv")),
    ("product or fused product", re.compile(r"vmul|vfm|vfnm")),
    ("sum or difference", re.compile(r"vadd|vsub")),
    ("comparison or extreme", re.compile(r"vcmp|vmin|vmax")),
    ("rounding", re.compile(r"vrndscale|vround")),
)
_WIDTHS = {"zmm": 512, "ymm": 256, "xmm": 128}


def inner_loop(lanes: Lanes) -> tuple[int, Counter[str]]:
    """Bits of the vectors, and how many instructions of each kind the loop with the square root has; 0 if it has none.

    A load or a store that is part of an instruction of another kind is counted with both.
    """
    steps = traced_steps(lanes)
    inputs = steps.inputs
    text = numba_source(steps.later, inputs.dtype, list(inputs.tables), "counted").replace("cache=True", "cache=False")
    module: dict[str, Any] = {}
    exec(compile(text, "counted.py", "exec"), module)  # noqa: S102
    n, dtype = lanes.n, inputs.dtype
    module["advance"](
        np.ones((len(steps.later.rows), n), dtype),
        np.array([np.broadcast_to(v, n) for v in inputs.lane.values()], dtype).reshape(-1, n),
        np.array(list(inputs.uniform.values()), dtype),
        tuple(inputs.tables.values()) or (np.zeros(1, dtype),),
        np.zeros((3, n), np.uint64),
        *(1, 1, 0, np.empty((0, 0, 0), dtype)),
    )
    found: list[tuple[int, Counter[str]]] = [(0, Counter())]
    for assembly in module["advance"].inspect_asm().values():
        for block in re.split(r"^\.?\w+:.*$", assembly, flags=re.MULTILINE):
            if re.search(r"\bv?sqrt[ps][ds]\b", block):
                found.append(_counted(block))
    # The loop itself has the widest vectors; of what is left over there may be narrower ones.
    return max(found, key=lambda item: item[0])


def _counted(block: str) -> tuple[int, Counter[str]]:
    counts: Counter[str] = Counter()
    width = 0
    for line in block.splitlines():
        match = re.match(r"\s+(v\w+)\s+(.*)", line)
        if not match:
            continue
        name, operands = match.groups()
        width = max(width, *(bits for register, bits in _WIDTHS.items() if register in operands), 0)
        counts["instructions"] += 1
        if "(" in operands:
            counts["store" if operands.rstrip().split(" {")[0].endswith(")") else "load"] += 1
        counts[next((kind for kind, pattern in _KINDS if pattern.match(name)), "other")] += 1
    return width, counts
