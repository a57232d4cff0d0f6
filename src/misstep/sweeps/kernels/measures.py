"""What is measured of a run while it runs: rows beside the method's own, in the same program."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from misstep.scalars import absolute
from misstep.sweeps.kernels.functions import TracedFunction
from misstep.sweeps.kernels.inputs import Inputs
from misstep.sweeps.kernels.tangent import tangents
from misstep.traced import Traced, where

MOVES = ("x_low", "x_high", "g_high", "path")
"""Smallest and largest x, largest |g| and Σ|x_{k+1} − x_k|, since they were last started anew."""

LATE = frozenset({"x_low", "x_high", "path"})
"""Rows that a step which leaves x where it is would leave as they are, and that nothing else takes.

A kernel may see to those of a step at the next one, when x is known, and need not wait for it.
"""

DEPARTURE = "departure"
"""First step since the last start anew at which |f'(x) + c| > c/2, or −1."""

VALUES = ("f_low", "f_high")
"""Smallest and largest f(x_k)."""

TANGENT = "tangent."
"""Prefix of the rows of the tangent vector."""

EXPONENT = "exponent"
"""The power of 2 that has been taken out of the tangent vector."""

_SHIFT = {"float64": 200, "float32": 40}
"""Beyond 2^±this the tangent vector is scaled back."""


def measured(
    quantities: Collection[str],
    function: TracedFunction,
    inputs: Inputs,
    *,
    before: Mapping[str, Traced],
    after: Mapping[str, Traced],
    gradient: Traced,
    slope: Traced,
) -> dict[str, Traced]:
    """The next values of the rows that the quantities need; the rows themselves are inputs of the same names.

    Args:
        quantities: Names of the sweep's variables.
        function: On which the run is.
        inputs: Of the program.
        before: The method's rows before the step.
        after: The same after it.
        gradient: f' at x before the step.
        slope: c, for the departure.
    """
    graph = inputs.graph
    x, ahead = before["x"], after["x"]

    def smallest(name: str, value: Traced) -> Traced:
        row = graph.input(name)
        return where(value < row, value, row)

    def largest(name: str, value: Traced) -> Traced:
        row = graph.input(name)
        return where(value > row, value, row)

    results = {
        "x_low": smallest("x_low", ahead),
        "x_high": largest("x_high", ahead),
        "g_high": largest("g_high", absolute(gradient)),
        "path": graph.input("path") + absolute(ahead - x),
    }
    if {"departure", "survival"} & set(quantities):
        row = graph.input(DEPARTURE)
        stays = absolute(gradient + slope) <= slope * 0.5
        results[DEPARTURE] = where((row < 0) & ~stays, graph.add("local"), row)
    if {"f_min", "f_max"} & set(quantities):
        value = function.value(x)
        results["f_low"], results["f_high"] = smallest("f_low", value), largest("f_high", value)
    if "lyapunov" in quantities:
        results |= _tangent_rows(inputs, before, after)
    return results


def _tangent_rows(inputs: Inputs, before: Mapping[str, Traced], after: Mapping[str, Traced]) -> dict[str, Traced]:
    """The tangent vector moved by the step's linearisation, and kept in range by exact powers of 2."""
    graph = inputs.graph
    seeds = {before[name].index: graph.input(TANGENT + name) for name in before}
    moved = dict(zip(after, tangents(graph, seeds, [after[name].index for name in after]), strict=True))
    size = graph.constant(0)
    for change in moved.values():
        size = size + absolute(change)
    shift = _SHIFT[inputs.dtype.name]
    large, small = size > 2.0**shift, size < 2.0**-shift
    factor = where(large, 2.0**-shift, where(small, graph.constant(2.0**shift), 1.0))
    taken = where(large, graph.constant(shift), where(small, graph.constant(-shift), 0.0))
    rows = {TANGENT + name: change * factor for name, change in moved.items()}
    return {**rows, EXPONENT: graph.input(EXPONENT) + taken}
