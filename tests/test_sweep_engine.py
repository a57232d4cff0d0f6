"""The same chunks, wherever they are computed and whatever becomes of the workers."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from misstep.errors import InvalidInput, MissingDependency, MisstepError
from misstep.sweeps.engine import run
from misstep.sweeps.store import create, open_for
from misstep.sweeps.workers import Workers
from sweeps import LAYOUT, environment, files_of, fill, whole

pytest.importorskip("zarr")
pytest.importorskip("distributed")

THREADS, PROCESSES = Workers("threads", n=2), Workers("processes", n=2)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files that every finished store of the layout has to have."""
    return whole(tmp_path_factory.mktemp("whole") / "sweep.zarr")


def square(x: int) -> int:
    return x * x


def refuse(x: int) -> int:
    if x == 3:
        raise InvalidInput(f"x = {x} must not be 3")
    return x


def divide(x: int) -> float:
    return 1 / (x - 3)


class Unportable(Exception):
    """An error that cannot be pickled."""

    def __init__(self) -> None:
        super().__init__("of a kind that stays where it is")
        self.lock = threading.Lock()


def raise_unportable(_: int) -> int:
    raise Unportable


def fail_at_first(x: int, *, folder: str, error: type[BaseException] | None) -> int:
    """The first call with each x fails; with no error to raise, it kills its process."""
    try:
        (Path(folder) / str(x)).touch(exist_ok=False)
    except FileExistsError:
        return x * x
    if error is None:
        os.kill(os.getpid(), signal.SIGKILL)
    raise error or AssertionError


def die(x: int) -> int:
    if x == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return x


def collected(function: Callable[[int], Any], n: int, where: Workers, **options: Any) -> dict[int, Any]:
    found: dict[int, Any] = {}
    assert run(function, ((x, x) for x in range(n)), done=found.__setitem__, where=where, **options) == n
    return found


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """Ctrl-C, once."""
    # A shell's background jobs inherit it as ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)


# Threads and processes


@pytest.mark.parametrize("where", [THREADS, PROCESSES, Workers("threads", n=1), Workers("threads", n=9)])
def test_every_job_is_done_once(where: Workers) -> None:
    assert collected(square, 30, where) == {x: x * x for x in range(30)}


def test_no_jobs_are_done_at_once() -> None:
    assert collected(square, 0, THREADS) == {}


def test_jobs_are_read_when_workers_are_free_and_no_sooner() -> None:
    begun, ended, most = 0, 0, 0

    def jobs() -> Iterator[tuple[int, int]]:
        nonlocal begun, most
        for x in range(2000):
            begun += 1
            most = max(most, begun - ended)
            yield x, x

    def done(_: int, __: int) -> None:
        nonlocal ended
        ended += 1

    run(square, jobs(), done=done, where=THREADS)
    assert (ended, most) == (2000, 5)


@pytest.mark.parametrize("where", [THREADS, PROCESSES], ids=lambda where: where.kind)
@pytest.mark.parametrize("error", [OSError, MemoryError, ConnectionResetError])
def test_what_surroundings_do_to_a_job_is_tried_again(
    tmp_path: Path, where: Workers, error: type[BaseException]
) -> None:
    function = partial(fail_at_first, folder=str(tmp_path), error=error)
    assert collected(function, 5, where, retries=1) == {x: x * x for x in range(5)}


def test_tries_come_to_an_end(tmp_path: Path) -> None:
    function = partial(fail_at_first, folder=str(tmp_path), error=MemoryError)
    with pytest.raises(MisstepError, match=r"chunk \d was tried once in vain: MemoryError$"):
        collected(function, 5, THREADS, retries=0)


@pytest.mark.parametrize("where", [THREADS, PROCESSES], ids=lambda where: where.kind)
def test_what_is_wrong_with_a_job_is_raised_and_what_was_done_is_kept(where: Workers) -> None:
    found: dict[int, int] = {}
    with pytest.raises(InvalidInput, match=r"^x = 3 must not be 3$"):
        run(refuse, ((x, x) for x in range(10_000)), done=found.__setitem__, where=where)
    assert {x: x for x in found} == found
    assert len(found) < 50


def test_a_bug_in_a_process_is_raised_with_the_place_where_it_was(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="division by zero") as raised:
        collected(divide, 10, PROCESSES)
    assert "in divide" in "".join(raised.value.__notes__)
    assert list(tmp_path.iterdir()) == []


def test_an_error_that_cannot_leave_its_process_is_told_of() -> None:
    with pytest.raises(RuntimeError, match="Unportable: of a kind that stays where it is"):
        collected(raise_unportable, 2, PROCESSES)


def test_a_function_that_no_process_can_have_is_an_error() -> None:
    with pytest.raises((pickle.PicklingError, AttributeError)):
        collected(lambda x: x, 2, PROCESSES)


def test_an_error_of_the_caller_ends_the_run() -> None:
    def done(index: int, _: int) -> None:
        raise LookupError(index)

    with pytest.raises(LookupError):
        run(square, ((x, x) for x in range(100)), done=done, where=THREADS)


def test_a_process_that_kills_itself_is_replaced(tmp_path: Path) -> None:
    function = partial(fail_at_first, folder=str(tmp_path), error=None)
    assert collected(function, 4, PROCESSES, retries=1) == {x: x * x for x in range(4)}


def test_a_job_that_kills_each_process_is_given_up_and_the_others_do_not_suffer() -> None:
    with pytest.raises(MisstepError, match=r"chunk 2 was tried 3 times in vain: .*exit status -9"):
        collected(die, 3, PROCESSES)


def test_a_process_killed_from_outside_loses_nothing(tmp_path: Path, uninterrupted: dict[str, bytes]) -> None:
    killed: list[int] = []
    with create(tmp_path / "sweep.zarr", LAYOUT) as store:

        def jobs() -> Iterator[int]:
            for index in store.missing():
                if index in (100, 300):
                    process = multiprocessing.active_children()[0]
                    assert process.pid is not None
                    os.kill(process.pid, signal.SIGKILL)
                    killed.append(process.pid)
                yield index

        assert fill(store, PROCESSES, seconds=0.002, order=jobs()) == 340
    assert len(set(killed)) == 2
    assert files_of(tmp_path / "sweep.zarr") == uninterrupted


@pytest.mark.parametrize("where", [THREADS, PROCESSES], ids=lambda where: where.kind)
def test_an_interrupt_ends_a_run_at_once_and_leaves_no_process(tmp_path: Path, where: Workers) -> None:
    with create(tmp_path / "sweep.zarr", LAYOUT) as store:
        start = time.perf_counter()
        with pytest.raises(KeyboardInterrupt), interrupted_after(1.5):
            fill(store, where, seconds=2.0)
        assert time.perf_counter() - start < 3.0
    assert multiprocessing.active_children() == []
    with open_for(tmp_path / "sweep.zarr", LAYOUT, pytest.fail) as store:
        assert store.n_whole < 20


PROGRAM = """
import signal, sys
from misstep.sweeps.engine import run
from misstep.sweeps.workers import Workers
from test_sweep_engine import pid

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        jobs = ((k, k) for k in range(10**6))
        run(pid, jobs, done=lambda _, x: print(x, flush=True), where=Workers("KIND", n=2))
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("processes", signal.SIGINT),
        ("processes", signal.SIGTERM),
        ("processes", signal.SIGKILL),
        ("dask", signal.SIGINT),
    ],
)
def test_no_process_outlives_a_program_that_is_ended_and_none_complains(
    tmp_path: Path, kind: str, number: signal.Signals
) -> None:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM.replace("KIND", kind))
    command = [sys.executable, str(file)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), start_new_session=True
    ) as program:
        try:
            assert program.stdout is not None
            workers: set[int] = set()
            while len(workers) < 2:
                workers.add(int(program.stdout.readline()))
            # As from a terminal, to the whole group.
            os.killpg(program.pid, number) if number != signal.SIGKILL else program.kill()
            _, complaint = program.communicate(timeout=30)
        finally:
            program.kill()
    # Dask's client itself may be interrupted in the middle of something that it says it cannot undo.
    assert complaint == b"" or (kind == "dask" and b"KeyboardInterrupt" not in complaint)
    assert program.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}[number]
    deadline = time.monotonic() + 10
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_running, workers))


def pid(_: int) -> int:
    time.sleep(0.01)
    return os.getpid()


def is_running(process: int) -> bool:
    """Whether the process is there and is no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


# Dask


@contextmanager
def cluster(
    folder: Path, n_workers: int
) -> Iterator[tuple[str, subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]]:
    """A scheduler on loopback and its workers, processes of their own, with its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    surroundings = environment({"HOME": str(folder), "DASK_CONFIG": str(folder), "TMPDIR": str(folder)})

    def started(program: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = open(folder / f"{program}-{len(processes)}.log", "wb")  # noqa: SIM115
        with log:
            command = [sys.executable, "-m", f"distributed.cli.{program}", *arguments, "--no-dashboard"]
            return subprocess.Popen(command, stdout=log, stderr=log, env=surroundings, cwd=folder)

    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(started("dask_scheduler", "--host", address, "--dashboard-address", "127.0.0.1:0"))
        for _ in range(n_workers):
            local = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--local-directory", str(folder))
            processes.append(started("dask_worker", address, *local))
        yield address, processes[0], processes[1:]
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def joined(address: str) -> Workers:
    return Workers("dask", address=address, patience=60.0)


def test_threads_processes_and_a_cluster_that_loses_a_worker_give_the_same_store(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    for where in (THREADS, PROCESSES):
        with create(tmp_path / where.kind, LAYOUT) as store:
            fill(store, where)
        assert files_of(tmp_path / where.kind) == uninterrupted
    aside = tmp_path / "dask"
    aside.mkdir()
    with cluster(aside, 2) as (address, _, workers), create(tmp_path / "sweep.zarr", LAYOUT) as store:

        def jobs() -> Iterator[int]:
            for index in store.missing():
                if index == 100:
                    wait_for(address, 2)
                if index == 200:
                    workers[0].kill()
                    workers[0].wait()
                yield index

        assert fill(store, joined(address), seconds=0.005, order=jobs()) == 340
        assert [worker.poll() for worker in workers] == [-9, None]
    assert files_of(tmp_path / "sweep.zarr") == uninterrupted


def wait_for(address: str, n_workers: int) -> None:
    """Have so many workers in the cluster."""
    from distributed import Client

    with Client(address, set_as_default=False, timeout=60) as client:
        client.wait_for_workers(n_workers, timeout=60)


def test_errors_and_lost_workers_are_told_apart_on_a_cluster(tmp_path: Path) -> None:
    with cluster(tmp_path, 1) as (address, _, (worker,)):
        with pytest.raises(InvalidInput, match=r"^x = 3 must not be 3$"):
            collected(refuse, 100, joined(address))
        (tmp_path / "tried").mkdir()
        function = partial(fail_at_first, folder=str(tmp_path / "tried"), error=OSError)
        assert collected(function, 5, joined(address), retries=1) == {x: x * x for x in range(5)}
        with pytest.raises(KeyboardInterrupt), interrupted_after(2.0):
            collected(partial(slowly, seconds=0.3), 1000, joined(address))
        assert worker.poll() is None


def slowly(x: int, *, seconds: float) -> int:
    time.sleep(seconds)
    return x


def test_a_scheduler_that_ends_is_told_of(tmp_path: Path) -> None:
    found: dict[int, int] = {}
    with cluster(tmp_path, 1) as (address, scheduler, _):

        def done(index: int, result: int) -> None:
            found[index] = result
            if len(found) == 3:
                scheduler.kill()

        with pytest.raises(MisstepError, match=f"scheduler = '{address}' is gone"):
            run(partial(slowly, seconds=0.05), ((x, x) for x in range(1000)), done=done, where=joined(address))
    assert len(found) < 50


def test_a_cluster_of_this_machine_is_started_and_ended(tmp_path: Path, uninterrupted: dict[str, bytes]) -> None:
    with create(tmp_path / "sweep.zarr", LAYOUT) as store:
        fill(store, Workers("dask", n=2))
    assert files_of(tmp_path / "sweep.zarr") == uninterrupted
    assert multiprocessing.active_children() == []


def test_an_address_at_which_no_scheduler_answers_is_refused() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        for address in (f"tcp://127.0.0.1:{deaf.getsockname()[1]}", "nonsense://x", "tcp://127.0.0.1:99999999"):
            start = time.monotonic()
            with pytest.raises(InvalidInput, match=f"scheduler = '{address}' must be that of a Dask cluster"):
                collected(square, 3, Workers("dask", address=address, patience=1.0))
            assert time.monotonic() - start < 10


def test_a_cluster_without_workers_is_refused(tmp_path: Path) -> None:
    with (
        cluster(tmp_path, 0) as (address, _, _),
        pytest.raises(InvalidInput, match="must have workers: it has none within 4 s"),
    ):
        collected(square, 3, Workers("dask", address=address, patience=4.0))


def test_a_missing_dask_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingDependency, match=r"install misstep\[distributed\]"):
        collected(square, 3, Workers("dask", n=1))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"kind": "thread"}, "'thread' is not a kind of workers .did you mean 'threads'?"),
        ({"n": 0}, "workers = 0 must be at least 1"),
        ({"address": "tcp://host:1"}, "scheduler = 'tcp://host:1' must be given with Dask, and not with threads"),
        ({"kind": "dask", "address": "tcp://host:1", "n": 2}, "workers = 2 must not be given with a scheduler"),
    ],
)
def test_workers_that_cannot_be_are_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        Workers(**arguments)
    assert said.replace(".did", "(did") in str(raised.value)
