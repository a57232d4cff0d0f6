"""`misstep construct`: what it prints and writes, its exit statuses, and that its function alone does the work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import misstep
from misstep.cli import main
from misstep.counterexamples import construct
from misstep.counterexamples.observed import Observed
from misstep.counterexamples.perturbed import Perturbed
from misstep.report.construction_files import NAMES, construction_files
from misstep.report.construction_table import print_construction
from misstep.report.figures.construction import draw_construction

SIGN = "sign_descent(learning_rate=1/10)"
FIELDS = {
    *("optimizer", "class", "failure", "L", "critical_smoothness", "infimum", "spacing", "period", "plateau"),
    *("stability", "family", "observed"),
}
USER_MODULE = """
import os, sys, time, warnings
import numpy as np

def pair(update):
    return (lambda x: None, update)

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
    os.write(1, b"written to descriptor 1\\n")
    warnings.warn("a warning of the library")
    return pair(lambda g, state, x: (x - 0.1 * np.sign(g), state))

def slow():
    def update(g, state, x):
        time.sleep(0.01)
        return x - 0.1 * np.sign(g), state
    return pair(update)
"""


@pytest.fixture
def module(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a user's module `mine`, which is the current one."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "mine.py").write_text(USER_MODULE)
    monkeypatch.chdir(folder)
    return folder


def run(*words: str) -> int:
    """The exit status of `misstep construct` in this process."""
    with pytest.raises(SystemExit) as stop:
        main(["construct", *words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def process(*words: str, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "misstep", "construct", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def listing(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


# What it prints


@pytest.mark.parametrize(
    ("words", "failure"),
    [
        (("adam(learning_rate=0.1)",), "drift"),
        ((SIGN,), "cycle"),
        (("lion(learning_rate=0.01, weight_decay=0.1)",), "wrong-limit"),
    ],
)
def test_json_is_one_object_with_every_field(
    words: tuple[str, ...], failure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words, "--no-curves", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() >= FIELDS
    assert found["failure"] == failure
    assert found["class"] == "nonconvex"
    assert {run["dtype"] for run in found["observed"]} == {"float64", "float32"}


def test_the_sentence_comes_first_then_the_facts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("adam(learning_rate=0.1, beta1=0.9)", "--plateau", "0.25", "--family", "spline") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("misstep.Adam drifts on a nonconvex function with L = 160.000002: 0.099999999 a step")
    names = [line.split("  ")[0].strip() for line in lines[1:]]
    wanted = ("class", "L", "optimum", "critical smoothness", "infimum", "spacing", "period", "plateau", "stability")
    assert [name for name in names if name in wanted] == list(wanted)
    text = "\n".join(lines)
    assert "held for 1000 of 1000 steps" in text
    for claim in ("proved", "verified", "PROVED"):
        assert claim not in text


@pytest.mark.parametrize("width", [40, 80, 160])
def test_every_fact_is_there_at_any_width(width: int) -> None:
    found = construct(SIGN, curves=False)
    out = StringIO()
    print_construction(found, Console(file=out, width=width), exact_in="with --json")
    words = " ".join(out.getvalue().split())
    for text in ("cycles with period 2", "nonconvex", "2 steps", "-1/40 = -0.025", "held for 1000 of 1000", "tried"):
        assert text in words
    assert all(len(line.rstrip()) <= width for line in out.getvalue().splitlines()[1:])


def test_a_long_fraction_is_a_float_that_says_where_it_is_exact() -> None:
    found = construct("heavy_ball(learning_rate=0.1, momentum=0.9)", curves=False)
    assert found.example is not None
    long = replace(found, example=replace(found.example, spacing=misstep.exact("1/3") ** 60))
    out = StringIO()
    print_construction(long, Console(file=out, width=120), exact_in="in construction.json")
    assert "2.35898249e-29 (exact in construction.json)" in out.getvalue()


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    out = StringIO()
    print_construction(construct(SIGN, curves=False), Console(file=out, force_terminal=True), exact_in="")
    assert "\x1b[3" not in out.getvalue()


def test_none_found_says_how_it_was_searched_and_exits_with_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("adagrad(learning_rate=1)", "--out", str(tmp_path / "out")) == 3
    text = " ".join(capsys.readouterr().out.split())
    assert text.startswith("none found: no nonconvex function was found on which misstep.AdaGrad fails")
    assert "sign words: 37, all to length 8" in text
    assert set(listing(tmp_path)) == {"out/construction.json"}
    assert json.loads((tmp_path / "out" / "construction.json").read_text())["failure"] == "none"


def test_what_a_library_prints_stays_out_of_json(module: Path) -> None:
    with process("mine:loud()", "--no-curves", "--json", cwd=module) as running:
        stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 0
    assert json.loads(stdout)["failure"] == "cycle"
    assert "printed by Python" in stderr
    assert "written to descriptor 1" in stderr
    assert "a warning" not in stderr


def test_a_float_that_is_not_finite_is_null_in_json() -> None:
    found = construct(SIGN, curves=False)
    inf = float("inf")
    broken = Observed("float32", 1000, 3, inf, float("nan"), persists=False)
    wild = replace(found, stability=Perturbed("repelling", inf, inf, 1.0), observed=(broken,))
    text = json.dumps(wild.to_dict(), allow_nan=False)
    assert json.loads(text)["stability"] == {"kind": "repelling", "multiplier": None, "left": None, "right": 1.0}


def test_floats_beside_exact_numbers_are_the_nearest() -> None:
    found = construct(SIGN, curves=False).to_dict()
    assert found["infimum"] == {"exact": "-1/40", "float": -0.025}


# Mistakes

MISTAKES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "unknown optimizer": (("torch:Adamm(lr=1e-3)",), "did you mean Adam"),
    "unknown optimizer of ours": (("adan",), "did you mean adam"),
    "ill-typed argument": (("adam(learning_rate='x')",), "learning_rate must be a number"),
    "unknown argument": (("adam(learning_rate=0.1, beta3=0.9)",), "beta3"),
    "zero rate": (("adam(learning_rate=0)",), "must be positive"),
    "negative rate": (("torch:SGD(lr=-1)",), "must be positive"),
    "unparsable": (("adam(learning_rate=0.1",), 'expected ","'),
    "no optimizer": ((), "SPEC"),
    "wide plateau": ((SIGN, "--plateau", "0.7"), "[0, 1/2)"),
    "plateau in words": ((SIGN, "--plateau", "wide"), "plateau must be a number"),
    "unknown class": ((SIGN, "--class", "convexx"), "nonconvex, convex, strongly-convex"),
    "mu without class": ((SIGN, "--mu", "0.1"), "strongly convex class"),
    "class without mu": ((SIGN, "--class", "strongly-convex"), "must be positive"),
    "mu and condition": ((SIGN, "--class", "strongly-convex", "--mu", "1", "--condition", "2"), "without mu"),
    "sine with plateau": ((SIGN, "--family", "sine", "--plateau", "0.1"), "no plateaus"),
    "unknown family": ((SIGN, "--family", "spine"), "did you mean 'spline'?"),
    "few steps": ((SIGN, "--steps", "5"), "from 100 to 1000000"),
    "steps in words": ((SIGN, "--steps", "many"), "--steps"),
    "long words": ((SIGN, "--longest", "40"), "from 1 to 12"),
    "dimension in words": ((SIGN, "--dimension", "plane"), "dimension = 'plane'"),
    "no dimension": ((SIGN, "--dimension", "0"), "dimension"),
    "convex in space": ((SIGN, "--dimension", "2x2", "--class", "convex"), "nonconvex"),
    "flat": ((SIGN, "--slope", "0"), "must be positive"),
    "seed": ((SIGN, "--seed=-1"), "seed"),
    "unknown export": ((SIGN, "--export", "torhc"), "did you mean 'torch'?"),
    "an optimizer that raises": (("mine:raises()",), "RuntimeError: boom in two lines"),
    "an optimizer that returns NaN": (("mine:nan()",), "nan in its first step"),
    "an optimizer that is still": (("mine:still()",), "does not move"),
}


@pytest.mark.parametrize(("words", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_costs_one_line_and_exit_status_2(
    words: tuple[str, ...], said: str, tmp_path: Path, module: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert module.is_dir()
    if words and words[0].startswith("torch"):
        pytest.importorskip("torch")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "function.py").write_text("mine")
    assert run(*words, "--out", str(tmp_path / "out")) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("misstep: ")
    assert captured.err.count("\n") == 1
    assert said in captured.err
    assert listing(tmp_path) == {"out/function.py": b"mine"}


def test_export_without_a_folder_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(SIGN, "--export", "numpy") == 2
    assert "--out" in capsys.readouterr().err


def test_debug_shows_where_the_mistake_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(SIGN, "--plateau", "0.7", "--debug") == 2
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert err.splitlines()[-1].startswith("misstep: plateau = 7/10")


# Files


@pytest.mark.parametrize("where", ["file", "below a file", "/proc/misstep", "taken"])
def test_an_unusable_folder_is_refused_before_any_work(
    where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("misstep.counterexamples.construct", lambda *_, **__: pytest.fail("work was begun"))
    (tmp_path / "file").write_text("kept")
    (tmp_path / "taken" / "figure.svg").mkdir(parents=True)
    names = {"file": "file", "below a file": "file/out", "taken": "taken"}
    assert run(SIGN, "--out", str(tmp_path / names[where]) if where in names else where) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert listing(tmp_path) == {"file": b"kept"}


def test_every_file_is_written_and_others_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert run(SIGN, "--out", str(tmp_path), "--export", "numpy", "torch", "jax", "--json") == 0
    captured = capsys.readouterr()
    written = listing(tmp_path)
    assert set(written) == {*NAMES, "notes.txt"}
    assert written["notes.txt"] == b"mine"
    assert json.loads(captured.out) == json.loads(written["construction.json"])
    assert str(tmp_path) in captured.err.replace("\n", "")
    ET.fromstring(written["figure.svg"])  # noqa: S314 — our own text


def test_in_space_there_is_everything_but_a_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run("adam(learning_rate=0.1)", "--dimension", "2", "--out", str(out), "--export", "torch") == 0
    assert "drifts" in capsys.readouterr().out
    assert set(listing(out)) == {"construction.json", "function.py", "function.tex", "function_torch.py"}
    ran = subprocess.run([sys.executable, "-I", "-S", out / "function.py"], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_the_folder_tells_of_one_run(tmp_path: Path) -> None:
    assert run(SIGN, "--out", str(tmp_path), "--no-curves", "--export", "numpy") == 0
    assert run(SIGN, "--out", str(tmp_path), "--no-curves") == 0
    assert "function_numpy.py" not in listing(tmp_path)
    assert run("adagrad(learning_rate=1)", "--out", str(tmp_path)) == 3
    assert set(listing(tmp_path)) == {"construction.json"}


def test_nothing_is_written_without_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(SIGN, "--no-curves") == 0
    assert capsys.readouterr().err == ""
    assert listing(tmp_path) == {}


@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "")])
def test_an_interrupted_search_leaves_what_was_there(
    number: signal.Signals, said: str, tmp_path: Path, module: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "function.py").write_text("mine")
    with process("mine:slow()", "--out", str(out), cwd=module, start_new_session=True) as running:
        deadline = time.monotonic() + 30
        while len(list(out.iterdir())) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        os.killpg(running.pid, number)
        stdout, stderr = running.communicate(timeout=30)
    assert running.returncode == 128 + number
    assert stdout == ""
    assert "Traceback" not in stderr
    assert said in stderr
    assert listing(tmp_path) == {"out/function.py": b"mine"}


# The figure


@pytest.mark.parametrize(
    ("spec", "options", "said"),
    [
        ("adam(learning_rate=0.1)", {}, "iterates x_0 to x_5"),
        ("adam(learning_rate=0.1)", {"family": "smooth-plateau", "curves": False}, "iterates x_0 to x_5"),
        ("heavy_ball(learning_rate=0.1, momentum=0.9)", {}, "units of c = 1 and s = 1"),
        (SIGN, {}, "joined in their order"),
        ("lion(learning_rate=0.01, weight_decay=0.1)", {"function_class": "convex"}, "does not reach the minimizer"),
        ("lion(learning_rate=1, weight_decay=1/100)", {"function_class": "strongly-convex", "mu": "1/10"}, "star"),
    ],
)
def test_the_figure_shows_the_run_on_its_function(spec: str, options: dict[str, Any], said: str) -> None:
    found = construct(spec, **options)
    figure = draw_construction(found)
    assert figure is not None
    assert said in figure.caption
    assert figure.caption.endswith(".")
    assert ("least L" in figure.caption) is (options.get("curves", True) and len(found.by_slope.at) > 1)
    assert figure == draw_construction(found)
    portrait = found.portrait
    assert portrait is not None
    assert found.function is not None
    assert [float(g) for g in found.function.gradient(portrait.x)] == portrait.g.tolist()


# The promise: function.py alone makes the optimizer fail.

JUDGE = """
import importlib.util, json, sys

def load(folder):
    spec = importlib.util.spec_from_file_location("function", folder + "/function.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, json.load(open(folder + "/construction.json"))

def judge(folder, make, n=300):
    module, told = load(folder)
    assert "misstep" not in sys.modules
    start = told["settled"] + n if told["horizon"] is None else told["horizon"] - 1
    x, xs, gs = float(module.X0), [], []
    step = make(x)
    for _ in range(start + 1):
        xs.append(x)
        gs.append(float(module.gradient(x)))
        x = float(step(gs[-1]))
    least = 0.5 * min(abs(g["float"]) for g in told["gradients"])
    assert min(map(abs, gs[told["settled"]:])) >= least, "the gradient vanishes"
    if told["failure"] == "wrong-limit":
        assert abs(xs[-1] - told["nodes"][0]["float"]) <= 1e-6 * abs(xs[-1]), "it leaves its resting place"
    elif told["spacing"] is not None:
        p, s = told["period"], told["spacing"]["float"]
        nodes = [node["float"] for node in told["nodes"]]
        size = max(abs(s), max(nodes) - min(nodes))
        moved = [b - a for a, b in zip(xs[-3 * p - 1 :], xs[-2 * p - 1 :])]
        assert all(abs(m - s) <= 1e-3 * size for m in moved), (moved, s)
        wanted = sorted(g["float"] for g in told["gradients"])
        assert all(abs(a - b) <= 1e-2 * abs(b) for a, b in zip(sorted(gs[-p:]), wanted)), "other gradients"
    print(told["failure"])
"""

PLAIN: Mapping[str, tuple[str, dict[str, Any], str, str]] = {
    "Adam": (
        "adam(learning_rate=0.1, beta1=0.9, beta2=0.999, eps=1e-8)",
        {},
        """
def make(x, m=0.0, v=0.0, k=0):
    def step(g):
        nonlocal x, m, v, k
        k += 1; m = 0.9 * m + 0.1 * g; v = 0.999 * v + 0.001 * g * g
        x -= 0.1 * (m / (1 - 0.9**k)) / ((v / (1 - 0.999**k)) ** 0.5 + 1e-8)
        return x
    return step
""",
        "drift",
    ),
    "heavy ball": (
        "heavy_ball(learning_rate=0.1, momentum=0.9)",
        {"function_class": "strongly-convex", "mu": "1/10"},
        """
def make(x, m=0.0):
    def step(g):
        nonlocal x, m
        m = 0.9 * m + g; x -= 0.1 * m
        return x
    return step
""",
        "cycle",
    ),
    "sign descent": (
        SIGN,
        {"function_class": "convex"},
        """
def make(x):
    def step(g):
        nonlocal x
        x -= 0.1 * ((g > 0) - (g < 0))
        return x
    return step
""",
        "cycle",
    ),
    "Lion": (
        "lion(learning_rate=0.01, beta1=0.9, beta2=0.99, weight_decay=0)",
        {},
        """
def make(x, m=0.0):
    def step(g):
        nonlocal x, m
        u = 0.9 * m + 0.1 * g; x -= 0.01 * ((u > 0) - (u < 0)); m = 0.99 * m + 0.01 * g
        return x
    return step
""",
        "cycle",
    ),
}

TORCH = """
import torch
def maker(cls, **options):
    def make(x):
        p = torch.nn.Parameter(torch.tensor(x, dtype=torch.float64))
        optimizer = cls([p], **options)
        def step(g):
            p.grad = torch.tensor(g, dtype=torch.float64)
            optimizer.step()
            return p.item()
        return step
    return make
"""
OPTAX = """
import jax
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp, optax
def make(x):
    method = optax.lion(learning_rate=1e-2)
    p = jnp.asarray(x); state = method.init(p)
    def step(g):
        nonlocal p, state
        updates, state = method.update(jnp.asarray(g), state, p)
        p = optax.apply_updates(p, updates)
        return p
    return step
"""
KERAS = """
import keras
keras.config.set_floatx("float64")
def make(x):
    p = keras.Variable(x, dtype="float64")
    optimizer = keras.optimizers.Adam(learning_rate=1e-2)
    def step(g):
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64")], [p])
        return keras.ops.convert_to_numpy(p.value)
    return step
"""


def written(folder: Path, optimizer: Any, **options: Any) -> str:
    """A folder with the construction's files, and how the optimizer is said to fail."""
    found = construct(optimizer, curves=False, **options)
    folder.mkdir()
    for name, text in construction_files(found).items():
        (folder / name).write_text(text, encoding="utf-8")
    return str(found.failure)


def judged(script: str, *flags: str) -> list[str]:
    """What a clean interpreter says, which does not know where misstep is."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, *flags, "-c", JUDGE + script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(("spec", "options", "make", "failure"), PLAIN.values(), ids=PLAIN)
def test_the_function_alone_defeats_the_method_written_in_three_lines(
    spec: str, options: dict[str, Any], make: str, failure: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    assert written(folder, spec, **options) == failure
    assert judged(f"{make}\njudge({str(folder)!r}, make)", "-I", "-S") == [failure]
    ran = subprocess.run([sys.executable, "-I", "-S", folder / "function.py"], capture_output=True, check=False)
    assert ran.returncode == 0


def test_the_function_alone_defeats_torch(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    cases: list[tuple[Callable[..., Any], dict[str, Any], dict[str, Any]]] = [
        (torch.optim.Adam, {"lr": 1e-3}, {}),
        (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}, {"function_class": "strongly-convex", "mu": "0.1"}),
        (torch.optim.RMSprop, {"lr": 1e-2}, {}),
        (torch.optim.AdamW, {"lr": 1e-3}, {}),
        (torch.optim.Adafactor, {}, {}),
    ]
    script, failures = TORCH, []
    for i, (cls, arguments, options) in enumerate(cases):
        folder = tmp_path / str(i)
        failures.append(written(folder, cls, **options, **arguments))
        given = ", ".join(f"{name}={value}" for name, value in arguments.items())
        script += f"judge({str(folder)!r}, maker(torch.optim.{cls.__name__}, {given}))\n"
    assert failures == ["drift", "cycle", "drift", "wrong-limit", "drift"]
    assert judged(script) == failures


def test_the_function_alone_defeats_optax(tmp_path: Path) -> None:
    pytest.importorskip("optax")
    failure = written(tmp_path / "out", "optax:lion(learning_rate=1e-2)", function_class="convex")
    assert judged(f"{OPTAX}\njudge({str(tmp_path / 'out')!r}, make)") == [failure] == ["wrong-limit"]


def test_the_function_alone_defeats_keras(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    failure = written(tmp_path / "out", "keras:Adam(learning_rate=0.01)")
    assert judged(f"{KERAS}\njudge({str(tmp_path / 'out')!r}, make)") == [failure] == ["drift"]


# From Python


def test_construct_is_at_the_top_and_imported_when_it_is_used() -> None:
    code = (
        "import sys, misstep; early = 'misstep.counterexamples' in sys.modules; "
        "misstep.construct, misstep.Construction, misstep.Failure; "
        "sys.exit(early or 'misstep.counterexamples' not in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert misstep.construct is construct
    with pytest.raises(AttributeError, match="no attribute 'destruct'"):
        misstep.destruct  # noqa: B018


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    text = " ".join(capsys.readouterr().out.split())
    for example in ('misstep construct "torch:Adam(lr=1e-3)"', "--class strongly-convex", "--mu 0.1", "--out toint/"):
        assert example in text
