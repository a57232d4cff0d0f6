"""`misstep prove`: what it prints and writes, and its exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from misstep.certificates import Verdict, check, check_bytes
from misstep.cli import main


def run(*words: str) -> int:
    """The exit status of `misstep prove` in this process."""
    with pytest.raises(SystemExit) as stop:
        main(["prove", *words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def test_a_certificate_goes_to_standard_output_and_the_claim_to_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("adam(learning_rate=1/10)", "--function", "cubic") == 0
    out, err = capsys.readouterr()
    assert check_bytes(out.encode()).verdict is Verdict.PROVED
    assert err.startswith("PROVED: adam(learning_rate = 1/10, ")


def test_a_certificate_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "lion.cert.json"
    assert run("lion(learning_rate=1/10)", "-o", str(file)) == 0
    assert check(file).verdict is Verdict.PROVED
    assert capsys.readouterr().out.startswith("PROVED: lion(")


def test_what_was_constructed_and_written_is_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(
            [
                "construct",
                "adam(learning_rate=0.1, eps=0)",
                "--no-curves",
                "--plateau",
                "0.25",
                "--out",
                str(tmp_path / "toint"),
            ]
        )
    file = tmp_path / "toint.cert.json"
    assert run(str(tmp_path / "toint" / "construction.json"), "-o", str(file)) == 0
    assert json.loads(file.read_text())["claim"]["start"] == ["-1/40", "1/40"]
    assert "misstep.errors" not in capsys.readouterr().err


def test_no_proof_is_status_3_and_leaves_what_was_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "old.cert.json"
    file.write_text("before")
    subject = "heavy_ball(learning_rate=1/9, momentum=4/9)"
    assert run(subject, "--function", "plateau", "--plateau", "1/100", "-o", str(file)) == 3
    assert file.read_text() == "before"
    assert capsys.readouterr().err == "misstep: not proved: plateau too small by 0.087: try --plateau 0.46\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["adam(learning_rate=-1)"], "learning_rate = -1 must be positive"),
        (["adam(learning_rate=0.1)", "--slope", "abc"], "slope"),
        (["adam(learning_rate=0.1)", "--function", "cubik"], "did you mean 'cubic'?"),
        (["adam(learning_rate=0.1)", "--plateau", "1/2"], "must be in [0, 1/2)"),
        (["adam(learning_rate=0.1)", "--class", "concave"], "concave"),
        (["missing.json"], "cannot be read"),
        (["{folder}"], "expected the name of an optimizer"),
        (["{list}"], "is not a construction"),
        (["{deep}"], "is not the JSON file of a construction"),
        (["{part}"], "lacks a part"),
        (["{part}", "--plateau", "1/4"], "a construction has its function"),
        (["adam(learning_rate=0.1)", "-o", "{folder}/no/where.json"], "cannot be written"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "list": "[]",
        "deep": "[" * 100_000,
        "part": json.dumps({"format": "misstep construction 1", "failure": "drift", "spacing": {"exact": "1"}}),
    }
    places = {"folder": str(tmp_path)}
    for name, text in files.items():
        (tmp_path / f"{name}.json").write_text(text)
        places[name] = str(tmp_path / f"{name}.json")
    assert run(*(word.format(**places) if word.startswith("{") else word for word in words)) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert message in err


def test_an_interrupted_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "old.cert.json"
    file.write_text("before")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    assert run("lion(learning_rate=1/10)", "-o", str(file)) == 130
    assert file.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["old.cert.json"]


def test_a_link_stays_a_link_and_a_file_keeps_its_rights(tmp_path: Path) -> None:
    file, link = tmp_path / "old.cert.json", tmp_path / "link"
    file.write_text("before")
    file.chmod(0o640)
    link.symlink_to(file)
    assert run("lion(learning_rate=1/10)", "-o", str(link)) == 0
    assert link.is_symlink()
    assert check(file).verdict is Verdict.PROVED
    assert file.stat().st_mode & 0o777 == 0o640
