"""What a sweep will take: known at once, whatever its size, and refused where nobody confirmed it."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import pytest

from misstep.errors import InvalidInput
from misstep.sweeps.plan import plan
from misstep.sweeps.reading import read_spec
from misstep.sweeps.spec import SweepSpec

HUGE = "adam(learning_rate=0.1..1:1e3, beta1=0..0.9:1e3, beta2=0..0.9:1e3, eps=0..1:1e3)"


def spec(**changes: Any) -> SweepSpec:
    return read_spec(**{"optimizer": "adam(learning_rate=0.1, beta1=0..0.9:100)", "steps": 1000, **changes})


def test_a_plan_counts_cells_runs_and_steps() -> None:
    found = plan(spec(x0="0..1:7", replicates=3, noise=1), rate=1e6)
    assert (found.cells, found.lanes, found.steps) == (700, 2100, 2_100_000)
    assert found.seconds == pytest.approx(2.1)


def test_a_plan_of_ten_to_the_fifteen_cells_takes_no_time_and_no_memory() -> None:
    made = spec(optimizer=HUGE, x0="0..1:1000")
    assert made.n_cells == 10**15
    tracemalloc.start()
    start = time.perf_counter()
    found = plan(made, rate=1e9)
    text, took = str(found), time.perf_counter() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert took < 0.1
    assert peak < 10**6
    assert "1,000,000,000,000,000" in text


def test_memory_does_not_depend_on_the_number_of_cells() -> None:
    small, large = (plan(spec(optimizer=HUGE, x0=f"0..1:{n}"), rate=1e9) for n in (2, 1000))
    assert large.cells == 500 * small.cells
    assert max(small.memory_bytes, large.memory_bytes) < 2e8


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"optimizer": HUGE, "x0": "0..1:1000", "steps": 8}, "1e+15 runs are more than 1e+10"),
        ({"x0": "0..1:1e6", "steps": 1e12}, "are more than 30 days"),
        ({"optimizer": HUGE, "steps": 8}, "on disk are more than 1 TB"),
    ],
)
def test_a_huge_sweep_is_refused_with_its_estimate_unless_confirmed(changes: dict[str, Any], says: str) -> None:
    found = plan(spec(**changes), rate=1e9)
    with pytest.raises(InvalidInput) as caught:
        found.require(confirmed=False)
    assert says in str(caught.value)
    assert "--yes" in str(caught.value)
    found.require(confirmed=True)


def test_a_usual_sweep_needs_no_confirmation() -> None:
    plan(spec(), rate=1e9).require(confirmed=False)


def test_cells_that_cannot_be_numbered_are_refused() -> None:
    axes = ", ".join(f"{name}=0..1/2:1e6" for name in ("beta1", "beta2", "eps"))
    with pytest.raises(InvalidInput, match="too many to be numbered"):
        spec(optimizer=f"adam(learning_rate=1, {axes})", x0="0..1:1e6")


def test_a_plan_goes_into_json() -> None:
    found = plan(spec(), rate=1e9)
    assert json.loads(json.dumps(found.to_dict()))["shape"] == [100]


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(InvalidInput, match="must be positive and finite"):
        plan(spec(), rate=rate)
