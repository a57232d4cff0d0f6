"""The reproduction of the seed paper: its rows, their verdicts, and that they can fail."""

from __future__ import annotations

import importlib
import json
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from misstep import InexactNumber, InvalidInput, cubic, spline
from misstep.certificates import check_bytes
from misstep.reproduce import STATEMENTS, Finding, Part, Reproduction, Row, Setting, Statement, Verdict, reproduce
from misstep.reproduce.drift import follow
from misstep.sweeps.replicates import wilson_interval

IDS = [
    "jets",
    "smooth",
    "lipschitz",
    "bounded",
    "iterates",
    "initialisation",
    "linear-growth",
    "frameworks",
    "smallest-lipschitz",
    "decreasing-steps",
    "other-functions",
    "epsilon",
    "perturbed-start",
    "noisy-gradient",
    "many-dimensions",
]
EXACT_IDS = [*IDS[:6], "smallest-lipschitz", "other-functions", "epsilon"]
FAST_IDS = [id_ for id_ in IDS if id_ != "frameworks"]
"""The frameworks' row has tests of its own."""


@pytest.fixture(scope="module")
def quick() -> Reproduction:
    return reproduce("1/10", quick=True, only=FAST_IDS)


def test_the_rows_are_the_fifteen_of_the_table_in_order() -> None:
    assert [statement.id for statement in STATEMENTS] == IDS


def test_exactly_the_first_seven_rows_are_statements_of_the_paper() -> None:
    assert [statement.id for statement in STATEMENTS if statement.of_the_paper] == IDS[:7]


@pytest.mark.parametrize("id_", EXACT_IDS)
def test_exact_rows_are_proved(quick: Reproduction, id_: str) -> None:
    assert _row(quick, id_).finding.verdict is Verdict.PROVED


@pytest.mark.parametrize("id_", [id_ for id_ in FAST_IDS if id_ not in EXACT_IDS])
def test_rows_with_floating_point_are_observed_never_proved(quick: Reproduction, id_: str) -> None:
    assert _row(quick, id_).finding.verdict is Verdict.OBSERVED


@pytest.mark.parametrize("alpha", ["1/3", "7", "1e-6", "123456789/1000"])
def test_verdicts_do_not_depend_on_the_stepsize(alpha: str) -> None:
    rows = reproduce(alpha, quick=True, only=FAST_IDS).rows
    assert {row.id: row.finding.verdict for row in rows} == {
        id_: Verdict.PROVED if id_ in EXACT_IDS else Verdict.OBSERVED for id_ in FAST_IDS
    }


def test_the_rows_do_not_depend_on_the_number_of_workers(quick: Reproduction) -> None:
    chosen = ["jets", "noisy-gradient", "perturbed-start"]
    parallel = reproduce("1/10", quick=True, only=chosen, workers=2)
    for row in parallel.rows:
        alone = _row(quick, row.id)
        assert (row.finding.claimed, row.finding.computed, row.finding.parts) == (
            alone.finding.claimed,
            alone.finding.computed,
            alone.finding.parts,
        )
        for name, array in row.finding.data.items():
            np.testing.assert_array_equal(array, alone.finding.data[name])


def test_progress_is_called_with_each_row() -> None:
    seen: list[str] = []
    reproduce(quick=True, only=["bounded", "jets"], progress=lambda row: seen.append(row.id))
    assert sorted(seen) == ["bounded", "jets"]


def test_json_has_the_documented_keys_and_nothing_else(quick: Reproduction) -> None:
    document = json.loads(json.dumps(quick.to_dict()))
    assert sorted(document) == ["alpha", "misstep", "rows"]
    assert document["alpha"] == "1/10"
    texts = ["claimed", "computed", "id", "source", "statement", "verdict"]
    assert all(sorted(row) == sorted([*texts, "certificates", "seconds"]) for row in document["rows"])
    assert all(isinstance(row[key], str) for row in document["rows"] for key in texts)


def test_what_is_proved_is_backed_by_certificates_that_the_checker_accepts(quick: Reproduction) -> None:
    for row in quick.rows:
        if row.finding.verdict is Verdict.PROVED:
            assert row.certificates, row.id
        for certificate in row.certificates.values():
            assert check_bytes(certificate.to_json().encode()).verdict == "PROVED"


@pytest.mark.parametrize(
    ("module", "wrong"),
    [
        ("jets", lambda alpha: spline(alpha).scaled(2)),
        ("smooth", lambda alpha: cubic(alpha).scaled(2)),
        ("lipschitz", spline),
        ("bounded", spline),
        ("iterates", lambda alpha: spline(alpha).scaled(2)),
        ("initialisation", lambda alpha: spline(alpha).scaled(2)),
        ("smallest_lipschitz", spline),
        ("linear_growth", lambda alpha: spline(alpha).scaled(2)),
        ("many_dimensions", lambda spacing, slope=1: spline(spacing, slope).scaled(2)),
    ],
)
def test_a_row_is_refuted_on_another_function(monkeypatch: pytest.MonkeyPatch, module: str, wrong: Any) -> None:
    rows = importlib.import_module(f"misstep.reproduce.{module}")
    monkeypatch.setattr(rows, "cubic", wrong)
    assert rows.find(Setting(fmpq(1, 10), quick=True)).verdict is Verdict.REFUTED


def test_the_weakest_part_decides_the_verdict() -> None:
    parts = tuple(Part("", "", verdict) for verdict in (Verdict.PROVED, Verdict.UNDECIDED, Verdict.OBSERVED))
    assert Finding("", "", parts).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("of_the_paper", [True, False])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_an_undecided_or_refuted_statement_of_the_paper_brings_it_down(
    of_the_paper: bool, verdict: Verdict
) -> None:
    row = Row("id", "statement", "source", of_the_paper, Finding("", "", (Part("", "", verdict),)), 0.0)
    stands = Reproduction("0", Setting(), (row,)).stands
    assert stands == (not of_the_paper or verdict in (Verdict.PROVED, Verdict.OBSERVED))


@pytest.mark.parametrize("alpha", ["0", "-1", "nan", "inf", "abc", "", "1e-40", "1e13", "1/0", "1" * 10**6, "1" * 60])
def test_a_bad_stepsize_is_refused_with_a_short_message(alpha: str) -> None:
    with pytest.raises(InvalidInput) as error:
        reproduce(alpha)
    assert len(str(error.value)) < 200


def test_a_float_stepsize_is_refused() -> None:
    with pytest.raises(InexactNumber, match=r"0\.1"):
        reproduce(0.1)  # type: ignore[arg-type]


def test_an_unknown_row_is_refused_with_near_names() -> None:
    with pytest.raises(InvalidInput, match="did you mean 'lipschitz'"):
        reproduce(only=["lipshitz"])


def test_no_workers_are_refused() -> None:
    with pytest.raises(InvalidInput, match="workers = 0"):
        reproduce(workers=0)


def test_following_notes_the_first_step_off_the_orbit() -> None:
    """Sign descent with step 3/4 on the unit spline is at a gradient other than −1 from its first step."""
    from misstep import SignDescent

    f = spline(1)
    survey = follow(f, SignDescent(learning_rate="3/4"), np.array([0.0]), 5)
    assert survey.departure.tolist() == [1]
    assert follow(f, SignDescent(learning_rate=1), np.array([0.0]), 5).stays.all()


def test_wilson_intervals_are_those_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats", reason="needs scipy: install misstep[test]")
    for successes in (0, 3, 64):
        expected = stats.binomtest(successes, 64).proportion_ci(0.95, method="wilson")
        low, high = wilson_interval(np.array([successes]), 64)
        np.testing.assert_allclose([low[0], high[0]], [expected.low, expected.high], atol=1e-12)


def test_every_statement_is_found_by_a_function_of_its_own() -> None:
    finders = [finder for statement in STATEMENTS for finder in statement.finders]
    assert len(set(finders)) == len(finders)
    assert all(isinstance(statement, Statement) for statement in STATEMENTS)


def _row(reproduction: Reproduction, id_: str) -> Row:
    return next(row for row in reproduction.rows if row.id == id_)
