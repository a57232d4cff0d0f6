"""Nothing false is accepted: shipped certificates with one thing changed, and claims that are a little too strong."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from certificates import changed
from implication import implied
from independent_truth import Unconfirmed, recomputed
from mutations import changes, judge, sample_of, shipped

LIBRARY = shipped()
SEED, EACH = 20240, 40
FEW = {"adam-vanishing": 10, "muon": 24, "lars": 24, "normalized": 24}
"""Of those that take long to check."""


@pytest.mark.parametrize("name", LIBRARY)
def test_the_checkers_agree_on_every_mutant_and_what_they_accept_is_true(name: str) -> None:
    n = FEW.get(name, EACH)
    outcomes = [judge(make()) for make in sample_of(name, LIBRARY, n, SEED)]
    assert len(outcomes) == n
    assert [outcome.fault for outcome in outcomes if outcome.fault] == []


def test_mutants_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    def documents(seed: int) -> list[bytes]:
        return [make().data for make in sample_of("lion-word", LIBRARY, 60, seed)]

    assert documents(1) == documents(1)
    assert documents(1) != documents(2)


def test_every_certificate_has_hundreds_of_mutants_of_every_sort() -> None:
    for name in LIBRARY:
        kinds = Counter(kind for kind, _, _ in changes(name, LIBRARY))
        assert kinds.total() > 500, name
        assert {"last place", "1e-12 up", "stronger", "word exchanged", "field dropped", "fields swapped"} <= set(kinds)


@pytest.mark.parametrize("name", LIBRARY)
def test_what_is_shipped_is_true_by_a_computation_that_shares_nothing_with_the_checkers(name: str) -> None:
    recomputed(LIBRARY[name])


FALSE: dict[str, tuple[str, dict[str, Any]]] = {
    "a constant that is a little too small": (
        "adam-paper",
        {"claim.lipschitz": {"relation": "<=", "value": "59999999999999999999/1000000000000000000"}},
    ),
    "a constant that is not the least": ("adam-paper", {"claim.lipschitz.value": "61"}),
    "an infimum that is a little too large": ("adam-paper", {"claim.infimum.value": "-962250/100000000"}),
    "a slope that is a little too large": ("adam-spline", {"claim.slope": "1000000000001/1000000000000"}),
    "a start off the plateau": ("adam-ball-of-starts", {"claim.start": ["-1/40", "251/10000"]}),
    "a start off the node of a spline": ("adam-spline", {"claim.start": ["0", "1/1000000000000"]}),
    "another shift": ("lion", {"claim.shift.value": "1000000000001/10000000000000"}),
    "a shift from the first step on that there is in the limit only": ("adam-keras", {"claim.shift.relation": "="}),
    "a shift in the limit, off by little": ("adam-keras", {"claim.shift.value": "100001/1000010"}),
    "another learning rate": ("adam-critical-smoothness", {"method.learning_rate": "1001/1000000"}),
    "convexity": ("adam-paper", {"claim.mu": "0"}),
    "too much convexity": ("adam-parabola", {"claim.mu": "1000000000001/1000000000000"}),
    "that a wide plateau is the best there is": ("gradient-descent", {"claim.optimal": True}),
    "a million times the rounding": ("adam-rounding", {"claim.rounding.unit": "1/9007199254"}),
    "ten thousand times the steps": ("adam-rounding", {"claim.rounding.steps": 1_000_000_000}),
    "a point next to the cycle": ("adam-parabola", {"claim.x": "1000000000001/38000000000000"}),
    "a state next to the cycle's": ("adam-parabola", {"claim.state.v": "1000000000001/1444000000000000"}),
    "another period": ("adam-parabola", {"claim.period": 3}),
    "a multiplier that is too large": ("adam-parabola", {"claim.stability.multiplier": ["112/100", "113/100"]}),
    "a rate that is too small": ("heavy-ball-polyak", {"claim.stability.rate": "1/100"}),
    "too wide a basin": ("heavy-ball-polyak", {"claim.stability.radius": {"x": "20", "d": "20"}}),
    "an orbit's constant that is a little too small": ("normalized", {"claim.lipschitz.value": "47726/1000"}),
    "an orbit's infimum that is too large": ("normalized", {"claim.infimum.value": "-14/1000"}),
    "a rise": ("muon", {"claim.rise": "1/1000000000000"}),
    "an orbit's slope": ("lars", {"claim.slope": "62688/52539"}),
    "a closed orbit's constant": ("simplex-cycle", {"claim.lipschitz.value": "29/10"}),
    "a closed orbit's convexity": ("heavy-ball-three-roots", {"claim.mu": "12"}),
    "other jets": ("spline-optimal", {"claim.jets": [["0", "0", "-1"], ["1/10", "1/1000000000000", "-1"]]}),
    "jets that need less": ("spline-optimal", {"claim.jets": [["0", "0", "-1"], ["1/5", "0", "-1"]]}),
    "a vanishing gradient with less": ("adam-vanishing", {"claim.lipschitz.value": "30"}),
    "a vanishing gradient with a higher infimum": ("adam-vanishing", {"claim.infimum.value": "-1/10"}),
}


@pytest.mark.parametrize("what", FALSE)
def test_the_independent_computation_does_not_confirm(what: str) -> None:
    name, edits = FALSE[what]
    claim = changed(LIBRARY[name], edits, sealed=False)
    assert not implied(claim, LIBRARY[name])
    with pytest.raises(Unconfirmed):
        recomputed(claim)


@pytest.mark.parametrize(
    ("name", "edits"),
    [
        ("adam-paper", {"claim.lipschitz": {"relation": "<=", "value": "60"}, "claim.infimum.value": "-1"}),
        ("adam-paper-all-betas", {"method.beta1": "9/10", "claim.slope": "1/2", "claim.from": 7}),
        ("lion-word", {"claim.shift": {"relation": "->", "value": "10"}, "claim.period": 10, "claim.optimal": False}),
        ("adam-parabola", {"claim.mu": "1/2", "claim.stability": None}),
        ("heavy-ball-polyak", {"claim.stability.radius": {"x": "149/10000", "d": "23/1000"}}),
        ("normalized", {"claim.lipschitz.value": "50"}),
        ("adam-vanishing", {"claim.slope": "1/2"}),
    ],
)
def test_a_weaker_claim_is_implied(name: str, edits: dict[str, Any]) -> None:
    weaker = changed(LIBRARY[name], edits, sealed=False)
    assert implied(weaker, LIBRARY[name])
    assert not implied(LIBRARY[name], weaker)
