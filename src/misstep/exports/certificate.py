"""Certificates as exports read them, and what is raised where one cannot be exported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from misstep.errors import InvalidInput

MAX_BYTES = 8 * 1024 * 1024
"""The largest certificate that is read."""


class NoExport(InvalidInput):
    """A certificate makes a claim of a kind that the target cannot express; the message says which."""


def read_certificate(data: bytes) -> Mapping[str, Any]:
    """The certificate that a file holds.

    This is the one place at which a certificate is checked before it is exported.

    Args:
        data: The content of the file.

    Raises:
        InvalidInput: it holds no certificate of version 1.

    >>> read_certificate(b"[]")
    Traceback (most recent call last):
    misstep.errors.InvalidInput: the file is not a misstep certificate of version 1
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"the certificate has {len(data)} bytes, and at most {MAX_BYTES} are read")
    try:
        document = json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InvalidInput(f"the file is not JSON: {error}") from error
    if (
        not isinstance(document, dict)
        or document.get("format") != "misstep certificate"
        or document.get("version") != 1
    ):
        raise InvalidInput("the file is not a misstep certificate of version 1")
    return document
