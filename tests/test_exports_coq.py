"""Certificates as Coq files: what is written is compiled by Coq, and rests on nothing but its real numbers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from helpers_certificates import CERTIFICATES, certificate
from misstep import cli
from misstep.exports import NoExport, to_coq

FOLDER = Path(__file__).parent.parent / "certificates"
COQC = shutil.which("coqc")
AXIOMS = {
    "ClassicalDedekindReals.sig_not_dec",
    "ClassicalDedekindReals.sig_forall_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
}
FORBIDDEN = re.compile(r"\b(Admitted|admit|Axioms?|Parameters?|Hypothes[ie]s|Variables?|Conjecture|Abort)\b")
SECONDS = 60


def without_comments(text: str) -> str:
    """Coq text without its comments; none are nested."""
    return re.sub(r"\(\*.*?\*\)", "", text, flags=re.DOTALL)


def compiled(text: str, folder: Path) -> str:
    """What Coq prints about a file."""
    if COQC is None:
        pytest.skip("coqc is not installed")
    (folder / "certificate.v").write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [COQC, "certificate.v"], cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    return ran.stdout


LIKE_SHIPPED = {
    "paper",
    "torch's Adam",
    "plateau",
    "Lion",
    "four over alpha",
    "two-cycle of gradient descent",
    "two-cycle of Adam",
    "Lessard, Recht and Packard",
    "word cycle of Adam",
}
"""Certificates that differ from shipped ones in numbers alone."""


def check_export(text: str, folder: Path) -> None:
    """Coq accepts an export, which leaves nothing open, and prints no more than the axioms of its reals."""
    code = without_comments(text)
    assert FORBIDDEN.findall(code) == []
    printed = compiled(text, folder)
    # An axiom begins its line, a type does not.
    assert set(re.findall(r"^([A-Za-z_][\w.']*)\s*(?::|$)", printed, re.MULTILINE)) - {"Axioms"} <= AXIOMS
    assert printed.count("Axioms:") == code.count("Print Assumptions")
    assert code.count("Print Assumptions") >= 3


@pytest.mark.parametrize("name", sorted(CERTIFICATES.keys() - LIKE_SHIPPED))
def test_coq_accepts_every_export_and_assumes_no_more_than_its_reals(name: str, tmp_path: Path) -> None:
    check_export(to_coq(certificate(name)), tmp_path)


SHIPPED = {path.name: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.cert.json"))}
EXACT = [
    name
    for name, document in SHIPPED.items()
    if document["kind"] == "function" or document["proof"].get("rule") in ("invariant", "exact")
]


@pytest.mark.parametrize("name", EXACT)
def test_coq_accepts_the_shipped_certificates_of_exact_kinds(name: str, tmp_path: Path) -> None:
    check_export(to_coq(SHIPPED[name]), tmp_path)


def test_what_has_no_export_among_the_shipped_is_of_another_kind() -> None:
    for name, document in SHIPPED.items():
        if name not in EXACT:
            with pytest.raises(NoExport):
                to_coq(document)


@pytest.mark.parametrize("name", ["paper", "two-cycle of gradient descent"])
@pytest.mark.parametrize(("old", "new"), [("Definition data", "Definition other"), ("(1 # 1)", "(2 # 1)")])
def test_coq_refuses_a_file_that_was_changed(name: str, old: str, new: str, tmp_path: Path) -> None:
    text = to_coq(certificate(name))
    head, tail = text.split("End Checks.")
    assert old in tail
    with pytest.raises(AssertionError):
        compiled(f"{head}End Checks.{tail.replace(old, new)}", tmp_path)


def test_the_theorem_is_about_all_beta() -> None:
    text = to_coq(certificate("paper"))
    assert "forall beta1 beta2, 0 <= beta1 <= 1 -> 0 <= beta2 <= 1 ->" in text
    assert "x (k + 1)%nat = x k + 1)" in text


def test_what_is_not_proved_is_said() -> None:
    document = certificate("two-cycle of gradient descent")
    document["claim"]["stability"] = {"type": "repelling", "multiplier": ["-3", "-2"]}
    assert "not proved in this file: that the cycle is repelling" in " ".join(to_coq(document).split())


def changed(name: str, **values: Any) -> dict[str, Any]:
    """A certificate with other values at dotted keys, spelled with two underscores."""
    document = certificate(name)
    for key, value in values.items():
        *path, last = key.split("__")
        inner = document
        for part in path:
            inner = inner[part]
        inner[last] = value
    return document


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (changed("paper", kind="orbit"), "orbit"),
        (changed("paper", kind="vanishing"), "vanishing"),
        (changed("paper", proof__rule="contracting"), "contracting"),
        (changed("paper", proof__rule="rounded"), "rounded"),
        (changed("two-cycle of gradient descent", proof__rule="enclosed"), "enclosed"),
        (changed("paper", method__name="radam"), "radam"),
    ],
)
def test_what_has_no_export_is_refused_by_name(document: dict[str, Any], reason: str) -> None:
    with pytest.raises(NoExport, match=reason):
        to_coq(document)


def test_a_sentence_cannot_leave_its_comment() -> None:
    text = to_coq(changed("paper", sentence='*) Axiom lie : False. (* "'))
    assert "Axiom" not in without_comments(text)


def run(*arguments: str) -> int:
    """The exit status of the command line."""
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    return int(left.value.code or 0)


def test_the_command_writes_what_the_function_returns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "c.json", tmp_path / "c.v"
    source.write_text(json.dumps(certificate("paper")))
    assert run("export", str(source), "--coq") == 0
    assert run("export", str(source), "--coq", "-o", str(target)) == 0
    assert capsys.readouterr().out == target.read_text(encoding="utf-8") == to_coq(certificate("paper"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.json", "c.v"]


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "c.json", tmp_path / "c.v"
    target.write_text("before")
    source.write_text((FOLDER / "muon.cert.json").read_text())
    assert run("export", str(source), "--coq", "-o", str(target)) == 3
    assert run("export", str(source)) == 2
    assert run("export", str(tmp_path / "none"), "--coq") == 2
    source.write_text(json.dumps(certificate("paper")))
    assert run("export", str(source), "--coq", "-o", str(tmp_path / "none" / "c.v")) == 2
    assert target.read_text() == "before"
    assert capsys.readouterr().err.count("misstep: ") == 4
