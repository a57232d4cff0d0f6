"""What the benchmarks' options have in common."""

from __future__ import annotations

import argparse


def count(text: str) -> int:
    """A whole number, at least 1, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number, at least 1")
    return int(text)
