"""The dataset of a sweep before it has values: dimensions, coordinates, variables, and what each is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from misstep.optimizers import GradientDescent, HeavyBall, Nesterov
from misstep.sweeps.chunks import Chunk, chunk_shape
from misstep.sweeps.design import coordinate
from misstep.sweeps.layout import Coordinate, Layout, Variable
from misstep.sweeps.methods import method_class
from misstep.sweeps.quantities import NAN, PROVED, QUANTITIES
from misstep.sweeps.spec import RUN_AXES, SweepSpec

_UNSCALED = frozenset({GradientDescent, HeavyBall, Nesterov})
"""Methods whose step is a multiple of the gradient: their learning rate has the units x²/f."""

_NAMES: Mapping[str, tuple[str, str]] = {
    "learning_rate": ("learning rate α", "x"),
    "beta1": ("β1", "1"),
    "beta2": ("β2", "1"),
    "eps": ("ε", "f/x"),
    "eps_root": ("ε inside the root", "f^2/x^2"),
    "eps_hat": ("ε̂", "f/x"),
    "eps_sum": ("ε added to s", "f^2/x^2"),
    "weight_decay": ("weight decay λ", "1/x"),
    "momentum": ("momentum β", "1"),
    "momentum_decay": ("momentum decay ψ", "1"),
    "initial_accumulator": ("initial accumulator", "f^2/x^2"),
    "x0": ("start x₀", "x"),
    "noise": ("gradient noise σ", "f/x"),
    "power": ("power p of the learning rate α/(k + 1)^p", "1"),
    "spacing": ("spacing s", "x"),
    "slope": ("slope c", "f/x"),
    "rho": ("half-width of plateaus ρ, in spacings", "1"),
    "steepness": ("steepness", "1"),
    "curvature": ("curvature", "f/x^2"),
    "scale": ("scale of f", "1"),
}


def layout_of(spec: SweepSpec, attrs: Mapping[str, Any] | None = None) -> Layout:
    """The layout of a sweep's dataset.

    In a design of points the axes are coordinates that are computed with their chunk, by `drawn_coordinates`.

    Args:
        spec: The sweep.
        attrs: More attributes of the dataset, such as versions.

    >>> from misstep.sweeps.reading import read_spec
    >>> layout = layout_of(read_spec("adam(learning_rate=0.1, beta1=0..0.9:10)", steps=10, x0=[0, 1]))
    >>> layout.sizes, layout.coordinates[0].attrs
    ({'beta1': 10, 'x0': 2}, {'long_name': 'β1', 'units': '1', 'scale': 'linear'})
    """
    along = {name: spec.labels[name] for name in spec.label_dims}
    coordinates = [Coordinate(name, names, {"long_name": name, "units": "1"}) for name, names in along.items()]
    variables = [
        Variable(name, "float64", ("point",), _of_axis(spec, i), NAN, coordinate=True) for i, name in _drawn(spec)
    ]
    if spec.points is None:
        coordinates += [Coordinate(axis.name, axis.values, _of_axis(spec, i)) for i, axis in enumerate(spec.axes)]
    for name in spec.quantities:
        quantity = QUANTITIES[name]
        variables.append(Variable(name, quantity.dtype, spec.dims, quantity.attrs, quantity.missing))
    if spec.certify:
        variables.append(Variable("proved", PROVED.dtype, spec.dims, PROVED.attrs, PROVED.missing))
    return Layout(
        sizes=dict(zip(spec.dims, spec.shape, strict=True)),
        chunks=dict(zip(spec.dims, chunk_shape(spec), strict=True)),
        coordinates=tuple(coordinates),
        variables=tuple(variables),
        attrs={**_fixed(spec), **(attrs or {})},
        spec=spec.to_dict(),
    )


def drawn_coordinates(spec: SweepSpec, chunk: Chunk) -> dict[str, npt.NDArray[np.float64]]:
    """The values that a design of points drew for a chunk, by the name of the axis; of a grid there are none."""
    return {name: coordinate(spec, i, chunk.starts[-1], chunk.stops[-1]) for i, name in _drawn(spec)}


def _drawn(spec: SweepSpec) -> list[tuple[int, str]]:
    return [] if spec.points is None else [(i, axis.name) for i, axis in enumerate(spec.axes)]


def _fixed(spec: SweepSpec) -> dict[str, Any]:
    """What the dataset says of the sweep as a whole."""
    words = {name: text for name, text in (("title", spec.title), ("question", spec.question)) if text}
    fixed: dict[str, Any] = {name: names[0] for name, names in spec.labels.items() if name not in spec.label_dims}
    swept = [axis.name for axis in spec.axes]
    fixed |= {name: getattr(spec, name) for name in RUN_AXES if name not in swept}
    return words | fixed | {name: getattr(spec, name) for name in ("n_steps", "seed", "replicates", "design")}


def _of_axis(spec: SweepSpec, i: int) -> dict[str, str]:
    long_name, units = _named(spec, spec.axes[i].name)
    return {"long_name": long_name, "units": units, "scale": spec.axes[i].scale}


def _named(spec: SweepSpec, name: str) -> tuple[str, str]:
    """The long name and the units of an axis."""
    long_name, units = _NAMES.get(name, (name, "1"))
    if name == "learning_rate":
        kinds = {method_class(optimizer) in _UNSCALED for optimizer in spec.optimizers}
        # Methods of both kinds: no one unit fits.
        return long_name, "x" if kinds == {False} else "x^2/f" if kinds == {True} else "1"
    return long_name, units
