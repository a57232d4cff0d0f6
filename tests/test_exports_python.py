"""`function.py`: the standard library alone, exact, and its own judge."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings

import misstep as ms
from exported import ALL, INTERPOLANTS, LINE, RATIONAL, RIDGES, SMOOTH, TITLE, load, many_pieces, points, steepness
from helpers import fraction, rational
from misstep._version import __version__
from misstep.exports import EXPORTS, to_python
from misstep.exports.literal import MAX_DIGITS
from misstep.scalars import exact_from_float
from strategies import piecewise_polynomials, rationals

HOSTILE = [
    'quotes """ and \'\'\' and a last one "',
    '"""\nraise SystemExit(3)\n"""',
    "a last backslash \\",
    '\\"""\nimport os; os._exit(3)  # ',
    "\\N{BULLET} \\x41 \\u0041 \\",
    "lines\r\nand\x0cpages\x00\x1b[2J \u2028 \u202e",
    "% {} {0} ${title} $xp $$ %s",
    "ℝⁿ ∞ 日本 \ud800 \U0001f600",
]


def run(path: Path) -> subprocess.CompletedProcess[str]:
    """The file in a clean interpreter: no site packages, no environment, no folder of the caller."""
    command = [sys.executable, "-I", "-S", "-W", "error", str(path)]
    return subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")


def exactly(x: float) -> fmpq:
    return exact_from_float(float(x))


@pytest.mark.parametrize("name", ALL)
def test_the_file_runs_alone_and_all_its_checks_pass(name: str) -> None:
    module = load("python", ALL[name], facts=["a fact"], start="1/3")
    ran = run(Path(module.__file__))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stderr == ""
    assert TITLE in ran.stdout
    assert "* a fact" in ran.stdout
    assert f"Made by misstep {__version__}" in ran.stdout
    assert "ok      " in ran.stdout
    assert "FAILED" not in ran.stdout


@pytest.mark.parametrize("name", ALL)
def test_the_file_needs_the_standard_library_and_python_3_9_alone(name: str) -> None:
    tree = ast.parse(to_python(ALL[name], title=TITLE), feature_version=(3, 9))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules <= {"bisect", "fractions", "math", "numbers", "random", "sys"} <= sys.stdlib_module_names


@pytest.mark.parametrize("target", EXPORTS)
@pytest.mark.parametrize("name", ["plateau", "sine", "smooth plateau", "mixed", "coupled", "nonconvex"])
def test_a_file_holds_no_name_that_it_does_not_use_or_lacks(name: str, target: str, tmp_path: Path) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.exists():
        pytest.skip("ruff is not installed")
    path = tmp_path / "function.py"
    path.write_text(EXPORTS[target](ALL[name], title=TITLE), encoding="utf-8")
    command = [
        str(ruff),
        "check",
        "--isolated",
        "--select",
        "E9,F,B,I",
        "--ignore",
        "B905",
        "--line-length=120",
        str(path),
    ]
    ran = subprocess.run(command, capture_output=True, check=False, text=True)
    assert ran.returncode == 0, ran.stdout


@given(f=piecewise_polynomials(), places=st.lists(rationals(-40, 40, 24), min_size=3, max_size=8))
@settings(max_examples=40)
def test_a_piecewise_polynomial_is_exact_on_exact_numbers(f: ms.PiecewisePolynomial, places: list[Fraction]) -> None:
    made: dict[str, Any] = {"__name__": "function"}
    exec(to_python(f, title=TITLE), made)  # noqa: S102 - what is tested
    far = [t + 1000003 for t in places]
    tried: list[Fraction | int] = [*places, *far, *(fraction(knot) for knot in f.knots), 0, 7]
    for t in tried:
        assert (made["value"](t), made["gradient"](t)) == tuple(map(fraction, f.value_and_gradient(rational(t))))
        assert isinstance(made["value"](t), Fraction)
    assert all(passed is not False for passed, _ in made["FUNCTION"].check())


@pytest.mark.parametrize("name", RATIONAL)
def test_a_float_gives_the_exact_result_rounded(name: str) -> None:
    """However far from 0: within a few units in the last place of the largest term."""
    f, module = RATIONAL[name], load("python", RATIONAL[name])
    for x in points(f):
        exact = [float(number) for number in f.value_and_gradient(exactly(x))]
        found = module.value(float(x)), module.gradient(float(x))
        tolerance = 1e-15 * max(abs(float(c)) for piece in f.coefficients for c in piece) * 10
        assert found == pytest.approx(exact, rel=4e-15, abs=tolerance)
        assert all(type(number) is float for number in found)


@pytest.mark.parametrize("name", LINE)
def test_a_float_gives_what_misstep_gives(name: str) -> None:
    """Up to what the argument's rounding changes: L·|x| and |f'|·|x| times 1e-15."""
    f, module = LINE[name], load("python", LINE[name])
    x = points(f)
    value, gradient = f.value_and_gradient(x)
    tolerance = 4e-15 * steepness(f) * np.maximum(1, np.abs(x))
    assert (np.abs([module.value(float(t)) for t in x] - value) <= np.maximum(tolerance, 4e-15 * np.abs(value))).all()
    assert (np.abs([module.gradient(float(t)) for t in x] - gradient) <= tolerance).all()


@pytest.mark.parametrize("name", [*RIDGES, *INTERPOLANTS])
def test_a_point_of_many_variables_gives_what_misstep_gives(name: str) -> None:
    """To 1e-12 of the scale of what is added."""
    f = ALL[name]
    module, unit = load("python", f), 1e-12 * steepness(f)
    for x, value, gradient in zip(points(f), *f.value_and_gradient(points(f)), strict=True):
        scale = unit * (1 + float(x @ x))
        assert module.value(x.tolist()) == pytest.approx(float(value), abs=scale)
        assert module.gradient(x.tolist()) == pytest.approx(gradient.tolist(), abs=scale)


@pytest.mark.parametrize("name", ["separable", "rotated", "coupled"])
def test_a_ridge_sum_of_piecewise_polynomials_is_exact_on_exact_numbers(name: str) -> None:
    f, module = RIDGES[name], load("python", RIDGES[name])
    x = [Fraction(k * k + 1, 7 + k) for k in range(f.dimension)]
    value, gradient = f.value_and_gradient(np.array([rational(entry) for entry in x], dtype=object))
    assert module.value(x) == fraction(value)
    assert module.gradient(x) == [fraction(entry) for entry in gradient]


@pytest.mark.parametrize("name", SMOOTH)
def test_a_smooth_function_is_exact_at_nodes(name: str) -> None:
    f, module = SMOOTH[name], load("python", SMOOTH[name])
    for k in range(5):
        t = fraction(f.node(k))
        assert (module.value(t), module.gradient(t)) == (0, fraction(f.gradient(f.node(k))))
        assert module.gradient(-t) == module.gradient(t)


@pytest.mark.parametrize("slope", ["1", "1/3", "7e-5"])
def test_on_a_plateau_the_gradient_of_a_float_is_the_slope_correctly_rounded(slope: str) -> None:
    for f in (ms.plateau("1/10", slope, left="periodic"), ms.smooth_plateau("1/10", slope)):
        module = load("python", f)
        expected = -float(Fraction(slope))
        assert {module.gradient(k * 0.1 + d) for k in range(-9999, 9999, 101) for d in (-0.024, 0, 0.024)} == {expected}


@pytest.mark.parametrize("name", ["plateau", "transient", "smooth plateau", "coupled", "nonconvex"])
def test_where_a_run_has_blown_up_it_goes_on_as_nan(name: str) -> None:
    f, module = ALL[name], load("python", ALL[name])
    for bad in (math.nan, math.inf, -math.inf):
        x = bad if isinstance(f, ms.LineFunction) else [bad, *[0.0] * (f.dimension - 1)]
        assert math.isnan(module.value(x))
        assert np.isnan(module.gradient(x)).all()


def test_the_constants_are_exact_or_on_the_safe_side() -> None:
    cubic = load("python", ms.cubic("1/10"), start="0.1")
    assert (cubic.X0, cubic.L) == (Fraction(1, 10), 60)
    assert 0 < -math.sqrt(3) / 180 - cubic.INFIMUM < 1e-15
    assert load("python", RATIONAL["fall"]).INFIMUM == -math.inf
    for f in (*SMOOTH.values(), RATIONAL["cycle, quintic"]):
        module = load("python", f)
        exact = f.lipschitz_constant()
        ball = exact.enclosure() if isinstance(exact, ms.Surd) else exact
        assert not rational(module.L) < ball
        assert float(module.L) == pytest.approx(float(exact), rel=1e-4)


STARTS: dict[str, tuple[Any, Any]] = {
    "a ratio": ("1/3", Fraction(1, 3)),
    "a decimal": ("0.1", Fraction(1, 10)),
    "an int": (-2, Fraction(-2)),
    "a float": (0.1, Fraction(0.1)),
    "a fraction": (Fraction(2, 7), Fraction(2, 7)),
    "a number of the package": (fmpq(2, 7), Fraction(2, 7)),
    "a decimal number": (Decimal("0.1"), Fraction(1, 10)),
    "a numpy float": (np.float64(0.5), Fraction(1, 2)),
}


@pytest.mark.parametrize(("start", "expected"), STARTS.values(), ids=STARTS)
def test_a_start_is_a_number_or_one_for_each_variable(start: Any, expected: Fraction) -> None:
    assert load("python", ms.cubic(1), start=start).X0 == expected
    assert load("python", RIDGES["mixed"], start=start).X0 == [expected] * 2
    assert load("python", RIDGES["mixed"], start=[start, "1/2"]).X0 == [expected, Fraction(1, 2)]
    assert load("numpy", RIDGES["mixed"], start=[start, "1/2"]).X0 == [float(expected), 0.5]


def test_a_start_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ms.InvalidInput, match="start has 3 entries: 2 are needed"):
        to_python(RIDGES["mixed"], title=TITLE, start=[0, 0, 0])
    with pytest.raises(ms.InvalidInput, match="'here' is not a finite number"):
        to_python(ms.cubic(1), title=TITLE, start="here")


@pytest.mark.parametrize("target", EXPORTS)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_title_or_fact_becomes_code(text: str, target: str) -> None:
    plain = ast.parse(EXPORTS[target](ms.plateau("1/10"), title="x", facts=["x"]))
    hostile = EXPORTS[target](ms.plateau("1/10"), title=text, facts=[text, text])
    hostile.encode("utf-8")
    tree = ast.parse(hostile)
    assert isinstance(tree.body[0], ast.Expr)
    assert list(map(ast.dump, tree.body[1:])) == list(map(ast.dump, plain.body[1:]))
    docstring = ast.get_docstring(tree, clean=False) or ""
    assert docstring.startswith(" ".join(text.split()))
    assert docstring.count(" ".join(text.split())) == 3


@pytest.mark.parametrize("text", HOSTILE[:3] + HOSTILE[-1:])
def test_a_hostile_title_is_printed_and_changes_nothing(text: str) -> None:
    ran = run(Path(load("python", ms.cubic(1), title=text, facts=[text]).__file__))
    assert ran.returncode == 0, ran.stderr
    assert "ok      " in ran.stdout


BROKEN = {
    "a value that jumps": ("-1/40 -1 80", "-1/41 -1 80", "FAILED  f and f' agree"),
    "a derivative that jumps": ("-1/40 -1 80", "-1/40 -2 80", "FAILED  f and f' agree"),
    "too small a constant": ('L="160"', 'L="159"', "FAILED  |f''| <= 159"),
}


@pytest.mark.parametrize(("old", "new", "said"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_was_changed_says_so_and_fails(old: str, new: str, said: str, tmp_path: Path) -> None:
    text = to_python(ms.plateau("1/10"), title=TITLE)
    assert text.count(old) == 1
    (tmp_path / "function.py").write_text(text.replace(old, new), encoding="utf-8")
    ran = run(tmp_path / "function.py")
    assert ran.returncode == 1
    assert said in ran.stdout


@given(st.lists(rationals(-6, 6, 5), min_size=1, max_size=4), st.fractions(Fraction(1, 9), 3, max_denominator=9))
@settings(max_examples=200)
def test_the_files_bound_on_curvature_is_decided_exactly(p: list[Fraction], width: Fraction) -> None:
    """Against the package's own extremes: at the maximum itself, and a hair below it."""
    from misstep.functions.polynomial import extremes

    made: dict[str, Any] = {"__name__": "function"}
    exec(to_python(ms.cubic(1), title=TITLE), made)  # noqa: S102 - what is tested
    exact = [rational(c) for c in p]
    largest = max((float(v) for _, v in extremes(tuple(exact), rational(width))), default=0.0)
    hair = Fraction(1, 10**9)
    assert not made["exceeds"](p, width, Fraction(largest) + hair)
    assert made["exceeds"](p, width, Fraction(largest) - hair)
    if max((j for j, c in enumerate(p) if c), default=0) < 3:
        top = max(fraction(v) for _, v in extremes(tuple(exact), rational(width)))
        assert not made["exceeds"](p, width, top)


def test_beyond_degree_5_the_curvature_is_left_unchecked_and_said_so() -> None:
    wave = ms.PiecewisePolynomial(
        (fmpq(0), fmpq(1)), ((fmpq(0), fmpq(1), fmpq(0), fmpq(0), fmpq(0), fmpq(0), fmpq(1)),)
    )
    ran = run(Path(load("python", wave).__file__))
    assert ran.returncode == 0
    assert "skipped |f''|" in ran.stdout


def test_thousands_of_pieces_load_at_once() -> None:
    """Coefficients are read where they are needed: a value at one place does not read the table."""
    f = many_pieces(2500)
    module = load("python", f)
    assert len(f.coefficients) > 2500
    t = f.knots[1234] + fmpq(1, 7)
    assert module.value(fraction(t)) == fraction(f.value(t))
    assert len(module.FUNCTION.polynomials) < 5


def test_a_number_that_python_would_not_read_is_refused() -> None:
    long = fmpq(10) ** MAX_DIGITS + 1
    with pytest.raises(ms.InvalidInput, match="over 4300 digits"):
        to_python(ms.cubic(1).scaled(1 / long), title=TITLE)


@pytest.mark.parametrize("target", ["numpy", "torch", "jax"])
def test_a_constant_that_no_float_holds_is_refused(target: str) -> None:
    with pytest.raises(ms.InvalidInput, match="too large for a float"):
        EXPORTS[target](ms.cubic(1).scaled(fmpq(10) ** 400), title=TITLE)


class Unknown(ms.Function):
    """A function that no export knows."""

    dimension = 1

    def value_and_gradient(self, x: Any) -> Any:
        """Not used."""

    def lipschitz_constant(self) -> Any:
        """Not used."""

    def infimum(self) -> Any:
        """Not used."""


@pytest.mark.parametrize("target", EXPORTS)
def test_a_function_of_another_kind_is_refused_by_name(target: str) -> None:
    with pytest.raises(ms.InvalidInput, match="a Unknown cannot be exported: only a PiecewisePolynomial"):
        EXPORTS[target](Unknown(), title=TITLE)


def test_a_point_of_the_wrong_length_is_refused() -> None:
    for name in ("coupled", "nonconvex"):
        with pytest.raises(ValueError, match="x has 1 entries"):
            load("python", ALL[name]).value([0.0])
