"""What the standard library's checker takes for no certificate, and its command line."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judged import (
    BY_JETS,
    COORDINATES,
    CYCLES,
    DRIFTS,
    GD,
    HB,
    OPTIMAL,
    PARABOLA,
    PERIODIC,
    TOOL,
    VANISHING,
    VECTOR_METHODS,
    Certificate,
    Edit,
    both,
    edited,
    put,
    ring,
    sealed,
    shorten,
    tool,
    verdict,
    wide_orbit,
)

# ---------------------------------------------------------------------------------------------------------------- form

MALFORMED: list[tuple[str, Certificate, Edit]] = [
    ("a key too many", GD, put("claim.extra", "1")),
    ("a key too few", GD, lambda c: c["claim"].pop("mu")),
    ("a key too many at the top", GD, put("extra", "1")),
    ("true as a count", GD, put("claim.period", True)),
    ("false as a count", DRIFTS["lion"], put("claim.from", False)),
    ("a string as a count", GD, put("claim.period", "1")),
    ("a count beyond the limit", GD, put("claim.period", 10**12)),
    ("a count beyond 64 bits", GD, put("claim.period", 10**40)),
    ("period 0", GD, put("claim.period", 0)),
    ("from 0", GD, put("claim.from", 0)),
    ("a number as a JSON integer", GD, put("claim.slope", 1)),
    *(
        (f"the number {n}", GD, put("claim.slope", n))
        for n in ("-0", "2/4", "01", "+1", "1/1", "1/0", "0/2", "1/-2", " 1")
    ),
    *(
        (f"the number {n}", GD, put("claim.slope", n))
        for n in ("", "1.5", "1e3", "1/2/3", "1\n", "\u0661", "1/02", "-1", "0")
    ),
    ("a number of 2001 digits", GD, put("claim.slope", "1" * 2001)),
    ("a denominator of 2001 digits", GD, put("claim.slope", "1/" + "1" * 2001)),
    ("a number of a million digits", GD, put("claim.slope", "1" * 10**6)),
    ("a range in the wrong order", GD, put("claim.start", ["1", "0"])),
    ("a range of three", GD, put("claim.start", ["1", "2", "3"])),
    ("provenance of numbers", GD, put("provenance", {"a": 1})),
    ("no method", GD, put("method", None)),
    ("a method of no table", GD, put("method.name", "sgd")),
    ("a method of orbits", GD, put("method", VECTOR_METHODS[0])),
    ("a learning rate of 0", GD, put("method.learning_rate", "0")),
    ("beta 1", DRIFTS["adam, corrected"], put("method.beta1", "1")),
    ("beta [1, 1]", DRIFTS["adam, corrected"], put("method.beta1", ["1", "1"])),
    ("beta up to 2", DRIFTS["adam, corrected"], put("method.beta1", ["0", "2"])),
    ("eps_hat beside eps", DRIFTS["adam, eps"], put("method.eps_hat", "1")),
    ("eps_hat without correction", DRIFTS["adam, first gradient"], put("method.eps_hat", "1")),
    ("an unknown start", DRIFTS["adam, corrected"], put("method.start", "one")),
    ("centered as a word", DRIFTS["rmsprop, centered"], put("method.centered", 1)),
    ("momentum_decay of a large denominator", DRIFTS["nadam"], put("method.momentum_decay", "1/1001")),
    (
        "a state for a method that counts",
        DRIFTS["adam, corrected"],
        put("claim.state", dict.fromkeys(("m", "v", "p1", "p2"), "1")),
    ),
    ("a box without a variable", DRIFTS["lion"], put("proof.box", {})),
    ("a word that is too long", GD, put("proof.word", ["-1", "-1"])),
    ("rounded without rounding", GD, put("proof.rule", "rounded")),
    ("a settled state for an invariant box", GD, put("proof.settled", {})),
    ("contracting with =", HB, put("claim.shift.relation", "=")),
    ("no shift", GD, put("claim.shift.value", "0")),
    ("rate 1", HB, put("proof.rate", "1")),
    ("steps within the transient", DRIFTS["heavy ball, rounded"], put("claim.rounding.steps", 9)),
    ("optimal with <=", OPTIMAL, put("claim.lipschitz.relation", "<=")),
    ("knots that do not increase", GD, put("function.knots", ["0", "0"])),
    ("a knot too many", GD, put("function.knots", ["0", "1", "2"])),
    ("a piece of one coefficient", GD, put("function.pieces.0", ["0"])),
    ("a piece of nine", GD, put("function.pieces.0", ["0"] * 9)),
    ("a cubic that is extended", GD, put("function.left", {"rule": "extend"})),
    ("a period that meets no knot", GD, put("function.right.period", "1/2")),
    ("a tangent with a period", GD, put("function.left.period", "1")),
    ("a cycle in ranges, exact", CYCLES["gradient descent"], put("claim.x", ["1", "1"])),
    ("a cycle of a method that counts", CYCLES["gradient descent"], put("method", DRIFTS["adamax"]["method"])),
    ("a cycle's parameter as a range", CYCLES["gradient descent"], put("method.learning_rate", ["2", "2"])),
    ("a matrix of another size", CYCLES["attracting, enclosed"], put("proof.matrix", [["1", "2"]])),
    ("a multiplier below -1", CYCLES["repelling, exact"], put("claim.stability.multiplier", ["-3", "-2"])),
    ("power 0", CYCLES["repelling, exact"], put("claim.stability.power", 0)),
    ("power 1001", CYCLES["repelling, exact"], put("claim.stability.power", 1001)),
    ("no power", CYCLES["repelling, exact"], lambda c: c["claim"]["stability"].pop("power")),
    ("a closed orbit of one point", ring(2), both(put("claim.steps", 1), lambda c: shorten(c, 1))),
    ("an orbit of too many pairs", wide_orbit(1000, 5), put("provenance", {})),
    ("a multiplier around 1", CYCLES["repelling, exact"], put("claim.stability.multiplier", ["1", "2"])),
    ("too many repeats", CYCLES["attracting, exact"], put("claim.stability.repeats", 50_001)),
    ("optimal and enclosed", CYCLES["attracting, enclosed"], put("claim.optimal", True)),
    ("an orbit that rises and is closed", ring(3), put("claim.rise", "0")),
    ("an orbit of another length", COORDINATES, put("claim.steps", 2)),
    ("an orbit of too many coordinates", COORDINATES, put("claim.dimension", 10_000)),
    ("mu as large as L", COORDINATES, put("claim.mu", "2")),
    ("a turn of a large denominator", ring(3), put("proof.points.0.0", ["cos", "1", "1/1001"])),
    ("tan", ring(3), put("proof.points.0.0", ["tan", "1", "1/3"])),
    ("two of b", ring(3), put("method.b", ["1", "1"])),
    ("a and b of two lengths", ring(3), put("method.b", ["1"])),
    ("a function in an orbit", ring(3), put("function", PARABOLA)),
    ("vanishing with eps", VANISHING, put("method.eps", "1")),
    ("vanishing with eps as a range", VANISHING, put("method.eps", ["0", "0"])),
    ("version 0", GD, put("version", 0)),
    ("version -1", GD, put("version", -1)),
    ("version as a word", GD, put("version", "2")),
    ("version true", GD, put("version", True)),
    ("kind as an array", GD, put("kind", ["drift"])),
    ("kind null", GD, put("kind", None)),
    ("another format", GD, put("format", "misstep")),
    ("an unknown kind of another format", GD, both(put("format", "x"), put("kind", "y"))),
]


@pytest.mark.parametrize(("name", "base", "edit"), MALFORMED, ids=lambda x: x[:40] if isinstance(x, str) else "")
def test_a_fault_of_form_is_malformed(name: str, base: Certificate, edit: Edit) -> None:
    changed = copy.deepcopy(base)
    edit(changed)
    word, reason = verdict({**changed, "sentence": ""})
    assert word == "MALFORMED", name
    assert not reason.startswith("condition 0"), name
    assert 0 < len(reason) < 300, name


@pytest.mark.parametrize("edit", [put("version", 2), put("version", 10**30), put("kind", "spiral")])
def test_a_later_version_or_kind_is_undecided_whatever_else_it_holds(edit: Edit) -> None:
    changed = copy.deepcopy(GD)
    both(edit, put("extra", [1]), put("claim", None))(changed)
    assert verdict(changed)[0] == "UNDECIDED"


GOOD = json.dumps(GD)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'"',
        b'"\\',
        b"\xff\xfe",
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode() + b"\x00",
        GOOD.encode() + b"{}",
        b"[" * 10**6,
        b"[" * 10**6 + b"]" * 10**6,
        b'{"a":' * 10**6,
        b'["' + b'\\"' * 10**6,
        b'"' * 10**6,
        b"]" * 10**6 + b"[" * 10**6,
        GOOD.replace('"version": 1', '"version": 1, "version": 1').encode(),
        GOOD.replace('"version": 1', '"version": 1, "vers\\u0069on": 1').encode(),
        *(
            GOOD.replace('"period": 1', f'"period": {n}').encode()
            for n in ("1e999999999", "NaN", "-Infinity", "1.0", "1e0")
        ),
        GOOD.replace('"period": 1', f'"period": {"9" * 10**6}').encode(),
        GOOD.replace('"period": 1', '"period": 01').encode(),
        GOOD.replace("cubic", "").encode()[:-1],
        GOOD.replace('"provenance": {}', '"provenance": {"a": "\\ud800", "b": [1]}').encode(),
        GOOD.replace("misstep certificate", "\\ud800").encode(),
        GOOD.encode() + b" " * tool.BYTES,
    ],
    ids=lambda data: data[:20].decode("latin-1"),
)
def test_bytes_that_are_no_certificate_are_malformed(data: bytes) -> None:
    word, reason, _, _ = tool.check(data)
    assert word == "MALFORMED"
    assert reason
    assert reason.isascii()
    assert len(reason) < 300


def test_depth_sixteen_is_read_and_seventeen_is_not() -> None:
    assert "deep" not in tool.check(b"[" * 16 + b"]" * 16)[1]
    assert "deep" in tool.check(b"[" * 17 + b"]" * 17)[1]
    assert "deep" not in tool.check(b'["' + b"[" * 99 + b'\\"[[[[[[[[[[[[[[[[[["]')[1]


@given(st.binary(max_size=60), st.integers(0, len(GOOD)))
def test_no_bytes_raise(data: bytes, at: int) -> None:
    assert tool.check(GOOD.encode()[:at] + data + GOOD.encode()[at:])[0] in {
        "MALFORMED",
        "REFUTED",
        "UNDECIDED",
        "PROVED",
    }


def leaves(value: Any, path: str = "") -> Iterable[str]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield f"{path}.{key}".lstrip(".")
        yield from leaves(inner, f"{path}.{key}")


@pytest.mark.parametrize(
    "name", ["adam, corrected", "nadam with a schedule", "adam, rounded", "rmsprop, centered", "radam"]
)
@pytest.mark.parametrize("value", [None, True, 7, "7", "-7/3", [], {}, ["0", "5"], "0"])
def test_no_change_of_a_drift_makes_the_checker_fail(name: str, value: Any) -> None:
    for path in leaves(DRIFTS[name]):
        word, reason = edited(DRIFTS[name], put(path, value))
        assert "this checker failed" not in reason, (path, word, reason)


@pytest.mark.parametrize("base", [*CYCLES.values(), COORDINATES, ring(5), BY_JETS, PERIODIC, VANISHING])
def test_no_change_of_a_certificate_makes_the_checker_fail(base: Certificate) -> None:
    for path in leaves(base):
        for value in (None, 3, "-7/3", ["0", "5"], "0"):
            word, reason = edited(base, put(path, value))
            assert "this checker failed" not in reason, (path, word, reason)


def test_numbers_that_explode_end_the_check_as_undecided() -> None:
    huge = "1" + "0" * 1999
    base = both(put("method.learning_rate", huge), put("function.left", {"rule": "extend"}))
    word, reason = edited(CYCLES["heavy ball"], both(base, put("claim.period", 10_000)))
    assert word == "UNDECIDED"
    assert "beyond" in reason


# -------------------------------------------------------------------------------------------------------- command line


def run_tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", str(TOOL), *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """One file for each verdict."""
    contents = {"PROVED": GD, "REFUTED": {**GD, "claim": {**GD["claim"], "slope": "2"}}}
    contents["REFUTED"] = sealed(contents["REFUTED"])
    contents |= {"UNDECIDED": {**GD, "version": 2}, "MALFORMED": {**GD, "sentence": "?"}}
    for word, content in contents.items():
        (tmp_path / f"{word}.json").write_text(json.dumps(content))
    return {word: str(tmp_path / f"{word}.json") for word in contents}


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["PROVED"], 0),
        (["PROVED", "PROVED"], 0),
        (["PROVED", "UNDECIDED"], 4),
        (["UNDECIDED", "REFUTED"], 1),
        (["REFUTED", "MALFORMED", "PROVED"], 2),
    ],
)
def test_the_exit_status_is_that_of_the_worst_file(files: dict[str, str], words: list[str], status: int) -> None:
    assert tool.main([files[word] for word in words]) == status


def test_each_file_has_a_line_and_its_sentence_or_reason(files: dict[str, str]) -> None:
    done = run_tool(files["PROVED"], files["REFUTED"])
    lines = done.stdout.splitlines()
    assert done.stderr == ""
    assert lines[0].startswith(f"PROVED  {files['PROVED']}  (")
    assert lines[1] == f"    {GD['sentence']}"
    assert lines[2].startswith(f"REFUTED  {files['REFUTED']}  (")
    assert lines[3] == "    condition 3: step 0: 2 <= |f'| = |-1|: violated"


def test_json_is_a_list_of_the_verdicts(files: dict[str, str]) -> None:
    done = run_tool("--json", *files.values())
    rows = json.loads(done.stdout)
    assert [row["verdict"] for row in rows] == list(files)
    assert all(list(row) == ["file", "kind", "claim", "verdict", "seconds", "reason"] for row in rows)
    assert rows[0]["claim"] == GD["sentence"]
    assert [row["reason"] is None for row in rows] == [True, False, False, False]
    assert done.returncode == 2


def test_help_has_an_example() -> None:
    assert "example: python tools/check_certificate.py" in run_tool("--help").stdout.replace("\n", " ")


def test_what_is_no_regular_file_is_malformed(tmp_path: Path, files: dict[str, str]) -> None:
    link, fifo = tmp_path / "link.json", tmp_path / "fifo.json"
    link.symlink_to(files["PROVED"])
    os.mkfifo(fifo)
    done = run_tool("--json", str(link), str(fifo), str(tmp_path), str(tmp_path / "none"), "/dev/zero", "a\udcff")
    assert {row["verdict"] for row in json.loads(done.stdout)} == {"MALFORMED"}
    assert done.stderr == ""
    assert done.returncode == 2


def test_the_tool_imports_the_standard_library_alone(files: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(TOOL), files["PROVED"]],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("PROVED")
