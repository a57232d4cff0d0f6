"""The top level of a certificate: which kind it is, and that it is well formed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from misstep.certificates.cycle import examine_cycle
from misstep.certificates.cycle_form import read_cycle
from misstep.certificates.drift import examine_drift
from misstep.certificates.drift_form import read_drift
from misstep.certificates.fields import keys
from misstep.certificates.function_claim import examine_function_claim, read_function_claim
from misstep.certificates.orbit import examine_orbit
from misstep.certificates.orbit_form import read_orbit
from misstep.certificates.reading import malformed, shown
from misstep.certificates.sentences import sentence
from misstep.certificates.vanishing import examine_vanishing, read_vanishing
from misstep.certificates.verdict import Stop, Verdict

FORMAT = "misstep certificate"
VERSION = 1
_KEYS = ("format", "version", "kind", "sentence", "method", "function", "claim", "proof", "provenance")
_ABSENT = {"function": "method", "orbit": "function", "vanishing": "function"}
T = TypeVar("T")


@dataclass(frozen=True)
class Certificate:
    """A certificate whose form is right: its sentence, and its conditions, to be examined in order."""

    sentence: str
    examine: Callable[[], None]


def kind_of(document: Any) -> str:
    """The kind of a JSON value that claims to be a certificate of this version.

    Raises:
        Stop: It is no certificate (MALFORMED), or of a version or kind that is not known (UNDECIDED).
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        value = shown(document.get("format")) if isinstance(document, dict) else None
        found = f"this is {shown(document)}" if value is None else f"format = {value}"
        raise malformed(f'{found}, and a certificate is an object with the format "{FORMAT}"')
    for name in ("version", "kind"):
        if name not in document:
            raise malformed(f'the certificate has no key "{name}"')
        if name == "version":
            _check_version(document["version"])
    kind = document["kind"]
    if not isinstance(kind, str) or kind not in _KINDS:
        raise Stop(Verdict.UNDECIDED, f"kind = {shown(kind)} is not known to this checker: {', '.join(_KINDS)} are")
    return kind


def _check_version(version: object) -> None:
    if type(version) is not int or version < VERSION:
        raise malformed(f"version = {shown(version)} must be {VERSION}")
    if version > VERSION:
        raise Stop(Verdict.UNDECIDED, f"version = {shown(version)} is not known to this checker, which knows {VERSION}")


def read_certificate(document: Mapping[str, Any], kind: str) -> Certificate:
    """A certificate of a known kind, whatever its own sentence says.

    Raises:
        Stop: Its form is not right (MALFORMED).
    """
    keys(document, _KEYS, "the certificate")
    if not isinstance(document["sentence"], str):
        raise malformed(f"sentence = {shown(document['sentence'])} must be a string")
    absent = _ABSENT.get(kind)
    if absent is not None and document[absent] is not None:
        raise malformed(f"{absent} = {shown(document[absent])} must be null for the kind {kind}")
    provenance = document["provenance"]
    if not isinstance(provenance, dict):
        raise malformed(f"provenance = {shown(provenance)} must be an object")
    for name, value in provenance.items():
        if not isinstance(value, str):
            raise malformed(f"provenance: {shown(name)} = {shown(value)} must be a string")
    examine = _KINDS[kind](document)
    return Certificate(sentence(document), examine)


def _paired(
    read: Callable[[Mapping[str, Any]], T], examine: Callable[[T], None]
) -> Callable[[Any], Callable[[], None]]:
    def reader(document: Mapping[str, Any]) -> Callable[[], None]:
        return partial(examine, read(document))

    return reader


_KINDS: Mapping[str, Callable[[Any], Callable[[], None]]] = {
    "function": _paired(read_function_claim, examine_function_claim),
    "drift": _paired(read_drift, examine_drift),
    "cycle": _paired(read_cycle, examine_cycle),
    "orbit": _paired(read_orbit, examine_orbit),
    "vanishing": _paired(read_vanishing, examine_vanishing),
}
