"""Words: what methods repeat on periodic gradients, and the smoothest functions that make them."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from misstep import (
    AdaBelief,
    AdaGrad,
    Adam,
    Adamax,
    GradientDescent,
    HeavyBall,
    InvalidInput,
    Lion,
    Nesterov,
    NumberKind,
    RMSprop,
    SignDescent,
    exact,
)
from misstep.constructions.periodic_regime import periodic_regime
from misstep.constructions.words import (
    function_of_word,
    least_constant_of_word,
    search_words,
    words_up_to_symmetry,
)

LINEAR: dict[str, Any] = {
    "adam": Adam(learning_rate="1/3", beta1="9/10", beta2="99/100", eps="1/7"),
    "adam-root": Adam(learning_rate=1, beta1="1/2", beta2="1/3", eps=0, eps_root="5/4"),
    "gradient descent": GradientDescent(learning_rate="2/3"),
    "heavy ball": HeavyBall(learning_rate="1/2", momentum="3/5"),
    "nesterov": Nesterov(learning_rate="1/2", momentum="3/5"),
    "sign descent": SignDescent(learning_rate="1/4"),
    "lion": Lion(learning_rate="1/4", beta1="9/10", beta2="99/100"),
}
SETTLING: dict[str, Any] = {
    "rmsprop": RMSprop(learning_rate="1/10"),
    "adamax": Adamax(learning_rate="1/10"),
    "adabelief": AdaBelief(learning_rate="1/10", eps="1e-8"),
    "adam": Adam(learning_rate=0.1, beta1=0.9, beta2=0.999),
}
WORDS = [(-1,), (-1, 1), (-1, -1, 1), (-1, -1, 1, 1), (-1, -1, -1, 1, -1, 1)]


@pytest.mark.parametrize("word", WORDS, ids=str)
@pytest.mark.parametrize("method", LINEAR.values(), ids=LINEAR)
def test_the_exact_regime_is_what_the_method_settles_into(method: Any, word: tuple[int, ...]) -> None:
    regime = periodic_regime(method, word)
    floats = method.cast(NumberKind.FLOAT64)
    x, state = np.float64(0), floats.init(np.float64(0))
    points = [x]
    for sign in itertools.islice(itertools.cycle(word), len(word) * 3000):
        x, state = floats.update(np.float64(sign), state, x)
        points.append(x)
    last = np.array(points[-len(word) - 1 :])
    expected = [float(node) for node in (*regime.nodes, regime.shift)]
    np.testing.assert_allclose(last - last[0], expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", [name for name in LINEAR if name != "adam-root"])
def test_methods_with_linear_memory_have_exact_regimes(name: str) -> None:
    assert periodic_regime(LINEAR[name], [-1, -1, 1]).kind is NumberKind.EXACT


@pytest.mark.parametrize("method", SETTLING.values(), ids=SETTLING)
def test_other_methods_settle_in_floating_point(method: Any) -> None:
    regime = periodic_regime(method, [-1, -1, 1])
    assert regime.kind is NumberKind.FLOAT64
    assert len(regime.nodes) == 3


def test_a_method_whose_steps_shrink_does_not_settle() -> None:
    with pytest.raises(InvalidInput, match="does not settle"):
        periodic_regime(AdaGrad(learning_rate=1, eps=0), [-1])


@pytest.mark.parametrize("beta1", ["0", "1/2", "9/10"])
def test_the_constant_word_of_adam_needs_four_over_alpha(beta1: str) -> None:
    found = least_constant_of_word(Adam(learning_rate="1/10", beta1=beta1, eps=0), [-1])
    assert found is not None
    assert (found.failure, found.L, found.regime.shift) == ("drift", 40, fmpq(1, 10))


def test_epsilon_raises_the_price_of_the_constant_word_to_four_times_c_plus_epsilon_over_alpha() -> None:
    found = least_constant_of_word(Adam(learning_rate="1/10", eps="1/100"), [-1], slope="1/50")
    assert found is not None
    assert found.L == 4 * (exact("1/50") + exact("1/100")) / exact("1/10")


@pytest.mark.parametrize(("beta1", "word", "L"), [("0", (-1, 1), 2), ("1/2", (-1, -1, 1, 1), 5)])
def test_adams_best_short_cycles_are_the_known_ones(beta1: str, word: tuple[int, ...], L: int) -> None:
    found = search_words(Adam(learning_rate=1, beta1=beta1, eps=0), 7)
    assert found.cycle is not None
    assert (found.cycle.word, found.cycle.L) == (word, L)
    assert found.drift is not None
    assert (found.drift.word, found.drift.L) == ((-1,), 4)


def test_for_beta1_nine_tenths_words_of_eight_beat_those_of_six() -> None:
    adam = Adam(learning_rate=1, beta1="9/10", eps=0)
    six, eight = search_words(adam, 6).cycle, search_words(adam, 8).cycle
    assert six is not None
    assert eight is not None
    assert (six.word, six.L) == ((-1, -1, -1, 1, 1, 1), fmpq(3458, 233))  # 14.84
    assert eight.word == (-1,) * 4 + (1,) * 4
    assert float(eight.L) < 13.1


def test_gradient_descent_cycles_at_two_over_alpha_and_nothing_below() -> None:
    found = search_words(GradientDescent(learning_rate="1/3"), 10)
    assert found.cycle is not None
    assert found.drift is not None
    assert (found.cycle.word, found.cycle.L) == ((-1, 1), 6)
    assert found.drift.L >= 6


@given(st.lists(st.sampled_from([-1, 1]), min_size=1, max_size=7), st.integers(0, 6), st.booleans())
def test_rotating_or_negating_a_word_changes_nothing(word: list[int], turn: int, negate: bool) -> None:
    other = word[turn % len(word) :] + word[: turn % len(word)]
    if negate:
        other = [-sign for sign in other]
    adam = Adam(learning_rate=1, beta1="2/3", eps=0)
    one, two = least_constant_of_word(adam, word), least_constant_of_word(adam, other)
    assert (one is None) == (two is None)
    if one is not None and two is not None:
        assert (one.failure, one.L) == (two.failure, two.L)


@pytest.mark.parametrize("word", [(-1,), (-1, -1, 1), (-1, -1, 1, 1), (-1, -1, -1, 1)], ids=str)
def test_floats_give_the_exact_constant(word: tuple[int, ...]) -> None:
    exactly = least_constant_of_word(Adam(learning_rate="1/10", beta1="1/2", beta2="3/4", eps=0), word)
    floats = least_constant_of_word(Adam(learning_rate=0.1, beta1=0.5, beta2=0.75, eps=0), word)
    assert exactly is not None
    assert floats is not None
    assert floats.regime.kind is NumberKind.FLOAT64
    assert float(floats.L) == pytest.approx(float(exactly.L), rel=1e-6)


EXACT = {name: method for name, method in LINEAR.items() if name != "adam-root"}


@pytest.mark.parametrize("word", [word for length in range(1, 6) for word in words_up_to_symmetry(length)], ids=str)
@pytest.mark.parametrize("method", EXACT.values(), ids=EXACT)
def test_on_the_function_of_a_word_the_method_repeats_the_word_exactly(method: Any, word: tuple[int, ...]) -> None:
    found = least_constant_of_word(method, word)
    if found is None:
        return
    f = function_of_word(found)
    exactly = method.cast(NumberKind.EXACT)
    x, state, seen = fmpq(0), found.regime.state, []
    for _ in range(3 * len(word)):
        g = f.gradient(x)
        seen.append(int(g))
        x, state = exactly.update(g, state, x)
    assert tuple(seen) == 3 * word
    assert x == 3 * found.regime.shift


@pytest.mark.parametrize("word", [word for length in range(1, 7) for word in words_up_to_symmetry(length)], ids=str)
@pytest.mark.parametrize("beta1", ["0", "1/2", "9/10"])
def test_the_function_of_a_word_has_the_constant_that_the_formula_gives(beta1: str, word: tuple[int, ...]) -> None:
    """The formula and the solver for jets on a line are different computations of one number."""
    found = least_constant_of_word(Adam(learning_rate="1/3", beta1=beta1, eps="1/5"), word)
    if found is None:
        return
    f = function_of_word(found)
    constant: Any = f.lipschitz_constant()
    assert float(constant) == pytest.approx(float(found.L), rel=1e-11)
    assert constant >= found.L
    assert math.isfinite(float(f.infimum()))


def test_lion_drifts_on_smoother_functions_than_the_constant_word_needs() -> None:
    """Its direction follows the average: five steps forward with gradients −, −, −, +, + cost 2/α, not 4/α."""
    found = search_words(Lion(learning_rate=1), 6)
    assert found.drift is not None
    assert (found.drift.word, found.drift.L, found.drift.regime.shift) == ((-1, -1, -1, 1, 1), 2, 5)


@pytest.mark.parametrize("length", range(1, 11))
def test_every_sign_word_has_exactly_one_representative_or_a_shorter_period(length: int) -> None:
    kept = set(words_up_to_symmetry(length))
    classes = set()
    for word in itertools.product((-1, 1), repeat=length):
        rotations = {word[i:] + word[:i] for i in range(length)}
        rotations |= {tuple(-sign for sign in rotation) for rotation in rotations}
        primitive = all(word != word[i:] + word[:i] for i in range(1, length))
        assert len(rotations & kept) == int(primitive)
        if primitive:
            classes.add(frozenset(rotations))
    assert len(classes) == len(kept)


def test_the_result_does_not_depend_on_the_number_of_workers() -> None:
    adam = Adam(learning_rate=1, beta1="9/10", eps=0)
    one, two = search_words(adam, 9), search_words(adam, 9, workers=2)
    assert one.n_words == two.n_words
    for a, b in ((one.drift, two.drift), (one.cycle, two.cycle)):
        assert a is not None
        assert b is not None
        assert (a.word, a.L) == (b.word, b.L)


def test_progress_is_told_of_every_length() -> None:
    seen: list[int] = []
    search_words(SignDescent(learning_rate=1), 4, progress=seen.append)
    assert seen == [1, 2, 3, 4]


def test_two_gradients_at_one_point_have_no_function() -> None:
    """Sign descent on −, −, +, + asks for −1 and then +1 at the same point."""
    assert least_constant_of_word(SignDescent(learning_rate=1), [-1, -1, 1, 1]) is None


@pytest.mark.parametrize("word", [[], [0], [-1, 2]], ids=str)
def test_a_word_must_be_of_signs(word: list[int]) -> None:
    with pytest.raises(InvalidInput, match="must be of −1 and 1"):
        least_constant_of_word(SignDescent(learning_rate=1), word)


@pytest.mark.parametrize(("arguments", "message"), [((0, 1), "longest = 0"), ((25, 1), "longest"), ((3, 0), "workers")])
def test_a_search_out_of_range_is_refused(arguments: tuple[int, int], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        search_words(SignDescent(learning_rate=1), arguments[0], workers=arguments[1])


def test_the_price_of_a_drift_is_the_root_of_the_ring_condition() -> None:
    """Independent: bisection on Σ (h²/4)(L − b²/L) − |Σ h(g + g')/2| over the gaps of the ring."""
    found = least_constant_of_word(Adam(learning_rate=1, beta1="1/2", eps=0), [-1, -1, -1, 1])
    assert found is not None
    assert found.failure == "drift"
    shift = abs(float(found.regime.shift))
    points = sorted(
        (float(x) % shift, float(g)) for x, g in zip(found.regime.nodes, found.regime.gradients, strict=True)
    )
    points.append((points[0][0] + shift, points[0][1]))
    gaps = [(b[0] - a[0], a[1], b[1]) for a, b in itertools.pairwise(points)]
    steepest = max(abs(q - p) / h for h, p, q in gaps)

    def slack(L: float) -> float:
        gain = sum(h * (p + q) / 2 for h, p, q in gaps)
        return sum(h * h / 4 * (L - ((q - p) / h) ** 2 / L) for h, p, q in gaps) - abs(gain)

    low, high = steepest, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if slack(middle) < 0 else (low, middle)
    assert float(found.L) == pytest.approx(high, rel=1e-9)
    assert math.isfinite(high)
