"""`import misstep` stays light."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {"torch", "pytorch_optimizer", "jax", "optax", "keras", "matplotlib", "scipy", "rich", "cyclopts"}
HEAVY |= {"numba", "xarray", "zarr", "dask", "distributed"}


def modules_after(statement: str) -> set[str]:
    """Top-level modules loaded in a fresh interpreter after the statement."""
    code = (
        f"{statement}\nimport json, sys\nprint(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


def test_importing_the_package_loads_no_framework_and_nothing_heavy() -> None:
    loaded = modules_after("import misstep")
    assert "misstep" in loaded
    assert not loaded & HEAVY


def test_importing_the_package_and_checking_a_certificate_do_without_numpy() -> None:
    assert "numpy" not in modules_after("import misstep")
    assert "numpy" not in modules_after("import misstep\nmisstep.check('missing')")


def test_every_public_name_is_found_when_it_is_first_used_whatever_was_imported_before() -> None:
    statement = (
        "import misstep.constructions, misstep.surd, misstep\n"
        "assert all(hasattr(misstep, name) for name in [*misstep.__all__, 'optimizers', 'functions'])\n"
        "assert misstep.surd(1, 2, 3) == misstep.Surd(1, 2, 3)\n"
        "assert not hasattr(misstep, 'nothing')"
    )
    assert "numpy" in modules_after(statement)


def test_running_the_core_loads_nothing_heavy_either() -> None:
    statement = (
        "import misstep as ms\n"
        "trajectory = ms.run(ms.cubic('1/10'), ms.Adam(learning_rate='1/10', eps=0), '0', 20)\n"
        "assert ms.diagnose(trajectory).outcome is ms.Outcome.DRIFTS"
    )
    assert not modules_after(statement) & HEAVY
