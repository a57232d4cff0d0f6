"""The page about the shipped certificates: it is up to date, and shortens without hiding."""

from __future__ import annotations

import json
import re
from pathlib import Path

from misstep.report.certificate_library import render, short_claim

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "certificates"


def test_the_page_is_that_of_the_shipped_certificates() -> None:
    # If not: make certificates
    assert render(FOLDER) == (ROOT / "docs" / "certificates.md").read_text(encoding="utf-8")


def test_the_page_has_each_certificate_once() -> None:
    listed = re.findall(r"^\| `([^`]+)`", render(FOLDER), re.MULTILINE)
    assert sorted(listed) == sorted(path.name.removesuffix(".cert.json") for path in FOLDER.glob("*.cert.json"))


def test_no_number_of_a_short_claim_has_more_than_nine_digits() -> None:
    for path in FOLDER.glob("*.cert.json"):
        claim = short_claim(json.loads(path.read_text(encoding="utf-8"))["sentence"])
        assert all(len(re.sub(r"\D", "", number)) <= 9 for number in re.findall(r"[\d/.]+", claim)), claim


def test_what_a_parameter_says_by_a_word_or_a_range_stays() -> None:
    claim = short_claim("adam(beta1 in [0, 1], eps = 0, start = zero, amsgrad = raw) runs away.")
    assert claim == "adam(beta1 in [0, 1], start = zero, amsgrad = raw) runs away."


def test_the_documentation_counts_the_shipped_certificates() -> None:
    assert len(list(FOLDER.glob("*.cert.json"))) == 40
    for name, words in (("README.md", "Forty"), ("docs/guides/certificates.md", "Forty"), ("CHANGELOG.md", "forty")):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert words in text
        assert name == "CHANGELOG.md" or "40 checked: 40 PROVED." in text
