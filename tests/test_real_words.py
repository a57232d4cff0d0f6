"""Words of real numbers: cones of words, and the least constant over all of them."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from misstep import Adam, GradientDescent, HeavyBall, InvalidInput, Nesterov, exact
from misstep.constructions import (
    function_of_word,
    least_constant,
    least_constant_of_gradients,
    linear_regime,
    periodic_regime,
    search_real_words,
    search_words,
)
from misstep.constructions.cone import point_of_cone
from misstep.constructions.real_words import orders_up_to_symmetry

LINEAR: dict[str, Any] = {
    "gradient descent": GradientDescent(learning_rate="2/3"),
    "heavy ball": HeavyBall(learning_rate="1/2", momentum="3/5"),
    "nesterov": Nesterov(learning_rate="1/2", momentum="3/5"),
}
CLASSES: list[dict[str, Any]] = [
    {},
    {"function_class": "convex"},
    {"function_class": "strongly-convex", "mu": "1/10"},
    {"function_class": "strongly-convex", "condition": 40},
]
numbers = st.fractions(min_value=-2, max_value=2, max_denominator=3).map(exact)


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=2, max_size=8)))
def test_a_cone_has_a_point_with_the_normal_exactly_when_a_linear_program_says_so(vectors: Any) -> None:
    from scipy.optimize import linprog

    normal, *rows = vectors
    found = point_of_cone(rows, normal)
    floats = np.array([[float(entry) for entry in vector] for vector in vectors])
    n = len(normal)
    program = linprog(np.zeros(n), -floats[1:], np.zeros(len(rows)), floats[:1], [1], [(None, None)] * n)
    assert (found is not None) == (program.status == 0)
    if found is not None:
        products = [sum((a * b for a, b in zip(vector, found, strict=True)), fmpq(0)) for vector in vectors]
        assert products[0] == 1
        assert min(products[1:]) >= 0


@pytest.mark.parametrize("method", LINEAR.values(), ids=LINEAR)
@given(word=st.lists(numbers, min_size=1, max_size=5))
def test_the_regime_of_a_linear_method_is_linear_in_the_word(method: Any, word: Any) -> None:
    regime, linear = periodic_regime(method, word), linear_regime(method, len(word))
    for row, node in zip((*linear.nodes, linear.shift), (*regime.nodes, regime.shift), strict=True):
        assert sum((a * b for a, b in zip(row, word, strict=True)), fmpq(0)) == node


def test_other_methods_are_refused() -> None:
    with pytest.raises(InvalidInput, match="the steps of Adam are not linear"):
        search_real_words(Adam(learning_rate=1, eps=0), 3)
    with pytest.raises(InvalidInput, match="no exact regime"):
        search_real_words(GradientDescent(learning_rate=0.1), 3)
    with pytest.raises(InvalidInput, match="from 2 to 7"):
        search_real_words(GradientDescent(learning_rate=1), 8)


@pytest.mark.parametrize("period", range(2, 7))
def test_every_order_has_exactly_one_representative(period: int) -> None:
    kept = set(orders_up_to_symmetry(period))
    for order in itertools.permutations(range(period)):
        turned = {tuple((j - t) % period for j in order) for t in range(period)}
        turned |= {tuple(reversed(other)) for other in turned}
        assert len(turned & kept) == 1


@pytest.mark.parametrize("options", CLASSES, ids=str)
@pytest.mark.parametrize("method", LINEAR.values(), ids=LINEAR)
def test_the_best_real_word_is_no_worse_than_any_that_chance_finds(method: Any, options: dict[str, Any]) -> None:
    found: Any = search_real_words(method, 4, **options)
    signs: Any = search_words(method, 4, **options).cycle
    assert found.lower < found.cycle.L
    assert float(found.cycle.L) <= float(found.lower) * (1 + 1e-10)
    assert signs is None or signs.L >= found.cycle.L
    rng = np.random.default_rng(1)
    options = {**options, "mu": 0.1} if "mu" in options else options
    best = math.inf
    for p in (2, 3, 4):
        nodes = np.array(linear_regime(method, p).nodes, dtype=float)
        for _ in range(500):
            word = rng.normal(size=p)
            word -= word.mean()
            L: Any = least_constant(nodes @ word, word, 0.0, **options)
            best = min(best, math.inf if L is None else L)
    assert best >= float(found.lower) * (1 - 1e-9)


@pytest.mark.parametrize("options", CLASSES, ids=str)
@pytest.mark.parametrize("method", LINEAR.values(), ids=LINEAR)
def test_on_the_function_of_a_real_word_the_method_repeats_it_exactly(method: Any, options: dict[str, Any]) -> None:
    found = search_real_words(method, 4, **options).cycle
    assert found is not None
    f: Any = function_of_word(found)
    assert f.lipschitz_constant() == found.L
    assert [f.gradient(node) for node in found.regime.nodes] == list(found.word)
    assert least_constant_of_gradients(method, found.word, **options) is not None
    if found.mu > 0:
        assert f.curvature_range()[0] >= found.mu


def test_where_no_constant_allows_a_cycle_there_is_none() -> None:
    """Above 2/α no parabola keeps gradient descent from blowing up, and its 2-cycle has f'' = 2/α on average."""
    found = search_real_words(GradientDescent(learning_rate=1), 4, function_class="strongly-convex", mu=3)
    assert (found.cycle, found.lower) == (None, None)


def test_the_least_curvature_may_be_the_largest() -> None:
    found = search_real_words(GradientDescent(learning_rate=1), 4, function_class="strongly-convex", mu=2)
    assert found.cycle is not None
    assert found.cycle.L == 2
