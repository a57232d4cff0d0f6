"""All sign words to length 16 for one setting of Adam: `python -m benchmarks.words`."""

from __future__ import annotations

import argparse
import time

from rich.console import Console
from rich.table import Table

from benchmarks.options import count
from misstep import Adam
from misstep.constructions.words import search_words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--longest", type=count, default=16, help="length to which all words are tried, at most 24")
    parser.add_argument("--workers", type=count, default=2, help="number of processes")
    arguments = parser.parse_args()
    if arguments.longest > 24:
        parser.error(f"--longest {arguments.longest} must be at most 24")
    table = Table("beta1", "words", "drift: word, L", "cycle: word, L", "seconds")
    for beta1 in ("1/2", "9/10"):
        start = time.perf_counter()
        found = search_words(Adam(learning_rate=1, beta1=beta1, eps=0), arguments.longest, workers=arguments.workers)
        seconds = time.perf_counter() - start
        best = [
            "none" if failure is None else f"{_signs(failure.word)}, {float(failure.L):.6g}"
            for failure in (found.drift, found.cycle)
        ]
        table.add_row(beta1, str(found.n_words), *best, f"{seconds:.1f}")
    Console().print(table)


def _signs(word: tuple[int, ...]) -> str:
    return "".join("−" if sign < 0 else "+" for sign in word)


if __name__ == "__main__":
    main()
