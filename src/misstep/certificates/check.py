"""Check a certificate: read it, and examine its conditions in order until one does not hold."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from misstep.certificates.form import kind_of, read_certificate
from misstep.certificates.reading import malformed, read_file, read_tree
from misstep.certificates.verdict import Checked, Stop, Verdict
from misstep.errors import InvalidInput


def check(path: str | os.PathLike[str]) -> Checked:
    """Check the certificate in a file.

    Args:
        path: A regular file of at most 8 MiB. Whatever it holds, nothing is raised.

    Returns:
        The verdict, with the reason where it is not PROVED.

    >>> check("no-such-file.cert.json").reason
    'the file cannot be read: No such file or directory'
    """
    return _checked(lambda: read_file(path))


def read_checked(path: str | os.PathLike[str]) -> tuple[Mapping[str, Any], Checked]:
    """The certificate in a file as a JSON object, and the answer to it.

    Raises:
        InvalidInput: It is no certificate of this version, or cannot be read; the message says why.

    >>> read_checked("no-such-file.cert.json")
    Traceback (most recent call last):
    misstep.errors.InvalidInput: 'no-such-file.cert.json' is not a certificate: the file cannot be read: ...
    """
    try:
        data = read_file(path)
    except Stop as stop:
        raise InvalidInput(f"{os.fspath(path)!r} is not a certificate: {stop.reason}") from None
    answer = check_bytes(data)
    if answer.verdict is Verdict.MALFORMED:
        raise InvalidInput(f"{os.fspath(path)!r} is not a certificate: {answer.reason}")
    document: Mapping[str, Any] = read_tree(data)
    return document, answer


def check_bytes(data: bytes) -> Checked:
    """Check a certificate that is already in memory.

    Args:
        data: What its file would hold. Whatever it is, nothing is raised.

    Returns:
        The verdict, with the reason where it is not PROVED.

    >>> answer = check_bytes(b'{"format": "misstep certificate", "version": 2}')
    >>> print(answer.verdict, "-", answer.reason)
    UNDECIDED - version = 2 is not known to this checker, which knows 1
    """
    return _checked(lambda: data)


def _checked(read: Callable[[], bytes]) -> Checked:
    begun = time.perf_counter()
    kind = claim = None
    try:
        document = read_tree(read())
        kind = kind_of(document)
        certificate = read_certificate(document, kind)
        if document["sentence"] != certificate.sentence:
            raise malformed(_difference(document["sentence"], certificate.sentence))
        claim = certificate.sentence
        certificate.examine()
    except Stop as stop:
        return Checked(stop.verdict, stop.reason, kind, claim, time.perf_counter() - begun)
    return Checked(Verdict.PROVED, "", kind, claim, time.perf_counter() - begun)


def _difference(found: str, right: str) -> str:
    """Where a sentence departs from what the certificate says."""
    same = next((i for i, (a, b) in enumerate(zip(found, right, strict=False)) if a != b), min(len(found), len(right)))
    there, here = (ascii(text[same : same + 40]) for text in (found, right))
    return f"condition 0: from character {same} on the sentence is {there}, and the certificate says {here}"


def sentence_of(document: Mapping[str, Any]) -> str:
    """The claim of a certificate in words.

    Args:
        document: A certificate as a JSON object: well formed, but its own `sentence` may be any string or be absent.

    Raises:
        InvalidInput: It is no certificate of this version; the message names what is wrong.

    >>> tail = {"rule": "extend"}
    >>> print(sentence_of({
    ...     "format": "misstep certificate", "version": 1, "kind": "function", "method": None,
    ...     "function": {"type": "piecewise", "knots": ["0", "1"], "pieces": [["0", "0", "1"]],
    ...                  "left": tail, "right": tail},
    ...     "claim": {"lipschitz": {"relation": "=", "value": "2"}, "infimum": {"relation": "=", "value": "0"},
    ...               "mu": "2", "optimal": False, "jets": []},
    ...     "proof": {}, "provenance": {},
    ... }))
    A function of one variable: f' has the Lipschitz constant 2, inf f = 0, f - (2/2) x^2 is convex.
    """
    try:
        whole = {**document, "sentence": document.get("sentence", "")}
        return read_certificate(whole, kind_of(whole)).sentence
    except Stop as stop:
        raise InvalidInput(f"this is no certificate: {stop.reason}") from None
