"""How a terminal shows a verdict."""

from __future__ import annotations

STYLES = {
    "PROVED": "bold green",
    "OBSERVED": "bold cyan",
    "UNDECIDED": "bold yellow",
    "REFUTED": "bold red",
    "MALFORMED": "bold magenta",
}
"""Terminal colours of the verdicts, on statements and on certificates; the word says the same without them."""
