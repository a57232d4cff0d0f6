"""`import misstep` stays light."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {"torch", "pytorch_optimizer", "jax", "optax", "keras", "matplotlib", "scipy", "numba", "rich", "cyclopts"}


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


def test_running_the_core_loads_nothing_heavy_either() -> None:
    statement = (
        "import misstep as ms\n"
        "trajectory = ms.run(ms.cubic('1/10'), ms.Adam(learning_rate='1/10', eps=0), '0', 20)\n"
        "assert ms.diagnose(trajectory).outcome is ms.Outcome.DRIFTS"
    )
    assert not modules_after(statement) & HEAVY
