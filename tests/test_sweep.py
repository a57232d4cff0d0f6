"""Sweeps from a spec to a dataset: whatever computes them, and whatever happens meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import misstep as ms
from misstep.cli import main
from misstep.errors import InvalidInput, MissingDependency
from misstep.sweeps.quantities import OUTCOMES
from misstep.sweeps.replicates import over_replicates
from misstep.sweeps.store import how_far
from misstep.sweeps.sweep import compute_chunk
from misstep.trajectory import CODES
from sweeps import environment, files_of

TEXT = "adam(dialect='toint', learning_rate=0.1, eps=0, beta1=0..0.95:7, beta2=0..0.99:6)"
OPTIONS: dict[str, Any] = {"function": ["cubic", "plateau(rho=1/4)"], "x0": "1e-3", "steps": 400}


def status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    return int(exit_.value.code or 0)


# --- what a cell says -----------------------------------------------------------------------------------------------


def test_outcomes_have_the_numbers_that_kernels_give_them() -> None:
    assert tuple(map(str, CODES)) == OUTCOMES


def test_a_cell_is_what_running_and_diagnosing_its_setting_gives() -> None:
    found = ms.sweep(TEXT, **OPTIONS)
    for name, f in (("cubic", ms.cubic("1/10")), ("plateau(rho=1/4)", ms.plateau("1/10", rho="1/4"))):
        for i, j in ((0, 0), (3, 2), (6, 5)):
            cell = found.sel(function=name).isel(beta1=i, beta2=j)
            adam = ms.adam_dialect(
                "toint", learning_rate="0.1", beta1=float(found.beta1[i]), beta2=float(found.beta2[j])
            )
            diagnosis = ms.diagnose(ms.run(f, adam, 1e-3, 400))
            assert OUTCOMES[int(cell.outcome)] == str(diagnosis.outcome)
            assert abs(float(cell.speed)) == diagnosis.speed
            assert int(cell.period) == (diagnosis.period or 0)


def test_a_dataset_says_what_it_is_of() -> None:
    found = ms.sweep(TEXT, **OPTIONS)
    assert ms.SweepSpec.from_dict(json.loads(found.attrs["spec"])).n_steps == 400
    assert {"misstep", "numpy", "python", "kernel", "seed"} <= set(found.attrs)
    assert all({"long_name", "units"} <= set(found[name].attrs) for name in [*found.data_vars, *found.coords])


def test_replicates_give_survival_with_an_interval_around_it() -> None:
    found = ms.sweep(
        "adam(dialect='toint', learning_rate=1, eps=0, beta1=0.5, beta2=0.9)",
        function="plateau",
        noise="1e-3..3:5:log",
        replicates=50,
        steps=100,
    )
    assert found.survival[0] == 1
    assert found.survival[-1] == 0
    assert ((found.survival_low <= found.survival) & (found.survival <= found.survival_high)).all()


def test_a_cell_of_replicates_is_what_most_of_them_do() -> None:
    lanes: dict[str, Any] = {
        "outcome": np.array([1, 1, 0, 2, 2, 2], np.int8),
        "period": np.array([0, 0, 0, 4, 6, 4], np.int32),
        "departure": np.array([-1, 5, -1, 3, 9, 4]),
        "f_min": np.array([1.0, -1.0, np.nan, 2.0, 3.0, 4.0]),
        "speed": np.array([1.0, np.nan, 3.0, 0.0, 0.0, 0.0]),
    }
    cells = over_replicates(lanes, 3, [*lanes, "survival"])
    assert cells["outcome"].tolist() == [1, 2]
    assert cells["period"].tolist() == [0, 4]
    assert cells["departure"].tolist() == [-1, 4]
    assert cells["f_min"].tolist() == [-1, 2]
    assert cells["speed"].tolist() == [2, 0]
    assert cells["survival"] == pytest.approx([2 / 3, 0])


def test_points_that_are_drawn_are_coordinates() -> None:
    found = ms.sweep(
        "adam(learning_rate=0.1, beta1=0..0.9, beta2=0..0.9)", design="random", points=20, steps=50, seed=3
    )
    assert found.sizes == {"point": 20}
    assert found.beta1.dims == ("point",)
    assert ((found.beta1 >= 0) & (found.beta1 <= 0.9)).all()


# --- the same whatever computes it ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the sweep by numba and one thread."""
    path = tmp_path_factory.mktemp("sweep") / "x.zarr"
    ms.sweep(TEXT, **OPTIONS, out=path, workers=1)
    return files_of(path)


def numbers(files: dict[str, bytes]) -> dict[str, bytes]:
    """All but what says which kernel and versions it was."""
    return {name: content for name, content in files.items() if not name.endswith("zarr.json")}


@pytest.mark.parametrize(
    "options",
    [
        {"workers": 2},
        {"kernel": "numpy"},
        {"scheduler": "processes", "workers": 2},
        {"scheduler": "dask", "workers": 2},
    ],
    ids=["two threads", "numpy", "processes", "dask"],
)
def test_a_store_is_the_same_whatever_computed_it(
    options: dict[str, Any], stored: dict[str, bytes], tmp_path: Path
) -> None:
    ms.sweep(TEXT, **OPTIONS, out=tmp_path / "x.zarr", **options)
    assert numbers(files_of(tmp_path / "x.zarr")) == numbers(stored)


def test_resuming_a_finished_store_computes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ms.sweep(TEXT, **OPTIONS, out=tmp_path / "x.zarr")
    monkeypatch.setattr("misstep.sweeps.sweep.compute_chunk", lambda *_: pytest.fail("computed"))
    again = ms.sweep(TEXT, **OPTIONS, out=tmp_path / "x.zarr", resume=True)
    assert again.sizes == {"function": 2, "beta1": 7, "beta2": 6}


def test_a_damaged_chunk_is_said_and_computed_again(stored: dict[str, bytes], tmp_path: Path) -> None:
    ms.sweep(TEXT, **OPTIONS, out=tmp_path / "x.zarr", workers=1)
    file = tmp_path / "x.zarr" / "speed" / "c" / "1" / "0" / "0"
    content = bytearray(file.read_bytes())
    content[3] ^= 1
    file.write_bytes(content)
    said: list[str] = []
    ms.sweep(TEXT, **OPTIONS, out=tmp_path / "x.zarr", resume=True, report=said.append)
    assert len(said) == 1
    assert "is corrupt" in said[0]
    assert files_of(tmp_path / "x.zarr") == stored


def test_without_numba_numpy_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("misstep.sweeps.sweep.has_numba", lambda: False)
    found = ms.sweep(TEXT, **OPTIONS)
    assert found.attrs["kernel"] == "numpy"
    assert "numba" not in found.attrs
    with pytest.raises(MissingDependency, match=r"install misstep\[sweep\]"):
        ms.sweep(TEXT, **OPTIONS, kernel="numba")


def test_a_chunk_is_a_function_of_its_number_alone() -> None:
    from misstep.sweeps.sweep import as_spec

    spec = as_spec(TEXT, **OPTIONS)
    for number in (1, 0, 1):
        first, second = (compute_chunk(spec, kernel, number) for kernel in ("numba", "numpy"))
        assert all(np.array_equal(first[name], second[name], equal_nan=True) for name in first)


# --- killed and gone on with ----------------------------------------------------------------------------------------

LONG = "adam(dialect='toint', learning_rate=0.1, eps=0, beta1=0..0.95:32, beta2=0..0.99:32)"
LONG_OPTIONS = ("--function", "cubic", "plateau", "sine", "spline", "--arithmetic", "float64", "float32")


def started(out: Path, *more: str) -> subprocess.Popen[str]:
    """A sweep of eight chunks of a fraction of a second each."""
    command = [sys.executable, "-m", "misstep", "sweep", LONG, *LONG_OPTIONS, "--steps", "2e4", "--only", "outcome"]
    return subprocess.Popen(
        [*command, "--out", str(out), "--workers", "1", *more],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def n_stored(out: Path) -> int:
    """How many chunks a store has, as another process sees it."""
    return how_far(out)[0] if out.exists() else 0


def until_a_chunk_more(run: subprocess.Popen[str], out: Path, before: int) -> None:
    """Wait until the sweep has stored a chunk, or has ended."""
    deadline = time.monotonic() + 120
    while run.poll() is None and n_stored(out) <= before and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_sweep_that_is_killed_and_gone_on_with_is_that_of_one_that_was_not(tmp_path: Path) -> None:
    whole = started(tmp_path / "whole.zarr")
    assert whole.communicate(timeout=300)[1] == ""
    random = np.random.default_rng(int.from_bytes(os.urandom(4)))
    out, kills = tmp_path / "killed.zarr", 0
    while True:
        run = started(out, *(["--resume"] if out.exists() else []))
        until_a_chunk_more(run, out, n_stored(out))
        time.sleep(random.uniform(0, 0.1))
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            kills += 1
        _, said = run.communicate(timeout=300)
        if run.returncode == 0:
            break
        assert run.returncode == -signal.SIGKILL, said
    assert kills >= 1
    assert files_of(out) == files_of(tmp_path / "whole.zarr")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_sweep_that_is_asked_to_stop_keeps_its_chunks(sent: int, code: int, tmp_path: Path) -> None:
    out = tmp_path / "x.zarr"
    run = started(out)
    until_a_chunk_more(run, out, 0)
    run.send_signal(sent)
    _, said = run.communicate(timeout=60)
    assert run.returncode in (code, 0)
    assert "Traceback" not in said
    assert n_stored(out) >= 1


# --- what a user may get wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([TEXT], "steps is missing"),
        ([TEXT, "--steps", "1.5"], "whole number"),
        ([TEXT, "--steps", "4"], "at least 8"),
        ([TEXT, "--steps", "100", "--kernel", "nunba"], "did you mean 'numba'"),
        ([TEXT, "--steps", "100", "--scheduler", "treads"], "did you mean 'threads'"),
        ([TEXT, "--steps", "100", "--workers", "0"], "workers = 0 must be at least 1"),
        ([TEXT, "--steps", "100", "--resume"], "needs the store"),
        ([TEXT, "--steps", "100", "--function", "cubik"], "did you mean 'cubic'"),
        ([TEXT, "--steps", "100", "--only", "speeed"], "did you mean 'speed'"),
        (["adam(learning_rate=0.1, beta1=0.9..0:5)", "--steps", "100"], "must increase"),
        (["adam(learning_rate=0.1, beta1=0..1:5)", "--steps", "100"], "must be in [0, 1)"),
        (["adam(learning_rate=0.1, beta1=0..0.9:1)", "--steps", "100"], "1"),
        (["adam(learning_rate=0.1, beta1=0..nan:5)", "--steps", "100"], "character"),
        (["torch:Adam(lr=0.1)", "--steps", "100"], "reference methods"),
        (["missing.toml"], "cannot be read"),
        ([TEXT, "--steps", "100", "--function", "plateau(rho=[0, 0.25])"], "rho = 0.0 is the spline"),
        (["missing.toml", "--steps", "100"], "steps cannot be given beside it"),
        (
            ["adam(learning_rate=0..1e-1:1e5:linear, beta1=0..0.9:1e5, beta2=0..0.9:1e5)", "--steps", "100"],
            "learning_rate = 0",
        ),
        (
            ["adam(learning_rate=0.01..0.1:1e5, beta1=0..0.9:1e5, beta2=0..0.9:1e5)", "--steps", "100"],
            "confirm it with --yes",
        ),
    ],
)
def test_bad_input_is_told_in_one_line_before_any_work(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "x.zarr"
    more = [] if "--resume" in arguments else ["--out", str(out)]
    assert status("sweep", *arguments, *more) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_a_store_of_another_sweep_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "x.zarr"
    ms.sweep(TEXT, **OPTIONS, out=out)
    before = files_of(out)
    assert status("sweep", TEXT, "--steps", "300", "--out", str(out), "--resume") == 2
    assert "holds another sweep: " in capsys.readouterr().err
    assert status("sweep", TEXT, "--steps", "300", "--out", str(out)) == 2
    assert "--resume" in capsys.readouterr().err
    assert files_of(out) == before


def test_options_beside_a_spec_are_refused() -> None:
    with pytest.raises(InvalidInput, match="steps cannot be given beside it"):
        ms.sweep("study.toml", steps=3)


# --- the command line -----------------------------------------------------------------------------------------------


def test_a_plan_is_printed_and_nothing_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "adam(learning_rate=0.1, beta1=0..0.9:1e5, beta2=0..0.9:1e4)"
    out = tmp_path / "x.zarr"
    assert status("sweep", text, "--steps", "1e5", "--plan", "--out", str(out)) == 0
    printed = capsys.readouterr().out
    assert "1,000,000,000 = beta1 100,000 × beta2 10,000" in printed
    assert not out.exists()
    assert status("sweep", text, "--steps", "1e5", "--plan", "--json") == 0
    assert json.loads(capsys.readouterr().out)["cells"] == 10**9


def test_a_sweep_prints_how_many_cells_did_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status("sweep", TEXT, "--steps", "100", "--out", str(tmp_path / "x.zarr")) == 0
    printed = capsys.readouterr().out
    assert "42 cells = beta1 7 × beta2 6, 100 steps" in printed
    assert "drifts" in printed
    assert f"Store: {tmp_path / 'x.zarr'}" in printed


def test_json_is_one_object_that_counts_every_cell(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("sweep", TEXT, "--steps", "100", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert sum(found["outcome"].values()) == 42
    assert found["dimensions"] == {"beta1": 7, "beta2": 6}


def test_a_file_is_swept_and_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study, out, figure = tmp_path / "study.toml", tmp_path / "x.zarr", tmp_path / "x.svg"
    study.write_text(f'[sweep]\noptimizer = "{TEXT}"\nfunction = ["cubic", "spline"]\nsteps = 100\n')
    assert status("sweep", str(study), "--out", str(out)) == 0
    drawn = ["plot", str(out), "--x", "beta1", "--y", "beta2"]
    assert status(*drawn, "--facet", "function", "--out", str(figure)) == 0
    assert figure.read_text().startswith(("<svg", "<?xml"))
    assert "nothing here is proved" in capsys.readouterr().out
    assert status(*drawn, "--select", "function=spline", "--out", str(tmp_path / "y.png")) == 0
    assert (tmp_path / "y.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--x", "beta3", "--out", "x.svg"], "did you mean 'beta"),
        (["--x", "beta1", "--y", "beta2", "--out", "x.bmp"], "bmp"),
        (["--x", "beta1", "--y", "beta2", "--select", "function", "--out", "x.svg"], "must be name=value"),
        (["--x", "beta1", "--y", "beta2", "--quantity", "survival", "--out", "x.svg"], "survival"),
    ],
)
def test_a_figure_that_cannot_be_is_told_in_one_line(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ms.sweep(TEXT, **OPTIONS, out=tmp_path / "x.zarr")
    monkeypatch.chdir(tmp_path)
    assert status("plot", "x.zarr", *arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.zarr"]


def test_a_store_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status("plot", str(tmp_path / "x.zarr"), "--x", "beta1", "--out", str(tmp_path / "x.svg")) == 2
    assert capsys.readouterr().err.count("\n") == 1
