"""A point of a polyhedral cone, or none, in rational arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

_ZERO, _ONE = fmpq(0), fmpq(1)


def point_of_cone(rows: Sequence[Sequence[fmpq]], normal: Sequence[fmpq]) -> list[fmpq] | None:
    """Some g with ⟨r, g⟩ ≥ 0 for every row r and ⟨normal, g⟩ = 1, or `None` where there is none.

    By Farkas there is none exactly when −normal = Σ y_j r_j for some y ≥ 0. Such y are looked for by the simplex method
    (the least sum of what is missing from the n equations, by Bland's rule, so that it ends); where they do not exist,
    the multipliers of the last tableau are a g.

    Args:
        rows: m rows of n numbers.
        normal: n numbers.

    >>> one, zero = fmpq(1), fmpq(0)
    >>> point_of_cone([[one, -one], [zero, one]], [one, one])
    [1/2, 1/2]
    >>> point_of_cone([[one, -one], [-one, one]], [one, -one]) is None
    True
    """
    n, m = len(normal), len(rows)
    signs = [_ONE if normal[i] <= 0 else -_ONE for i in range(n)]
    # Columns: y_1 … y_m, what is missing from each equation, and the right side.
    table = [
        [signs[i] * row[i] for row in rows] + [_ONE if i == k else _ZERO for k in range(n)] + [-signs[i] * normal[i]]
        for i in range(n)
    ]
    basis = [m + i for i in range(n)]
    costs = [-sum((line[j] for line in table), _ZERO) for j in range(m)] + [_ZERO] * n
    costs.append(-sum((line[-1] for line in table), _ZERO))
    while True:
        entering = next((j for j in range(m + n) if costs[j] < 0), None)
        if entering is None:
            break
        leaving = _leaving(table, basis, entering)
        pivot = table[leaving][entering]
        row = table[leaving] = [entry / pivot for entry in table[leaving]]
        basis[leaving] = entering
        for line in (*table[:leaving], *table[leaving + 1 :], costs):
            factor = line[entering]
            if factor != 0:
                line[:] = [a - factor * b for a, b in zip(line, row, strict=True)]
    missing = -costs[-1]
    if missing == 0:
        return None
    return [-signs[i] * (1 - costs[m + i]) / missing for i in range(n)]


def _leaving(table: Sequence[Sequence[fmpq]], basis: Sequence[int], entering: int) -> int:
    """The equation whose basic variable falls to 0 first; of several, that of the variable with the lowest number."""
    places = [i for i, line in enumerate(table) if line[entering] > 0]
    return min(places, key=lambda i: (table[i][-1] / table[i][entering], basis[i]))
