"""`misstep check`: what it prints, its exit statuses, and that it starts at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

import misstep as ms
from certificates import DRIFTS, Document, changed
from misstep.certificates import Verdict
from misstep.cli import main

TRUE = DRIFTS["adam, first-gradient"]()
KINDS: dict[str, Document] = {
    "proved": TRUE,
    "refuted": changed(TRUE, {"claim.lipschitz.value": "5"}),
    "undecided": changed(TRUE, {"version": 2}, sealed=False),
    "malformed": changed(TRUE, {"claim.period": True}, sealed=False),
}


def run(*words: str) -> int:
    """The exit status of `misstep check` in this process."""
    with pytest.raises(SystemExit) as stop:
        main(["check", *words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """A file of each verdict."""
    for name, document in KINDS.items():
        (tmp_path / f"{name}.cert.json").write_text(json.dumps(document))
    return {name: str(tmp_path / f"{name}.cert.json") for name in KINDS}


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (("proved",), 0),
        (("proved", "proved"), 0),
        (("undecided",), 4),
        (("proved", "undecided"), 4),
        (("refuted", "undecided", "proved"), 1),
        (("refuted", "undecided", "malformed"), 2),
        (("malformed",), 2),
    ],
)
def test_the_exit_status_is_that_of_the_worst_file(
    names: tuple[str, ...], status: int, files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*(files[name] for name in names)) == status
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("columns", ["80", "160"])
def test_the_table_has_each_file_with_its_claim_verdict_and_reason(
    columns: str, files: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    run(*files.values())
    words = " ".join(capsys.readouterr().out.split())
    for verdict in Verdict:
        assert verdict in words
    for part in ("runs away on a", "version = 2 is not", "claim.period = true must", "condition 1:", "drift"):
        assert part in words
    assert words.endswith("4 checked: 1 PROVED, 1 REFUTED, 1 UNDECIDED, 1 MALFORMED.")


def test_json_has_every_field_and_nothing_else_is_printed(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--json", *files.values()) == 2
    printed = capsys.readouterr()
    rows = json.loads(printed.out)
    assert printed.err == ""
    assert [row["file"] for row in rows] == list(files.values())
    assert [row["verdict"] for row in rows] == [name.upper() for name in KINDS]
    assert [row["kind"] for row in rows] == ["drift", "drift", None, "drift"]
    assert rows[0]["claim"] == rows[0]["claim"] == TRUE["sentence"]
    assert rows[0]["reason"] == ""
    assert [bool(row["claim"]) for row in rows] == [True, True, False, False]
    assert set(rows[0]) == {"file", "kind", "claim", "verdict", "seconds", "reason"}


def test_a_name_cannot_command_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / "\x1b[2Jlost[bold]")) == 2
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "lost[bold]" in "".join(printed.split())


def test_no_file_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 2
    assert capsys.readouterr().err.startswith("misstep: ")


def test_misstep_check_is_the_checker(files: dict[str, str]) -> None:
    answer = ms.check(files["proved"])
    assert (answer.verdict, answer.sentence) == (Verdict.PROVED, TRUE["sentence"])


def test_a_check_starts_at_once(files: dict[str, str]) -> None:
    def seconds(*words: str) -> float:
        """The least of five runs, since other processes may take the processor."""
        found = []
        for _ in range(5):
            begun = time.perf_counter()
            subprocess.run([sys.executable, *words], check=True, capture_output=True)
            found.append(time.perf_counter() - begun)
        return min(found)

    # Of the command line itself the least is taken, too: what is promised is that the checker adds little to it.
    assert seconds("-m", "misstep", "check", files["proved"]) - seconds("-c", "import misstep.cli") < 0.4


def test_the_checker_loads_neither_frameworks_nor_the_rest_of_misstep_that_proves() -> None:
    code = "import sys, misstep.certificates\nprint(*sorted(sys.modules))"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    )
    heavy = {
        "torch",
        "scipy",
        "rich",
        "cyclopts",
        "misstep.counterexamples",
        "misstep.constructions",
        "misstep.adapters",
    }
    assert not loaded & heavy
