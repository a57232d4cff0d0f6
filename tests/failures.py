"""What the tests of counterexamples share: constructions made once, and what must hold of each."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import misstep as ms
from helpers import holds
from misstep.adapters import resolve
from misstep.adapters.keras import import_keras
from misstep.constructions import has_constant_gradient
from misstep.counterexamples import Construction, Counterexample, Failure, construct
from misstep.errors import MissingDependency
from misstep.functions.constants import enclosure
from misstep.scalars import FloatArray

Class = tuple[tuple[str, Any], ...]

NONCONVEX: Class = ()
CONVEX: Class = (("function_class", "convex"),)
STRONGLY_CONVEX: Class = (("function_class", "strongly-convex"), ("mu", "1/3"))
CONDITIONED: Class = (("function_class", "strongly-convex"), ("condition", 30))
CLASSES = (NONCONVEX, CONVEX, STRONGLY_CONVEX, CONDITIONED)

EXTRAS = {"torch": "torch", "optax": "jax", "keras": "keras"}


def need(spec: str) -> None:
    """Skip the test where the framework of a spec is absent."""
    library = spec.partition(":")[0]
    if library == "keras":
        try:
            import_keras()
        except MissingDependency as error:
            pytest.skip(str(error))
    elif library in EXTRAS:
        pytest.importorskip(library, reason=f"{library} is not installed: misstep[{EXTRAS[library]}]")


@cache
def built(spec: str, options: Class = NONCONVEX) -> Construction:
    """The construction for a named optimizer, without curves, made once by a short search."""
    need(spec)
    short = {"longest": 3, "n_steps": 300} if ":" in spec else {"longest": 6, "n_steps": 500}
    return construct(spec, **{"curves": False, **short, **dict(options)})


def example_of(found: Construction) -> Counterexample:
    """The counterexample, which must be there."""
    assert found.example is not None, found.sentence
    return found.example


def check_class_of(found: Construction, options: Class = NONCONVEX) -> None:
    """The function is of the class that was asked for, by its exact curvature and by its sampled gradient."""
    function: Any = example_of(found).function
    asked = {"function_class": "nonconvex", **dict(options)}
    L = function.lipschitz_constant()
    assert not isinstance(function.infimum(), float) or math.isfinite(function.infimum())
    if not isinstance(function, ms.PiecewisePolynomial):
        return
    low, high = (enclosure(bound) for bound in function.curvature_range())
    assert not high > enclosure(L)
    least = -enclosure(L)
    if asked["function_class"] == "convex":
        least = enclosure(fmpq(0))
    elif asked["function_class"] == "strongly-convex":
        least = enclosure(ms.exact(asked["mu"]) if "mu" in asked else L / asked["condition"])
    assert not low < least
    knots = [float(knot) for knot in function.knots]
    # The strongly convex continuation is a thousand times as long as the nodes' range: sample what lies within.
    inner = knots[1:-1] if asked["function_class"] == "strongly-convex" else knots
    span = inner[-1] - inner[0]
    t = np.linspace(inner[0] - span / 7, inner[-1] + span / 7, 4001)
    slopes = np.diff(function.gradient(t)) / np.diff(t)
    rounding = 1e-6 * float(enclosure(L)) + 1e-12 * np.abs(function.gradient(t)).max() / (t[1] - t[0])
    assert slopes.max() <= float(enclosure(L)) + rounding
    if asked["function_class"] != "nonconvex":
        assert slopes.min() >= -rounding
    else:
        assert slopes.min() >= -float(enclosure(L)) - rounding


def check_nodes_of(found: Construction) -> None:
    """f' at every node is the prescribed gradient, exactly, and constant on the plateau around it."""
    example = example_of(found)
    function = example.function
    for node, gradient in zip(example.nodes, example.gradients, strict=True):
        value = function.gradient(node)
        assert value == gradient if isinstance(value, fmpq) else holds(value, gradient)
        if isinstance(function, ms.PiecewisePolynomial):
            low, high = node - example.half_width, node + example.half_width
            assert has_constant_gradient(function, low, high, gradient)
    if example.word is not None:
        assert len(example.word) == (1 if example.spacing is None else len(example.gradients))
        for sign, gradient in zip(example.word, example.gradients, strict=False):
            assert abs(sign * gradient / found.slope - 1) <= fmpq(1, 10**4)


def check_price_of(found: Construction) -> None:
    """L is at least the least constant for the same gradients at the same nodes."""
    optimum, L = (enclosure(c) for c in (example_of(found).optimum, example_of(found).function.lipschitz_constant()))
    assert not L < optimum
    assert found.price is None if optimum == 0 else found.price is not None and found.price >= 1


def rerun(spec: str, example: Counterexample, n_steps: int) -> tuple[FloatArray, FloatArray]:
    """Iterates and gradients of the optimizer on the function, by a plain loop over gradients."""
    function: Any = example.function
    assert isinstance(example.x0, fmpq)
    run = resolve(spec).follow(function.gradient, float(example.x0), n_steps, value=function.value)
    return run.x, run.g


def check_run_of(spec: str, found: Construction) -> None:
    """The plain loop shows the failure that was claimed."""
    example = example_of(found)
    total = example.settled + 500 if example.horizon is None else example.horizon
    x, g = rerun(spec, example, total)
    largest = max(abs(float(gradient)) for gradient in example.gradients)
    assert np.isfinite(x).all()
    assert np.abs(g[example.settled :]).min() >= 0.1 * largest
    late = x[example.settled :]
    if example.failure is Failure.WRONG_LIMIT:
        assert np.abs(late - float(example.nodes[0])).max() <= 1e-3 * float(example.nodes[0])
        return
    if example.spacing is None:
        # The steps do not repeat: all that is claimed is the gradient, up to the horizon.
        assert example.horizon is not None
        assert (g == -largest).all()
        assert np.abs(np.diff(x)).max() > 0
        return
    span = max(float(np.ptp(late[: len(example.gradients)])), abs(float(example.spacing)))
    period = len(example.gradients)
    moved: Any = np.subtract(late[period:], late[:-period])
    assert np.abs(moved - float(example.spacing)).max() <= 3e-2 * span
    assert (example.spacing == 0) == (example.failure is Failure.CYCLE)
