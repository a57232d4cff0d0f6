"""Whatever a file holds, both readers come back soon, with one verdict: by Hypothesis, and guided by coverage."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import PLATEAUS, changed, invariant, method, sphere
from files import load_tool
from misstep.certificates import check_bytes
from mutations import ROOT, Document
from scrambling import is_light, scrambled, seeds, texts

tool: Any = load_tool()
LONGEST = 10.0
"""Seconds of processor time that a small file may take."""

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)
BASES = texts(seeds())
RUNS = 15_000


def agree(data: bytes) -> str:
    """The verdict of both readers, which neither raise nor take long."""
    began = time.process_time()
    answer = check_bytes(data)
    middle = time.process_time()
    verdict, reason, kind, sentence = tool.check(data)
    ended = time.process_time()
    assert str(answer.verdict) == verdict, (answer.reason, reason)
    if verdict != "MALFORMED":
        assert (answer.kind, answer.sentence) == (kind, sentence)
    assert "this checker failed" not in (reason or "")
    assert max(middle - began, ended - middle) < LONGEST
    return str(verdict)


@settings(max_examples=1500)
@given(st.data())
def test_documents_put_together_from_parts_of_certificates_have_one_verdict(data: st.DataObject) -> None:
    def choose(n: int) -> int:
        return data.draw(st.integers(0, n - 1))

    document = scrambled(seeds()[choose(len(seeds()))], choose, 1 + choose(4))
    if is_light(document):
        agree(json.dumps(document).encode())


def test_such_documents_reach_every_verdict() -> None:
    rng = random.Random(7)  # noqa: S311
    documents = [scrambled(seeds()[i % len(seeds())], rng.randrange, 1 + i % 3) for i in range(1200)]
    found = Counter(agree(data) for data in texts(document for document in documents if is_light(document)))
    assert set(found) == {"PROVED", "REFUTED", "UNDECIDED", "MALFORMED"}
    assert min(found.values()) > 15


@settings(max_examples=300)
@given(
    JSON, st.sampled_from(["format", "version", "kind", "sentence", "method", "function", "claim", "proof"]), st.data()
)
def test_any_json_in_place_of_a_part_has_one_verdict(value: Any, key: str, data: st.DataObject) -> None:
    document = {**data.draw(st.sampled_from(seeds())), key: value}
    if is_light(document):
        agree(json.dumps(document).encode())


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_have_one_verdict(data: bytes) -> None:
    assert agree(data) == "MALFORMED"


TOKENS = [
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "1e5",
    "-",
    "NaN",
    "\\u0000",
    "\\ud800",
    "\ufeff",
    " ",
    "\n",
    "/",
]


@settings(max_examples=600)
@given(
    st.sampled_from(BASES),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 12), st.sampled_from(TOKENS)), min_size=1, max_size=3),
)
def test_mangled_text_has_one_verdict(base: bytes, cuts: list[tuple[int, int, str]]) -> None:
    for at, length, token in cuts:
        at %= len(base)
        base = base[:at] + token.encode("utf-8", "surrogatepass") + base[at + length :]
    agree(base)


MOST = 8_388_608
LARGE: dict[str, str] = {
    "brackets": "b'[' * MOST",
    "empty arrays": "b'[' + b'[],' * (MOST // 3 - 1) + b'0]'",
    "pairs of brackets": "b'[]' * (MOST // 2)",
    "digits": "b'9' * MOST",
    "minus and digits": "b'[-' + b'9' * (MOST - 3) + b']'",
    "a long string": "b'\"' + b'x' * (MOST - 2) + b'\"'",
    "backslashes": "b'\"' + b'\\\\' * (MOST - 1)",
    "escapes": "b'\"' + b'\\\\u0041' * (MOST // 6 - 1) + b'\"'",
    "a string that does not end": "b'\"' + b'x' * (MOST - 1)",
    "keys": "b'{' + b','.join(b'\"%d\":0' % i for i in range(MOST // 11)) + b'}'",
    "one key many times": "b'{' + b','.join([b'\"a\":0'] * (MOST // 6)) + b'}'",
    "spaces": "b' ' * MOST",
    "quotes": "b'\"' * MOST",
    "zeros after a point": "b'0.' + b'0' * (MOST - 2)",
    "an exponent": "b'1e' + b'9' * (MOST - 2)",
    "a byte more than may be": "b' ' * (MOST + 1)",
    "numbers of 2000 digits": (
        "json.dumps({**json.load(open(sys.argv[1])), 'proof': {'word': [str(10**1999)] * 4000}}).encode()"
    ),
    "knots": (
        "json.dumps({**(d := json.load(open(sys.argv[1]))), "
        "'function': {**d['function'], 'knots': [str(i) for i in range(100_001)], 'pieces': [['0', '0']] * 100_000}})"
        ".encode()"
    ),
}
"""Python that makes files of the largest size."""

PROGRAM = """
import json, re, sys, time
sys.path[:0] = sys.argv[2:]
from files import load_tool
from misstep.certificates import check_bytes
MOST = {most}
data = {data}
began = time.process_time()
verdicts = str(check_bytes(data).verdict), load_tool().check(data)[0]
# The peak of this program alone: that of `getrusage` begins with what the process that started it had.
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
print(*verdicts, time.process_time() - began, int(peak[1]) // 1024)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is read as Linux tells it")
@pytest.mark.parametrize("name", LARGE)
def test_the_largest_files_take_bounded_time_and_memory(name: str) -> None:
    certificate = ROOT / "certificates" / "adam-paper.cert.json"
    program = PROGRAM.format(most=MOST, data=LARGE[name])
    command = [sys.executable, "-c", program, str(certificate), str(ROOT / "tests")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    first, second, seconds, megabytes = ran.stdout.split()
    assert first == second
    assert float(seconds) < 60
    assert int(megabytes) < 1500


def test_a_fuzzer_guided_by_coverage_finds_nothing(tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed: it has wheels for Linux on x86-64 alone")
    command = [
        sys.executable,
        str(ROOT / "tools" / "fuzz_certificates.py"),
        "--seconds",
        "120",
        "-seed=1",
        f"-runs={RUNS}",
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])}
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    assert re.search(r"Done \d+ runs", ran.stderr), ran.stderr[-4000:]


def long_slope() -> Document:
    """|f'| and the slope claimed are one number of 2000 digits: to round |f'| would leave it undecided."""
    w = Fraction(10**1999 - 1, 10**1999)
    shape = {**PLATEAUS, "pieces": [[str(w * Fraction(c)) for c in piece] for piece in PLATEAUS["pieces"]]}
    bounds = {"claim.lipschitz.value": str(w * Fraction(64, 9)), "claim.infimum.value": str(w * Fraction(-25, 128))}
    drift = invariant(method("gradient-descent", str(1 / w)), {}, start=["1/16", "1/16"], slope=str(w))
    return changed(drift, {"function": shape, "proof.word": [str(-w)], **bounds})


def large_squares() -> Document:
    """(L·D)² is 3/2·2^16384, just beyond what is looked at."""
    x = Fraction(math.isqrt(math.isqrt(3 * 2**799)), 2**200) * 2**1096
    claim = {"lipschitz": {"relation": "<=", "value": str(2**6000)}, "slope": "1", "rise": "0"}
    orbit = sphere(method("gradient-descent", "1"), n=1, steps=1, **claim)
    proof = {"x0": ["0"], "gradients": [[str(-x)], [str(-x)]], "values": ["0", "0"]}
    return changed(orbit, {"proof": proof, "claim.infimum.value": str(-(10**1900))})


def steep_orbit() -> Document:
    """2|A| <= L·D is violated, and G·D of the next condition is beyond 2^16384."""
    orbit = sphere(method("gradient-descent", "1"), n=1, steps=1, slope="1", rise="0")
    proof = {"x0": ["0"], "gradients": [[str(10**1999)], ["0"]], "values": ["0", "0"]}
    return changed(orbit, {"proof": proof, "claim.slope": "1/1000"})


FOUND: dict[str, tuple[Callable[[], Document], str]] = {
    "an absolute value of 2000 digits": (long_slope, "PROVED"),
    "a number between 2^16384 and 2^16385": (large_squares, "UNDECIDED"),
    "a number beyond it that no condition has asked for": (steep_orbit, "REFUTED"),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_once_had_two_verdicts_has_one(name: str) -> None:
    make, verdict = FOUND[name]
    assert agree(json.dumps(make()).encode()) == verdict
