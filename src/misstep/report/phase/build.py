"""From the dataset of a sweep to the phase diagram that is drawn of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from misstep.errors import InvalidInput, unknown_name
from misstep.report.phase.axis import PhaseAxis
from misstep.report.phase.caption import caption, facts, shown
from misstep.report.phase.choice import POINT, Choice, as_rows, axis_of, choose, listed
from misstep.report.phase.diagram import PhaseDiagram, Variable
from misstep.report.phase.names import quantity_name, symbol
from misstep.report.phase.overlay import Overlay
from misstep.scalars import FloatArray

if TYPE_CHECKING:
    import xarray

MOST_PANELS, MOST_CURVES = 12, 6
"""How many panels a figure has at most, and how many curves a panel."""

_STEADY, _MOST = 1e-3, (10, 90)
"""Where the middle of the speeds, by percentiles, differs by less than this, relatively, there are no contour lines."""


def phase(
    dataset: xarray.Dataset,
    *,
    x: str,
    y: str | None = None,
    facet: str | None = None,
    quantity: str = "outcome",
    select: Mapping[str, float | str] | None = None,
    title: str | None = None,
    overlays: Sequence[Overlay] = (),
) -> PhaseDiagram:
    """What `misstep plot` draws, as plain arrays.

    Args:
        dataset: Of a sweep.
        x: The dimension to the right; of a random or Sobol design, a coordinate of its points.
        y: The one upwards. Without it the quantity is drawn against x, a curve each value of the facet or of the one
            dimension that is left; outcomes are drawn in rows.
        facet: A dimension that has a panel a value, at most 12.
        quantity: `"outcome"`, or a variable that is a number.
        select: The value of every other dimension, by its name; the nearest one that there is.
        title: What the figure answers; the dataset's own where `None`.
        overlays: Lines of a theory over the cells.

    Raises:
        InvalidInput: a name is of no dimension or variable; a dimension is used twice; one that has several values is
            neither drawn nor selected; there are too many panels or curves.
    """
    _check_names(dataset, x, y, facet)
    variable = _variable(dataset, quantity)
    points = POINT in dataset.dims
    if points and y is None:
        raise InvalidInput(f"y = None must be a coordinate of the points, as x = {x!r} is")
    rows = y
    if y is None:
        rows, facet = (facet, None) if facet is not None else (_left(dataset, x, select or {}), None)
    drawn = [POINT if points and name in (x, y) else name for name in (x, rows, facet) if name is not None]
    choice = choose(dataset, drawn, select or {})
    kind: Literal["cells", "points", "curves"] = "points" if points else "cells"
    if y is None and quantity != "outcome":
        kind = "curves"
    across = axis_of(choice.dataset, x)
    up = _rows(choice.dataset, rows, kind, is_axis=y is not None)
    panels = None if facet is None else axis_of(choice.dataset, facet)
    if panels is not None and len(panels.values) > MOST_PANELS:
        raise InvalidInput(
            f"facet = {facet!r} has {len(panels.values)} values, and at most {MOST_PANELS} panels fit: {listed(panels)}"
        )
    order = [facet, None, POINT] if points else [facet, rows, x]
    variables = {name: _arranged(choice.dataset, name, order) for name in _carried(choice.dataset, drawn)}
    smooth = kind == "cells" and quantity == "outcome" and "ordinal" not in (across.scale, up.scale)
    contours, label = _contours(choice, variables, order) if smooth else (None, "")
    known = facts(dataset.attrs, choice.fixed, _functions(choice, panels, up), {str(name) for name in dataset.coords})
    quantity_shown = variables.get(quantity) or _arranged(choice.dataset, quantity, order)
    size = quantity_shown.values.size
    proved = None
    if "proved" in variables:
        proved = (int(np.count_nonzero(variables["proved"].values == 1)), size)
    heading = str(title or dataset.attrs.get("title") or "")
    what = shown("outcome" if quantity == "outcome" else variable, across, up if y is not None else None)
    text = caption(what, known, _size(kind, across, up, panels, size), proved)
    return PhaseDiagram(
        kind=kind,
        x=across,
        y=up,
        facet=panels,
        quantity=quantity_shown,
        variables={**variables, quantity: quantity_shown},
        contours=contours,
        contour_label=label,
        title=heading or what,
        caption=f"{heading.rstrip('.')}{'' if heading.endswith('?') else '.'} {text}" if heading else text,
        facts=known,
        provenance=dict(dataset.attrs),
        overlays=tuple(overlays),
    )


def _check_names(dataset: xarray.Dataset, x: str, y: str | None, facet: str | None) -> None:
    points = POINT in dataset.dims
    coordinates = [str(name) for name, of in dataset.coords.items() if of.dims == (POINT,) and name != POINT]
    dims = [str(dim) for dim in dataset.dims if dim != POINT]
    for argument, name in (("x", x), ("y", y), ("facet", facet)):
        known = coordinates if points and argument != "facet" else dims
        if name is not None and name not in known:
            raise unknown_name(name, f"a dimension of this sweep, for {argument}", known or ["(there is none)"])
    for one, first, two, second in (("x", x, "y", y), ("x", x, "facet", facet), ("y", y, "facet", facet)):
        if first is not None and first == second:
            raise InvalidInput(f"{one} = {first!r} and {two} = {second!r} must differ")


def _variable(dataset: xarray.Dataset, quantity: str) -> str:
    """The variable in words, once it is known to be there and a number."""
    known = [str(name) for name in dataset.data_vars]
    if quantity not in known:
        error = unknown_name(quantity, "a variable of it", known)
        raise InvalidInput(f"this sweep has no {quantity}: {error}")
    found = dataset[quantity]
    if found.dtype.kind not in "fiub":
        numeric = [name for name in known if dataset[name].dtype.kind in "fiub"]
        raise InvalidInput(f"quantity = {quantity!r} must be a number, as are {', '.join(numeric)}")
    return quantity_name(quantity, found.attrs)


def _left(dataset: xarray.Dataset, x: str, select: Mapping[str, float | str]) -> str | None:
    """The one dimension that is neither x nor selected, of which there is a curve a value."""
    left = [str(dim) for dim in dataset.dims if dim != x and dim not in select and dataset.sizes[dim] > 1]
    return left[0] if len(left) == 1 else None


def _rows(dataset: xarray.Dataset, name: str | None, kind: str, *, is_axis: bool) -> PhaseAxis:
    """The axis upwards: y, or the curves, of which one alone has no name."""
    if name is None:
        return PhaseAxis("", "", np.zeros(1), "ordinal", ("",))
    axis = axis_of(dataset, name)
    if is_axis:
        return axis
    if kind == "curves" and len(axis.values) > MOST_CURVES:
        raise InvalidInput(
            f"{name!r} has {len(axis.values)} values, and at most {MOST_CURVES} curves can be told apart: "
            f"{listed(axis)}; give y, or select one"
        )
    return as_rows(axis)


def _carried(dataset: xarray.Dataset, drawn: list[str]) -> list[str]:
    """Numbers that every cell has, and of points their coordinates: what a reader may ask of one."""
    wanted = set(drawn)
    held = [str(name) for name, of in dataset.data_vars.items() if of.dtype.kind in "fiub" and set(of.dims) == wanted]
    if POINT in wanted:
        held += [str(name) for name, of in dataset.coords.items() if of.dims == (POINT,) and name != POINT]
    return held


def _arranged(dataset: xarray.Dataset, name: str, order: list[str | None]) -> Variable:
    """A variable by panel, row and column; what does not vary along one of them is the same there."""
    found = dataset[name]
    sizes = {dim: dataset.sizes[dim] for dim in order if dim is not None}
    spread = found
    missing = {dim: size for dim, size in sizes.items() if dim not in spread.dims}
    if missing:
        spread = spread.expand_dims(missing)
    values = spread.transpose(*sizes).values
    shape = tuple(1 if dim is None else sizes[dim] for dim in order)
    return Variable(name, np.ascontiguousarray(values.reshape(shape)), dict(found.attrs))


def _contours(
    choice: Choice, variables: Mapping[str, Variable], order: list[str | None]
) -> tuple[FloatArray | None, str]:
    """Speed where cells drift, in units of the spacing where the sweep has one; `None` where it does not vary."""
    if "speed" not in variables or "outcome" not in variables:
        return None, ""
    speed = variables["speed"].numbers
    units = variables["speed"].attributes.get("units", "1")
    label = "drift speed" if units in ("", "1") else f"drift speed ({units})"
    if "spacing" in choice.dataset.coords:
        speed = speed / _arranged(choice.dataset, "spacing", order).values
        label = "drift speed / spacing"
    drifts = np.where(variables["outcome"].values == 1, speed, np.nan)
    seen = drifts[np.isfinite(drifts)]
    if len(seen) < 4 or np.ptp(np.percentile(seen, _MOST)) <= _STEADY * np.abs(seen).max():
        return None, ""
    return drifts, label


def _functions(choice: Choice, facet: PhaseAxis | None, rows: PhaseAxis) -> list[str]:
    """The functions that are drawn, where the dataset names them."""
    if "function" in choice.fixed:
        return [choice.fixed["function"]]
    for axis in (facet, rows):
        if axis is not None and axis.name == "function":
            return list(axis.texts)
    return []


def _size(kind: str, x: PhaseAxis, y: PhaseAxis, facet: PhaseAxis | None, size: int) -> str:
    """How many cells or points there are, in words."""
    each = f" in each of {len(facet.values)} panels" if facet is not None and len(facet.values) > 1 else ""
    if kind == "points":
        return f"{size // (1 if facet is None else len(facet.values))} points{each}"
    if kind == "curves" and len(y.values) > 1:
        return f"{len(y.values)} curves of {len(x.values)} values{each}"
    if len(y.values) == 1:
        return f"{len(x.values)} values of {symbol(x.name)}{each}"
    return f"{len(x.values)} × {len(y.values)} cells{each}"
