"""A certificate as a value: what `prove` returns, and the text of its file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from misstep._version import __version__
from misstep.certificates import Verdict, check_bytes, sentence_of
from misstep.certificates.form import FORMAT, VERSION
from misstep.proofs.not_proved import NotProved

SUFFIX = ".cert.json"
"""How the names of certificates' files end."""


@dataclass(frozen=True)
class Certificate:
    """A claim and what proves it, accepted by the checker.

    Attributes:
        document: The JSON object, as `docs/reference/certificate-format.md` defines it.
    """

    document: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """`"function"`, `"drift"`, `"cycle"`, `"orbit"` or `"vanishing"`."""
        return str(self.document["kind"])

    @property
    def sentence(self) -> str:
        """The claim in words."""
        return str(self.document["sentence"])

    def to_json(self) -> str:
        """The text of the file: the same for the same certificate, a line for each part."""
        parts = ",\n".join(
            f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in self.document.items()
        )
        return "{\n" + parts + "\n}\n"


def certified(
    kind: str,
    *,
    claim: Mapping[str, Any],
    proof: Mapping[str, Any],
    method: Mapping[str, Any] | None = None,
    function: Mapping[str, Any] | None = None,
) -> Certificate:
    """The certificate of a claim, once the checker has accepted it.

    Raises:
        NotProved: the checker did not; the message is its reason.
    """
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "kind": kind,
        "sentence": "",
        "method": method,
        "function": function,
        "claim": claim,
        "proof": proof,
        "provenance": {"program": f"misstep {__version__}"},
    }
    document["sentence"] = sentence_of(document)
    certificate = Certificate(document)
    checked = check_bytes(certificate.to_json().encode())
    if checked.verdict is not Verdict.PROVED:
        raise NotProved(f"{checked.verdict.value}: {checked.reason}")
    return certificate


def numbers(values: Sequence[fmpq]) -> list[str]:
    """Numbers as the format writes them."""
    return [str(value) for value in values]
