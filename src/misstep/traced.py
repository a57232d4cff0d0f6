"""Numbers that record what is done to them: what a kernel is compiled from.

A method's recurrence runs on a `Traced` number as it runs on a float. What comes out is no value but a graph of
operations in the recurrence's own order, from which `misstep.sweeps` writes a loop for the machine. So the loop does
what the recurrence does, operation by operation, and rounds where it rounds.

Three rewritings are made on the way, none of which changes a finite result: x + 0, x − 0, x·1 and x/1 are x, and 0·x
is 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

BOOLEAN = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"})
"""Operations whose result is a truth value."""


class Node(NamedTuple):
    """One operation.

    Attributes:
        op: `"input"`, `"const"`, `"step"` (k + an offset, as a float) or the name of an operation.
        args: Indices of the nodes it takes.
        data: Name of an input, value of a constant, offset of a step.
    """

    op: str
    args: tuple[int, ...]
    data: Any = None


@dataclass
class Graph:
    """Nodes in an order in which each comes after those it takes; equal ones are one."""

    nodes: list[Node] = field(default_factory=list)
    _known: dict[Node, int] = field(default_factory=dict)

    def add(self, op: str, *args: int, data: Any = None) -> Traced:
        """The number that the operation gives."""
        node = Node(op, args, data)
        if node not in self._known:
            self._known[node] = len(self.nodes)
            self.nodes.append(node)
        return Traced(self, self._known[node])

    def input(self, name: str) -> Traced:
        """A number that is given when the kernel runs.

        >>> graph = Graph()
        >>> x, y = graph.input("x"), graph.input("y")
        >>> _ = (x + y) * 2 + (x + y)
        >>> [node.op for node in graph.nodes]
        ['input', 'input', 'add', 'const', 'mul', 'add']
        """
        return self.add("input", data=name)

    def constant(self, value: float) -> Traced:
        """A number known while tracing."""
        return self.add("const", data=float(value))


class Traced:
    """A number or truth value of a graph. Arithmetic, comparison and the functions of `scalars` take it."""

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]
    __slots__ = ("graph", "index")

    def __init__(self, graph: Graph, index: int) -> None:
        self.graph = graph
        self.index = index

    @property
    def node(self) -> Node:
        """The operation that gives it."""
        return self.graph.nodes[self.index]

    def is_constant(self, value: float) -> bool:
        """Whether it is known to be `value`."""
        return self.node.op == "const" and self.node.data == value

    def apply(self, op: str, *others: Any) -> Traced:
        """The result of `op` on this number and the others."""
        return self.graph.add(op, self.index, *(self._lifted(other).index for other in others))

    def _lifted(self, other: Any) -> Traced:
        if isinstance(other, Traced):
            return other
        if isinstance(other, (bool, np.bool_)) or not isinstance(other, (int, float, np.floating, np.integer)):
            raise TypeError(f"{other!r} ({type(other).__name__}) is no number that can be traced")
        return self.graph.constant(float(other))

    def __add__(self, other: Any) -> Traced:
        right = self._lifted(other)
        if right.is_constant(0):
            return self
        return right if self.is_constant(0) else self.apply("add", right)

    def __radd__(self, other: Any) -> Traced:
        return self._lifted(other) + self

    def __sub__(self, other: Any) -> Traced:
        right = self._lifted(other)
        return self if right.is_constant(0) else self.apply("sub", right)

    def __rsub__(self, other: Any) -> Traced:
        return self._lifted(other) - self

    def __mul__(self, other: Any) -> Traced:
        right = self._lifted(other)
        if self.is_constant(0) or right.is_constant(1):
            return self
        if right.is_constant(0) or self.is_constant(1):
            return right
        return self.apply("mul", right)

    def __rmul__(self, other: Any) -> Traced:
        return self._lifted(other) * self

    def __truediv__(self, other: Any) -> Traced:
        right = self._lifted(other)
        return self if right.is_constant(1) else self.apply("div", right)

    def __rtruediv__(self, other: Any) -> Traced:
        return self._lifted(other) / self

    def __neg__(self) -> Traced:
        return self.apply("neg")

    def __abs__(self) -> Traced:
        return self.apply("absolute")

    def __lt__(self, other: Any) -> Traced:
        return self.apply("lt", other)

    def __le__(self, other: Any) -> Traced:
        return self.apply("le", other)

    def __gt__(self, other: Any) -> Traced:
        return self.apply("gt", other)

    def __ge__(self, other: Any) -> Traced:
        return self.apply("ge", other)

    def __eq__(self, other: object) -> Traced:  # type: ignore[override]
        return self.apply("eq", other)

    def __ne__(self, other: object) -> Traced:  # type: ignore[override]
        return self.apply("ne", other)

    def __and__(self, other: Traced) -> Traced:
        return self.apply("and", other)

    def __or__(self, other: Traced) -> Traced:
        return self.apply("or", other)

    def __invert__(self) -> Traced:
        return self.apply("not")

    def __bool__(self) -> bool:
        raise TypeError("a traced number has no truth value: use `where`")


class TracedStep(int):
    """The number k of a step in a recurrence that is traced: of the first step (k = 0), or of any other.

    It says whether it is 0, and what is computed from it is traced.
    """

    graph: Graph
    offset: int
    first: bool

    def __new__(cls, graph: Graph, *, first: bool, offset: int = 0) -> TracedStep:
        """k + offset."""
        step = super().__new__(cls, 0)
        step.graph, step.offset, step.first = graph, offset, first
        return step

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return self.first and self.offset == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __add__(self, other: int) -> TracedStep:
        return TracedStep(self.graph, first=self.first, offset=self.offset + int(other))

    def __mul__(self, other: Any) -> Any:
        return self.value * other

    def __rmul__(self, other: Any) -> Any:
        return other * self.value

    @property
    def value(self) -> Traced:
        """The step k + offset as a traced float."""
        return self.graph.add("step", data=self.offset)


def where(condition: Traced, yes: Any, no: Any) -> Traced:
    """`yes` where the condition holds, else `no`; both are computed."""
    return condition.apply("where", yes, no)
