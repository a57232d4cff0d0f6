"""The audit of whole libraries: a row for every optimizer, whatever the optimizer does to its process."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

import pytest

from audits import list_only
from misstep.adapters import LIBRARIES, parse
from misstep.adapters.lookup import find
from misstep.audit import CLASSES, Audit, Entry, audit, audited, examine
from misstep.audit.specs import DEFAULT_RATE, REQUIRED
from misstep.audit.worker import Workers
from misstep.errors import InvalidInput, MissingDependency

DESCENT, SIGN = "gradient_descent(learning_rate=1/2)", "sign_descent(learning_rate=1/10)"
USER_MODULE = """
import os, sys, time
import numpy as np

def pair(update):
    return (lambda x: None, update)

def hangs():
    return pair(lambda g, state, x: time.sleep(600))

def crashes():
    return pair(lambda g, state, x: os._exit(3))

def exits():
    return pair(lambda g, state, x: sys.exit("bye"))

def raises():
    def update(g, state, x):
        raise RuntimeError("boom\\nin two lines")
    return pair(update)

def nan():
    return pair(lambda g, state, x: (x * np.nan, state))

def still():
    return pair(lambda g, state, x: (x, state))

def loud():
    print("printed by Python")
    return pair(lambda g, state, x: (x - 0.1 * np.sign(g), state))
"""


@pytest.fixture
def module(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a user's module `mine`, which is the current one, for child processes too."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "mine.py").write_text(USER_MODULE)
    monkeypatch.chdir(folder)
    return folder


def timeless(entry: Entry) -> Entry:
    return replace(entry, seconds=0.0)


def test_a_row_never_ends_the_run(
    module: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.is_dir()
    # A process that was started after a crash has the same few seconds as one that is warm.
    monkeypatch.setattr("misstep.audit.worker.STARTUP", 10.0)
    names = ("loud", "still", "nan", "raises", "crashes", "exits", "loud", "hangs", "loud")
    with Workers(1, 3.0) as workers:
        found = [workers.examine(f"mine:{name}()", 0) for name in names]
    assert [str(entry.failure) for entry in found if entry.reason is None] == ["cycle"] * 3
    reasons = {name: entry.reason or "" for name, entry in zip(names, found, strict=True) if name != "loud"}
    assert "does not move" in reasons["still"]
    assert "nan in its first step" in reasons["nan"]
    assert "RuntimeError: boom in two lines" in reasons["raises"]
    assert reasons["crashes"] == "its process ended with exit status 3"
    assert reasons["exits"]
    assert reasons["hangs"] == "it was ended after 3 s: --time-limit allows more"
    assert all("\n" not in reason for reason in reasons.values())
    assert "printed by Python" not in capfd.readouterr().out


def test_a_process_that_cannot_be_started_is_a_row_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    list_only(monkeypatch, DESCENT)
    monkeypatch.setattr("multiprocessing.context.SpawnProcess._Popen", broken)
    # On the command line a broken pipe would be taken for a reader of the output that left.
    assert audit(["misstep"]).entries[0].reason == "its process could not be started: Broken pipe"


def test_rows_do_not_depend_on_processes_and_stay_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    list_only(monkeypatch, SIGN, "adam(learning_rate=0)", DESCENT)
    seen: list[tuple[str, int]] = []
    one, two = (
        audit(["misstep"], workers=n, progress=lambda entry, total: seen.append((entry.optimizer, total)))
        for n in (1, 2)
    )
    assert [entry.optimizer for entry in one.entries] == [SIGN, "adam(learning_rate=0)", DESCENT]
    as_text = [json.dumps([timeless(e).to_dict() for e in found.entries], allow_nan=False) for found in (one, two)]
    assert as_text[0] == as_text[1]
    assert json.loads(as_text[0])[0] == timeless(examine(SIGN)).to_dict()
    assert [found.entries[1].reason for found in (one, two)] == [one.entries[1].reason] * 2
    assert len(seen) == 6
    assert {total for _, total in seen} == {3}


def test_an_interrupted_audit_does_not_wait_for_what_runs(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.is_dir()
    list_only(monkeypatch, SIGN, "mine:hangs()", "mine:hangs()", SIGN)

    # Two seconds after the first row the other process is in its endless step.
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("misstep.audit.worker.STARTUP", 5.0)
    with pytest.raises(KeyboardInterrupt):
        audit(["misstep"], workers=2, time_limit=300.0, progress=interrupt)


def test_an_entry_says_what_was_found_in_every_class() -> None:
    entry = examine(SIGN)
    assert [c.function_class for c in entry.constructions] == list(CLASSES)
    assert str(entry.failure) == "cycle"
    found = entry.to_dict()
    assert found["critical_smoothness"]["convex"] == 20
    # A cycle of sign descent is as far from the minimizer whatever the gradient is.
    assert found["scales_with_slope"] == {"nonconvex": True, "convex": False, "strongly-convex": False}
    assert found["robust"] == {"starts": 8, "noise": 8, "of": 8}


def test_where_nothing_is_found_or_nothing_runs_there_is_nothing_to_be_robust() -> None:
    nothing, broken = examine("adagrad(learning_rate=1)"), examine("adam(learning_rate=-1)")
    assert str(nothing.failure) == "none"
    assert [nothing.robustness, broken.robustness] == [None, None]
    assert [broken.failure, broken.behavior, broken.critical("convex")] == [None, None, None]
    assert "must be positive" in (broken.reason or "")


def test_our_methods_get_a_learning_rate_and_the_one_that_is_given() -> None:
    assert f"adam(learning_rate={DEFAULT_RATE})" in audited("misstep")
    assert all(spec.endswith("(learning_rate=1/3)") for spec in audited("misstep", learning_rate="1/3"))


@pytest.mark.parametrize("library", ["torch", "optax", "keras", "pytorch_optimizer"])
def test_a_given_rate_reaches_every_optimizer_that_takes_one(library: str) -> None:
    pytest.importorskip(library)
    given = audited(library, learning_rate="1/8")
    assert len(given) == len(audited(library))
    for spec in given:
        parsed = parse(spec)
        rates = {"lr", "learning_rate"} & signature(find(parsed)[0]).parameters.keys()
        assert not rates or any(f"{rate}=1/8" in spec for rate in rates), spec


@pytest.mark.parametrize("name", REQUIRED)
def test_required_arguments_are_arguments_of_the_optimizer(name: str) -> None:
    pytest.importorskip(parse(name).library)
    spec = parse(f"{name}({REQUIRED[name]})")
    parameters = signature(find(spec)[0]).parameters
    assert {argument for argument, _ in spec.arguments} <= parameters.keys()
    assert all(parameters[argument].default is Parameter.empty for argument, _ in spec.arguments)
    assert any(one.startswith(f"{name}(") for one in audited(spec.library))


@pytest.mark.parametrize(
    ("libraries", "options", "said"),
    [
        ([], {}, "torch, optax, keras, pytorch_optimizer"),
        (["trch"], {}, "did you mean 'torch'?"),
        (["misstep"], {"time_limit": 0.0}, "must be positive"),
        (["misstep"], {"time_limit": float("inf")}, "finite"),
        (["misstep"], {"workers": 0}, "at least 1"),
        (["misstep"], {"learning_rate": "0"}, "must be positive"),
        (["misstep"], {"learning_rate": "fast"}, "fast"),
        (["misstep"], {"seed": -1}, "seed = -1"),
    ],
)
def test_bad_input_is_refused_before_any_work(libraries: list[str], options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        audit(libraries, **options)
    assert "\n" not in str(refused.value)
    assert said in str(refused.value)


def test_a_missing_library_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(library: str, **_: Any) -> tuple[str, ...]:
        raise MissingDependency(f"{library} is not installed")

    module = importlib.import_module("misstep.audit.audit")
    monkeypatch.setattr(module, "audited", missing)
    monkeypatch.setattr(module, "Workers", lambda *_: pytest.fail("work was begun"))
    with pytest.raises(MissingDependency):
        audit(["torch"])


def test_an_audit_as_json_says_what_was_asked() -> None:
    document = Audit(("misstep",), "1/10", (examine(DESCENT),), 7).to_dict()
    assert {key: document[key] for key in ("format", "libraries", "learning_rate", "seed")} == {
        "format": "misstep audit 1",
        "libraries": ["misstep"],
        "learning_rate": "1/10",
        "seed": 7,
    }
    assert set(document["libraries"]) <= set(LIBRARIES)
