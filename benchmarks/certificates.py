"""How long checking, starting and proving take, in one run: `python -m benchmarks.certificates`.

The shipped certificates are checked by both checkers in this process; the start-up is that of `misstep check FILE`
beyond a bare interpreter's, alternating; orbits of growing size are checked, and the times fitted by powers of the
number of points and of the dimension; some proofs are made anew. Exit status 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.options import count
from misstep.certificates import Checked, Verdict, check_bytes, sentence_of
from misstep.proofs.certificate import SUFFIX
from misstep.proofs.library import LIBRARY

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "certificates"
MOST_WORK = 4_000_000
"""(points)² × dimension up to which the format has orbits."""

LIBRARY_SECONDS, DRIFT_SECONDS, RATIO, START_SECONDS = 10.0, 0.050, 100.0, 0.4
"""Targets: for the whole library, for one drift, for the standard library's checker in ratio, and for the start."""

PROVED = (
    "adam-paper-all-betas",
    "adam-rounding",
    "rmsprop",
    "nadam",
    "radam",
    "lion-word",
    "heavy-ball-polyak",
    "adam-parabola-eps-root",
    "adam-vanishing",
    "muon",
)
"""What is proved anew: one of each rule, and the slowest."""


def best(action: Callable[[], object], rounds: int) -> float:
    """The least wall seconds of several rounds."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        action()
        found.append(time.perf_counter() - begun)
    return min(found)


def must_prove(answer: Checked) -> None:
    """What is timed is a check that says PROVED.

    Raises:
        SystemExit: It says something else.
    """
    if answer.verdict is not Verdict.PROVED:
        raise SystemExit(f"not proved: {answer.reason}")


def _proved(data: bytes) -> None:
    must_prove(check_bytes(data))


def standard_checker() -> ModuleType:
    """The checker that needs nothing but Python's standard library."""
    spec = importlib.util.spec_from_file_location("check_certificate", ROOT / "tools" / "check_certificate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def checks(rounds: int) -> Iterator[tuple[str, str, float, float]]:
    """Each shipped certificate with its kind, and the seconds that the two checkers take, in turn."""
    standard = standard_checker()
    for path in sorted(FOLDER.glob(f"*{SUFFIX}")):
        data = path.read_bytes()
        answer = check_bytes(data)
        must_prove(answer)
        if standard.check(data)[0] != "PROVED":
            raise SystemExit(f"not proved by the standard library's checker: {path.name}")
        ours = best(partial(check_bytes, data), rounds)
        theirs = best(partial(standard.check, data), rounds)
        yield path.name.removesuffix(SUFFIX), str(answer.kind), ours, theirs


def start_up(repeat: int) -> tuple[float, float, float]:
    """Median seconds of a bare interpreter, of `misstep check FILE`, and of their difference, alternating."""
    pairs = []
    bare, whole = ["-c", ""], ["-m", "misstep", "check", str(FOLDER / f"adam-paper{SUFFIX}")]
    for _ in range(repeat):
        pairs.append(tuple(_seconds([sys.executable, *words]) for words in (bare, whole)))
    a, b = (statistics.median(column) for column in zip(*pairs, strict=True))
    return a, b, statistics.median(whole - bare for bare, whole in pairs)


def _seconds(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - begun


def orbit(n_points: int, dimension: int) -> bytes:
    """Steps along one gradient in R^d, of length 1/10: the points are intervals, since |g| is no rational number."""
    steep = [f"-1/{i + 2}" for i in range(dimension)]
    document: dict[str, Any] = {
        "format": "misstep certificate",
        "version": 1,
        "kind": "orbit",
        "sentence": "",
        "method": {"name": "normalized", "learning_rate": "1/10", "momentum": "9/10", "eps": "0"},
        "function": None,
        "claim": {
            "dimension": dimension,
            "steps": n_points - 1,
            "closed": False,
            "slope": "1/2",
            "rise": "0",
            "lipschitz": {"relation": "<=", "value": "1000"},
            "infimum": {"relation": ">=", "value": "-1"},
            "mu": None,
        },
        "proof": {"x0": ["0"] * dimension, "gradients": n_points * [steep], "values": ["0"] * n_points},
        "provenance": {},
    }
    return json.dumps({**document, "sentence": sentence_of(document)}).encode()


def orbits(points: Sequence[int], dimensions: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """Points, dimension and seconds of the check of each orbit that the format allows."""
    for dimension, n_points in itertools.product(dimensions, points):
        if n_points**2 * dimension <= MOST_WORK:
            data = orbit(n_points, dimension)
            yield n_points, dimension, best(partial(_proved, data), 1)


def exponents(rows: Sequence[tuple[int, int, float]]) -> tuple[float, float]:
    """p and q of seconds ≈ C·N^p·d^q, by least squares of the logarithms."""
    sizes = np.log([[n, d, np.e] for n, d, _ in rows])
    found, *_ = np.linalg.lstsq(sizes, np.log([seconds for *_, seconds in rows]))
    return float(found[0]), float(found[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=count, default=3, help="rounds of each check, of which the least counts")
    parser.add_argument("--repeat", type=count, default=9, help="alternations with a bare interpreter")
    parser.add_argument("--points", type=count, nargs="+", default=[50, 100, 200, 400], help="points of the orbits")
    parser.add_argument("--dimensions", type=count, nargs="+", default=[4, 16, 64], help="dimensions of the orbits")
    parser.add_argument("--prove", nargs="*", choices=list(LIBRARY), default=PROVED, help="what to prove anew")
    arguments = parser.parse_args()
    console, missed = Console(), []

    summary = Table("measure", "seconds", "target", "part of the target")

    def measure(name: str, value: float, target: float, unit: str = "") -> None:
        summary.add_row(name, f"{value:.3g}{unit}", f"{target:g}{unit}", f"{value / target:.3f}")
        if value >= target:
            missed.append(name)

    found = list(checks(arguments.rounds))
    drifts = [ours for _, kind, ours, _ in found if kind == "drift"]
    ours, theirs = (sum(column) for column in list(zip(*found, strict=True))[2:])
    measure(f"misstep check, {len(found)} certificates", ours, LIBRARY_SECONDS)
    measure("a drift, median", statistics.median(drifts), DRIFT_SECONDS)
    measure("a drift, worst", max(drifts), DRIFT_SECONDS)
    measure("standard library over misstep, all", theirs / ours, RATIO, "×")
    measure("standard library over misstep, worst", max(b / a for *_, a, b in found), RATIO, "×")
    bare, whole, beyond = start_up(arguments.repeat)
    measure("misstep check FILE, beyond a bare interpreter", beyond, START_SECONDS)
    console.print(summary)
    slowest = sorted(found, key=lambda row: -row[2])[:5]
    told = ", ".join(f"{name} {1000 * a:.0f} ms ({b / a:.1f}×)" for name, _, a, b in slowest)
    console.print(f"Slowest to check (standard library over misstep): {told}.", highlight=False)
    console.print(f"A bare interpreter takes {bare:.3f} s, misstep check FILE {whole:.3f} s: {whole / bare:.1f}×.\n")

    rows = []
    table = Table("points N", "dimension d", "seconds", "µs / (N²d)")
    for n_points, dimension, seconds in orbits(arguments.points, arguments.dimensions):
        rows.append((n_points, dimension, seconds))
        constant = f"{1e6 * seconds / (n_points**2 * dimension):.2f}"
        table.add_row(str(n_points), str(dimension), f"{seconds:.2f}", constant)
    console.print(table)
    if len({n for n, *_ in rows}) > 1 and len({d for _, d, _ in rows}) > 1:
        p, q = exponents(rows)
        console.print(f"seconds ~ N^{p:.2f}·d^{q:.2f}\n", highlight=False)

    proofs = Table("proof", "seconds to prove", "seconds to check", "ratio")
    checked = {name: ours for name, _, ours, _ in found}
    for name in arguments.prove:
        seconds = best(LIBRARY[name], 1)
        proofs.add_row(name, f"{seconds:.2f}", f"{checked[name]:.3f}", f"{seconds / checked[name]:.1f}")
    console.print(proofs)
    if missed:
        print("missed: " + "; ".join(missed), file=sys.stderr)  # noqa: T201
        raise SystemExit(1)


if __name__ == "__main__":
    main()
