"""Rigorous bounds over an interval, by branch and bound in ball arithmetic."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from flint import arb, fmpq

from misstep.scalars import ends, interval


def enclose_maximum(
    function: Callable[[arb], arb], lower: fmpq, upper: fmpq, *, tolerance: float = 1e-8, most_splits: int = 20_000
) -> arb:
    """A ball that contains the maximum of `function` over [lower, upper].

    The interval with the largest upper bound is halved until that bound is within `tolerance` (relative to the best
    value seen) of a value taken at a point; the result is an enclosure whenever it stops.

    Args:
        function: Maps a ball to a ball that contains the function's values on it.
        lower: Left end.
        upper: Right end.
        tolerance: Relative width to reach.
        most_splits: Bound on the number of halvings; at it, the enclosure found so far is returned.

    >>> enclose_maximum(lambda x: x * (1 - x), fmpq(0), fmpq(1)).contains(arb(0.25))
    True
    """

    def candidate(a: fmpq, b: fmpq) -> tuple[float, fmpq, fmpq, fmpq]:
        top = ends(function(interval(a, b)))[1]
        return -float(top), top, a, b

    best = ends(function(arb((lower + upper) / 2)))[0]
    queue = [candidate(lower, upper)]
    for _ in range(most_splits):
        _, top, a, b = queue[0]
        if float(top - best) <= tolerance * max(abs(float(best)), 1e-300):
            break
        heapq.heappop(queue)
        middle = (a + b) / 2
        best = max(best, ends(function(arb(middle)))[0])
        for part in (candidate(a, middle), candidate(middle, b)):
            if part[1] >= best:
                heapq.heappush(queue, part)
    # The heap is ordered by a float; the bound is taken over all that remains, exactly.
    return interval(best, max([best, *(top for _, top, _, _ in queue)]))
