"""How long `misstep construct` takes beyond importing torch, and whole audits: `python -m benchmarks.construct`."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.options import count

SPEC = "torch:Adam(lr=1e-3)"


def seconds(command: Sequence[str]) -> float:
    """Wall seconds of a command that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=count, default=5, help="alternations with an interpreter that imports torch")
    parser.add_argument("--audit", nargs="*", default=(), metavar="LIBRARY", help="libraries to audit too")
    parser.add_argument("--workers", type=count, default=2, help="processes of an audit")
    arguments = parser.parse_args()
    misstep = [sys.executable, "-m", "misstep"]
    pairs = []
    for _ in range(arguments.repeat):
        importing = seconds([sys.executable, "-c", "import torch"])
        pairs.append((importing, seconds([*misstep, "construct", SPEC, "--json"])))
    table = Table("command", "median s", "import torch, s", "beyond it, s", "ratio")
    importing, constructing = (statistics.median(column) for column in zip(*pairs, strict=True))
    beyond = statistics.median(b - a for a, b in pairs)
    ratio = statistics.median(b / a for a, b in pairs)
    row = (f"construct {SPEC}", *(f"{t:.2f}" for t in (constructing, importing, beyond, ratio)))
    table.add_row(*row)
    for library in arguments.audit:
        taken = seconds([*misstep, "audit", library, "--workers", str(arguments.workers), "--json"])
        table.add_row(f"audit {library}, {arguments.workers} processes", f"{taken:.1f}", "", "", "")
    Console().print(table)


if __name__ == "__main__":
    main()
