"""The benchmark of sweeps measures what it says: its parts run, and its peers do the same work."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import peers
from benchmarks import sweep as bench
from benchmarks.adam_cubic import Contest, by_misstep, by_peer
from benchmarks.assembly import inner_loop

from misstep.sweeps.kernels.run import run_lanes

SMALL = [Contest(spacing, side, n_steps) for spacing in ("1", "1/10") for side, n_steps in ((9, 1000), (70, 417))]


@pytest.mark.parametrize("contest", SMALL, ids=str)
def test_plain_c_comes_to_the_outcomes_of_the_kernel_bit_for_bit(contest: Contest) -> None:
    wanted = run_lanes(contest.lanes(slice(None)), "numpy")["outcome"]
    assert np.array_equal(by_misstep(contest, 2), wanted)
    if shutil.which("gcc") is None:
        assert peers.library(512) == "there is no gcc"
        return
    for width in peers.WIDTHS:
        for threads in (1, 2):
            assert np.array_equal(by_peer(contest, peers.c_steps(contest, width), threads), wanted)


def test_without_a_compiler_the_benchmark_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    peers.library.cache_clear()
    try:
        page = bench.Page()
        bench.limit(page, Contest("1", 8, 100), 1)
        assert page.lines == ["Not measured: there is no gcc."]
    finally:
        peers.library.cache_clear()


def test_the_loop_of_the_kernel_has_one_root_and_one_division_a_vector() -> None:
    width, counts = inner_loop(Contest("1/10", 9, 100).lanes(slice(None)))
    if width:  # of a processor whose assembly is known here
        assert counts["root"] == counts["division"] > 0


@pytest.mark.parametrize("part", [part for part in bench.PARTS if part not in ("overhead", "memory", "cold")])
def test_each_part_of_the_benchmark_writes_its_part_of_the_page(part: str, tmp_path: Path, capsys: Any) -> None:
    page = tmp_path / "page.md"
    words = [
        "--side",
        "8",
        "--steps",
        "400",
        "--rounds",
        "1",
        "--torch-steps",
        "20",
        "--most-steps",
        "100000",
        "--no-targets",
        "--parts",
    ]
    bench.main([*words, part, "--page", str(page)])
    text = page.read_text(encoding="utf-8")
    assert text.count("\n## ") == 1
    assert "steps" in text
    assert text.strip() in capsys.readouterr().out.replace("\n\n\n", "\n\n")


def test_a_missed_target_ends_the_benchmark_with_its_name() -> None:
    page = bench.Page()
    assert page.target("four times", met=False) == "**missed**"
    assert page.target("five times", met=True) == "met"
    assert page.missed == ["four times"]
