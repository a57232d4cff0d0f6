"""The shipped certificates: both checkers prove them all, and one command makes them anew."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from files import load_tool
from misstep.certificates import Verdict, check
from misstep.proofs.certificate import SUFFIX
from misstep.proofs.library import LIBRARY

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "certificates"
NAMES = sorted(path.name for path in FOLDER.glob("*" + SUFFIX))


@pytest.fixture(scope="module")
def judge() -> ModuleType:
    return load_tool()


def test_what_is_shipped_is_what_the_library_makes() -> None:
    assert {name.removesuffix(SUFFIX) for name in NAMES} == set(LIBRARY)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_certificate_is_made_anew_to_the_last_letter(name: str) -> None:
    assert LIBRARY[name.removesuffix(SUFFIX)]().to_json() == (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_both_checkers_prove_a_shipped_certificate(name: str, judge: ModuleType) -> None:
    answer = check(FOLDER / name)
    assert (answer.verdict, answer.reason) == (Verdict.PROVED, "")
    verdict, reason, kind, sentence = judge.check((FOLDER / name).read_bytes())
    assert (verdict, reason, kind, sentence) == ("PROVED", None, answer.kind, answer.sentence)


def test_a_checker_imports_nothing_that_makes_certificates() -> None:
    for path in (ROOT / "src" / "misstep" / "certificates").glob("*.py"):
        lines = [line for line in path.read_text().splitlines() if line.startswith(("import ", "from "))]
        ours = [line for line in lines if "misstep" in line]
        assert all("misstep.certificates" in line or "misstep.errors" in line for line in ours), path.name
    judge = (ROOT / "tools" / "check_certificate.py").read_text()
    assert "import misstep" not in judge
    assert "from misstep" not in judge
