"""A program as the source of a numba kernel: blocks of lanes that stay in registers and the first-level cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from misstep.sweeps.kernels.measures import LATE
from misstep.sweeps.kernels.program import Program
from misstep.sweeps.kernels.random import NORMAL, PICK, PICKING, normal_pair_program, threefry_source

WIDTH = 64
"""Lanes of a block: with them in one flat array at constant offsets, the loop over them is vectorized."""

_INFIX = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==",
    "ne": "!=", "and": "&", "or": "|",
}  # fmt: skip

_KEYS = """\
            B[j] = keys[0, i]
            B[{width} + j] = keys[1, i]"""

_DRAWN = """\
            if (k & 1) == 0 or step == 0:
                key0 = seed
                counter = np.uint64(k >> 1)
                for j in range({width}):
                    key1, x0, x1 = B[j], counter, B[{width} + j]
{threefry}
                    U[j] = float64(x0 >> np.uint64(11)) * 2.0**-53 + 2.0**-53
                    U[{width} + j] = float64(x1 >> np.uint64(11)) * 2.0**-53
                for j in range({width}):
                    u0, u1 = U[j], U[{width} + j]
{normals}
                    S[{first} + j] = T({z0})
                    S[{second} + j] = T({z1})"""

_PICKED = """\
            if {when}:
                key0 = seed
                counter = np.uint64({counter})
                for j in range({width}):
                    key1, x0, x1 = B[j], counter, B[{width} + j] ^ np.uint64({picking})
{threefry}
                    S[{place} + j] = T(np.floor(float64(x0 >> np.uint64(11)) * 2.0**-53 * {n}))"""

_HEAD = '''\
"""A kernel of misstep, written by it: {title}."""

import numpy as np
from numba import njit, {dtype} as T, float32, float64

from misstep.sweeps.kernels.intrinsics import bits, fma, from_bits


@njit(cache=True, nogil=True, error_model="numpy", boundscheck=False)
def advance(state, lane, uniform, tables, keys, k_start, n_steps, local_start, history):
    n = state.shape[1]
    room = np.empty({rows} * {width} + 64 // {item}, {dtype_name})
    skipped = (-room.ctypes.data % 64) // {item}  # blocks begin where cache lines do
    S = room[skipped : skipped + {rows} * {width}]
    seed = keys[2, 0]
    B = np.empty(2 * {width}, np.uint64)
    U = np.empty(2 * {width}, np.float64)
'''


def numba_source(program: Program, dtype: np.dtype[Any], tables: Sequence[str], title: str) -> str:
    """The text of a module with the function `advance`.

        advance(state, lane, uniform, tables, keys, k_start, n_steps, local_start, history)

    It moves `state` (rows × lanes) on by `n_steps` steps in place. `history` (steps × R × lanes) receives the first R
    rows after every step, where R is not 0.
    """
    return _Writer(program, dtype, tables).text(title)


class _Writer:
    def __init__(self, program: Program, dtype: np.dtype[Any], tables: Sequence[str], letter: str = "t") -> None:
        self.letter = letter
        self.program, self.dtype, self.tables = program, dtype, tables
        self.unit = {table: f"tables[{i}]" for i, table in enumerate(tables)}
        self.lines: list[str] = []
        needed = set(program.order)
        used = {program.node(index).data for index in needed if program.node(index).op == "input"}
        self.rows = list(program.rows)
        self.lane = [name for name in program.lane if name in used]
        self.normal = NORMAL in program.driven
        # Unchanging operations that a changing one takes: computed once, each in a place of its own.
        borders = {
            argument
            for index in program.varying
            for argument in program.node(index).args
            if argument not in program.varying
        } | {index for index in program.results.values() if index not in program.varying}
        self.kept = [
            index
            for index in sorted(borders)
            if index in program.of_lane and program.node(index).op not in ("input", "const")
        ]
        self.boolean_kept = {i for i in self.kept if program.node(i).op in _BOOLEAN}
        places = [*self.rows, *(f"lane {name}" for name in self.lane), *(f"node {index}" for index in self.kept)]
        self.divisors = [
            index for index in program.order if program.node(index).op == "floor_div" and index in program.varying
        ]
        for index in self.inverses():
            if index in program.of_lane:
                places += [f"inverse {index}", f"rest {index}"]
        self.late = self.late_rows()
        self.main = set(program.needed(program.results[row] for row in self.rows if row not in self.late))
        self.renamed: dict[int, str] = {}
        if self.late:
            places += ["before"]
        if self.normal:
            places += ["normal 0", "normal 1"]
        if program.sampling is not None:
            places += ["picked"]
        self.place = {name: i * WIDTH for i, name in enumerate(places)}

    def inverses(self) -> list[int]:
        """The unchanging divisors of which only the floor of the quotient is asked for."""
        found = {self.program.node(index).args[1] for index in self.divisors}
        return sorted(index for index in found if index not in self.program.varying)

    def late_rows(self) -> list[str]:
        """The rows of `LATE` here, whose next values depend on x before and after the step, and on themselves."""
        program = self.program
        if "x" not in self.rows:
            return []
        found = [row for row in self.rows if row in LATE]
        for index in self.late_operations(found):
            taken = program.node(index)
            assert taken.op != "input" or taken.data in ("x", *found)
        return found

    def late_operations(self, late: Sequence[str]) -> list[int]:
        """What the late rows take to be computed, but for x before and after."""
        program, ahead = self.program, self.program.results["x"]
        found: set[int] = set()
        stack = [program.results[row] for row in late]
        while stack:
            index = stack.pop()
            if index not in found and index != ahead and index in program.varying:
                found.add(index)
                stack.extend(program.node(index).args)
        return sorted(found)

    # --- the parts of the function ------------------------------------------------------------------------------------

    def text(self, title: str) -> str:
        program = self.program
        head = _HEAD.format(
            title=title, dtype=self.dtype.name, rows=max(1, len(self.place)), width=WIDTH,
            dtype_name=f"np.{self.dtype.name}", item=self.dtype.itemsize,
        )  # fmt: skip
        out = self.lines = []
        uniform = [i for i in program.order if i not in program.varying and i not in program.of_lane]
        for index in uniform:
            self.assign(4, index)
        for index in self.inverses():
            if index not in program.of_lane:
                out += [f"    {line}" for line in _inverse(index)]
        out += [
            f"    for b in range(0, n, {WIDTH}):",
            f"        w = min({WIDTH}, n - b)",
            f"        for j in range({WIDTH}):",
            "            i = b + (j if j < w else w - 1)",
        ]
        for r, row in enumerate(self.rows):
            out.append(f"            S[{self.at(row)}] = state[{r}, i]")
        of_lane = [i for i in program.order if i in program.of_lane]
        for index in of_lane:
            self.assign(12, index, arrays=True)
        if program.driven:
            out += _KEYS.format(width=WIDTH).splitlines()
        for r, name in enumerate(program.lane):
            if name in self.lane:
                out.append(f"            S[{self.at('lane ' + name)}] = lane[{r}, i]")
        for index in self.kept:
            value = f"T(1) if t{index} else T(0)" if index in self.boolean_kept else f"t{index}"
            out.append(f"            S[{self.at(f'node {index}')}] = {value}")
        for index in self.inverses():
            if index in program.of_lane:
                out += [f"            {line}" for line in _inverse(index)]
                out.append(f"            S[{self.at(f'inverse {index}')}] = i{index}")
                out.append(f"            S[{self.at(f'rest {index}')}] = r{index}")
        if self.late:
            out.append(f"            S[{self.at('before')}] = S[{self.at('x')}]")
        out.append("        for step in range(n_steps):")
        out.append("            k = k_start + step")
        out.append("            local = T(local_start + step)")
        for index in program.order:
            node = program.node(index)
            if node.op == "step":
                out.append(f"            t{index} = T(k + {node.data})")
            elif node.op == "local":
                out.append(f"            t{index} = local")
        if self.normal:
            first, second = self.place["normal 0"], self.place["normal 1"]
            out += _noise(first, second)
        if program.sampling is not None:
            out += _picked(self.place["picked"], *program.sampling)
        out.append(f"            for j in range({WIDTH}):")
        self.body()
        out.append("            for r in range(history.shape[1]):")
        out.append("                for j in range(w):")
        out.append(f"                    history[step, r, b + j] = S[r * {WIDTH} + j]")
        if self.late:
            out.append(f"        for j in range({WIDTH}):")
            self.late_body(12)
        out.append("        for j in range(w):")
        for r, row in enumerate(self.rows):
            out.append(f"            state[{r}, b + j] = S[{self.at(row)}]")
        return head + "\n".join(out) + "\n"

    def body(self) -> None:
        program, out, pad = self.program, self.lines, " " * 16
        if self.late:
            self.late_body(16)
            out.append(f"{pad}S[{self.at('before')}] = S[{self.at('x')}]")
        for index in self.kept:
            kept = f"S[{self.at(f'node {index}')}]"
            out.append(f"{pad}t{index} = {kept} != T(0)" if index in self.boolean_kept else f"{pad}t{index} = {kept}")
        for index in self.inverses():
            if index in program.of_lane:
                out.append(f"{pad}i{index} = S[{self.at(f'inverse {index}')}]")
                out.append(f"{pad}r{index} = S[{self.at(f'rest {index}')}]")
        needed = {a for i in program.varying for a in program.node(i).args} | set(program.results.values())
        for index in program.order:
            node = program.node(index)
            if node.op == "input" and node.data in self.lane and index in needed:
                out.append(f"{pad}t{index} = S[{self.at('lane ' + node.data)}]")
        for index in program.order:
            if index in program.varying and index in self.main and program.node(index).op not in ("step", "local"):
                self.assign(16, index)
        for row in self.rows:
            if row not in self.late:
                out.append(f"{pad}S[{self.at(row)}] = t{program.results[row]}")

    def late_body(self, indent: int) -> None:
        """Bring the late rows up to date: they have yet to see the step that led to x."""
        program, pad = self.program, " " * indent
        self.renamed = {program.results["x"]: "after"}
        self.lines += [f"{pad}after = S[{self.at('x')}]", f"{pad}before = S[{self.at('before')}]"]
        for index in self.late_operations(self.late):
            node = program.node(index)
            if node.op == "input" and node.data == "x":
                self.renamed[index] = "before"
            else:
                self.renamed[index] = f"l{index}"
                self.assign(indent, index)
        for row in self.late:
            self.lines.append(f"{pad}S[{self.at(row)}] = {self.name(program.results[row])}")
        self.renamed = {}

    def at(self, name: str) -> str:
        """The place of a row in the block's array."""
        place = self.place[name]
        return f"{place} + j" if place else "j"

    # --- one operation ------------------------------------------------------------------------------------------------

    def assign(self, indent: int, index: int, *, arrays: bool = False) -> None:
        """Write the line that gives an operation its name."""
        self.lines.append(f"{' ' * indent}{self.name(index)} = {self.expression(index, arrays=arrays)}")

    def name(self, index: int) -> str:
        """What an operation's result is called."""
        return self.renamed.get(index, f"{self.letter}{index}")

    def expression(self, index: int, *, arrays: bool) -> str:
        """The right side of that line."""
        node = self.program.node(index)
        a = [self.name(argument) for argument in node.args]
        if node.op in _INFIX:
            return f"{a[0]} {_INFIX[node.op]} {a[1]}"
        match node.op:
            case "input":
                return self.given(node.data, arrays=arrays)
            case "const":
                return f"T({node.data!r})"
            case "neg":
                return f"-{a[0]}"
            case "absolute":
                return f"abs({a[0]})"
            case "sqrt" | "floor":
                return f"np.{node.op}({a[0]})"
            case "floor_div":
                return self.floor_of_quotient(node.args[0], node.args[1])
            case "sign":
                return f"T(1) if {a[0]} > T(0) else (T(-1) if {a[0]} < T(0) else {a[0]} * T(0))"
            case "maximum":
                return f"{a[0]} if (({a[0]} >= {a[1]}) | ({a[0]} != {a[0]})) else {a[1]}"
            case "not":
                return f"not {a[0]}"
            case "where":
                return f"{a[1]} if {a[0]} else {a[2]}"
            case "lookup":
                return f"{self.unit[node.data]}[np.intp({a[0]})]"
            case "mantissa" | "exponent" | "scale" | "bfloat16":
                return _BITS[node.op][self.dtype.name].format(*a)
        raise AssertionError(f"no source for {node.op}")

    def given(self, name: str, *, arrays: bool) -> str:
        if name in self.rows:
            return f"S[{self.at(name)}]"
        if name in self.program.lane:
            return f"lane[{self.program.lane.index(name)}, i]" if arrays else f"S[{self.at('lane ' + name)}]"
        if name == NORMAL:
            return f"T(S[{self.place['normal 0']} + j + ((k & 1) * {WIDTH})])"
        if name == PICK:
            assert self.program.sampling is not None
            return f"T(1) if {_PICK[self.program.sampling[1]].format(self.place['picked'])} else T(0)"
        return f"uniform[{self.program.uniform.index(name)}]"

    def floor_of_quotient(self, x: int, period: int) -> str:
        """⌊x/period⌋ with x/period rounded as a division rounds it, without dividing.

        With the inverse y + y' of p in two parts, q = x·y + x·y' with the sum rounded once is one of the two neighbours
        of the quotient (Brisebarre, Muller & Raina 2004). Then q + y·(x − q·p), both sums of products rounded once, is
        the one that the quotient rounds to (Markstein 1990, with y rounded correctly, as the division that makes it
        rounds).
        """
        if period in self.program.varying:
            return f"np.floor(t{x} / t{period})"
        self.lines.append(f"{' ' * 16}q{x} = fma(t{x}, i{period}, t{x} * r{period})")
        return f"np.floor(fma(fma(-q{x}, t{period}, t{x}), i{period}, q{x}))"


def _inverse(index: int) -> list[str]:
    """Lines that give the inverse of a divisor in two parts."""
    return [f"i{index} = T(1) / t{index}", f"r{index} = -fma(i{index}, t{index}, T(-1)) / t{index}"]


_PICK = {"cyclic": "phase == 0", "reshuffled": "S[{0} + j] == T(phase)", "independent": "S[{0} + j] == T(0)"}


def _picked(place: int, n: int, order: str) -> list[str]:
    """Lines that draw which component of a finite sum is seen."""
    lines = [f"            phase = k % {n}"]
    if order == "cyclic":
        return lines
    drawn = _PICKED.format(
        when="phase == 0 or step == 0" if order == "reshuffled" else "True",
        counter=f"k // {n}" if order == "reshuffled" else "k",
        width=WIDTH,
        picking=PICKING,
        threefry="\n".join(" " * 20 + line for line in threefry_source()),
        place=place,
        n=n,
    )
    return lines + drawn.splitlines()


def _noise(first: int, second: int) -> list[str]:
    """Lines that draw the normal numbers of steps k and k + 1, in float64 whatever the kernel's type."""
    graph, numbers = normal_pair_program()
    program = Program(graph, (), {str(i): number for i, number in enumerate(numbers)}, uniform=("u0", "u1"))
    writer = _Writer(program, np.dtype(np.float64), (), "z")
    for index in program.order:
        node = program.node(index)
        text = node.data if node.op == "input" else writer.expression(index, arrays=False).replace("T(", "float64(")
        writer.lines.append(f"z{index} = {text}")
    pad = " " * 20
    drawn = _DRAWN.format(
        width=WIDTH,
        threefry="\n".join(pad + line for line in threefry_source()),
        normals="\n".join(pad + line for line in writer.lines),
        first=first,
        second=second,
        z0=f"z{numbers[0]}",
        z1=f"z{numbers[1]}",
    )
    return drawn.splitlines()


_BOOLEAN = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"})

_BITS: Mapping[str, Mapping[str, str]] = {
    "mantissa": {
        "float64": "from_bits((bits({0}) & np.uint64(0xFFFFFFFFFFFFF)) | np.uint64(0x3FE0000000000000))",
        "float32": "from_bits(np.uint32((bits({0}) & np.uint32(0x7FFFFF)) | np.uint32(0x3F000000)))",
    },
    "exponent": {
        "float64": "float64(np.int64((bits({0}) >> np.uint64(52)) & np.uint64(0x7FF)) - np.int64(1022))",
        "float32": "float32(np.int32((bits({0}) >> np.uint32(23)) & np.uint32(0xFF)) - np.int32(126))",
    },
    "scale": {
        "float64": "{0} * from_bits(np.uint64(np.int64({1}) + np.int64(1023)) << np.uint64(52))",
        "float32": "np.float32(np.float64({0}) * "
        "from_bits(np.uint64(np.int64({1}) + np.int64(1023)) << np.uint64(52)))",
    },
    "bfloat16": {
        "float64": "from_bits((bits({0}) + (np.uint64(0xFFFFFFFFFFF) + ((bits({0}) >> np.uint64(45)) & np.uint64(1))))"
        " & np.uint64(0xFFFFE00000000000)) if abs({0}) < np.inf else {0}",
        "float32": "from_bits(np.uint32(np.uint32(bits({0}) + np.uint32(np.uint32(0x7FFF) + np.uint32((bits({0}) >> "
        "np.uint32(16)) & np.uint32(1)))) & np.uint32(0xFFFF0000))) if abs({0}) < np.float32(np.inf) else {0}",
    },
}
