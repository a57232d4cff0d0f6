"""What `prove` raises when there is no proof."""

from __future__ import annotations

from misstep.errors import MisstepError


class NotProved(MisstepError):
    """A step of the proof failed; the message says which, and by how much. Nothing was written."""
