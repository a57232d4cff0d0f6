"""The command line: what it prints, its exit statuses, and that a mistake costs one line and nothing else."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from misstep import __version__
from misstep.cli import main
from misstep.reproduce import STATEMENTS

MISTAKES = {
    "not a number": ["--alpha", "abc"],
    "zero": ["--alpha", "0"],
    "negative": ["--alpha=-1"],
    "not finite": ["--alpha", "inf"],
    "nan": ["--alpha", "nan"],
    "division by zero": ["--alpha", "1/0"],
    "huge rational": ["--alpha", "1" * 100_000],
    "tiny": ["--alpha", "1e-400"],
    "unknown row": ["--only", "lipshitz"],
    "no workers": ["--workers", "0"],
    "workers in words": ["--workers", "two"],
    "unknown option": ["--bogus"],
    "stray word": ["now"],
}


def run(*words: str) -> int:
    """The exit status of the command line in this process."""
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    assert isinstance(stop.value.code, int)
    return stop.value.code


def process(*words: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "misstep", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("words", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_costs_one_line_and_exit_status_2(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report"
    assert run("reproduce", "--out", str(out), *words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("misstep: ")
    assert captured.err.count("\n") == 1
    assert len(captured.err) < 400
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["file", "below a file", "/proc/misstep", ""])
def test_an_unusable_folder_is_refused_before_any_work(
    where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("misstep.reproduce.reproduce", lambda *_, **__: pytest.fail("rows were run"))
    file = tmp_path / "file"
    file.write_text("kept")
    out = {"file": str(file), "below a file": str(file / "report")}.get(where, where)
    assert run("reproduce", "--out", out) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert file.read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_unknown_command_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("reproduse") == 2
    assert capsys.readouterr().err.startswith("misstep: ")


def test_json_prints_one_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("reproduce", "--json", "--quick", "--only", "jets", "--only", "bounded", "--alpha", "1/3") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["misstep"] == __version__
    assert document["alpha"] == "1/3"
    assert [row["id"] for row in document["rows"]] == ["jets", "bounded"]


@pytest.mark.parametrize("columns", ["60", "200"])
def test_the_table_shows_every_value_at_any_width(
    columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert run("reproduce", "--quick", "--only", "lipschitz") == 0
    words = " ".join(capsys.readouterr().out.split())
    for text in ("lipschitz", "PROVED", "6/α"):
        assert text in words
    assert "\x1b" not in words


def test_the_exit_status_tells_that_a_statement_fell(monkeypatch: pytest.MonkeyPatch) -> None:
    from misstep import spline
    from misstep.reproduce import lipschitz

    monkeypatch.setattr(lipschitz, "cubic", spline)
    assert run("reproduce", "--quick", "--only", "lipschitz", "--workers", "1") == 1


def test_a_report_is_written_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "report"
    assert run("reproduce", "--quick", "--only", "smooth", "--out", str(out)) == 0
    assert str(out / "report.html") in capsys.readouterr().out.replace("\n", "")
    assert {path.name for path in out.iterdir()} == {"report.html", "report.json", "figures", "certificates"}
    assert [row["id"] for row in json.loads((out / "report.json").read_text())["rows"]] == ["smooth"]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["report"]


@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "")])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_run_leaves_no_report_and_no_traceback(
    workers: str, number: signal.Signals, said: str, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    rows = ["--only", "linear-growth", "--only", "decreasing-steps"]
    with process("reproduce", "--out", str(out), "--workers", workers, *rows, start_new_session=True) as running:
        deadline = time.monotonic() + 30
        while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1.0)
        os.killpg(running.pid, number)  # as a terminal does: to the whole group
        stdout, stderr = running.communicate(timeout=30)
    assert running.returncode == 128 + number
    assert stdout == ""
    assert "Traceback" not in stderr
    assert said in stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="finds worker processes in Linux's /proc")
def test_a_killed_worker_is_reported_in_one_line_and_leaves_no_report(tmp_path: Path) -> None:
    out = tmp_path / "report"
    rows = ["--only", "linear-growth", "decreasing-steps"]
    with process("reproduce", "--out", str(out), "--workers", "2", *rows) as running:
        deadline = time.monotonic() + 30
        workers: list[int] = []
        while not workers and time.monotonic() < deadline:
            time.sleep(0.05)
            workers = _children(running.pid)
        os.kill(workers[-1], signal.SIGKILL)
        stdout, stderr = running.communicate(timeout=30)
    assert running.returncode == 2
    assert stdout == ""
    assert stderr == "misstep: a worker process was killed, for want of memory perhaps: try workers = 1\n"
    assert list(tmp_path.iterdir()) == []


def _children(pid: int) -> list[int]:
    """Processes that `pid` started by multiprocessing's spawn, other than its resource tracker."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = re.search(r"^PPid:\s*(\d+)$", status.read_text(), re.MULTILINE)
            command = (status.parent / "cmdline").read_text()
        except OSError:  # it ended meanwhile
            continue
        if parent and int(parent[1]) == pid and "spawn_main" in command:
            found.append(int(status.parent.name))
    return found


def test_a_reader_that_leaves_is_no_error_message(tmp_path: Path) -> None:
    command = f"{sys.executable} -m misstep reproduce --quick --only jets --json | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stderr == ""


def test_help_has_every_option_and_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("reproduce", "--help") == 0
    text = capsys.readouterr().out
    for word in ("--alpha", "--out", "--quick", "--json", "--only", "--workers", "misstep reproduce --quick --json"):
        assert word in text


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.strip() == __version__


def test_every_row_can_be_asked_for_alone() -> None:
    from misstep.reproduce.reproduction import chosen_statements

    for statement in STATEMENTS:
        assert chosen_statements([statement.id]) == (statement,)
