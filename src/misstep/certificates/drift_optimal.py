"""That no smoother function has the gradients of a drift at its points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from flint import fmpq

from misstep.certificates.conditions import require
from misstep.certificates.intervals import Interval, told, undecided


def examine_least(nodes: Sequence[Interval], word: Sequence[fmpq], shift: fmpq, L: fmpq) -> None:
    """Condition 6 of a drift, in exact arithmetic.

    On a gap h between nodes with gradients g and g', f_1 - f_0 differs from h(g + g')/2 by at most (h²/4)(L - b²/L)
    with b = |g' - g|/h, and what f gains along a period must not add up to a fall without end.

    Args:
        nodes: The X_i, one for each letter.
        word: The gradients there.
        shift: d.
        L: The claimed Lipschitz constant.

    Raises:
        Stop: It is violated or undecided.
    """
    for i, x in enumerate(nodes):
        if not x.exact:
            raise undecided(f"X_{i} = {told(x)} is not exact")
    size = abs(shift)
    jets = sorted((x.lo - (x.lo / size).floor() * size, g) for x, g in zip(nodes, word, strict=True))
    jets.append((jets[0][0] + size, jets[0][1]))
    for (a, _), (b, _) in pairwise(jets):
        require(a < b, "no two nodes coincide modulo d: {} does", a)
    gaps = [(b - a, g, following) for (a, g), (b, following) in pairwise(jets)]
    bends = [abs(following - g) / h for h, g, following in gaps]
    if any(bend >= L for bend in bends):
        return
    rise = sum((h * (g + following) / 2 for h, g, following in gaps), fmpq(0))
    fall = -rise if shift > 0 else rise
    room = sum((h * h / 4 * (L - bend * bend / L) for (h, _, _), bend in zip(gaps, bends, strict=True)), fmpq(0))
    require(fall >= room, "no L below {} will do: the nodes allow for less ({} >= {})", L, fall, room)
