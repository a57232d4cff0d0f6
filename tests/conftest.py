"""Settings of the whole suite: reproducible property tests, and frameworks that write nothing into HOME."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Keras reads its backend and creates its folder when it is imported: both are set before any test is.
os.environ["KERAS_BACKEND"] = "jax"
os.environ["KERAS_HOME"] = tempfile.mkdtemp(prefix="misstep-keras-")
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ.setdefault("MISSTEP_CACHE", str(Path(__file__).parent.parent / ".pytest_cache" / "kernels"))
# Some versions of Dask write their settings there when they are imported.
os.environ["DASK_CONFIG"] = tempfile.mkdtemp(prefix="misstep-dask-")

settings.register_profile(
    "misstep", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("misstep")

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Debian's chromium, with a home of its own; tests that ask for it are skipped where it is not."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    home = tmp_path_factory.mktemp("home")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(ARGUMENTS), env={**os.environ, "HOME": str(home)}
        )
        yield launched
        launched.close()
