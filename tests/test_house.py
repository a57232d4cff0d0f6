"""The project's own files agree with each other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import misstep

ROOT = Path(__file__).parent.parent


def read(name: str) -> str:
    """The text of a file of the project."""
    return (ROOT / name).read_text()


def files() -> list[Path]:
    """Every text file of the project that is kept in version control, or would be."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a clone: version control lists no files here")
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What `make` does with these arguments, called from a shell: nothing is inherited from a `make` around it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, text=True)


def test_the_newest_entry_of_the_changelog_is_this_version() -> None:
    found = re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)
    assert found
    assert found[1] == misstep.__version__


def test_the_citation_is_of_this_version() -> None:
    assert re.findall(r"^version: (\S+)$", read("CITATION.cff"), re.MULTILINE) == [misstep.__version__]


def test_the_citation_has_what_its_format_requires_and_names_the_paper() -> None:
    text = read("CITATION.cff")
    assert text.startswith("cff-version: 1.2.0\n")
    for key in ("message", "title", "authors"):
        assert re.search(rf"^{key}:", text, re.MULTILINE), key
    assert "arXiv:2308.00720" in text


def test_make_lists_its_targets_when_called_without_one() -> None:
    listed = make()
    assert listed.returncode == 0
    for target in ("help", "reproduce", "certificates", "test", "mutate", "fuzz", "check", "docs", "bench", "clean"):
        assert re.search(rf"^  make {target} +\S", listed.stdout, re.MULTILINE), target


def test_make_refuses_an_interpreter_that_is_missing(tmp_path: Path) -> None:
    refused = make("test", "PYTHON=no-such-python", f"VENV={tmp_path / 'venv'}")
    assert refused.returncode == 2
    assert "misstep needs Python 3.11 or later, and no-such-python is missing" in refused.stderr


def test_the_license_is_mit() -> None:
    assert read("LICENSE").startswith("MIT License\n")
    assert tomllib.loads(read("pyproject.toml"))["project"]["license"] == "MIT"


def test_torch_is_pinned() -> None:
    assert re.search(r"^torch==\d", read("constraints.txt"), re.MULTILINE)


def test_no_file_holds_a_path_of_the_machine_it_was_written_on() -> None:
    # Spelled in halves, so that this file passes its own test.
    paths = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/")
    held = [
        (path.relative_to(ROOT).as_posix(), line)
        for path in files()
        for line in path.read_bytes().decode(errors="replace").splitlines()
        if any(fragment in line for fragment in paths)
    ]
    assert held == []


def test_the_benchmark_runs_and_agrees_with_scipy() -> None:
    # Too few points to say who is faster: the exit status is 1 then, and nothing else may go wrong.
    command = [sys.executable, "-m", "benchmarks.function_evaluation", "--points", "2000", "--rounds", "1"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert "plateau" in ran.stdout, ran.stderr
    assert ran.returncode == 0 or "slower than scipy" in ran.stderr, ran.stderr
