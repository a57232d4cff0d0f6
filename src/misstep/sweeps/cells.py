"""From a chunk of a sweep to its lanes: what each run of each of its cells is given."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq

from misstep.errors import InvalidInput
from misstep.functions import LineFunction
from misstep.optimizers import Optimizer
from misstep.scalars import exact, exact_from_float
from misstep.sweeps.chunks import MAX_LANES, Chunk
from misstep.sweeps.design import coordinate
from misstep.sweeps.functions import FunctionSpec, build, known, predicted_slope, settles
from misstep.sweeps.kernels.lanes import Lanes
from misstep.sweeps.methods import make
from misstep.sweeps.quantities import SURVIVAL
from misstep.sweeps.settled import settled_step, settling_values
from misstep.sweeps.spec import LABELS, SweepSpec

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Words = npt.NDArray[np.uint64]


def lanes_of(spec: SweepSpec, chunk: Chunk) -> Lanes:
    """The lanes of a chunk: lane i·R + r is replicate r of the chunk's cell i, the last dimension running fastest.

    What is fixed is a scalar, what varies within the sweep an array of float64. A family whose spacing is not told has
    the method's settled step on the gradient −slope, by the base learning rate where a power divides it.

    Args:
        spec: The sweep.
        chunk: Cells of one method, one function and one arithmetic, `MAX_LANES` lanes at most.

    Raises:
        InvalidInput: the chunk mixes them or leaves the sweep, or a spacing is needed and the steps do not settle.

    >>> from misstep.sweeps.chunks import chunk_at
    >>> from misstep.sweeps.reading import read_spec
    >>> spec = read_spec("gradient_descent(learning_rate=[1/4, 1/2])", steps=10, x0="[0, 1, 2]")
    >>> lanes = lanes_of(spec, chunk_at(spec, 0))
    >>> lanes.x0, lanes.function_index, [f.node(1) for f in lanes.functions]
    (array([0., 1., 2., 0., 1., 2.]), array([0, 0, 0, 1, 1, 1]), [1/4, 1/2])
    """
    _check(spec, chunk)
    return lanes_at(spec, label_places(spec, chunk), _columns(spec, chunk), _keys(spec, chunk))


def label_places(spec: SweepSpec, chunk: Chunk) -> tuple[int, int, int]:
    """Which method, function and arithmetic a chunk has, as places in the spec."""
    places = dict(zip(spec.label_dims, chunk.starts, strict=False))
    optimizer, function, arithmetic = (places.get(name, 0) for name in LABELS)
    return optimizer, function, arithmetic


def lanes_at(
    spec: SweepSpec, labels: tuple[int, int, int], columns: Mapping[str, Floats], keys: tuple[Words, Words]
) -> Lanes:
    """The lanes at any values of the axes.

    Args:
        spec: The sweep.
        labels: Places of the method, the function and the arithmetic.
        columns: The value of each axis at each lane.
        keys: Cell and replicate of each lane.

    Raises:
        InvalidInput: a spacing is needed and the steps do not settle.
    """
    optimizer_at, function_at, arithmetic_at = labels
    method_columns = {a: columns[n] for a, n in spec.optimizer_bindings[optimizer_at].items()}
    optimizer = make(spec.optimizers[optimizer_at], method_columns, columns.get("power", spec.power))
    cell, replicate = keys
    n = len(cell)
    function = spec.functions[function_at]
    function_columns = {p: columns[name] for p, name in spec.function_bindings[function_at].items()}
    functions, index = _functions(function, function_columns, optimizer, n)
    arithmetic = spec.arithmetic[arithmetic_at]
    return Lanes(
        optimizer=optimizer,
        functions=functions,
        function_index=index,
        x0=columns.get("x0", _constant(n, spec.x0)),
        noise=columns.get("noise", None if exact(spec.noise) == 0 else _constant(n, spec.noise)),
        cell=cell,
        replicate=replicate,
        n_steps=spec.n_steps,
        dtype="float64" if arithmetic == "float64" else "float32",
        moments="bfloat16" if arithmetic == "bfloat16" else "same",
        seed=spec.seed,
        quantities=measured(spec),
        slope=_slopes(function, function_columns, n),
    )


def measured(spec: SweepSpec) -> frozenset[str]:
    """What is measured of each lane: survival is counted from departures.

    >>> from misstep.sweeps.reading import read_spec
    >>> sorted(measured(read_spec("lion(learning_rate=[1, 2])", steps=8, replicates=9, quantities=["survival"])))
    ['departure']
    """
    names = frozenset(spec.quantities)
    return names - SURVIVAL | ({"departure"} if names & SURVIVAL else set())


def _check(spec: SweepSpec, chunk: Chunk) -> None:
    first = len(spec.label_dims)
    if len(chunk.starts) != len(spec.shape) or len(chunk.stops) != len(spec.shape):
        raise InvalidInput(f"{chunk} has other dimensions than the sweep, which has {', '.join(spec.dims)}")
    for name, start, stop, n in zip(spec.dims, chunk.starts, chunk.stops, spec.shape, strict=True):
        if not 0 <= start < stop <= n:
            raise InvalidInput(f"cells {start} to {stop} along {name} must be some of the {n}")
    for name, start, stop in zip(spec.dims[:first], chunk.starts, chunk.stops, strict=False):
        if stop != start + 1:
            raise InvalidInput(f"cells {start} to {stop} along {name}: a chunk has one {name}")
    if chunk.n_cells * spec.replicates > MAX_LANES:
        raise InvalidInput(
            f"{chunk.n_cells} cells of {spec.replicates} replicates: a chunk has at most {MAX_LANES} lanes"
        )


def _columns(spec: SweepSpec, chunk: Chunk) -> dict[str, Floats]:
    """The value of each axis at each lane."""
    first = len(spec.label_dims)
    starts, stops = chunk.starts[first:], chunk.stops[first:]
    shape = tuple(stop - start for start, stop in zip(starts, stops, strict=True))
    found = {}
    for i, axis in enumerate(spec.axes):
        place = i if spec.points is None else 0
        values = coordinate(spec, i, starts[place], stops[place])
        if spec.points is None:
            along = values.reshape([-1 if j == i else 1 for j in range(len(shape))])
            values = np.broadcast_to(along, shape).ravel()
        found[axis.name] = np.repeat(values, spec.replicates)
    return found


def _keys(spec: SweepSpec, chunk: Chunk) -> tuple[Words, Words]:
    """The flat index of each lane's cell among all of the sweep, and the replicate."""
    cell = np.zeros((1,), np.uint64)
    for i, (start, stop) in enumerate(zip(chunk.starts, chunk.stops, strict=True)):
        stride = np.uint64(math.prod(spec.shape[i + 1 :]))
        cell = np.add.outer(cell, np.arange(start, stop, dtype=np.uint64) * stride).ravel()
    replicate = np.tile(np.arange(spec.replicates, dtype=np.uint64), cell.size)
    return np.repeat(cell, spec.replicates), replicate


@dataclass(frozen=True)
class _Distinct:
    """Lanes that agree in what they are given.

    Attributes:
        numbers: For each group, its values.
        group: Of each lane.
    """

    numbers: tuple[dict[str, float], ...]
    group: Places


def _distinct(columns: Mapping[str, Floats], n: int) -> _Distinct:
    """The different combinations of values that the lanes have, in increasing order."""
    group = np.zeros(n, np.intp)
    for column in columns.values():
        values, code = np.unique(column, return_inverse=True)
        group = np.unique(group * len(values) + code, return_inverse=True)[1]
    lanes = np.unique(group, return_index=True)[1]
    numbers = tuple({name: float(column[lane]) for name, column in columns.items()} for lane in lanes)
    return _Distinct(numbers, group.astype(np.intp, copy=False))


def _functions(
    function: FunctionSpec, columns: Mapping[str, Floats], optimizer: Optimizer[Any], n: int
) -> tuple[tuple[LineFunction, ...], Places]:
    """The functions that occur among the lanes, and which each lane is on."""
    settling = settles(function, columns)
    of_method = settling_values(optimizer) if settling else {}
    # A name of the method may be one of the function's too, so the two are kept apart.
    varying = {f"method {name}": value for name, value in of_method.items() if isinstance(value, np.ndarray)}
    found = _distinct({**columns, **varying}, n)
    fixed = {name: exact(value) for name, value in of_method.items() if not isinstance(value, np.ndarray)}
    made = []
    for group in found.numbers:
        own = {name: exact_from_float(group[name]) for name in columns}
        if settling:
            numbers = fixed | {name: exact_from_float(group[f"method {name}"]) for name in of_method.keys() - fixed}
            slope = own["slope"] if "slope" in own else _told_slope(function)
            own["spacing"] = settled_step(optimizer, numbers, slope)
        made.append(build(function, own))
    return tuple(made), found.group


def _told_slope(function: FunctionSpec) -> fmpq:
    slope = predicted_slope(function)
    assert slope is not None  # only families have a spacing, and all of them a slope
    return exact(slope)


def _slopes(function: FunctionSpec, columns: Mapping[str, Floats], n: int) -> Floats:
    """c of the predicted gradient −c, or NaN."""
    if "slope" in columns and known(function).drifts:
        return columns["slope"]
    slope = predicted_slope(function)
    return np.full(n, np.nan) if slope is None else _constant(n, slope)


def _constant(n: int, text: str) -> Floats:
    return np.full(n, float(exact(text)))
