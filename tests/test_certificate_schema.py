"""The JSON schema beside the certificate format: it takes every certificate, and refuses what a schema can refuse."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import misstep as ms
from certificates import ALL, Document, changed, checked
from misstep.certificates import Verdict, sentence_of
from test_certificates_form import FORM, STRANGE, _leaves

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "docs" / "reference" / "certificate.schema.json").read_text(encoding="utf-8"))
SHIPPED = sorted((ROOT / "certificates").glob("*.cert.json"))

BEYOND = {
    "not reduced",
    "a range backwards",
    "knots",
    "a period that ends at no knot",
    "a tail that extends a cubic",
    "uneven",
    "rows",
    "matrix",
    "long attraction",
    "too many coordinates",
    "mu is L",
    "a short point",
}
"""What is malformed because of how large numbers are, or how long arrays, in comparison: that is left to checkers."""


@pytest.fixture(scope="module")
def schema() -> Any:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_certificate_is_of_the_schema(path: Path, schema: Any) -> None:
    schema.validate(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ALL)
def test_a_certificate_of_any_kind_rule_and_method_is_of_the_schema(name: str, schema: Any) -> None:
    schema.validate(ALL[name]())


@pytest.mark.parametrize("name", sorted(FORM.keys() - BEYOND))
def test_wrong_keys_types_words_and_limits_are_refused(name: str, schema: Any) -> None:
    document, changes, _ = FORM[name]
    assert not schema.is_valid(changed(document, changes, sealed=False))


@pytest.mark.parametrize("name", sorted(BEYOND))
def test_what_a_schema_cannot_say_is_left_to_the_checkers(name: str, schema: Any) -> None:
    document, changes, _ = FORM[name]
    malformed = changed(document, changes, sealed=False)
    assert schema.is_valid(malformed)
    assert checked(malformed).verdict is Verdict.MALFORMED


@pytest.mark.parametrize("name", ALL)
def test_a_file_without_one_of_its_keys_or_with_another_one_is_refused(name: str, schema: Any) -> None:
    original = ALL[name]()
    for path in ["", *_leaves(original)]:
        for key in _keys(original, path):
            if path != "provenance":
                less, more = copy.deepcopy(original), copy.deepcopy(original)
                del _at(less, path)[key]
                _at(more, path)["more"] = "1"
                assert not schema.is_valid(less), (path, key)
                assert not schema.is_valid(more), path


@pytest.mark.parametrize("name", ALL)
def test_what_a_checker_reads_the_schema_takes(name: str, schema: Any) -> None:
    original, draw = ALL[name](), random.Random(name)  # noqa: S311
    paths = _leaves(original)
    for _ in range(60):
        document: Document = changed(original, {draw.choice(paths): draw.choice(STRANGE)}, sealed=False)
        try:
            sentence_of(document)
        except ms.InvalidInput:
            continue
        schema.validate(document)


def _at(document: Any, path: str) -> Any:
    for key in filter(None, path.split(".")):
        document = document[int(key) if isinstance(document, list) else key]
    return document


def _keys(document: Any, path: str) -> list[str]:
    found = _at(document, path)
    return list(found) if isinstance(found, dict) else []
