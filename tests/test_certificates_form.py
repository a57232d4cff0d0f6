"""What is no certificate is refused with a reason, whatever it is; and sentences say what certificates say."""

from __future__ import annotations

import copy
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

import misstep as ms
from certificates import ALL, CYCLES, DRIFTS, FUNCTIONS, ORBITS, Document, changed, checked, vanishing
from misstep.certificates import Verdict, check, check_bytes, sentence_of

DRIFT = DRIFTS["adam, first-gradient"]()
CYCLE = CYCLES["attracting"]()
ORBIT = ORBITS["muon"]()
CLOSED = ORBITS["closed"]()
FUNCTION = FUNCTIONS["optimal"]()
CONTRACTING = DRIFTS["heavy-ball, contracting"]()
ROUNDED = DRIFTS["sign-descent, rounded"]()
TEXT = json.dumps(DRIFT)

BYTES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not JSON"),
    "not JSON": (b"{", "brackets do not match"),
    "half a number": (b"-", "not JSON"),
    "two values": (b"1 2", "not JSON: Extra data"),
    "a million lists": (b"[" * 1_000_000, "more than 16 deep"),
    "a million lists, closed": (b"[" * 1_000_000 + b"]" * 1_000_000, "more than 16 deep"),
    "a million objects": (b'{"a":' * 1_000_000, "more than 16 deep"),
    "17 lists": (b"[" * 17 + b"]" * 17, "more than 16 deep"),
    "16 lists": (b"[" * 16 + b"]" * 16, "this is an array of 1"),
    "brackets in strings": (b'["' + b"[" * 99 + b'\\"["]', "this is an array of 1"),
    "an endless string": (b'"' + b'\\"' * 1_000_000, "not JSON"),
    "quotes": (b'"' * 1_000_001, "not JSON"),
    "mismatched": (b"[}", "not JSON"),
    "a kind that is no word": (b'{"format": "misstep certificate", "version": 1, "kind": [1]}', "must be a string"),
    "keys twice": (b'{"format": 1, "kind": 2, "for\\u006dat": 3}', 'an object has the key "format" twice'),
    "deep keys twice": (b'[{"a": {"b": 1, "b": 1}}]', 'the key "b" twice'),
    "exponent": (b'{"from": 1e999999999}', "1e999999999 has a fraction or an exponent"),
    "fraction": (b'{"from": 1.0}', "1.0 has a fraction"),
    "NaN": (b'{"from": NaN}', "NaN is not JSON"),
    "Infinity": (b'{"from": -Infinity}', "-Infinity is not JSON"),
    "leading zero": (b'{"from": 01}', "not JSON"),
    "not UTF-8": (TEXT.encode("utf-16"), "byte 0 is not UTF-8"),
    "a surrogate": (b'{"a": "\xed\xa0\x80"}', "byte 7 is not UTF-8"),
    "byte order mark": (b"\xef\xbb\xbf" + TEXT.encode(), "byte order mark"),
    "a control character": (b'{"a": "\x01"}', "not JSON: Invalid control character"),
    "too long": (b" " * 8_388_609, "more than 8388608 bytes"),
    "a list": (b"[]", "this is []"),
    "null": (b"null", "this is null"),
    "a string": (b'"misstep certificate"', 'this is "misstep certificate"'),
    "no format": (b"{}", "format = null"),
    "another format": (b'{"format": "\\u001b[31m"}', 'format = "\\u001b[31m"'),
    "no version": (b'{"format": "misstep certificate"}', 'no key "version"'),
    "no kind": (b'{"format": "misstep certificate", "version": 1}', 'no key "kind"'),
    "version in words": (b'{"format": "misstep certificate", "version": "1"}', 'version = "1" must be 1'),
    "a true version": (b'{"format": "misstep certificate", "version": true}', "version = true must be 1"),
    "version 0": (b'{"format": "misstep certificate", "version": 0}', "version = 0 must be 1"),
}


@pytest.mark.parametrize("name", BYTES)
def test_what_is_not_a_certificate_is_malformed_and_the_reason_is_short(name: str) -> None:
    data, reason = BYTES[name]
    answer = check_bytes(data)
    assert (answer.verdict, reason in answer.reason) == (Verdict.MALFORMED, True), answer.reason
    assert answer.kind is answer.sentence is None
    assert answer.reason.isprintable()
    assert len(answer.reason) < 200
    assert answer.seconds < 5


LATER = {
    "version 2": b'{"format": "misstep certificate", "version": 2, "whatever": []}',
    "a version of many digits": b'{"format": "misstep certificate", "version": ' + b"9" * 100_000 + b"}",
    "another kind": b'{"format": "misstep certificate", "version": 1, "kind": "chaos", "more": null}',
}


@pytest.mark.parametrize("name", LATER)
def test_a_later_version_or_an_unknown_kind_is_undecided(name: str) -> None:
    answer = check_bytes(LATER[name])
    assert answer.verdict is Verdict.UNDECIDED
    assert "is not known to this checker" in answer.reason
    assert len(answer.reason) < 200


def test_white_space_and_escapes_do_not_matter() -> None:
    spaced = json.dumps(DRIFT, indent=3).replace('"kind"', '"k\\u0069nd"')
    assert check_bytes(f"\n\t {spaced} \r\n".encode()).verdict is Verdict.PROVED


FORM: dict[str, tuple[Document, dict[str, Any], str]] = {
    # The top level.
    "another key": (DRIFT, {"more": 1}, 'has the key "more"'),
    "sentence": (DRIFT, {"sentence": 3}, "sentence = 3 must be a string"),
    "provenance": (DRIFT, {"provenance": []}, "provenance = [] must be an object"),
    "a number in the provenance": (DRIFT, {"provenance": {"x": 1}}, 'provenance: "x" = 1 must be a string'),
    "a method of a function": (FUNCTION, {"method": {}}, "method = {} must be null for the kind function"),
    "a function of an orbit": (ORBIT, {"function": {}}, "function = {} must be null for the kind orbit"),
    "no method": (DRIFT, {"method": None}, "method = null must be an object"),
    "no function": (DRIFT, {"function": None}, "function = null must be an object"),
    # Counts and numbers.
    "true as a count": (DRIFT, {"claim.from": True}, "claim.from = true must be an integer"),
    "a count as a number": (DRIFT, {"claim.from": "1"}, 'claim.from = "1" must be an integer'),
    "period 0": (DRIFT, {"claim.period": 0}, "claim.period = 0 must be between 1 and 10000"),
    "period 10^12": (DRIFT, {"claim.period": 10**12}, "claim.period = 1000000000000 must be"),
    "from 0": (DRIFT, {"claim.from": 0}, "claim.from = 0 must be between 1 and 100000"),
    "minus zero": (DRIFT, {"claim.start": ["-0", "0"]}, 'claim.start = "-0": zero has no sign'),
    "not reduced": (DRIFT, {"claim.slope": "2/4"}, 'claim.slope = "2/4" must be in lowest terms'),
    "a part of zero": (DRIFT, {"claim.slope": "0/2"}, "must be in lowest terms"),
    "over one": (DRIFT, {"claim.slope": "2/1"}, "must be in lowest terms"),
    "over zero": (DRIFT, {"claim.slope": "1/0"}, 'claim.slope = "1/0" must be a number'),
    "leading zero": (DRIFT, {"claim.slope": "01"}, 'claim.slope = "01" must be a number'),
    "plus": (DRIFT, {"claim.slope": "+1"}, "must be a number"),
    "decimal": (DRIFT, {"claim.slope": "0.5"}, "must be a number"),
    "a space": (DRIFT, {"claim.slope": "1 "}, "must be a number"),
    "a line break": (DRIFT, {"claim.slope": "1\n"}, "must be a number"),
    "another script": (DRIFT, {"claim.slope": "١"}, 'claim.slope = "\\u0661" must be a number'),
    "a bare integer": (DRIFT, {"claim.slope": 1}, 'claim.slope = 1 must be a string such as "-2/3"'),
    "many digits": (DRIFT, {"claim.slope": "1" * 2001}, "has more than 2000 digits"),
    "many digits below": (DRIFT, {"claim.slope": "1/" + "3" * 2001}, "has more than 2000 digits"),
    "a range backwards": (DRIFT, {"claim.start": ["1", "0"]}, 'claim.start = ["1", "0"] ends before it starts'),
    "half a range": (DRIFT, {"claim.start": ["1"]}, "claim.start has 1 entries and must have 2"),
    "slope 0": (DRIFT, {"claim.slope": "0"}, 'claim.slope = "0" must be positive'),
    # Functions.
    "type": (DRIFT, {"function.type": "spline"}, "function.type"),
    "one knot": (DRIFT, {"function.knots": ["0"]}, "function.knots has 1 entries"),
    "knots": (DRIFT, {"function.knots": ["1", "1"]}, 'function.knots[0] and the next are "1", "1" and must increase'),
    "pieces": (DRIFT, {"function.pieces": []}, "function.pieces has 0 entries and must have 1"),
    "a short piece": (DRIFT, {"function.pieces": [["0"]]}, "function.pieces[0] has 1 entries and must have 2 to 8"),
    "a long piece": (DRIFT, {"function.pieces": [["0"] * 9]}, "function.pieces[0] has 9 entries"),
    "a tail": (DRIFT, {"function.left": {"rule": "stop"}}, 'function.left.rule = "stop" must be one of'),
    "a tail that extends a cubic": (DRIFT, {"function.left": {"rule": "extend"}}, "only with at most 3"),
    "a tail with more": (DRIFT, {"function.left": {"rule": "tangent", "period": "1"}}, 'has the key "period"'),
    "a tail without its period": (DRIFT, {"function.right": {"rule": "repeat"}}, 'has no key "period"'),
    "a period of 0": (DRIFT, {"function.right": {"rule": "repeat", "period": "0"}}, "must be positive"),
    "a period that ends at no knot": (DRIFT, {"function.right.period": "1/2"}, "must begin at a knot"),
    "too many pieces": (DRIFT, {"function.knots": [str(i) for i in range(100_002)]}, "has 100002 entries"),
    # Methods.
    "method": (DRIFT, {"method.name": "adamw"}, 'method.name = "adamw" must be one of'),
    "a method of vectors": (DRIFT, {"method.name": "muon"}, 'method.name = "muon" must be one of'),
    "a method without a name": (DRIFT, {"method": {}}, 'method has no key "name"'),
    "beta 1": (DRIFT, {"method.beta1": "1"}, "must be in [0, 1)"),
    "beta 1 as a range": (DRIFT, {"method.beta1": ["1", "1"]}, "must be in [0, 1)"),
    "beta beyond 1": (DRIFT, {"method.beta1": ["0", "2"]}, "must be in [0, 1)"),
    "learning rate": (DRIFT, {"method.learning_rate": ["0", "1"]}, "must be positive"),
    "eps": (DRIFT, {"method.eps": "-1"}, "must not be negative"),
    "start": (DRIFT, {"method.start": "warm"}, "method.start"),
    "amsgrad": (DRIFT, {"method.amsgrad": True}, "method.amsgrad = true must be one of"),
    "eps_hat": (DRIFT, {"method.eps_hat": "1"}, "method.eps_hat must be null"),
    "eps_hat and eps": (DRIFT, {"method.eps_hat": "1", "method.start": "corrected", "method.eps": "1"}, "eps_hat"),
    "centered": (DRIFTS["rmsprop, state"](), {"method.centered": 1}, "method.centered = 1 must be true or false"),
    "momentum_decay": (DRIFTS["nadam"](), {"method.momentum_decay": "1/1001"}, "must be p/q with 0 <= p, q <= 1000"),
    "ns_steps": (ORBIT, {"method.ns_steps": 21}, "method.ns_steps = 21 must be between 0 and 20"),
    "rows": (ORBIT, {"method.rows": 3}, "method.rows times method.columns must be the dimension 4"),
    "two gradients": (CLOSED, {"method.a": ["1", "0"], "method.b": ["1", "1"]}, "exactly one entry of method.b"),
    "uneven": (CLOSED, {"method.a": ["1", "0"]}, "must have equally many"),
    # Drifts.
    "shift 0": (DRIFT, {"claim.shift.value": "0"}, 'claim.shift.value = "0" must not be 0'),
    "shift relation": (DRIFT, {"claim.shift.relation": "<="}, "must be one of =, ->"),
    "state": (DRIFT, {"claim.state": {"m": "0", "v": "0"}}, "claim.state must be null"),
    "state variables": (DRIFTS["heavy-ball, state"](), {"claim.state": {"b": "0"}}, 'claim.state has no key "d"'),
    "word": (DRIFT, {"proof.word": []}, "proof.word has 0 entries and must have 1"),
    "box": (DRIFT, {"proof.box": {"m": ["0", "1"]}}, 'proof.box has no key "v"'),
    "settled": (DRIFT, {"proof.settled": {}}, "proof.settled = {} must be null with the rule invariant"),
    "rule": (DRIFT, {"proof.rule": "rounded"}, "do not go together"),
    "rate 1": (CONTRACTING, {"proof.rate": "1"}, "must be in [0, 1)"),
    "radius": (CONTRACTING, {"proof.radius.d": "-1"}, "must not be negative"),
    "contracting =": (CONTRACTING, {"claim.shift.relation": "="}, 'must be "->" with the rule contracting'),
    "contracting, optimal": (CONTRACTING, {"claim.optimal": True}, "needs the rule invariant"),
    "optimal <=": (DRIFT, {"claim.optimal": True, "claim.lipschitz.relation": "<="}, 'relation "="'),
    "rounding": (ROUNDED, {"claim.rounding": None}, "do not go together"),
    "rounding unit": (ROUNDED, {"claim.rounding.unit": "1"}, "must be between 0 and 1"),
    "rounding steps": (ROUNDED, {"claim.rounding.steps": 1}, "claim.rounding.steps = 1 must be between 2 and"),
    "rounded period": (ROUNDED, {"claim.period": 2}, "claim.period = 2 must be 1 with the rule rounded"),
    # Cycles.
    "cycle of adam": (CYCLE, {"method": DRIFTS["adam, corrected"]()["method"]}, "and has no cycle"),
    "range of a parameter": (CYCLE, {"method.momentum": ["4/9", "4/9"]}, "method.momentum = an array of 2 must be"),
    "exact": (CYCLE, {"claim.x": ["0", "1"]}, "claim.x = an array of 2 must be a string"),
    "enclosed": (CYCLES["enclosed"](), {"claim.x": ["0", "0"]}, "claim.x must be a range of positive length"),
    "matrix of exact": (CYCLE, {"proof.matrix": []}, "proof.matrix = [] must be null"),
    "matrix": (CYCLES["enclosed"](), {"proof.matrix": [["1"], ["1"]]}, "proof.matrix[0] has 1 entries and must have 2"),
    "long attraction": (CYCLE, {"claim.stability.repeats": 100_000}, "times the period 3 is more than 100000"),
    "no radius": (CYCLE, {"claim.stability.radius": {"x": "1"}}, 'claim.stability.radius has no key "d"'),
    "radius 0": (CYCLE, {"claim.stability.radius.d": "0"}, "must be positive"),
    "stability": (CYCLE, {"claim.stability": {}}, "claim.stability.type = null must be one of"),
    "multiplier": (CYCLES["repelling"](), {"claim.stability.multiplier": ["1", "2"]}, "must be above 1"),
    "enclosed, optimal": (CYCLES["enclosed"](), {"claim.optimal": True}, "needs the rule exact"),
    # Orbits.
    "dimension 0": (ORBIT, {"claim.dimension": 0}, "claim.dimension = 0 must be"),
    "too many points": (ORBIT, {"claim.steps": 2000}, "is more than 2000 points, 20000 coordinates"),
    "too many coordinates": (ORBIT, {"claim.dimension": 10_000}, "is more than 2000 points, 20000 coordinates"),
    "closed as a word": (ORBIT, {"claim.closed": "true"}, "must be true or false"),
    "closed by another method": (ORBIT, {"claim.closed": True}, 'method.name = "muon" must be one of linear'),
    "rise of a closed orbit": (CLOSED, {"claim.rise": "0"}, 'claim.rise = "0" must be null'),
    "L = 0": (ORBIT, {"claim.lipschitz.value": "0"}, 'claim.lipschitz.value = "0" must be positive'),
    "L exactly": (ORBIT, {"claim.lipschitz.relation": "="}, "claim.lipschitz.relation"),
    "mu is L": (ORBIT, {"claim.mu": "2"}, "must be at least 0 and less than the constant"),
    "a short point": (ORBIT, {"proof.x0": ["1"]}, "proof.x0 has 1 entries and must have 4"),
    "tangent": (CLOSED, {"proof.points.0.0": ["tan", "1", "0"]}, 'proof.points[0][0][0] = "tan" must be one of'),
    "turn": (CLOSED, {"proof.points.0.0": ["cos", "1", "1/1001"]}, "must have a denominator of at most 1000"),
    # Functions and decreasing steps.
    "proof of a function": (FUNCTION, {"proof": {"rule": "exact"}}, 'proof has the key "rule"'),
    "half a jet": (FUNCTION, {"claim.jets.0": ["0", "0"]}, "claim.jets[0] has 2 entries and must have 3"),
    "vanishing, start": (vanishing(), {"method.start": "zero"}, 'method.start = "zero" must be "first-gradient"'),
    "vanishing, eps": (vanishing(), {"method.eps": "1"}, 'method.eps = "1" must be "0"'),
    "vanishing, steps": (vanishing(), {"proof.steps": 100_001}, "proof.steps = 100001 must be between"),
}


@pytest.mark.parametrize("name", FORM)
def test_a_certificate_of_the_wrong_form_is_malformed(name: str) -> None:
    document, changes, reason = FORM[name]
    answer = checked(changed(document, changes, sealed=False))
    assert (answer.verdict, reason in answer.reason) == (Verdict.MALFORMED, True), answer.reason
    assert answer.reason.isprintable()
    assert len(answer.reason) < 200


def test_another_sentence_is_malformed_and_the_difference_is_shown() -> None:
    answer = checked(changed(DRIFT, {"sentence": DRIFT["sentence"].replace("6,", "5,")}, sealed=False))
    assert answer.verdict is Verdict.MALFORMED
    assert "condition 0: from character" in answer.reason
    assert answer.sentence is None


SENTENCES = {
    "drift: adam, first-gradient": (
        "adam(learning_rate = 1, beta1 in [0, 1], beta2 in [0, 1], eps = 0, eps_root = 0, eps_hat = none, "
        "start = first-gradient, amsgrad = none) runs away on a function of one variable: from every start in"
        " [0, 0] it moves by 1 every 1 steps from step 1 on, and |f'| >= 1 at every iterate; f' has the "
        "Lipschitz constant 6, inf f >= -1/10."
    ),
    "drift: rmsprop, state": (
        "rmsprop(learning_rate = 1/2, beta2 = 9/10, eps = 0, eps_root = 0, momentum = 1/2, centered = false) "
        "runs away on a function of one variable: from every start in [0, 0], with v = 1, b = -2 it moves by "
        "1 every 1 steps from step 1 on, and |f'| >= 1 at every iterate; f' has the Lipschitz constant 64/9, "
        "inf f = -25/128."
    ),
    "drift: sign-descent, rounded": (
        "sign-descent(learning_rate = 1) runs away on a function of one variable: from every start in [1/16, "
        "1/16] it moves by 1 every 1 steps in the limit, for 1000 steps with a relative error of at most "
        "1/1073741824 in every operation, and |f'| >= 99/100 at every iterate; f' has the Lipschitz constant "
        "64/9, inf f = -25/128."
    ),
    "cycle: attracting": (
        "heavy-ball(learning_rate = 1/9, momentum = 4/9) goes round on a function of one variable: from x = "
        "792/1225, d = -72/49 it is back after 3 steps, and |f'| >= 10 at every iterate, and every start "
        "within 1/1000000 of x, 1/1000000 of d converges to the cycle; f' has the Lipschitz constant 25, inf "
        "f = 0, f - (1/2) x^2 is convex."
    ),
    "cycle: repelling": (
        "gradient-descent(learning_rate = 2) goes round on a function of one variable: from x = 1 it is back "
        "after 2 steps, and |f'| >= 1 at every iterate, and the cycle repels with a multiplier in [24, 26]; "
        "f' has a Lipschitz constant of at most 12, inf f >= 0."
    ),
    "orbit: closed": (
        "linear(a = [1], b = [-1]) goes round on a function of 2 variables: 5 points repeat for ever, and "
        "|grad F| >= 1/2 at each; grad F has a Lipschitz constant of at most 8, inf F >= -10."
    ),
    "function: optimal": (
        "A function of one variable: f' has the Lipschitz constant 2, inf f = 0, f - (2/2) x^2 is convex, "
        "through 3 jets; no smaller constant will do."
    ),
    "function: quartic": (
        "A function of one variable: f' has a Lipschitz constant of at most 12, inf f >= 0, f is convex, "
        "through 2 jets."
    ),
    "vanishing": (
        "adam(learning_rate = 1, beta1 = 9/10, beta2 = 9/10, eps = 0, eps_root = 0, eps_hat = none, start = "
        "first-gradient, amsgrad = none) with the learning rate divided by sqrt(k + 1) runs away on a "
        "function of one variable: x_k -> infinity, and f'(x_k) = -(1)/sqrt(k + 1); f' has a Lipschitz "
        "constant of at most 10, inf f >= -3."
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence_says_what_the_certificate_says(name: str) -> None:
    assert sentence_of({**ALL[name](), "sentence": ""}) == SENTENCES[name]


def test_an_orbit_in_words() -> None:
    sentence = sentence_of(changed(ORBIT, {"claim.rise": "-1/2", "claim.mu": "0"}))
    assert sentence.startswith(
        "muon(learning_rate = 1/10, momentum = 1/2, eps = 1/10, nesterov = true, coefficients = [3, -3, 1], "
        "ns_steps = 3, rows = 2, columns = 2) on a function of 4 variables: for 3 steps |grad F| >= 1/100, and F rises "
        "by -1/2; grad F has a Lipschitz constant of at most 2, inf F >= -100, F is convex."
    )


def test_a_sentence_of_what_is_no_certificate_is_refused() -> None:
    with pytest.raises(ms.InvalidInput, match=r"claim\.period = 0 must be between 1 and 10000"):
        sentence_of(changed(DRIFT, {"claim.period": 0}, sealed=False))


@pytest.mark.parametrize("where", ["missing", "directory", "link", "pipe", "null", "device"])
def test_what_is_no_regular_file_is_malformed(where: str, tmp_path: Path) -> None:
    file = tmp_path / "true.cert.json"
    file.write_text(TEXT)
    assert check(file).verdict is Verdict.PROVED
    (tmp_path / "link").symlink_to(file)
    os.mkfifo(tmp_path / "pipe")
    elsewhere: dict[str, str | Path] = {"directory": tmp_path, "null": f"{file}\0", "device": "/dev/zero"}
    answer = check(elsewhere.get(where, tmp_path / where))
    assert answer.verdict is Verdict.MALFORMED
    reasons = {"missing": "No such file", "link": "a symbolic link", "null": "a null character"}
    assert reasons.get(where, "not a regular file") in answer.reason


def test_a_file_of_too_many_bytes_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as written:
        written.truncate(10**12)
    assert "more than 8388608 bytes" in check(file).reason


def _leaves(value: Any, path: str = "") -> list[str]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path[1:]] * bool(path) + [leaf for key, part in parts for leaf in _leaves(part, f"{path}.{key}")]


STRANGE: list[Any] = [
    *(None, True, False, 0, 1, -1, 2, 10**9, 10**30, "", "0", "1", "-1", "1/2", "-3/7", "1000000", "9" * 2000, "x"),
    *([], {}, ["0", "1"], ["-1", "-1"], [[]], [None], {"rule": "extend"}, {"rule": "repeat", "period": "1"}),
    *({"relation": "=", "value": "0"}, "=", "->", "<=", "corrected", "raw", "zero", "invariant", "exact", "enclosed"),
]


@pytest.mark.parametrize("name", ALL)
def test_a_certificate_changed_at_random_gets_a_verdict_and_never_an_exception(name: str) -> None:
    # A changed part is true, broken or of the wrong form; what it must not be is an error of the checker.
    original, draw = ALL[name](), random.Random(name)  # noqa: S311
    paths = _leaves(original)
    for _ in range(30):
        document = copy.deepcopy(original)
        for path in draw.sample(paths, draw.choice([1, 1, 2])):
            try:
                document = changed(document, {path: draw.choice(STRANGE)}, sealed=False)
            except (KeyError, IndexError, TypeError, ValueError):
                continue
        try:
            document["sentence"] = sentence_of(document)
        except ms.InvalidInput:
            assert checked(document).verdict in (Verdict.MALFORMED, Verdict.UNDECIDED)
            continue
        answer = checked(document)
        assert answer.verdict is not Verdict.MALFORMED
        assert (answer.verdict is Verdict.PROVED) == (answer.reason == "")
