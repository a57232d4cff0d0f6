"""A finished sweep in a few lines: how many cells did what, and the ranges of what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray

    from misstep.sweeps.plan import Plan
    from misstep.sweeps.spec import SweepSpec


def summary(dataset: xarray.Dataset) -> dict[str, Any]:
    """Counts of outcomes and proofs, and the least, median and largest of every other quantity, as JSON's types."""
    found: dict[str, Any] = {
        "dimensions": {str(name): int(size) for name, size in dataset.sizes.items()},
        "attributes": {name: value for name, value in dataset.attrs.items() if name != "spec"},
    }
    for name, variable in dataset.data_vars.items():
        values = np.asarray(variable.values)
        if name in ("outcome", "proved"):
            words = variable.attrs["flag_meanings"].split()
            counts = np.bincount(values[values >= 0].ravel(), minlength=len(words))
            found[str(name)] = {word: int(count) for word, count in zip(words, counts, strict=True)}
            continue
        present = values[np.isfinite(values)] if values.dtype.kind == "f" else values[values >= 0]
        ends = [float(pick(present)) for pick in (np.min, np.median, np.max)] if present.size else [None] * 3
        found[str(name)] = {"cells": int(present.size), **dict(zip(("min", "median", "max"), ends, strict=True))}
    return found


def print_summary(dataset: xarray.Dataset, spec: SweepSpec) -> None:
    """The summary as tables for a reader."""
    from rich.console import Console
    from rich.table import Table

    found = summary(dataset)
    console = Console()
    size = " × ".join(f"{name} {n}" for name, n in found["dimensions"].items())
    runs = "" if spec.replicates == 1 else f", {spec.replicates} runs each"
    console.print(f"{spec.n_cells:,} cells = {size}{runs}, {spec.n_steps:,} steps", highlight=False, markup=False)
    if "outcome" in found:
        table = Table(box=None, pad_edge=False)
        table.add_column("outcome")
        table.add_column("cells", justify="right")
        table.add_column("share", justify="right")
        for word, count in found["outcome"].items():
            if count:
                table.add_row(word, f"{count:,}", f"{100 * count / spec.n_cells:.1f} %")
        if "proved" in found:
            count = found["proved"]["proved"]
            table.add_row("proved to drift", f"{count:,}", f"{100 * count / spec.n_cells:.1f} %")
        console.print(table)
    table = Table(box=None, pad_edge=False)
    for heading in ("quantity", "cells", "least", "median", "largest"):
        table.add_column(heading, justify="left" if heading == "quantity" else "right")
    for name in (name for name in found if name not in ("dimensions", "attributes", "outcome", "proved")):
        numbers = found[name]
        cells = f"{numbers['cells']:,}"
        ends = ["–" if numbers[end] is None else f"{numbers[end]:.6g}" for end in ("min", "median", "max")]
        table.add_row(name, cells, *ends)
    if table.row_count:
        console.print(table)


def print_plan(plan: Plan) -> None:
    """A plan for a reader, with what would have to be confirmed."""
    print(plan)  # noqa: T201
    for objection in plan.objections():
        print(f"needs --yes: {objection}")  # noqa: T201
