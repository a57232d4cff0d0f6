"""The row `frameworks`: other libraries' Adam on the paper's function and on plateaus."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from flint import fmpq

from misstep.adapters.keras import import_keras
from misstep.errors import MissingDependency
from misstep.reproduce.frameworks import QUICK_STEPS, STATEMENT
from misstep.reproduce.row import Setting, Verdict
from misstep.scalars import exact

LIBRARIES = ("torch", "optax", "keras")


@pytest.fixture(scope="module")
def _all_frameworks() -> None:
    for library in LIBRARIES[:2]:
        pytest.importorskip(library, reason=f"{library} is not installed: the row needs all three frameworks")
    try:
        import_keras()
    except MissingDependency as error:
        pytest.skip(f"{error}: the row needs all three frameworks")


@pytest.mark.usefixtures("_all_frameworks")
@pytest.mark.parametrize("alpha", ["1/10", "1/3", "7", "1e-3"])
def test_every_framework_misses_the_nodes_and_drifts_on_plateaus(alpha: str) -> None:
    finding = STATEMENT.find(Setting(exact(alpha), quick=True))
    assert [part.verdict for part in finding.parts] == [Verdict.OBSERVED] * 9, finding.parts
    assert finding.verdict is Verdict.OBSERVED
    assert len(finding.data) == 3 * 3 * 2
    step = exact(alpha) / (1 + fmpq(1, 10**8))
    for key, error in finding.data.items():
        assert error.shape == (QUICK_STEPS + 1,)
        assert error.dtype == np.float64
        if "/plateau/" in key:
            assert abs(float(error[-1])) < 0.02 * float(step), key


@pytest.mark.usefixtures("_all_frameworks")
def test_departure_in_float64_is_the_same_at_every_scale() -> None:
    finding = STATEMENT.find(Setting(exact("1/1000"), quick=True))
    assert [part.statement.split()[0] for part in finding.parts[::3]] == list(LIBRARIES)
    for part, expected in zip(finding.parts[::3], ("step 32", "step 32", "step 23"), strict=True):
        assert f"leaves at {expected} (float64)" in part.computed
        assert str(sys.modules[part.statement.split()[0]].__version__) in part.computed


def test_absent_frameworks_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in LIBRARIES:
        monkeypatch.setitem(sys.modules, library, None)
    finding = STATEMENT.find(Setting(quick=True))
    assert [(part.computed, part.verdict) for part in finding.parts] == [
        (f"skipped: install misstep[{extra}]", Verdict.UNDECIDED) for extra in ("torch", "jax", "keras")
    ]
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.data == {}


def test_one_absent_framework_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("optax", reason="optax is not installed: misstep[jax]")
    for library in ("torch", "keras"):
        monkeypatch.setitem(sys.modules, library, None)
    finding = STATEMENT.find(Setting(quick=True))
    verdicts = [part.verdict for part in finding.parts]
    assert verdicts == [Verdict.UNDECIDED, *[Verdict.OBSERVED] * 3, Verdict.UNDECIDED]
    assert all(key.startswith("optax/") for key in finding.data)


def test_statement_is_not_the_papers() -> None:
    assert STATEMENT.id == "frameworks"
    assert not STATEMENT.of_the_paper
