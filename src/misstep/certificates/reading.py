"""From a file, or its bytes, to a tree of JSON values that breaks no rule of the format's JSON."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any, NoReturn

from misstep.certificates.verdict import Stop, Verdict

MOST_BYTES = 8_388_608
DEEPEST = 16

# Possessive, and the closing quote may be missing: each byte is looked at once, whatever the input.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BRACES = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))
_HUGE = 10**1000


def malformed(reason: str) -> Stop:
    """The end of a check of something that is no certificate."""
    return Stop(Verdict.MALFORMED, reason)


def shown(value: object, most: int = 60) -> str:
    """A JSON value for a message: short, and of printable ASCII whatever it is.

    >>> shown(True), shown("1/0"), shown([1, 2]), shown("9" * 100, 10)
    ('true', '"1/0"', 'an array of 2', '"999999...')
    """
    if isinstance(value, dict):
        return f"an object with {len(value)} keys" if value else "{}"
    if isinstance(value, list):
        return f"an array of {len(value)}" if value else "[]"
    text = json.dumps(value[: most + 1] if isinstance(value, str) else value)
    return text if len(text) <= most else f"{text[: most - 3]}..."


def read_file(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a regular file of at most 8 MiB, which is not a symbolic link.

    Raises:
        Stop: It is none (MALFORMED).
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if Path(path).is_symlink():
            raise malformed("the file is a symbolic link")
        # Not blocking, so that a pipe without a writer does not hold us up: it is refused below.
        descriptor = os.open(path, flags)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise malformed("this is not a regular file")
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(MOST_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise malformed(f"the file cannot be read: {error.strerror or type(error).__name__}") from None
    except ValueError:
        raise malformed("the file cannot be read: its name holds a null character") from None


def read_tree(data: bytes) -> Any:
    """The JSON value that the bytes spell.

    Integers beyond 10^1000 stand for all larger ones: nothing in the format is compared with more.

    Args:
        data: A whole file.

    Raises:
        Stop: They break a rule of the format's JSON (MALFORMED).

    >>> read_tree(b'{"from": 1}')
    {'from': 1}
    >>> read_tree(b'{"from": 1.5}')
    Traceback (most recent call last):
    misstep.certificates.verdict.Stop: 1.5 has a fraction or an exponent: numbers are strings such as "-2/3"
    """
    if len(data) > MOST_BYTES:
        raise malformed(f"the file has more than {MOST_BYTES} bytes")
    if data.startswith(b"\xef\xbb\xbf"):
        raise malformed("the file begins with a byte order mark")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise malformed(f"byte {error.start} is not UTF-8") from None
    _check_depth(data)
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_refuse_float,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise malformed(f"this is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None


def _check_depth(data: bytes) -> None:
    """Nested at most 16 deep, found without recursion: before the parser, which recurses.

    Each pass takes the innermost pairs of brackets away, and with them one level of the nesting.
    """
    brackets = _STRING.sub(b"", data).translate(_BRACES, _OTHERS)
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"")
    if brackets:
        raise malformed(f"objects and arrays are nested more than {DEEPEST} deep, or brackets do not match")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise malformed(f"an object has the key {shown(key)} twice")
            seen.add(key)
    return found


def _integer(text: str) -> int:
    if len(text) > 1000:
        return -_HUGE if text.startswith("-") else _HUGE
    return int(text)


def _refuse_float(text: str) -> NoReturn:
    raise malformed(f'{shown(text)[1:-1]} has a fraction or an exponent: numbers are strings such as "-2/3"')


def _refuse_constant(text: str) -> NoReturn:
    raise malformed(f"{text} is not JSON")
