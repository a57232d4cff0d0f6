"""The tangent map of a program: how a small change of its rows moves what it computes."""

from __future__ import annotations

from collections.abc import Mapping

from misstep.traced import Graph, Traced, where

_FLAT = frozenset({"const", "step", "local", "floor", "floor_div", "sign", "exponent", "lookup"})
"""Operations whose derivative is 0 wherever there is one."""


def tangents(graph: Graph, seeds: Mapping[int, Traced], wanted: list[int]) -> list[Traced]:
    """The derivatives of the wanted nodes in the direction that the seeds give.

    Forward mode: d(a·b) = a·db + b·da, d(a/b) = (da − (a/b)·db)/b, d√a = da/(2√a), and so on. At a jump it is the
    derivative of the branch taken.

    Args:
        graph: Where the nodes are, and where their derivatives are added.
        seeds: Derivatives of inputs, by node; those of all others are 0.
        wanted: Nodes.
    """
    known: dict[int, Traced] = dict(seeds)
    zero = graph.constant(0)
    last = max(wanted)
    for index in range(last + 1):
        if index not in known:
            known[index] = _tangent(graph, index, known, zero)
    return [known[index] for index in wanted]


def _tangent(graph: Graph, index: int, known: Mapping[int, Traced], zero: Traced) -> Traced:
    node = graph.nodes[index]
    d = [known[argument] for argument in node.args]
    if node.op in _FLAT or all(change.is_constant(0) for change in d):
        return zero
    value = Traced(graph, index)
    of = [Traced(graph, argument) for argument in node.args]
    match node.op:
        case "add":
            return d[0] + d[1]
        case "sub":
            return d[0] - d[1]
        case "mul":
            return d[0] * of[1] + of[0] * d[1]
        case "div":
            return (d[0] - value * d[1]) / of[1]
        case "neg":
            return -d[0]
        case "absolute":
            return where(of[0] < 0, -d[0], d[0])
        case "sqrt":
            return d[0] / (value * 2)
        case "maximum":
            return where(of[0] >= of[1], d[0], d[1])
        case "where":
            return where(of[0], d[1], d[2])
        case "mantissa":
            return d[0] * (value / of[0])
        case "scale":
            return d[0].apply("scale", of[1])
        case "bfloat16":
            return d[0]
    return zero  # comparisons
