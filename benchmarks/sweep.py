"""Sweeps against peers and against the machine, in one run: `python -m benchmarks.sweep --page docs/benchmarks.md`.

Adam as in the paper on the cubic, over a grid of (β1, β2): the same function, steps and outcomes for misstep, plain C,
JAX, optax and torch. Results are compared first; then rounds alternate, and medians of ratios count. Then: the part of
what square roots and divisions allow; scaling; what store and engine cost; the first sweep of a process; memory.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

import misstep as ms
from benchmarks import peers
from benchmarks.adam_cubic import ROWS, Contest, Floats, by_misstep, by_peer
from benchmarks.assembly import inner_loop
from benchmarks.options import count
from misstep.scalars import NumberKind

PARTS = ("peers", "limit", "linear", "overhead", "cold", "memory", "plan")
FEW = 8
"""Steps after which peers that round otherwise must still agree."""

TEXT = 'adam(learning_rate=1, beta1=0..0.999:{0}, beta2=0..0.9999:{0}, dialect="toint")'


@dataclass
class Page:
    """What was measured, as Markdown, and which targets were missed."""

    lines: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def say(self, *lines: str) -> None:
        """Add lines, and print them."""
        self.lines += lines
        print("\n".join(lines), flush=True)  # noqa: T201

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Add a table."""
        self.say("", *(f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)), "")

    def target(self, what: str, met: bool) -> str:
        """A word for a target, which is remembered where it was missed."""
        if not met:
            self.missed.append(what)
        return "met" if met else "**missed**"


def timed(work: Callable[[], object]) -> float:
    """Wall seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# --- peers ------------------------------------------------------------------------------------------------------------


@dataclass
class Runner:
    """One who runs the contest, or some of its steps."""

    name: str
    threads: int
    work: Callable[[], object]
    steps: int
    rates: list[float] = field(default_factory=list)

    def go(self) -> None:
        """Run once, and note the rate."""
        self.rates.append(self.steps / timed(self.work))


def agree(contest: Contest, page: Page) -> None:
    """Compare the results of all who will be timed.

    Raises:
        SystemExit: they differ.
    """
    small = Contest(contest.spacing, 64, 1000)
    wanted = by_misstep(small, 2)
    for width in peers.WIDTHS if isinstance(peers.library(512), peers.Loaded) else ():
        if not np.array_equal(by_peer(small, peers.c_steps(small, width), 2), wanted):
            raise SystemExit(f"plain C at {width} bits comes to other outcomes")
    said = []
    if peers.has("jax"):
        rows = np.zeros((len(ROWS), small.n))
        peers.jax_steps(small)(rows, *small.betas(), FEW, True, None)
        near("JAX", rows[0], reference(small, "toint"))
        same = float((by_peer(small, peers.jax_steps(small), 2) == wanted).mean())
        said.append(f"JAX's outcomes are equal in {100 * same:.1f} % of the runs")
    if peers.has("optax"):
        near("optax", peers.optax_ends(small, FEW)(), reference(small, "optax"))
    if peers.has("torch"):
        beta1, beta2 = (float(beta[small.n // 2]) for beta in small.betas())
        near("torch", np.array(peers.torch_end(small, FEW, beta1, beta2)), reference(small, "torch")[small.n // 2])
    page.say(
        f"Compared first ({small.n} runs of {small.n_steps} steps): plain C comes to the same outcomes, bit for bit; "
        + "; ".join([*said, f"all others agree in x to 1e-6 after {FEW} steps, before rounding differently tells"])
        + "."
    )


def reference(contest: Contest, dialect: str) -> Floats:
    """x after `FEW` steps of misstep's own recurrence."""
    beta1, beta2 = contest.betas()
    method = ms.adam_dialect(dialect, learning_rate=contest.spacing, beta1=beta1, beta2=beta2, eps=0)
    run = ms.run(contest.function, method, np.zeros(contest.n), FEW, kind=NumberKind("float64"))
    return np.asarray(run.x[-1], np.float64)


def near(name: str, found: object, wanted: object) -> None:
    """See to it that a peer runs the same recurrence.

    Raises:
        SystemExit: it does not.
    """
    difference = float(np.abs(np.asarray(found) - np.asarray(wanted)).max())
    if not difference < 1e-6:
        raise SystemExit(f"{name} differs by {difference:.1e} after {FEW} steps")


def runners(contest: Contest, torch_steps: int) -> list[Runner]:
    """Everybody, misstep first."""
    found = [Runner("misstep", threads, partial(by_misstep, contest, threads), contest.steps) for threads in (1, 2)]
    found.append(Runner("misstep, Adam as in optax", 2, partial(by_misstep, contest, 2, "optax"), contest.steps))
    for width in peers.WIDTHS if isinstance(peers.library(512), peers.Loaded) else ():
        advance = peers.c_steps(contest, width)
        for threads in (1, 2) if width == peers.WIDTHS[0] else (2,):
            name = f"plain C, {width} bits"
            found.append(Runner(name, threads, partial(by_peer, contest, advance, threads), contest.steps))
    if peers.has("jax"):
        found.append(Runner("JAX", 2, partial(by_peer, contest, peers.jax_steps(contest), 2), contest.steps))
    if peers.has("optax"):
        few = max(FEW, contest.n_steps // 20)
        found.append(Runner("optax.adam, vmap and scan", 2, peers.optax_ends(contest, few), contest.n * few))
    if peers.has("torch"):
        loop = partial(peers.torch_end, contest, torch_steps, 0.9, 0.999)
        found.append(Runner("torch.optim.Adam, loop", 1, loop, torch_steps))
    return found


TARGETS = {
    "plain C, 512 bits": 0.8,
    "JAX": 4.0,
    "optax.adam, vmap and scan": 50.0,
    "torch.optim.Adam, loop": 1e5,
}
"""What two threads of misstep have to be, times each peer."""

RATE, SCALING = 1.5e9, 1.9

BUSY = 0.5
"""Load average at the start beyond which the page says that it is a draft."""


def against_peers(page: Page, contest: Contest, rounds: int, torch_steps: int, exact: bool) -> None:
    """The table of rates and ratios; targets are counted where `exact`."""
    page.say("", f"### spacing {contest.spacing}", "")
    agree(contest, page)
    everybody = runners(contest, torch_steps)
    for runner in everybody:
        runner.work()  # compiles
    for _ in range(rounds):
        for runner in everybody:
            runner.go()
    two = next(r for r in everybody if r.name == "misstep" and r.threads == 2)
    rows = []
    for runner in everybody:
        ratios = [ours / theirs for ours, theirs in zip(two.rates, runner.rates, strict=True)]
        ratio, said = statistics.median(ratios), ""
        if runner.name in TARGETS and runner.threads == (1 if "torch" in runner.name else 2):
            wanted = TARGETS[runner.name]
            met = page.target(f"{wanted:g} × {runner.name} at spacing {contest.spacing}", ratio >= wanted or not exact)
            said = f"≥ {wanted:g}: {met}"
        elif runner is two:
            met = page.target(
                f"{RATE:.2g} steps/s at spacing {contest.spacing}", statistics.median(two.rates) >= RATE or not exact
            )
            said = f"≥ {RATE:.2g} steps/s: {met}"
        elif runner.name == "misstep" and runner.threads == 1:
            met = page.target(f"scaling {SCALING} at spacing {contest.spacing}", ratio >= SCALING or not exact)
            said = f"≥ {SCALING}: {met}"
        median, best = statistics.median(runner.rates), max(runner.rates)
        rows.append([runner.name, str(runner.threads), f"{median:.3g}", f"{best:.3g}", f"{ratio:.3g}", said])
    heads = ("who", "threads", "steps/s, median", "best", "misstep on 2 threads is × as fast", "target")
    page.table(heads, rows)
    if isinstance(peers.library(512), str):
        page.say(f"No plain C: {peers.library(512)}.")


# --- the machine ------------------------------------------------------------------------------------------------------


def limit(page: Page, contest: Contest, rounds: int) -> None:
    """The part that one thread reaches of the throughput of square roots and divisions, and the loop's instructions."""
    found = peers.library(512)
    if isinstance(found, str):
        page.say(f"Not measured: {found}.")
        return
    alone = Contest(contest.spacing, 64, contest.n_steps)
    many = 2_000_000
    parts, limits, ours, theirs = [], [], [], []
    advance = peers.c_steps(alone)
    for _ in range(max(rounds, 5)):
        each = []
        for work in (
            partial(found.roots_and_quotients, many),
            partial(by_misstep, alone, 1),
            partial(by_peer, alone, advance, 1),
        ):
            begun = time.thread_time()
            work()
            each.append(time.thread_time() - begun)
        limits.append(found.roots_and_quotients(1) * many / each[0])
        ours.append(alone.steps / each[1])
        theirs.append(alone.steps / each[2])
        parts.append(ours[-1] / limits[-1])
    page.say(
        f"Spacing {contest.spacing}: square roots each with a division, on registers alone, come at "
        f"{statistics.median(limits):.3g} a second and thread (processor time, median); misstep takes "
        f"{statistics.median(ours):.3g} steps, {statistics.median(parts):.2f} of that, plain C "
        f"{statistics.median(theirs):.3g}."
    )
    width, counts = inner_loop(alone.lanes(slice(0, 256)))
    total = counts.pop("instructions", 0)
    kinds = ", ".join(f"{n} {kind}" for kind, n in counts.most_common())
    page.say(
        f"The loop that numba compiled has vectors of {width} bits and {total} vector instructions for "
        f"{width // 64 * counts['root']} steps: {kinds} (a load or store within another one is counted with both)."
    )


def linear(page: Page, most: int) -> None:
    """Time against cells × steps."""
    rows = []
    for decade in range(4, -1, -1):
        steps = most // 10**decade
        side = max(8, min(200, round((steps / 1000) ** 0.5)))
        contest = Contest("1", side, max(8, steps // side**2))
        seconds = min(timed(partial(by_misstep, contest, 2)) for _ in range(3 if decade else 1))
        rows.append((contest.steps, seconds, [f"{contest.n:,}", f"{contest.n_steps:,}"]))
    page.table(
        ("runs", "steps each", "steps in all", "seconds", "ns a step"),
        [[*sizes, f"{steps:.3g}", f"{s:.4f}", f"{1e9 * s / steps:.3f}"] for steps, s, sizes in rows],
    )
    power = np.polyfit(np.log([r[0] for r in rows]), np.log([r[1] for r in rows]), 1)[0]
    page.say(f"seconds ~ (runs × steps)^{power:.2f}")


def overhead(page: Page, seconds: float, rounds: int, exact: bool) -> None:
    """What the store and the engine take beyond the kernel on the same chunks and threads."""
    from misstep.sweeps.cells import lanes_of
    from misstep.sweeps.chunks import chunk_at, n_chunks
    from misstep.sweeps.kernels.run import run_lanes
    from misstep.sweeps.reading import read_spec
    from misstep.sweeps.sweep import sweep

    n_steps = max(2000, int(seconds * 6e8 / 160_000))
    spec = read_spec(TEXT.format(400), function="cubic(spacing=1)", steps=n_steps)
    given = [lanes_of(spec, chunk_at(spec, number)) for number in range(n_chunks(spec))]

    def bare() -> None:
        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(lambda lanes: run_lanes(lanes, "numba") and None, given):
                pass

    def whole() -> None:
        with tempfile.TemporaryDirectory() as folder:
            sweep(spec, out=Path(folder) / "store.zarr", workers=2)

    pairs = []
    for _ in range(rounds):
        measured = []
        for work in (bare, whole):
            processor = time.process_time()
            wall = timed(work)
            measured.append((wall, time.process_time() - processor))
        pairs.append(measured)
    walls, processors = ([pair[1][i] / pair[0][i] - 1 for pair in pairs] for i in (0, 1))
    wall, processor = statistics.median(walls), statistics.median(processors)
    met = page.target("overhead", max(wall, processor) < 0.03 or not exact)
    page.say(
        f"All quantities of {spec.n_cells:,} cells, {n_steps:,} steps each, in {len(given)} chunks: the kernel alone "
        f"{statistics.median(p[0][0] for p in pairs):.1f} s, `misstep.sweep` to a zarr store "
        f"{statistics.median(p[1][0] for p in pairs):.1f} s: {100 * wall:+.1f} %, in processor time "
        f"{100 * processor:+.1f} % (both < 3 %: {met}). Medians of {rounds} alternating rounds."
    )


def cold(page: Page, rounds: int, exact: bool) -> None:
    """The first sweep of a fresh process, with and without kernels that were compiled before."""
    code = f"from misstep.sweeps.sweep import sweep; sweep({TEXT.format(20)!r}, steps=1000)"
    without, within = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            run = partial(fresh, code, {"MISSTEP_CACHE": folder})
            without.append(timed(run))
            within.append(timed(run))
    met = page.target("cold start", statistics.median(within) < 3 or not exact)
    page.say(
        f"The first sweep of a fresh process, all quantities, takes {statistics.median(within):.2f} s where its kernel "
        f"was compiled before (< 3 s: {met}), and {statistics.median(without):.1f} s where it has to be compiled."
    )


def fresh(code: str, environment: dict[str, str] | None = None) -> str:
    """What a fresh process prints."""
    given = {**os.environ, **(environment or {})}
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=given)  # noqa: S603
    return done.stdout


def memory(page: Page, most: int) -> None:
    """The most memory that a process had, by the number of cells."""
    if not Path("/proc/self/status").exists():
        page.say("Not measured: there is no /proc.")
        return
    rows = []
    for decade in (2, 1, 0):
        side = round((most / 10**decade) ** 0.5)
        code = (
            "import sys, tempfile, pathlib; from misstep.sweeps.sweep import sweep\n"
            "with tempfile.TemporaryDirectory() as folder:\n"
            f"    sweep({TEXT.format(side)!r}, steps=8, quantities=['outcome'], function='cubic(spacing=1)',"
            " workers=2, out=pathlib.Path(folder) / 's.zarr')\n"
            "    print([l for l in open('/proc/self/status') if l.startswith('VmHWM')][0])\n"
        )
        begun = time.perf_counter()
        peak = int(re.findall(r"\d+", fresh(code))[0]) / 1000
        rows.append([f"{side**2:,}", f"{peak:.0f} MB", f"{time.perf_counter() - begun:.0f}"])
    page.table(("cells, 8 steps each", "most memory", "seconds"), rows)


def plans(page: Page) -> None:
    """How long a plan takes."""
    from misstep.sweeps.reading import read_spec
    from misstep.sweeps.sweep import planned

    rows = []
    for text, size in (
        (TEXT.format(31623), "1e9"),
        ("adam(learning_rate=1e-3..1:1e5:log, beta1=0..0.999:1e5, beta2=0..0.9999:1e5)", "1e15"),
    ):
        begun = time.perf_counter()
        spec = read_spec(text, steps=1e5)
        read = time.perf_counter() - begun
        seconds = min(timed(partial(planned, spec)) for _ in range(3))
        rows.append([size, f"{1000 * read:.0f} ms", f"{1000 * seconds:.2g} ms"])
    page.table(("cells", "reading the spec: its values on each axis, rounded exactly", "planning it"), rows)


# --- all of it --------------------------------------------------------------------------------------------------------


def machine() -> str:
    """What it was measured on, and with."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", info.read_text()) if info.exists() else None
    versions = [f"Python {platform.python_version()}", f"misstep {ms.__version__}"]
    for name in ("numpy", "numba", "llvmlite", "jax", "optax", "torch", "zarr"):
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {name}")
    compiler = "no gcc"
    if isinstance(peers.library(512), peers.Loaded):
        lines = subprocess.run(["gcc", "--version"], check=True, capture_output=True, text=True).stdout  # noqa: S607
        compiler = lines.splitlines()[0]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{found[1] if found else platform.processor()}, {os.cpu_count()} processors, {platform.system()}; "
        f"{', '.join(versions)}; {compiler} ({' '.join(peers.FLAGS)}). Load averages at the start: {load}."
    )


def main(words: Sequence[str] | None = None) -> None:
    """Measure, print and write; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure")
    parser.add_argument("--side", type=count, default=200, help="values of each of β1 and β2 (default: %(default)s)")
    parser.add_argument("--steps", type=count, default=20_000, help="steps of each run (default: %(default)s)")
    parser.add_argument("--rounds", type=count, default=5, help="alternating rounds (default: %(default)s)")
    parser.add_argument("--torch-steps", type=count, default=5000, help="of the loop (default: %(default)s)")
    parser.add_argument("--most-steps", type=count, default=10**11, help="cells × steps at the upper end of linearity")
    parser.add_argument("--seconds", type=count, default=60, help="length of the sweep that shows the overhead")
    parser.add_argument("--most-cells", type=count, default=10**8, help="cells at the upper end of memory's table")
    parser.add_argument("--no-targets", action="store_true", help="count no target as missed")
    parser.add_argument("--page", type=Path, help="Markdown file to write")
    chosen = parser.parse_args(words)
    page, exact = Page(), not chosen.no_targets
    contests = [Contest(spacing, chosen.side, chosen.steps) for spacing in ("1", "1/10")]

    def all_peers() -> None:
        for contest in contests:
            against_peers(page, contest, chosen.rounds, chosen.torch_steps, exact)

    def limits() -> None:
        for contest in contests:
            limit(page, contest, chosen.rounds)

    parts: dict[str, tuple[str, Callable[[], None]]] = {
        "peers": ("Peers", all_peers),
        "limit": ("What the machine allows", limits),
        "linear": ("Time against the number of steps", lambda: linear(page, chosen.most_steps)),
        "overhead": ("Store and engine", lambda: overhead(page, chosen.seconds, min(chosen.rounds, 3), exact)),
        "cold": ("Cold start", lambda: cold(page, min(chosen.rounds, 3), exact)),
        "memory": ("Memory", lambda: memory(page, chosen.most_cells)),
        "plan": ("Plans", lambda: plans(page)),
    }
    page.say(
        "# Benchmarks of sweeps",
        "",
        "Written by `python -m benchmarks.sweep --page docs/benchmarks.md`. Adam from its first gradient, without",
        "correction and ε, from 0 on `cubic(spacing)` with learning rate = spacing, over a grid of β1 in [0, 0.999]",
        f"and β2 in [0, 0.9999] of {chosen.side} × {chosen.side} runs, {chosen.steps:,} steps each, for an outcome.",
        "Every step is taken by everybody. optax and torch run Adam with its correction, which they cannot leave out,",
        "and keep the last point only. Rounds alternate; rates are medians, and ratios medians of the rounds' ratios.",
        "",
        machine(),
    )
    if os.getloadavg()[0] > BUSY:
        page.say(
            "", "**Others were at work on the machine:** two threads had less than two processors. This is a draft."
        )
    for name in chosen.parts:
        title, work = parts[name]
        page.say("", f"## {title}", "")
        work()
    if chosen.page:
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(page.lines)) + "\n"
        chosen.page.write_text(text, encoding="utf-8")
    if page.missed:
        raise SystemExit("missed: " + "; ".join(page.missed))


if __name__ == "__main__":
    main()
