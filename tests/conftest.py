"""Settings of the whole suite: reproducible property tests, and frameworks that write nothing into HOME."""

from __future__ import annotations

import os
import tempfile

from hypothesis import HealthCheck, settings

# Keras reads its backend and creates its folder when it is imported: both are set before any test is.
os.environ["KERAS_BACKEND"] = "jax"
os.environ["KERAS_HOME"] = tempfile.mkdtemp(prefix="misstep-keras-")
os.environ["JAX_PLATFORMS"] = "cpu"

settings.register_profile(
    "misstep", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("misstep")
