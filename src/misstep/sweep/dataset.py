"""The dataset of a sweep before it has values: dimensions, coordinates, variables, and what each is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from misstep.optimizers import GradientDescent, HeavyBall, Nesterov
from misstep.sweep.chunks import chunk_shape
from misstep.sweep.methods import method_class
from misstep.sweep.quantities import QUANTITIES, Quantity
from misstep.sweep.spec import SweepSpec

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


@dataclass(frozen=True)
class Coordinate:
    """A coordinate.

    Attributes:
        name: Of the coordinate.
        dims: The one dimension that it belongs to.
        labels: Names along it, or `None` where it holds numbers: `misstep.sweep.design.coordinate` gives them.
        axis: Place of its axis in the spec, or `None` for names.
        attrs: `long_name`, `units`, and for an axis its `scale`.
    """

    name: str
    dims: tuple[str, ...]
    labels: tuple[str, ...] | None
    axis: int | None
    attrs: Mapping[str, str]


@dataclass(frozen=True)
class Layout:
    """What the dataset of a sweep looks like.

    Attributes:
        dims: Names of the dimensions.
        shape: Their lengths.
        chunks: The shape of a chunk.
        coordinates: In the order of the dimensions.
        variables: The quantities that the sweep tells, all over all dimensions.
        scalars: What is fixed, by name: attributes of the dataset.
    """

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    coordinates: tuple[Coordinate, ...]
    variables: Mapping[str, Quantity]
    scalars: Mapping[str, Any]


def layout_facts(spec: SweepSpec) -> Layout:
    """The layout of a sweep's dataset.

    >>> from misstep.sweep.reading import read_spec
    >>> layout = layout_facts(read_spec("adam(learning_rate=0.1, beta1=0..0.9:10)", steps=10, x0=[0, 1]))
    >>> layout.dims, layout.coordinates[0].attrs
    (('beta1', 'x0'), {'long_name': 'β1', 'units': '1', 'scale': 'linear'})
    """
    coordinates = [
        Coordinate(name, (name,), spec.labels[name], None, {"long_name": name, "units": "1"})
        for name in spec.label_dims
    ]
    for i, axis in enumerate(spec.axes):
        dim = axis.name if spec.points is None else "point"
        long_name, units = _named(spec, axis.name)
        attrs = {"long_name": long_name, "units": units, "scale": axis.scale}
        coordinates.append(Coordinate(axis.name, (dim,), None, i, attrs))
    fixed: dict[str, Any] = {name: values[0] for name, values in spec.labels.items() if name not in spec.label_dims}
    swept = [axis.name for axis in spec.axes]
    fixed |= {name: getattr(spec, name) for name in ("x0", "noise", "power") if name not in swept}
    fixed |= {"n_steps": spec.n_steps, "seed": spec.seed, "replicates": spec.replicates, "design": spec.design}
    words = {name: text for name, text in (("title", spec.title), ("question", spec.question)) if text}
    variables = {name: QUANTITIES[name] for name in spec.quantities}
    return Layout(spec.dims, spec.shape, chunk_shape(spec), tuple(coordinates), variables, words | fixed)


def _named(spec: SweepSpec, name: str) -> tuple[str, str]:
    """The long name and the units of an axis."""
    long_name, units = _NAMES.get(name, (name, "1"))
    if name == "learning_rate":
        kinds = {method_class(optimizer) in _UNSCALED for optimizer in spec.optimizers}
        # Methods of both kinds: no one unit fits.
        return long_name, "x" if kinds == {False} else "x^2/f" if kinds == {True} else "1"
    return long_name, units
