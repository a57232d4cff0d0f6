"""Which dimensions of a dataset are drawn, and which value of every other one is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misstep.errors import InvalidInput, unknown_name
from misstep.report.phase.axis import PhaseAxis, natural_scale
from misstep.report.phase.names import coordinate_label, number
from misstep.scalars import FloatArray

if TYPE_CHECKING:
    import xarray

POINT = "point"
"""The dimension of random and Sobol designs."""

_LISTED = 12


@dataclass(frozen=True)
class Choice:
    """A dataset cut down to what is drawn.

    Attributes:
        dataset: Without the dimensions that are not drawn.
        fixed: Coordinates of one value each: name and value as text.
    """

    dataset: xarray.Dataset
    fixed: Mapping[str, str]


def choose(dataset: xarray.Dataset, drawn: Iterable[str], select: Mapping[str, float | str]) -> Choice:
    """One value of every dimension that is not drawn: the one selected, or the only one.

    Raises:
        InvalidInput: a dimension does not exist, is drawn, or has several values of which none is selected.
    """
    drawn = list(drawn)
    fixed: dict[str, str] = {}
    at: dict[str, int] = {}
    for name, value in select.items():
        if name not in dataset.dims:
            raise unknown_name(name, "a dimension of this sweep, to select in", [str(dim) for dim in dataset.dims])
        if name in drawn:
            raise InvalidInput(f"select = {{{name!r}: {value!r}}} must be of a dimension that is not drawn")
        at[name] = _index(axis_of(dataset, name), value)
    for dim in map(str, dataset.dims):
        if dim in drawn:
            continue
        axis = axis_of(dataset, dim)
        if dim not in at and len(axis.values) > 1:
            raise InvalidInput(
                f"the dimension {dim!r} has {len(axis.values)} values, of which one must be selected, or it must be "
                f"an axis or the facet: {listed(axis)}"
            )
        at.setdefault(dim, 0)
        fixed[dim] = axis.text(at[dim])
    return Choice(dataset.isel(at), fixed)


def axis_of(dataset: xarray.Dataset, name: str) -> PhaseAxis:
    """A coordinate as an axis: words are written as they are, numbers lie on the scale that the coordinate names.

    Raises:
        InvalidInput: the coordinate is not finite.
    """
    if name not in dataset.coords:
        size = dataset.sizes[name]
        return PhaseAxis(name, coordinate_label(name, {}), np.arange(float(size)), "linear")
    coordinate = dataset.coords[name]
    label = coordinate_label(name, coordinate.attrs)
    raw = np.atleast_1d(np.asarray(coordinate.values))
    if raw.dtype.kind not in "fiub":
        texts = tuple(str(value) for value in raw.tolist())
        return PhaseAxis(name, label, np.arange(float(len(texts))), "ordinal", texts)
    values: FloatArray = raw.astype(np.float64)
    if not np.isfinite(values).all():
        raise InvalidInput(f"the coordinate {name!r} must be finite: it has {values[~np.isfinite(values)][0]}")
    scale = natural_scale(str(coordinate.attrs.get("scale", "list")), name, values)
    return PhaseAxis(name, label, values, scale)


def as_rows(axis: PhaseAxis) -> PhaseAxis:
    """The same values, one like the other: for rows of a chart."""
    texts = axis.texts or tuple(number(float(value)) for value in axis.values)
    return PhaseAxis(axis.name, axis.label, axis.values, "ordinal", texts)


def listed(axis: PhaseAxis) -> str:
    """The values of an axis in a message; of many, the first and the last."""
    texts = [axis.text(i) for i in range(len(axis.values))]
    if len(texts) > _LISTED:
        texts = [*texts[:4], "…", *texts[-2:]]
    return ", ".join(texts)


def _index(axis: PhaseAxis, value: float | str) -> int:
    """The value meant: a word as it is written, a number as the nearest one on paper."""
    if axis.texts:
        if str(value) not in axis.texts:
            raise unknown_name(str(value), f"a value of {axis.name!r}", axis.texts)
        return axis.texts.index(str(value))
    try:
        wanted = float(value)
    except ValueError as error:
        raise InvalidInput(f"select = {{{axis.name!r}: {value!r}}} must be a number: {listed(axis)}") from error
    if not np.isfinite(wanted):
        raise InvalidInput(f"select = {{{axis.name!r}: {value!r}}} must be finite")
    apart = np.abs(axis.values - wanted)
    if (axis.scale == "log" and wanted > 0) or (axis.scale == "logit" and wanted < 1):
        apart = np.abs(axis.at - axis.place(np.array([wanted]))[0])
    return int(np.argmin(apart))
