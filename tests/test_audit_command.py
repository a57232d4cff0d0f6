"""`misstep audit`: what it prints and writes, its exit statuses, and that its functions alone do the work."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from audits import HOSTILE, SPECS, list_only, small_audit
from misstep.cli import main
from misstep.errors import MissingDependency
from misstep.report.audit_files import NAMES, audit_files, audit_names, to_csv
from misstep.report.audit_markdown import render
from misstep.report.audit_rows import rows, summary
from misstep.report.audit_table import print_audit
from misstep.report.folder import output_folder

SIGN, DESCENT = SPECS[:2]
# Printed by Python and by the C library, in a process that examines and in the one that lists.
USER_MODULE = """
import os, time
import numpy as np

os.write(1, b"written to descriptor 1\\n")

def loud():
    print("printed by Python")
    return (lambda x: None, lambda g, state, x: (x - 0.1 * np.sign(g), state))

def hangs():
    open("begun", "w").close()
    return (lambda x: None, lambda g, state, x: time.sleep(600))
"""
SCRIPT = """
import importlib, sys
from misstep.cli import main

if __name__ == "__main__":
    importlib.import_module("misstep.audit.audit").audited = lambda *_, **__: tuple({specs!r})
    main(sys.argv[1:])
"""


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a user's module `mine`, which is the current one."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "mine.py").write_text(USER_MODULE)
    monkeypatch.chdir(folder)
    return folder


def process(folder: Path, specs: list[str], *words: str) -> subprocess.Popen[str]:
    """`misstep audit misstep` with a short list, in a session of its own."""
    script = folder / "program.py"
    script.write_text(SCRIPT.format(specs=specs))
    command = [sys.executable, str(script), "audit", "misstep", *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=folder, start_new_session=True)


def run(*words: str) -> int:
    """The exit status of `misstep audit` in this process."""
    with pytest.raises(SystemExit) as stop:
        main(["audit", *words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def listing(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


# What it prints


def test_json_is_one_object_whatever_libraries_print(program: Path) -> None:
    with process(program, ["mine:loud()", "adam(learning_rate=-1)"], "--json", "--workers", "1") as running:
        stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 0, stderr
    document = json.loads(stdout)
    assert [entry["failure"] for entry in document["entries"]] == ["cycle", None]
    assert "written to descriptor 1" in stderr
    assert "printed by Python" not in stderr


@pytest.mark.parametrize("width", [80, 116, 200])
def test_every_value_is_there_at_any_width(width: int) -> None:
    out = StringIO()
    print_audit(small_audit().to_dict(), Console(file=out, width=width))
    lines = out.getvalue().splitlines()
    words = " ".join(out.getvalue().split())
    for text in ("cycle → 0", "cycle 20", "wrong-limit 0", "none found", "drift 4e-7", "8/8", "shrinking", "4.5"):
        assert text in words
    assert f"torch:Muon: not run (20.0 s): {HOSTILE}" in words
    *_, ours, torchs = lines
    assert ours == "misstep 0.1.0: 4 of 5 fail (1 drift, 2 cycle, 1 wrong-limit), 1 none found.".replace(
        "0.1.0", small_audit().version
    )
    assert torchs == "torch: 0 of 2 fail, 0 none found, 2 not run."
    assert all(len(line.rstrip()) <= width for line in lines)
    assert not re.search("proved|verified", words, re.IGNORECASE)


def test_what_could_not_be_run_is_a_row_and_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    list_only(monkeypatch, "adam(learning_rate=-1)")
    assert run("misstep", "--workers", "1") == 0
    assert "adam(learning_rate=-1): not run" in capsys.readouterr().out


# Mistakes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name at least one of misstep, torch, optax, keras, pytorch_optimizer"),
        (("trch",), "did you mean 'torch'?"),
        (("misstep", "--lr", "0"), "must be positive"),
        (("misstep", "--lr", "fast"), "fast"),
        (("misstep", "--time-limit", "0"), "must be positive"),
        (("misstep", "--time-limit", "nan"), "nan"),
        (("misstep", "--workers", "0"), "at least 1"),
        (("misstep", "--workers", "two"), "--workers"),
        (("misstep", "--seed=-1"), "seed"),
        (("misstep", "--bogus"), "--bogus"),
    ],
)
def test_a_mistake_costs_one_line_and_exit_status_2(
    words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words, "--out", str(tmp_path / "new" / "out")) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("misstep: ")
    assert captured.err.count("\n") == 1
    assert said in captured.err
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_costs_one_line_before_any_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> None:
        raise MissingDependency("torch is not installed: install misstep[torch]")

    monkeypatch.setattr("misstep.adapters.listing.import_torch", missing)
    monkeypatch.setattr("misstep.audit.worker._Worker.examine", lambda *_: pytest.fail("work was begun"))
    assert run("misstep", "torch") == 2
    assert capsys.readouterr().err == "misstep: torch is not installed: install misstep[torch]\n"


def test_debug_shows_where_the_mistake_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("trch", "--debug") == 2
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert err.splitlines()[-1].startswith("misstep: 'trch'")


@pytest.mark.parametrize("where", ["file", "below a file", "/proc/misstep", "taken", ""])
def test_an_unusable_folder_is_refused_before_any_work(
    where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("misstep.audit.audit", lambda *_, **__: pytest.fail("work was begun"))
    (tmp_path / "file").write_text("kept")
    (tmp_path / "taken" / "audit.html").mkdir(parents=True)
    names = {"file": "file", "below a file": "file/out", "taken": "taken"}
    assert run("misstep", "--out", str(tmp_path / names[where]) if where in names else where) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert listing(tmp_path) == {"file": "kept"}


# Files


def test_every_file_is_written_and_the_printed_object_is_one_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    list_only(monkeypatch, SIGN, "adagrad(learning_rate=1)")
    # The page has no figures drawn with matplotlib, so it is not asked for.
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert run("misstep", "--workers", "1", "--out", str(tmp_path / "out"), "--json") == 0
    captured = capsys.readouterr()
    written = listing(tmp_path / "out")
    functions = {
        f"constructions/misstep-sign_descent/{name}.{kind}"
        for name in ("nonconvex", "convex", "strongly-convex")
        for kind in ("json", "py")
    }
    assert set(written) == {*(name for name in NAMES if not name.endswith("/")), *functions}
    assert json.loads(captured.out) == json.loads(written["audit.json"])
    assert "audit.html" in captured.err


def test_a_written_function_checks_itself_without_misstep(tmp_path: Path) -> None:
    files = audit_files(small_audit())
    name = "constructions/misstep-sign_descent/convex.py"
    (tmp_path / "convex.py").write_text(files[name])
    ran = subprocess.run([sys.executable, "-I", "-S", tmp_path / "convex.py"], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "misstep.SignDescent cycles with period 2 on a convex function with L = 20" in files[name]
    assert f"optimizer: {SIGN}" in files[name]
    found = json.loads(files[name.replace(".py", ".json")])
    assert (found["class"], found["failure"], found["L"]["exact"]) == ("convex", "cycle", "20")


def test_the_folder_tells_of_one_audit_and_keeps_what_is_not_its_own(tmp_path: Path) -> None:
    stale = tmp_path / "constructions" / "optax-old"
    stale.mkdir(parents=True)
    (stale / "convex.py").write_text("stale")
    (tmp_path / "constructions" / "notes.txt").write_text("mine")
    (tmp_path / "constructions" / "mine").mkdir()
    (tmp_path / "constructions" / "mine" / "my.py").write_text("mine")
    files = audit_files(small_audit())
    with output_folder(tmp_path, audit_names(tmp_path), drawn=False) as folder:
        folder.write(files)
    assert set(listing(tmp_path)) == {*files, "constructions/notes.txt", "constructions/mine/my.py"}
    assert not stale.exists()


def test_the_csv_has_a_line_per_optimizer_with_plain_numbers() -> None:
    audit = small_audit()
    records = list(csv.DictReader(io.StringIO(to_csv(audit.to_dict()))))
    assert [record["optimizer"] for record in records] == [entry.optimizer for entry in audit.entries]
    sign, descent, lion, adagrad, adam, muon, _ = records
    assert (sign["library"], sign["name"], sign["failure"]) == ("misstep", "sign_descent", "cycle")
    assert (float(sign["convex_L"]), sign["nonconvex_scales_with_slope"]) == (20, "1")
    assert float(descent["strongly_convex_L"]) == 4
    assert (float(lion["convex_L"]), lion["convex_failure"]) == (0, "wrong-limit")
    assert (adagrad["convex_L"], adagrad["convex_failure"], adagrad["robust_of"]) == ("", "none", "")
    assert math.isclose(float(adam["nonconvex_L"]), 4e-7, rel_tol=1e-3)
    assert (muon["failure"], muon["convex_failure"], muon["reason"]) == ("", "", HOSTILE)
    assert float(muon["seconds"]) == 20


@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "")])
def test_an_interrupted_audit_ends_its_processes_and_leaves_what_was_there(
    number: signal.Signals, said: str, program: Path
) -> None:
    out = program / "out"
    out.mkdir()
    (out / "audit.html").write_text("mine")
    words = ["--out", str(out), "--time-limit", "300", "--workers", "2"]
    with process(program, [SIGN, *["mine:hangs()"] * 6], *words) as running:
        deadline = time.monotonic() + 30
        while not (program / "begun").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        os.killpg(running.pid, number)  # as a terminal does: to the whole group
        stdout, stderr = running.communicate(timeout=20)
    assert running.returncode == 128 + number
    assert stdout == ""
    assert "Traceback" not in stderr
    assert said in stderr
    assert listing(out) == {"audit.html": "mine"}
    while group_is_there(running.pid) and time.monotonic() < deadline:
        time.sleep(0.05)  # multiprocessing's resource tracker leaves a little later
    assert not group_is_there(running.pid)


def group_is_there(pid: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


# As documentation


def test_the_page_of_documentation_comes_from_json_alone() -> None:
    text = json.dumps(small_audit().to_dict())
    page = render(json.loads(text))
    assert page == render(small_audit().to_dict())
    assert page.startswith("# How optimizers fail\n")
    assert "$ misstep audit misstep torch --out audit/" in page
    table = [line for line in page.splitlines() if line.startswith("|")]
    unescaped = re.compile(r"(?<!\\)\|")
    assert {len(unescaped.findall(line)) for line in table} == {9}
    assert f"| `{SIGN}` | constant | cycle → 0 | cycle 20 | cycle 20 | 8/8 | 8/8 | 0.5 |" in table
    row = next(line for line in table if "Muon" in line)
    assert "](" not in row
    assert not re.search(r"(?<!\\)<", row)


def test_the_committed_page_is_of_a_command_that_exists() -> None:
    page = (Path(__file__).parent.parent / "docs" / "audit.md").read_text()
    assert re.search(r"^\$ misstep audit [a-z_ ]+ --out audit/$", page, re.MULTILINE)


def test_a_summary_counts_every_row_once() -> None:
    for listed in rows(small_audit().to_dict()).values():
        failing, total = map(int, re.findall(r"\d+", summary(listed))[:2])
        others = [int(n) for n in re.findall(r"(\d+) (?:none found|not run)", summary(listed))]
        assert failing + sum(others) == total == len(listed)
