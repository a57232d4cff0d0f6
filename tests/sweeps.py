"""A sweep without any method: small chunks of known numbers, for tests of where they are stored and computed.

As a program, `python tests/sweeps.py STORE SECONDS`, it makes or resumes a store of it, like a command of misstep, each
chunk taking so many seconds.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from misstep.errors import MisstepError
from misstep.sweeps.engine import run
from misstep.sweeps.layout import Coordinate, Layout, Variable
from misstep.sweeps.store import Store, create, open_for
from misstep.sweeps.workers import Workers

TESTS = Path(__file__).parent
NAN = float("nan")

LAYOUT = Layout(
    sizes={"function": 2, "beta1": 39, "beta2": 50},
    chunks={"function": 1, "beta1": 4, "beta2": 3},
    coordinates=(
        Coordinate("function", ("cubic", "plateau, ρ = 1/4"), {"long_name": "function", "units": "1"}),
        Coordinate("beta1", tuple(k / 39 for k in range(39)), {"long_name": "β1", "units": "1"}),
        Coordinate("beta2", tuple(k / 50 for k in range(50)), {"long_name": "β2", "units": "1"}),
    ),
    variables=(
        Variable("outcome", "int8", ("function", "beta1", "beta2"), {"long_name": "outcome", "units": "1"}, -1),
        Variable("speed", "float64", ("function", "beta1", "beta2"), {"long_name": "speed", "units": "x/step"}, NAN),
        Variable("departure", "int64", ("function", "beta1", "beta2"), {"long_name": "departure", "units": "step"}, -2),
    ),
    attrs={"title": "a test", "misstep": "0"},
    spec={"functions": ["cubic", "plateau(rho=1/4)"], "axes": [{"name": "beta1"}, {"name": "beta2"}], "seed": 0},
)
"""340 chunks of at most 12 cells."""


def compute(index: int, *, seconds: float = 0.0) -> dict[str, Any]:
    """The arrays of one chunk, after so many seconds."""
    time.sleep(seconds)
    cells = np.arange(int(np.prod(LAYOUT.grid.shape_of(index)))) + 100 * index
    speed = np.sqrt(cells.astype(float)) / (1 + index)
    return {
        "outcome": (cells % 6).astype("int8"),
        "speed": np.where(cells % 7 == 0, np.nan, speed),
        "departure": cells * 2**33,
    }


def fill(
    store: Store, where: Workers | None = None, *, seconds: float = 0.0, order: Iterable[int] | None = None
) -> int:
    """Compute what is missing."""
    indices = store.missing() if order is None else order
    function = partial(compute, seconds=seconds)
    return run(function, ((index, index) for index in indices), done=store.write, where=where)


def whole(path: Path) -> dict[str, bytes]:
    """The files of a store that was never interrupted."""
    with create(path, LAYOUT) as store:
        for index in store.missing():
            store.write(index, compute(index))
    return files_of(path)


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its name there."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def program(path: Path, seconds: float, **options: Any) -> subprocess.Popen[str]:
    """This file as a program that writes to a store; it says `ready` when it begins to compute."""
    command = [sys.executable, __file__, str(path), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """That of a process that can import this file."""
    found = [str(TESTS), *(entry for entry in sys.path if entry)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(found), **(extra or {})}


def main(path: Path, seconds: float, say: Callable[[str], None]) -> None:
    """Make or resume the store."""
    with open_for(path, LAYOUT, say) if path.exists() else create(path, LAYOUT) as store:
        say("ready")
        fill(store, Workers("threads", n=2), seconds=seconds)
    say(f"finished: {store.n_whole}")


def _terminate(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background jobs inherit as ignored
    signal.signal(signal.SIGTERM, _terminate)  # as misstep.cli does
    try:
        main(Path(sys.argv[1]), float(sys.argv[2]), lambda text: (sys.stdout.write(text + "\n"), sys.stdout.flush())[1])
    except MisstepError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
