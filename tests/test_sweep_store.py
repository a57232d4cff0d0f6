"""Stores of sweeps: chunks are whole or absent, whatever happens."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misstep.errors import InvalidInput
from misstep.sweeps.difference import first_difference
from misstep.sweeps.grid import ChunkGrid
from misstep.sweeps.layout import Coordinate, Layout, Variable
from misstep.sweeps.memory import in_memory
from misstep.sweeps.metadata import CHECKSUMS
from misstep.sweeps.store import create, how_far, open_dataset, open_for
from sweeps import LAYOUT, NAN, compute, files_of, fill, program, whole

xarray = pytest.importorskip("xarray")
zarr = pytest.importorskip("zarr")


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files that every finished store of the layout has to have."""
    return whole(tmp_path_factory.mktemp("whole") / "sweep.zarr")


@pytest.fixture
def finished(tmp_path: Path, uninterrupted: dict[str, bytes]) -> Path:
    """A finished store."""
    path = tmp_path / "sweep.zarr"
    for name, content in uninterrupted.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


# The grid of chunks, and differences


@st.composite
def grids(draw: st.DrawFn) -> ChunkGrid:
    shape = draw(st.lists(st.integers(1, 9), min_size=0, max_size=4))
    return ChunkGrid(tuple(shape), tuple(draw(st.integers(1, 11)) for _ in shape))


@given(grids())
def test_every_cell_is_in_exactly_one_chunk(grid: ChunkGrid) -> None:
    times = np.zeros(grid.shape, int)
    for index in range(len(grid)):
        times[grid.slices(index)] += 1
        assert times[grid.slices(index)].shape == grid.shape_of(index)
    assert (times == 1).all()


@given(grids())
def test_chunks_are_numbered_in_c_order(grid: ChunkGrid) -> None:
    positions = [grid.position(index) for index in range(len(grid))]
    assert positions == list(np.ndindex(*grid.counts))


@pytest.mark.parametrize("index", [-1, 6])
def test_a_chunk_that_is_not_in_the_grid_is_refused(index: int) -> None:
    with pytest.raises(InvalidInput, match=f"chunk = {index} must be one of 0 … 5"):
        ChunkGrid((5, 4), (2, 2)).slices(index)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats().map(lambda x: x + 0.0) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(json_values, json_values)
def test_two_json_values_differ_somewhere_exactly_if_they_are_written_differently(one: Any, other: Any) -> None:
    for another in (other, json.loads(json.dumps(one))):
        same = json.dumps(one, sort_keys=True) == json.dumps(another, sort_keys=True)
        assert (first_difference(one, another) is None) == same


# What a user finds


@pytest.mark.parametrize("consolidated", [True, False, None])
def test_xarray_opens_a_store_by_itself_with_named_variables_and_coordinates(
    finished: Path, consolidated: bool | None
) -> None:
    found = xarray.open_zarr(finished, consolidated=consolidated)
    assert set(found.data_vars) == {"outcome", "speed", "departure"}
    assert found["speed"].dims == ("function", "beta1", "beta2")
    assert found["speed"].attrs == {"long_name": "speed", "units": "x/step"}
    assert found["function"].values.tolist() == ["cubic", "plateau, ρ = 1/4"]
    assert found["beta2"].values.tolist() == list(LAYOUT.coordinates[2].values)
    assert json.loads(found.attrs["spec"]) == LAYOUT.spec
    assert {name: str(found[name].dtype) for name in found.data_vars} == {
        "outcome": "int8",
        "speed": "float64",
        "departure": "int64",
    }


def test_every_cell_is_what_its_chunk_says(finished: Path) -> None:
    found = open_dataset(finished).load()
    for index in range(len(LAYOUT.grid)):
        for name, array in compute(index).items():
            np.testing.assert_array_equal(found[name].values[LAYOUT.grid.slices(index)].ravel(), array)


def test_a_store_in_memory_gives_the_same_dataset(finished: Path) -> None:
    with in_memory(LAYOUT) as store:
        for index in reversed(list(store.missing())):
            store.write(index, compute(index))
    assert store.n_whole == len(store.grid)
    xarray.testing.assert_identical(store.dataset(), open_dataset(finished).load())


def test_cells_that_are_not_computed_are_marked_missing(tmp_path: Path) -> None:
    stores = create(tmp_path / "sweep.zarr", LAYOUT), in_memory(LAYOUT)
    for store in stores:
        store.write(3, compute(3))
        assert int((store.dataset()["outcome"] != -1).sum()) == compute(3)["outcome"].size
        assert next(store.missing()) == 0
        assert 3 not in set(store.missing())
    assert how_far(tmp_path / "sweep.zarr") == (1, 340)


def test_a_dataset_is_read_without_dask(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dask", None)
    assert int(open_dataset(finished)["outcome"][0, 0, :2].sum()) == 1


def test_sampled_parameters_are_coordinates_that_are_computed_by_chunks(tmp_path: Path) -> None:
    sampled = Layout(
        sizes={"function": 2, "point": 7},
        chunks={"function": 1, "point": 3},
        coordinates=(Coordinate("function", ("cubic", "sine")), Coordinate("curve", ("a", "b"), dim="function")),
        variables=(
            Variable("beta1", "float64", ("point",), {}, NAN, coordinate=True),
            Variable("outcome", "int8", ("function", "point"), {}, -1),
        ),
    )
    stores = create(tmp_path / "sampled.zarr", sampled), in_memory(sampled)
    for store in stores:
        for index in store.missing():
            points = np.arange(7.0)[sampled.grid.slices(index)[1]]
            store.write(index, {"beta1": points / 7, "outcome": (points + index).astype("int8")})
    assert set(open_dataset(stores[0].path).coords) == {"function", "curve", "beta1"}
    assert open_dataset(stores[0].path)["beta1"].values.tolist() == [k / 7 for k in range(7)]
    xarray.testing.assert_identical(stores[1].dataset(), open_dataset(stores[0].path).load())
    assert open_for(stores[0].path, sampled, pytest.fail).n_whole == len(sampled.grid)


def test_a_flipped_bit_of_a_finished_store_is_noticed_by_whoever_reads_it(finished: Path) -> None:
    flip(finished / "speed" / "c" / "0" / "0" / "0")
    with pytest.raises(ValueError, match="checksum"):
        xarray.open_zarr(finished)["speed"].values  # noqa: B018


# Where a store may be


def test_an_empty_folder_and_missing_parents_become_a_store(tmp_path: Path) -> None:
    (tmp_path / "empty.zarr").mkdir()
    for path in (tmp_path / "empty.zarr", tmp_path / "deep" / "er" / "sweep.zarr"):
        create(path, LAYOUT).close()
        assert open_for(path, LAYOUT).n_whole == 0


@pytest.mark.parametrize("folder", [True, False])
def test_a_file_or_a_folder_that_is_no_store_is_refused_and_left_alone(tmp_path: Path, folder: bool) -> None:
    path = tmp_path / "mine"
    if folder:
        path.mkdir()
    (path / "notes.txt" if folder else path).write_text("mine")
    before = files_of(tmp_path)
    for opening in (create, open_for):
        with pytest.raises(InvalidInput, match="must be"):
            opening(path, LAYOUT)
    with pytest.raises(InvalidInput, match="must be"):
        open_dataset(path)
    assert files_of(tmp_path) == before


def test_a_store_of_another_program_is_refused(tmp_path: Path) -> None:
    zarr.create_group(tmp_path / "other.zarr", zarr_format=3)
    for opening in (create, open_for):
        with pytest.raises(InvalidInput, match=r"must be (new or empty: it holds 'zarr.json', and is no|a) sweep"):
            opening(tmp_path / "other.zarr", LAYOUT)


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 300])
def test_a_path_that_can_name_no_folder_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput, match="out = "):
        create(path, LAYOUT)


def test_a_store_is_not_overwritten_without_resuming(finished: Path) -> None:
    before = files_of(finished)
    with pytest.raises(InvalidInput, match="holds a sweep already: go on with it by --resume"):
        create(finished, LAYOUT)
    assert files_of(finished) == before


def test_there_is_nothing_to_resume_where_there_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="must be a sweep: it does not exist"):
        open_for(tmp_path / "absent.zarr", LAYOUT)
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_could_not_be_made_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "rename", failing(errno.ENOSPC))
    with pytest.raises(InvalidInput, match=r"sweep.zarr' cannot be written: No space left on device"):
        create(tmp_path / "deep" / "sweep.zarr", LAYOUT)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_maker_of_a_store_left_is_removed_by_the_next_but_not_another_who_is_at_it(
    tmp_path: Path,
) -> None:
    for name, age in (("old", 3600), ("new", 0)):
        left = tmp_path / f".sweep.zarr.{name}.partial"
        left.mkdir()
        (left / "zarr.json").write_text("{")
        os.utime(left, (time.time() - age,) * 2)
    create(tmp_path / "sweep.zarr", LAYOUT)
    assert {each.name for each in tmp_path.iterdir()} == {"sweep.zarr", ".sweep.zarr.new.partial"}


# Another sweep


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (
            {"spec": {**LAYOUT.spec, "axes": [{"name": "beta1"}, {"name": "eps"}], "seed": 1}},
            r"axes\[1\].name is 'beta2' there, and 'eps' is asked for",
        ),
        ({"spec": {**LAYOUT.spec, "noise": "1/10"}}, "noise is absent there, and '1/10' is asked for"),
        ({"attrs": {"title": "a test", "misstep": "1"}}, "attributes.misstep is '0' there, and '1' is asked for"),
        ({"chunks": {"function": 1, "beta1": 4, "beta2": 4}}, r"chunk_shape\[2\] is 3 there, and 4 is asked for"),
        ({"variables": LAYOUT.variables[:2]}, "departure is .* there, and absent is asked for"),
    ],
)
def test_a_store_of_another_sweep_is_refused_and_the_first_difference_named(
    finished: Path, change: dict[str, Any], difference: str
) -> None:
    before = files_of(finished)
    with pytest.raises(InvalidInput, match=f"holds another sweep: .*{difference}"):
        open_for(finished, dataclasses.replace(LAYOUT, **change))
    assert files_of(finished) == before


def test_arrays_that_do_not_fit_the_layout_are_refused(tmp_path: Path) -> None:
    right = compute(0)
    for store in (create(tmp_path / "sweep.zarr", LAYOUT), in_memory(LAYOUT)):
        for wrong in (
            {"speed": right["speed"]},
            {**right, "extra": right["speed"]},
            {**right, "speed": right["speed"][1:]},
            {**right, "speed": right["speed"].astype("float32")},
        ):
            with pytest.raises(InvalidInput, match="chunk 0 must be"):
                store.write(0, wrong)
        assert store.n_whole == 0


@pytest.mark.parametrize(
    "change",
    [
        {"chunks": {"beta1": 4, "function": 1, "beta2": 3}},
        {"chunks": {"function": 1, "beta1": 0, "beta2": 3}},
        {"variables": ()},
        {"variables": LAYOUT.variables[:1] * 2},
        {"variables": (Variable("a/b", "int8", ("beta1",)),)},
        {"variables": (Variable("a", "int8", ("beta2", "beta1")),)},
        {"coordinates": (Coordinate("beta1", (0.0, 1.0)),)},
        {"attrs": {"spec": "mine"}},
    ],
)
def test_a_layout_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=r"must|values"):
        dataclasses.replace(LAYOUT, **change)


# The same store, however it came about


def test_stores_are_the_same_file_by_file_in_whatever_order_and_in_however_many_sittings(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    order = list(range(len(LAYOUT.grid)))
    random.Random(5).shuffle(order)  # noqa: S311
    for sitting in range(4):
        with create(tmp_path / "s", LAYOUT) if sitting == 0 else open_for(tmp_path / "s", LAYOUT, pytest.fail) as store:
            assert store.n_whole == sitting * 85
            for index in order[sitting * 85 : (sitting + 1) * 85]:
                store.write(index, compute(index))
    assert files_of(tmp_path / "s") == uninterrupted
    assert not (tmp_path / "s" / CHECKSUMS / "partial").exists()


def test_not_a_number_is_stored_in_one_form_whatever_its_sign(tmp_path: Path) -> None:
    contents = []
    for name, sign in (("plus", 1.0), ("minus", -1.0)):
        with create(tmp_path / name, LAYOUT) as store:
            store.write(0, {**compute(0), "speed": np.copysign(np.full(12, np.nan), sign)})
        contents.append(files_of(tmp_path / name))
    assert contents[0] == contents[1]


# Damage


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 16
    file.write_bytes(content)


def truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 5)


SPEED, ROW = "speed/c/0/1/3", f"{CHECKSUMS}/c.20.0"


@pytest.mark.parametrize(
    ("damage", "name", "said"),
    [
        (flip, SPEED, f"{SPEED} has another checksum"),
        (truncate, SPEED, f"{SPEED} has another checksum"),
        (lambda file: file.write_bytes(b""), SPEED, f"{SPEED} has another checksum"),
        (lambda file: shutil.copy(file.with_name("4"), file), SPEED, f"{SPEED} has another checksum"),
        (Path.unlink, SPEED, f"{SPEED} is missing"),
        (flip, ROW, f"its checksums in {ROW} are damaged"),
        (truncate, ROW, f"its checksums in {ROW} are damaged"),
        (Path.unlink, ROW, None),
    ],
    ids=["flipped", "truncated", "emptied", "exchanged", "missing", "flipped row", "truncated row", "missing row"],
)
def test_a_corrupt_chunk_is_found_and_said_and_computed_again(
    finished: Path, uninterrupted: dict[str, bytes], damage: Callable[[Path], Any], name: str, said: str | None
) -> None:
    damage(finished / name)
    reports: list[str] = []
    with open_for(finished, LAYOUT, reports.append) as store:
        assert list(store.missing()) == [20]
        assert fill(store) == 1
    expected = f"chunk 20 of {str(finished)!r} is corrupt: {said}; it is computed again"
    assert reports == ([] if said is None else [expected])
    assert files_of(finished) == uninterrupted


@pytest.mark.parametrize("name", ["speed/zarr.json", ".misstep/zarr.json", "beta1/c/0", "function/c/0"])
@pytest.mark.parametrize("damage", [truncate, Path.unlink])
def test_what_describes_a_store_is_mended(
    finished: Path, uninterrupted: dict[str, bytes], name: str, damage: Callable[[Path], Any]
) -> None:
    damage(finished / name)
    reports: list[str] = []
    with open_for(finished, LAYOUT, reports.append) as store:
        assert list(store.missing()) == []
    assert reports == [f"{name} of {str(finished)!r} was damaged; it is written again"]
    assert files_of(finished) == uninterrupted


def test_a_store_whose_own_description_is_gone_is_none_and_is_left_alone(finished: Path) -> None:
    truncate(finished / "zarr.json")
    before = files_of(finished)
    for opening in (create, open_for):
        with pytest.raises(InvalidInput, match="must be"):
            opening(finished, LAYOUT)
    assert files_of(finished) == before


def test_temporary_files_of_killed_writers_are_removed(finished: Path, uninterrupted: dict[str, bytes]) -> None:
    aside = finished / CHECKSUMS / "partial"
    aside.mkdir()
    (aside / "0123").write_bytes(b"half a chu")
    open_for(finished, LAYOUT, pytest.fail).close()
    assert files_of(finished) == uninterrupted
    assert not aside.exists()


# A disk that is full, or read-only


def failing(number: int, after: int = 0) -> Callable[..., Any]:
    """What raises this error instead of moving a file, from some call on."""
    calls, move = iter(range(10**9)), os.replace

    def moved(*arguments: Any) -> Any:
        if next(calls) >= after:
            raise OSError(number, os.strerror(number))
        return move(*arguments)

    return moved


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_what_was_whole_when_the_disk_failed_stays_whole(
    tmp_path: Path, uninterrupted: dict[str, bytes], number: int
) -> None:
    path = tmp_path / "sweep.zarr"
    # In the middle of the fifth chunk's three variables and one row.
    with pytest.MonkeyPatch.context() as patch, create(path, LAYOUT) as store:
        patch.setattr(os, "replace", failing(number, after=18))
        remedy = "free some room and go on" if number == errno.ENOSPC else "go on when it can be"
        with pytest.raises(InvalidInput) as raised:
            fill(store, order=range(10))
    assert str(raised.value) == (
        f"out = {str(path)!r} cannot be written: {os.strerror(number)}; "
        f"4 of 340 chunks are whole: {remedy} with --resume"
    )
    assert not (path / CHECKSUMS / "partial").exists()
    with open_for(path, LAYOUT, pytest.fail) as store:
        assert store.n_whole == 4
        fill(store)
    assert files_of(path) == uninterrupted


def test_files_that_may_not_grow_fail_as_a_full_disk_does(tmp_path: Path) -> None:
    path = tmp_path / "sweep.zarr"
    create(path, LAYOUT).close()
    # The kernel itself stops writing in the middle of a file: 60 of the 100 bytes of `speed`.
    limited = program(path, 0)
    resource.prlimit(limited.pid, resource.RLIMIT_FSIZE, (60, 60))  # long before it has imported what it needs
    _, said = limited.communicate(timeout=60)
    assert limited.returncode == 1
    assert f"out = {str(path)!r} cannot be written: File too large; 0 of 340 chunks are whole" in said
    assert not (path / CHECKSUMS / "partial").exists()
    assert open_for(path, LAYOUT, pytest.fail).n_whole == 0


@contextmanager
def nobody() -> Iterator[None]:
    """For a while, whoever runs the tests has no more rights than others."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_folder_that_is_read_only_is_refused_before_anything_is_computed() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sweep.zarr"
        with create(path, LAYOUT) as store:
            store.write(0, compute(0))
            store.dataset()["speed"].load()  # all is imported that will be needed, wherever it is
        read_only = [path / CHECKSUMS, path, Path(folder)]
        for each in read_only:
            each.chmod(0o555)
        try:
            with nobody():
                with pytest.raises(InvalidInput, match=r"cannot be written: Permission denied; 1 of 340 chunks"):
                    open_for(path, LAYOUT)
                with pytest.raises(InvalidInput, match=r"other.zarr' cannot be written: Permission denied$"):
                    create(Path(folder) / "other.zarr", LAYOUT)
                assert float(open_dataset(path)["speed"][0, 0, 1]) == 1.0
        finally:
            for each in read_only:
                each.chmod(0o755)


def test_a_finished_store_that_is_read_only_has_nothing_to_compute(
    uninterrupted: dict[str, bytes],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in uninterrupted.items():
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        folders = [Path(folder), *(each for each in Path(folder).rglob("*") if each.is_dir())]
        for each in folders:
            each.chmod(0o555)
        try:
            with nobody():
                assert list(open_for(folder, LAYOUT, pytest.fail).missing()) == []
        finally:
            for each in folders:
                each.chmod(0o755)


def test_a_file_system_that_cannot_be_written_by_root_either_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"out = '/proc/sweep.zarr' cannot be written: "):
        create("/proc/sweep.zarr", LAYOUT)


# Size


def test_a_billion_cells_cost_no_more_than_their_chunks(tmp_path: Path) -> None:
    dims = ("function", "a", "b")
    huge = Layout(
        sizes={"function": 10, "a": 10_000, "b": 10_000},
        chunks={"function": 1, "a": 100, "b": 100},
        coordinates=(Coordinate("a", tuple(map(float, range(10_000)))),),
        variables=tuple(Variable(f"v{k}", "float64", dims, {}, NAN) for k in range(10)),
    )
    chunk = {f"v{k}": np.full(10_000, float(k)) for k in range(10)}
    create(tmp_path / "warm.zarr", LAYOUT).close()  # what is imported is not counted
    tracemalloc.start()
    try:
        with create(tmp_path / "huge.zarr", huge) as store:
            for index in (0, 99_999):
                store.write(index, chunk)
        assert sum(1 for _ in open_for(tmp_path / "huge.zarr", huge).missing()) == 99_998
        assert float(open_dataset(tmp_path / "huge.zarr")["v7"][9, 9_999, 9_999]) == 7.0
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


# Two writers


def test_two_processes_that_write_to_one_store_leave_what_one_does(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    path = tmp_path / "sweep.zarr"
    create(path, LAYOUT).close()
    writers = [program(path, 0.001) for _ in range(2)]
    # Each opening removes temporary files, those of the writers too.
    while all(writer.poll() is None for writer in writers):
        open_for(path, LAYOUT, pytest.fail).close()
    for writer in writers:
        assert writer.communicate(timeout=60) == ("ready\nfinished: 340\n", "")
    assert files_of(path) == uninterrupted


def test_a_store_is_made_by_one_of_two_processes_and_the_other_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sweep.zarr"

    def second(new: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        create(path, LAYOUT).close()
        return rename(new, target)

    rename = Path.rename
    monkeypatch.setattr(Path, "rename", second)
    with pytest.raises(InvalidInput, match="holds a sweep already"):
        create(path, LAYOUT)
    assert open_for(path, LAYOUT).n_whole == 0
    assert [each.name for each in tmp_path.iterdir()] == ["sweep.zarr"]


# Signals


def test_a_store_whose_writer_is_killed_at_20_random_moments_and_resumed_is_that_of_one_that_was_not(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    path, moments = tmp_path / "sweep.zarr", random.Random(20)  # noqa: S311
    found = [0]
    for kill in range(20):
        writer = program(path, 0.008)
        assert writer.stdout is not None
        if kill % 5:  # else anywhere in the start, where the store is made or read
            assert writer.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0.0, 0.05))
        else:
            time.sleep(moments.uniform(0.2, 0.8))
        writer.kill()
        said, complaint = writer.communicate(timeout=60)
        assert (complaint, "finished" in said) == ("", False)
        if path.exists():
            with open_for(path, LAYOUT, pytest.fail) as store:
                found.append(store.n_whole)
    assert found == sorted(found)
    assert 0 < found[-1] < 340
    last = program(path, 0)
    assert last.communicate(timeout=60) == ("ready\nfinished: 340\n", "")
    assert files_of(path) == uninterrupted


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_writer_that_is_asked_to_end_does_so_soon_and_leaves_nothing_half_done(
    tmp_path: Path, uninterrupted: dict[str, bytes], number: signal.Signals, status: int
) -> None:
    path = tmp_path / "sweep.zarr"
    for _ in range(3):
        writer = program(path, 0.01)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(0.1)
        writer.send_signal(number)
        start = time.perf_counter()
        assert writer.communicate(timeout=60) == ("", "")
        assert writer.returncode == status
        assert time.perf_counter() - start < 5
        assert not (path / CHECKSUMS / "partial").exists()
    with open_for(path, LAYOUT, pytest.fail) as store:
        assert 0 < store.n_whole < 340
        fill(store)
    assert files_of(path) == uninterrupted
