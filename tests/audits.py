"""A finished audit that tests of its renderings share: every kind of row, and texts that want to be markup."""

from __future__ import annotations

import importlib
from dataclasses import replace
from functools import cache

import pytest

from misstep.audit import Audit, Entry, examine

SPECS = (
    "sign_descent(learning_rate=1/10)",
    "gradient_descent(learning_rate=1/2)",
    "lion(learning_rate=0.01, weight_decay=0.1)",
    "adagrad(learning_rate=1)",
    "adam(learning_rate=0.1)",
)
HOSTILE = 'it said | <b>no</b> & "never" [x](http://localhost) `code` </script><script>alert(1)</script>'


@cache
def small_audit() -> Audit:
    """A cycle, a drift, a wrong limit, nothing found, and two that were not run."""
    found = [replace(examine(spec), seconds=0.5 + i) for i, spec in enumerate(SPECS)]
    broken = [Entry("torch:Muon", (), None, 20.0, HOSTILE), Entry("torch:LBFGS", (), None, 3.0, "it was ended")]
    return Audit(("misstep", "torch"), None, (*found, *broken), 0)


def list_only(monkeypatch: pytest.MonkeyPatch, *specs: str) -> None:
    """Let every library have these optimizers."""
    # `misstep.audit.audit` is the function by that name, so the module is asked for by way of the import system.
    monkeypatch.setattr(importlib.import_module("misstep.audit.audit"), "audited", lambda *_, **__: specs)
