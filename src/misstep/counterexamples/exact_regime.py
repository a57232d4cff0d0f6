"""The exact periodic regime of an optimizer, where it is one of ours and has one."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from misstep.adapters import Adapter, ReferenceOptimizer
from misstep.constructions import PeriodicRegime, periodic_regime
from misstep.errors import InvalidInput
from misstep.scalars import NumberKind


def exact_regime(adapter: Adapter, gradients: Sequence[fmpq]) -> PeriodicRegime | None:
    """What the optimizer settles into on these gradients, in rational numbers; `None` where only a run can tell.

    Args:
        adapter: The optimizer.
        gradients: Those of a period.
    """
    if not isinstance(adapter, ReferenceOptimizer):
        return None
    try:
        regime = periodic_regime(adapter.optimizer, gradients)
    except InvalidInput:  # it does not settle
        return None
    return regime if regime.kind is NumberKind.EXACT else None
