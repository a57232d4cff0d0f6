"""Text of any characters in Markdown."""

from __future__ import annotations

import re


def escaped(text: str) -> str:
    r"""Text as one line of Markdown that shows it.

    >>> print(escaped("a|b_c <d>"))
    a\|b\_c \<d\>
    """
    return re.sub(r"([\\`*_{}\[\]()<>|$#~^])", r"\\\1", " ".join(text.split()))
