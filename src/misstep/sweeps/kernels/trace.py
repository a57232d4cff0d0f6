"""From lanes to the programs of their steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from misstep.optimizers.rounded import RoundedMoments
from misstep.sweeps.kernels.functions import traced_function
from misstep.sweeps.kernels.inputs import Inputs
from misstep.sweeps.kernels.lanes import Lanes
from misstep.sweeps.kernels.measures import TANGENT, measured
from misstep.sweeps.kernels.methods import traced_method
from misstep.sweeps.kernels.program import Program
from misstep.sweeps.kernels.random import NORMAL, PICK
from misstep.sweeps.kernels.tangent import tangents
from misstep.traced import Graph, Traced


@dataclass(frozen=True)
class Steps:
    """The programs of a run and the values that they are given.

    Attributes:
        start: From x_0 to the rows before the first step.
        first: The first step.
        later: Every other step; the same object as `first` where nothing is special about that.
        ends: From the last x to f and f' there (rows `"value"`, `"gradient"`).
        inputs: The values of the constants.
        method_rows: How many rows, the first ones, are the method's: x and its state.
    """

    start: Program
    first: Program
    later: Program
    ends: Program
    inputs: Inputs
    method_rows: int


def traced_steps(lanes: Lanes) -> Steps:
    """The programs of the lanes' method on their functions, with what is to be measured.

    Raises:
        InvalidInput: there is no kernel for the method's schedule or for the functions.
    """
    inputs = Inputs(Graph(), np.dtype(lanes.dtype))
    method = traced_method(RoundedMoments(lanes.optimizer) if lanes.moments == "bfloat16" else lanes.optimizer, inputs)
    function = traced_function(lanes.functions, lanes.function_index, inputs)
    slope = inputs.constant("slope", lanes.slope)
    sigma = None if lanes.noise is None else inputs.constant("sigma", lanes.noise)
    x = inputs.graph.input("x")
    start = method.init(x)
    before = {"x": x, **{name: inputs.graph.input(name) for name in start}}

    gradient, seen = function.gradient(x), function.seen_gradient(x)
    if sigma is not None:
        seen = seen + sigma * inputs.graph.input(NORMAL)
    driven = tuple(name for name, drawn in ((NORMAL, sigma), (PICK, function.sampling)) if drawn is not None)

    def updated(*, first: bool) -> dict[str, Traced]:
        return method.update(seen, {name: before[name] for name in start}, x, first=first)

    kept = _live(inputs.graph, before, updated(first=False))

    def step(*, first: bool) -> dict[str, Traced]:
        after = updated(first=first)
        after, rows = {name: after[name] for name in kept}, {name: before[name] for name in kept}
        return after | measured(
            lanes.quantities, function, inputs, before=rows, after=after, gradient=gradient, slope=slope
        )

    def program(results: Mapping[str, Traced]) -> Program:
        indices = {name: number.index for name, number in results.items()}
        uniform, lane = tuple(inputs.uniform), tuple(inputs.lane)
        return Program(inputs.graph, tuple(indices), indices, driven, uniform, lane, function.sampling)

    later, first = step(first=False), step(first=True)
    started = {"x": x, **{name: number for name, number in start.items() if name in later}}
    if "lyapunov" in lanes.quantities:
        directions = tangents(
            inputs.graph, {x.index: inputs.graph.constant(1)}, [number.index for number in started.values()]
        )
        started |= {TANGENT + name: direction for name, direction in zip(list(started), directions, strict=True)}
    same = all(first[name].index == later[name].index for name in later)
    run = program(later)
    return Steps(
        program(started),
        run if same else program(first),
        run,
        program({"x": x, "value": function.value(x), "gradient": function.gradient(x)}),
        inputs,
        len(kept),
    )


def _live(graph: Graph, before: Mapping[str, Traced], after: Mapping[str, Traced]) -> tuple[str, ...]:
    """The rows on which x ever depends, x first."""
    inputs = {number.index: name for name, number in before.items()}
    program = Program(graph, (), {})
    live = ["x"]
    for row in live:
        for index in program.needed([after[row].index]):
            name = inputs.get(index)
            if name is not None and name not in live:
                live.append(name)
    return tuple(live)
