"""(a) The paper's theorem over [0, 1)²."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from tools.studies.study import Figure, Study, percent, shares, table


def answer(found: Mapping[str, Any]) -> tuple[str, str]:
    """How many pairs stay on the orbit in float64."""
    dataset = found["theorem"]
    departure = dataset.departure.values
    stays = departure == -1
    left = departure[~stays]
    counted = shares(dataset.outcome)
    finding = (
        f"In float64 only {percent(stays.mean())} of the pairs (β1, β2) stay on the paper's orbit for "
        f"{dataset.attrs['n_steps']:,} steps."
    )
    rows = [[name, percent(share)] for name, share in counted.items()]
    median = f"{np.median(left):.0f}" if left.size else "–"
    text = f"Median step of departure of those that leave: {median}.\n\n" + table(["outcome", "share of cells"], rows)
    return finding, text


STUDY = Study(
    "theorem",
    "Does Adam leave the paper's orbit in floating point, and where?",
    ("theorem",),
    (Figure("theorem-outcome", "theorem", {"x": "beta1", "y": "beta2"}),),
    answer,
)
