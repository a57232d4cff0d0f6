"""What a sweep's dataset looks like before anything is computed: dimensions, coordinates, variables, chunks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from misstep.errors import InvalidInput
from misstep.sweeps.grid import ChunkGrid

RESERVED = frozenset({"spec", "coordinates"})
"""Attributes of a dataset that its layout writes by itself."""


@dataclass(frozen=True)
class Variable:
    """A variable of the dataset, computed chunk by chunk.

    Attributes:
        name: Its name.
        dtype: Of its cells, as numpy spells it: "int8", "float64".
        dims: Dimensions of the layout that it has, in the layout's order; usually all.
        attrs: What the dataset says of it: long_name, units, …
        missing: What a cell holds that is not computed yet.
        coordinate: Whether it is a coordinate and not data: the sampled parameters of a design that is no grid.
    """

    name: str
    dtype: str
    dims: tuple[str, ...]
    attrs: Mapping[str, Any] = field(default_factory=dict)
    missing: float = 0
    coordinate: bool = False


@dataclass(frozen=True)
class Coordinate:
    """Values along one dimension, known in advance.

    Attributes:
        name: Its name, that of the dimension unless `dim` is given.
        values: All numbers or all texts, one for each index.
        attrs: What the dataset says of it.
        dim: The dimension, where it has another name.
    """

    name: str
    values: tuple[float, ...] | tuple[str, ...]
    attrs: Mapping[str, Any] = field(default_factory=dict)
    dim: str | None = None

    @property
    def along(self) -> str:
        """The dimension."""
        return self.dim or self.name


@dataclass(frozen=True, kw_only=True)
class Layout:
    """All of a dataset but its cells; nothing in it is as large as the number of cells.

    Args:
        sizes: Number of cells along each dimension, the dimensions in order.
        chunks: Number of cells of a chunk along each dimension.
        coordinates: Those known in advance.
        variables: What is computed, at least one.
        attrs: Attributes of the dataset: title, versions, …
        spec: What is computed, as JSON; a store goes on only with the spec that it was created for.

    Raises:
        InvalidInput: parts of it contradict each other.
    """

    sizes: Mapping[str, int]
    chunks: Mapping[str, int]
    coordinates: tuple[Coordinate, ...]
    variables: tuple[Variable, ...]
    attrs: Mapping[str, Any] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        dims = tuple(self.sizes)
        if tuple(self.chunks) != dims:
            raise InvalidInput(f"chunks = {dict(self.chunks)} must be given for the dimensions {', '.join(dims)}")
        names = [*(one.name for one in self.coordinates), *(one.name for one in self.variables)]
        for name in names:
            if names.count(name) > 1 or not name or set(name) & set("/. "):
                raise InvalidInput(f"name = {name!r} must be one variable's alone, and without '/', '.' and spaces")
        if not self.variables:
            raise InvalidInput("variables = () must have at least one variable")
        for variable in self.variables:
            if variable.dims != tuple(dim for dim in dims if dim in variable.dims):
                raise InvalidInput(f"dims = {variable.dims} of {variable.name} must be in the order of {dims}")
        for coordinate in self.coordinates:
            if self.sizes.get(coordinate.along) != len(coordinate.values):
                raise InvalidInput(f"{coordinate.name} has {len(coordinate.values)} values: {dict(self.sizes)}")
        if RESERVED & set(self.attrs):
            raise InvalidInput(f"attrs = {sorted(self.attrs)} must leave {' and '.join(sorted(RESERVED))} to the store")
        _ = self.grid

    @cached_property
    def grid(self) -> ChunkGrid:
        """The cells and their chunks, over all dimensions."""
        return ChunkGrid(tuple(self.sizes.values()), tuple(self.chunks.values()))

    @property
    def dataset_attrs(self) -> dict[str, Any]:
        """The attributes, with the spec as one of them."""
        return {**self.attrs, "spec": json.dumps(self.spec)}

    def shape(self, variable: Variable) -> tuple[int, ...]:
        """Number of cells of the whole variable."""
        return tuple(self.sizes[dim] for dim in variable.dims)

    def along(self, variable: Variable, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Those of `values`, one for each dimension of the layout, that are for the variable's dimensions."""
        return tuple(value for dim, value in zip(self.sizes, values, strict=True) if dim in variable.dims)
