"""The least constant of periodic gradients in each class, and the jets that attain it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from misstep import InvalidInput, exact
from misstep.constructions import Infeasible, jets_through, least_constant, spline_through

small = st.fractions(min_value=-3, max_value=3, max_denominator=6).map(exact)
jets = st.lists(st.tuples(small, small), min_size=2, max_size=5, unique_by=lambda jet: jet[0])
classes = st.sampled_from(["nonconvex", "convex", "strongly-convex"])


def mu_of(function_class: str) -> fmpq:
    return fmpq(1, 3) if function_class == "strongly-convex" else fmpq(0)


@given(jets, classes, st.sampled_from([0, 7, "-20/3"]))
def test_the_formula_is_what_the_solver_for_jets_on_a_line_finds(pairs: Any, function_class: Any, shift: Any) -> None:
    x, g = [list(part) for part in zip(*pairs, strict=True)]
    assume(len({*g, 0}) > 2)
    mu = mu_of(function_class)
    L: Any = least_constant(x, g, shift, function_class=function_class, mu=mu)
    found = jets_through(x, g, shift, function_class=function_class, mu=mu)
    assert (L is None) == isinstance(found, Infeasible)
    if L is not None and not isinstance(found, Infeasible):
        assert found.lower <= L <= found.L <= found.lower * (1 + fmpq(1, 10**11)) or found.L == found.lower == L


def floats_of(numbers: Any) -> Any:
    return np.array([float(number) for number in numbers])


@given(jets, classes, st.sampled_from([0, 7]))
def test_floats_give_the_exact_constant(pairs: Any, function_class: Any, shift: int) -> None:
    x, g = [list(part) for part in zip(*pairs, strict=True)]
    mu = mu_of(function_class)
    exactly: Any = least_constant(x, g, shift, function_class=function_class, mu=mu)
    floats = least_constant(floats_of(x), floats_of(g), shift, function_class=function_class, mu=float(mu))
    assert (floats is None) == (exactly is None)
    if exactly is not None:
        assert isinstance(floats, float)
        assert floats == pytest.approx(float(exactly), rel=1e-9)


@given(jets, st.fractions(min_value=1, max_value=20, max_denominator=4).map(exact))
def test_a_condition_stands_for_the_mu_that_goes_with_the_constant(pairs: Any, kappa: Any) -> None:
    x, g = [list(part) for part in zip(*pairs, strict=True)]
    L: Any = least_constant(x, g, 0, function_class="strongly-convex", condition=kappa)
    convex: Any = least_constant(x, g, 0, function_class="convex")
    if L is None:
        assert convex is None or least_constant(x, g, 0, function_class="strongly-convex", mu=convex / kappa) is None
    else:
        assert L == convex == least_constant(x, g, 0, function_class="strongly-convex", mu=L / kappa)


def test_order_and_repetition_of_the_nodes_do_not_matter() -> None:
    assert least_constant([3, 0, 1, 0], [5, -1, 2, -1], 0) == least_constant([0, 1, 3], [-1, 2, 5], 0) == 3
    found = jets_through([3, 0, 1, 0], [5, -1, 2, -1], 0)
    assert not isinstance(found, Infeasible)
    assert [jet.x for jet in found.jets] == [0, 1, 3]


def test_two_gradients_at_one_point_have_no_function() -> None:
    assert least_constant([0, 1, 0], [-1, 1, "-1/2"], 0) is None
    assert least_constant([0.0, 1.0, 1e-13], [-1.0, 1.0, -0.5], 0) is None
    assert least_constant([0.0, 1.0, 1e-13], [-1.0, 1.0, -1.0], 0) == pytest.approx(2)
    found = jets_through([0, 1, 0], [-1, 1, "-1/2"], 0)
    assert found == Infeasible("two gradients are asked at 0: -1 and -1/2")


@pytest.mark.parametrize("function_class", ["convex", "strongly-convex"])
def test_no_convex_function_makes_a_method_drift(function_class: Any) -> None:
    mu = mu_of(function_class)
    assert least_constant([0], [-1], 1, function_class=function_class, mu=mu) is None
    assert least_constant([0, "1/3"], [-1, 1], 1, function_class=function_class, mu=mu) is None


def test_where_nothing_moves_nothing_is_asked() -> None:
    assert least_constant([0, 0], [-1, -1], 0) is None
    assert least_constant([0, 1], [-1, -1], 0) is None


def test_a_strongly_convex_function_goes_on_with_its_least_curvature() -> None:
    found = jets_through([0, 1, "1/2"], [-1, 3, 0], 0, function_class="strongly-convex", mu=1)
    assert not isinstance(found, Infeasible)
    curvature: Any = spline_through(found).curvature_range()
    assert curvature == (1, 6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"function_class": "strongly-convex"}, "mu = 0 must be positive"),
        ({"function_class": "strongly-convex", "mu": 1, "condition": 4}, "in the place of mu"),
        ({"function_class": "convex", "condition": 4}, "for the strongly convex class"),
        ({"function_class": "strongly-convex", "condition": "1/2"}, "must be at least 1"),
        ({"function_class": "flat"}, "must be one of"),
        ({"mu": 1}, "is for the strongly convex class"),
    ],
)
def test_bounds_that_do_not_fit_the_class_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        least_constant([0, 1], [-1, 1], 0, **arguments)


def test_numbers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidInput, match="2 nodes and 1 gradients"):
        least_constant([0, 1], [-1], 0)
    with pytest.raises(InvalidInput, match="not finite"):
        least_constant([0, float("nan")], [-1, 1], 0)
