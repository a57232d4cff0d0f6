"""What is raised where a certificate cannot be exported."""

from __future__ import annotations

from misstep.errors import InvalidInput


class NoExport(InvalidInput):
    """A certificate makes a claim of a kind that the target cannot express; the message says which."""
