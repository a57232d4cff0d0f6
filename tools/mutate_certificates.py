"""Change one thing in the shipped certificates, ten thousand times over, and see that nothing false is accepted.

python tools/mutate_certificates.py [--mutants N] [--seed S] [--processes P]. Both checkers have to give every mutant
the same verdict, and the claim of every mutant that they accept has to be true: implied by the certificate that it came
from, or confirmed by a computation that shares nothing with them. Exit status: 0 if all of this is so, else 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from mutations import Outcome, judge_number, sample

VERDICTS = ("PROVED", "REFUTED", "UNDECIDED", "MALFORMED")


def table(outcomes: Iterable[Outcome]) -> str:
    """Counts of verdicts by the kind of mutation, and of accepted mutants by what shows them true."""
    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        row = counts.setdefault(outcome.kind, Counter())
        row[outcome.verdicts[0]] += 1
        row[outcome.truth] += 1
    heads = (*VERDICTS, "implied", "recomputed")
    whole = sum(counts.values(), Counter())
    lines = [f"{'kind of mutation':28}{'mutants':>9}" + "".join(f"{head:>12}" for head in heads)]
    for kind, row in [*sorted(counts.items()), ("all", whole)]:
        total = sum(row[verdict] for verdict in VERDICTS)
        lines.append(f"{kind:28}{total:9}" + "".join(f"{row[head]:12}" for head in heads))
    return "\n".join(lines)


def main() -> int:
    """Make the mutants, judge them, print a table."""
    parser = argparse.ArgumentParser(description="Mutate the shipped certificates and judge what the checkers say.")
    parser.add_argument("--mutants", type=int, default=12_000, metavar="N", help="how many (12000; 0: every one)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which ones (1)")
    parser.add_argument("--processes", type=int, default=2, metavar="P", help="how many at a time (2)")
    options = parser.parse_args()
    count = len(sample(options.mutants, options.seed))
    began, outcomes, faults = time.monotonic(), [], []
    tasks = ((options.mutants, options.seed, i) for i in range(count))
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        for outcome in pool.imap_unordered(judge_number, tasks, chunksize=8):
            outcomes.append(outcome)
            if outcome.fault:
                faults.append(outcome)
                print(f"\r{outcome.fault}", flush=True)
            done = len(outcomes)
            if sys.stderr.isatty() or done % 1000 == 0 or done == count:
                bar = "#" * (40 * done // count)
                seconds = time.monotonic() - began
                print(f"\r[{bar:40}] {done}/{count}  {seconds:.0f} s ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(table(outcomes))
    print(f"{len(faults)} faults in {count} mutants (seed {options.seed})")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
