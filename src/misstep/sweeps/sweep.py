"""Run a sweep: all cells of a spec, in memory or into a store."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from misstep._version import __version__
from misstep.errors import InvalidInput, MissingDependency, unknown_name
from misstep.sweeps.cells import lanes_of
from misstep.sweeps.certify import proved_in
from misstep.sweeps.chunks import chunk_at
from misstep.sweeps.dataset import drawn_coordinates, layout_of
from misstep.sweeps.engine import run
from misstep.sweeps.kernels.advance import KernelName
from misstep.sweeps.kernels.compiled import has_numba
from misstep.sweeps.kernels.jax_source import require_jax
from misstep.sweeps.kernels.run import run_lanes
from misstep.sweeps.memory import MemoryStore, in_memory
from misstep.sweeps.plan import Plan, plan
from misstep.sweeps.reading import read_spec, read_study
from misstep.sweeps.replicates import over_replicates
from misstep.sweeps.spec import SweepSpec
from misstep.sweeps.store import Store, create, open_for
from misstep.sweeps.workers import Workers, n_processors

if TYPE_CHECKING:
    import xarray

KERNELS = ("numba", "numpy", "jax")

USUAL_RATE = {"numba": 2.5e8, "numpy": 4e6, "jax": 5e7}
"""Steps a second of one thread, all quantities measured, on a usual machine: what a plan counts with."""

Progress = Callable[[int, int], object]
"""Is told how many chunks are done, and how many there are."""


def sweep(
    spec: SweepSpec | str | os.PathLike[str],
    *,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    kernel: str | None = None,
    workers: int | None = None,
    scheduler: str = "threads",
    confirmed: bool = False,
    progress: Progress | None = None,
    report: Callable[[str], None] = print,
    **options: Any,
) -> xarray.Dataset:
    """Run a method over ranges of its hyper-parameters, of a function's parameters, of starts and of noise.

    Args:
        spec: A `SweepSpec`; a path to a TOML file; or a method with ranges, such as
            `"adam(learning_rate=0.1, beta1=0..0.999:200)"`, with the `options` of `misstep.sweeps.reading.read_spec`:
            steps, function, x0, noise, power, arithmetic, seed, replicates, design, points, quantities, certify, axes.
        out: Folder of the zarr store to write; `None` keeps all in memory.
        resume: Go on with the store that is there: only what is missing, or damaged, is computed.
        kernel: `"numba"` or `"numpy"`, with the same results; numba unless it is absent. Or `"jax"`, which runs on a
            GPU where JAX has one, and whose results are not the same to the last bit.
        workers: Number of threads or processes; one a processor, unless told.
        scheduler: `"threads"`, `"processes"`, `"dask"` (a cluster of `workers` on this machine), or the address of the
            scheduler of a Dask cluster, `"tcp://…"`.
        confirmed: Whether a very large sweep is meant.
        progress: Is told of each chunk that is done.
        report: Is told of what was damaged in a store and is computed again.
        **options: See `spec`.

    Returns:
        A dataset whose dimensions are the axes, whose variables are the quantities, and whose attributes tell the spec,
        seed and versions; that of a store is read when it is used.

    Raises:
        InvalidInput: the spec breaks a condition, or the store is there, is of another sweep, or cannot be written.
        MissingDependency: xarray or zarr, or Dask for a cluster, or numba where it is asked for, is not installed.
        MisstepError: workers were lost again and again.

    >>> text = "adam(learning_rate=0.1, beta1=[0, 0.9], beta2=[0, 0.9], eps=0)"
    >>> found = sweep(text, function="plateau", steps=1000)
    >>> found.outcome.values.tolist(), found.outcome.flag_meanings.split()[1]
    ([[1, 1], [1, 1]], 'drifts')
    >>> round(found.speed.sel(beta1=0.9, beta2=0.9).item(), 12)
    0.1
    """
    chosen = as_spec(spec, **options)
    kind = _kernel(kernel)
    where = _workers(workers, scheduler)
    _planned(chosen, kind, where).require(confirmed=confirmed)
    layout = layout_of(chosen, _versions(kind))
    if out is None and resume:
        raise InvalidInput("resume = True needs the store to go on with: out")
    opened: Store | MemoryStore
    if out is None:
        opened = in_memory(layout)
    else:
        opened = open_for(out, layout, report) if resume else create(out, layout)
    with opened as store:
        total = len(store.grid)

        def done(index: int, arrays: dict[str, npt.NDArray[Any]]) -> None:
            store.write(index, arrays)
            if progress is not None:
                progress(store.n_whole, total)

        if progress is not None:
            progress(store.n_whole, total)
        run(partial(compute_chunk, chosen, kind), ((i, i) for i in store.missing()), done=done, where=where)
        return store.dataset()


def planned(
    spec: SweepSpec, *, kernel: str | None = None, workers: int | None = None, scheduler: str = "threads"
) -> Plan:
    """What a sweep will take, at the rate of a usual machine.

    Args:
        spec: The sweep.
        kernel: See `sweep`, as all others.
        workers: See `sweep`.
        scheduler: See `sweep`; a cluster is counted as this machine.
    """
    return _planned(spec, _kernel(kernel), _workers(workers, scheduler))


def _planned(spec: SweepSpec, kernel: KernelName, where: Workers) -> Plan:
    n = n_processors() if where.address is not None else where.count
    return plan(spec, rate=USUAL_RATE[kernel] * n, workers=n)


def as_spec(spec: SweepSpec | str | os.PathLike[str], **options: Any) -> SweepSpec:
    """The spec that is meant by what `sweep` takes.

    Raises:
        InvalidInput: see `sweep`.
    """
    if isinstance(spec, SweepSpec) or not isinstance(spec, str) or spec.endswith(".toml"):
        if options:
            raise InvalidInput(f"a spec says all by itself: {', '.join(options)} cannot be given beside it")
        return spec if isinstance(spec, SweepSpec) else read_study(Path(spec))
    if "steps" not in options:
        raise InvalidInput("steps is missing: how many steps each run takes, such as steps=1e5")
    return read_spec(spec, **options)


def compute_chunk(spec: SweepSpec, kernel: KernelName, number: int) -> dict[str, npt.NDArray[Any]]:
    """The quantities of the cells of chunk `number`, flat: a function of its arguments alone."""
    chunk = chunk_at(spec, number)
    cells = over_replicates(run_lanes(lanes_of(spec, chunk), kernel), spec.replicates, spec.quantities)
    proved = {"proved": proved_in(spec, chunk, kernel)} if spec.certify else {}
    return {**drawn_coordinates(spec, chunk), **cells, **proved}


def _kernel(kernel: str | None) -> KernelName:
    if kernel is None:
        return "numba" if has_numba() else "numpy"
    if kernel not in KERNELS:
        raise unknown_name(kernel, "a kernel", KERNELS)
    if kernel == "numba" and not has_numba():
        raise MissingDependency("kernels are compiled with numba: install misstep[sweep], or ask for kernel numpy")
    if kernel == "jax":
        require_jax()
        return "jax"
    return "numba" if kernel == "numba" else "numpy"


def _workers(n: int | None, scheduler: str) -> Workers:
    if "://" in scheduler:
        return Workers("dask", n=n, address=scheduler)
    return Workers(scheduler, n=n)  # type: ignore[arg-type]


def _versions(kernel: str) -> dict[str, str]:
    """What computed the numbers."""
    libraries = ("numpy",) if kernel == "numpy" else ("numpy", kernel)
    found = {"misstep": __version__, "python": platform.python_version()}
    return {**found, **{name: metadata.version(name) for name in libraries}, "kernel": kernel}
