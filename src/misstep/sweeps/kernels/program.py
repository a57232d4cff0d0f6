"""A step of many runs as a program: which rows it reads, which it writes, and what of it does not change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from misstep.traced import Graph, Node

VARYING = frozenset({"step", "local"})
"""Operations whose value depends on the number of the step."""


@dataclass(frozen=True)
class Program:
    """Operations from the rows of a lane to the same rows one step later.

    Attributes:
        graph: The operations, each after those it takes.
        rows: What is kept of a lane from step to step; `"x"` is the first.
        results: For each row the node of its next value.
        driven: Inputs that are drawn anew at every step: noise, or which component of a finite sum is seen.
        uniform: Inputs that are the same for all lanes.
        lane: Inputs of which each lane has its own.
        sampling: Where a component of a finite sum is drawn: how many there are, and in which order.
    """

    graph: Graph
    rows: tuple[str, ...]
    results: Mapping[str, int]
    driven: tuple[str, ...] = ()
    uniform: tuple[str, ...] = ()
    lane: tuple[str, ...] = ()
    sampling: tuple[int, str] | None = None

    def node(self, index: int) -> Node:
        """An operation."""
        return self.graph.nodes[index]

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The operations that the results need, in an order in which they can be computed."""
        return self.needed(self.results.values())

    def needed(self, indices: Iterable[int]) -> tuple[int, ...]:
        """The operations that those of the given indices need, themselves among them."""
        found: set[int] = set()
        stack = list(indices)
        while stack:
            index = stack.pop()
            if index not in found:
                found.add(index)
                stack.extend(self.node(index).args)
        return tuple(sorted(found))

    @cached_property
    def varying(self) -> frozenset[int]:
        """The operations whose value changes from step to step."""
        changing = {*self.rows, *self.driven}
        found: set[int] = set()
        for index in self.order:
            node = self.node(index)
            if (
                node.op in VARYING
                or (node.op == "input" and node.data in changing)
                or any(argument in found for argument in node.args)
            ):
                found.add(index)
        return frozenset(found)

    @cached_property
    def of_lane(self) -> frozenset[int]:
        """The unchanging operations that differ from lane to lane."""
        found: set[int] = set()
        for index in self.order:
            node = self.node(index)
            own = node.op == "input" and node.data in self.lane
            if index not in self.varying and (own or any(argument in found for argument in node.args)):
                found.add(index)
        return frozenset(found)

    @cached_property
    def autonomous(self) -> bool:
        """Whether a step depends on nothing but the rows: a row that returns then returns for ever."""
        return not self.driven and all(self.node(index).op != "step" for index in self.order)
