"""Drifts in R^n: for methods that work by coordinate, and for those that see the whole parameter."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import misstep as ms
from misstep.adapters import resolve
from misstep.counterexamples import Construction, Failure, construct
from misstep.errors import InvalidInput
from misstep.functions import RidgeSum

CASES: tuple[tuple[str, Any], ...] = (
    ("adam(learning_rate=1/10, eps=0)", 2),
    ("adam(learning_rate=1/10, eps=0)", 5),
    ("gradient_descent(learning_rate=1/3)", 3),
    ("rmsprop(learning_rate=1/10)", (2, 2)),
    ("torch:Muon(lr=0.01, weight_decay=0.0)", (2, 3)),
    ("optax:lars(learning_rate=0.1)", 3),
)


@cache
def built(spec: str, dimension: Any) -> Construction:
    library = spec.partition(":")[0] if ":" in spec else "misstep"
    if library in ("torch", "optax"):
        pytest.importorskip(library, reason=f"{library} is not installed")
    return construct(spec, dimension=dimension, n_steps=300)


@pytest.mark.parametrize(("spec", "dimension"), CASES[:5], ids=str)
def test_the_method_drifts_on_a_bounded_function_of_many_variables(spec: str, dimension: Any) -> None:
    found = built(spec, dimension)
    assert found.failure is Failure.DRIFT
    assert found.example is not None
    assert all(run.holds and run.persists for run in found.observed)
    f = found.example.function
    assert isinstance(f, RidgeSum)
    assert np.isfinite(float(f.infimum()))
    first, step = found.example.nodes[0], found.example.spacing
    assert isinstance(first, tuple)
    assert isinstance(step, tuple)
    for k in (0, 1, 10**6):
        point = [str(a + k * b) for a, b in zip(first, step, strict=True)]
        assert tuple(f.gradient(point)) == found.example.gradients[0]


@pytest.mark.parametrize(("spec", "dimension"), CASES[:5], ids=str)
def test_the_constant_is_exact_and_never_exceeded(spec: str, dimension: Any) -> None:
    example = built(spec, dimension).example
    assert example is not None
    f = example.function
    L = f.lipschitz_constant()
    assert isinstance(L, fmpq)
    assert L == example.optimum / (1 - 2 * example.rho) ** 2
    step = np.array([float(entry) for entry in example.spacing])  # type: ignore[union-attr]
    rng = np.random.default_rng(0)
    a = 5 * step * rng.standard_normal((2000, len(step)))
    b = a + 0.1 * np.linalg.norm(step) * rng.standard_normal(a.shape)
    ratio = np.linalg.norm(f.gradient(a) - f.gradient(b), axis=1) / np.linalg.norm(a - b, axis=1)
    assert ratio.max() <= float(L) * (1 + 1e-9)


@pytest.mark.parametrize("n", [2, 3, 8])
def test_adam_needs_less_in_more_dimensions(n: int) -> None:
    """With g = −(1, 1/2, …, 1/n) and a step of α in every coordinate, L = 4⟨−g, s⟩/|s|² = 4·H_n/(n·α)."""
    example = construct("adam(learning_rate=1/10, eps=0)", dimension=n, n_steps=200).example
    assert example is not None
    harmonic = sum((fmpq(1, i + 1) for i in range(n)), fmpq(0))
    assert example.optimum == 40 * harmonic / n


def test_a_method_that_never_settles_is_left_alone() -> None:
    found = construct("adagrad(learning_rate=1/10)", dimension=2)
    assert found.failure is Failure.NONE
    assert found.search


def test_the_trust_ratio_of_lars_outgrows_every_spacing() -> None:
    assert built(*CASES[5]).failure is Failure.NONE


@pytest.mark.parametrize("dimension", [0, -1, True, 1.5, (), (2, 0), (9, 9), "2"])
def test_dimensions_are_whole_numbers(dimension: Any) -> None:
    with pytest.raises(InvalidInput, match="dimension"):
        construct("gradient_descent(learning_rate=1)", dimension=dimension)


def test_other_classes_and_families_are_for_the_line() -> None:
    with pytest.raises(InvalidInput, match="nonconvex"):
        construct("gradient_descent(learning_rate=1)", dimension=2, function_class="convex")
    with pytest.raises(InvalidInput, match="line"):
        construct("gradient_descent(learning_rate=1)", dimension=2, family="cubic")


def test_orthogonal_ridges_have_an_exact_constant() -> None:
    f = RidgeSum(((3, 4), (-8, 6)), (ms.cubic("1"), ms.spline("1")))  # type: ignore[arg-type]
    assert f.lipschitz_constant() == max(6 * 25, 4 * 100)


def test_the_parameter_has_the_shape_that_was_asked_for() -> None:
    shapes = []

    def update(g: Any, state: Any, x: Any) -> Any:
        shapes.append(np.shape(x))
        return x - 0.1 * np.sign(g), state

    construct((lambda _: None, update), dimension=(2, 3), n_steps=100)
    assert (2, 3) in shapes
    assert resolve((lambda _: None, update)).parameter_shape is None
