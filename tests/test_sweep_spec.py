"""What a sweep is: axes, their grammar, files, and what is refused before any work."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

import misstep as ms
from misstep.adapters.naming import parse
from misstep.errors import InvalidInput
from misstep.sweeps.axis import MAX_POINTS, Axis
from misstep.sweeps.functions import FUNCTIONS
from misstep.sweeps.quantities import QUANTITIES
from misstep.sweeps.reading import SWEEP_KEYS, from_document, read_spec, read_study
from misstep.sweeps.spec import SweepSpec

ADAM = "adam(learning_rate=0.1, beta1=0..0.9:4)"
PAGE = Path(__file__).parent.parent / "docs" / "reference" / "sweep-files.md"

FINITE = st.floats(allow_nan=False, allow_infinity=False, width=64)
BELOW_ONE = st.floats(0, 1, exclude_max=True, allow_subnormal=False)


def spec(optimizer: Any = ADAM, **changes: Any) -> SweepSpec:
    return read_spec(optimizer, **{"steps": 100, **changes})


def document(**changes: Any) -> dict[str, Any]:
    return {"sweep": {"optimizer": ADAM, "steps": 100, **changes}}


# --- axes -----------------------------------------------------------------------------------------------------------


@given(low=FINITE, high=FINITE, n=st.integers(2, 60))
def test_a_linear_axis_has_exact_ends_and_increases(low: float, high: float, n: int) -> None:
    assume(high / 2 - low / 2 > 1e-12 * max(abs(low), abs(high)) and high - low > 1e-300)
    values = Axis.between("x0", low, high, n).values
    assert (values[0], values[-1], len(values)) == (low, high, n)
    assert all(a < b for a, b in pairwise(values))


@given(
    ends=st.tuples(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300)).filter(lambda e: e[0] * 1.0001 < e[1]),
    n=st.integers(2, 60),
)
def test_a_log_axis_has_exact_ends_and_even_ratios(ends: tuple[float, float], n: int) -> None:
    values = Axis.between("x0", *ends, n, "log").values
    assert (values[0], values[-1], len(values)) == (*ends, n)
    expected = math.log(ends[1] / ends[0]) if ends[1] / ends[0] < 1e300 else math.log(ends[1]) - math.log(ends[0])
    for a, b in pairwise(values):
        assert math.log(b) - math.log(a) == pytest.approx(expected / (n - 1), rel=1e-6, abs=1e-12)


@given(low=BELOW_ONE, high=BELOW_ONE, n=st.integers(2, 60))
def test_a_logit_axis_has_exact_ends_and_spaces_the_distance_to_one_evenly(low: float, high: float, n: int) -> None:
    assume(low + 1e-6 < high)
    assume(high < 1 - 1e-9)
    values = Axis.between("beta2", low, high, n, "logit").values
    assert (values[0], values[-1], len(values)) == (low, high, n)
    ratio = ((1 - high) / (1 - low)) ** (1 / (n - 1))
    for a, b in pairwise(values):
        assert a < b
        assert 1 - b == pytest.approx((1 - a) * ratio, rel=1e-5)


@given(n=st.integers(2, 200), high=st.fractions(Fraction(1, 10), 10, max_denominator=1000))
def test_linear_points_are_the_floats_nearest_to_the_exact_ones(n: int, high: Fraction) -> None:
    values = Axis.between("x0", 0, high, n).values
    assert values == tuple(float(high * i / (n - 1)) for i in range(n))


def test_a_log_axis_hits_the_decimal_powers_between_decimal_ends() -> None:
    assert spec(x0="1e-16..1:17:log").axes[1].values == tuple(float(f"1e-{k}") for k in range(16, -1, -1))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0.9..0:5", "beta1 = 0.9..0 must increase: 0.9 is not less than 0"),
        ("0..0.9:1", "beta1 = 0..0.9 with 1 points: an axis needs at least 2"),
        ("0..0.9:0.5", "expected a whole number of points, such as 200 or 1e3"),
        ("0..0.9:1e15", f"beta1 = 0..0.9 with {10**15} points: an axis has at most {MAX_POINTS}"),
        ("0..1:5", "beta1 = 1.0 must be in [0, 1)"),
        ("-0.5..0.5:5", "beta1 = -0.5 must be in [0, 1)"),
        ("0..0.9:5:log", "beta1 = 0.0 must be positive on a log scale"),
        ("0..1:5:logit", "beta1 = 1.0 must be in [0, 1) on a logit scale"),
        ("0..0.9:5:logarithmic", "expected a scale: linear, log, logit"),
        ("0..0.9:5:list", "expected a scale: linear, log, logit"),
        ("0..inf:5", "expected the upper end of the range"),
        ("nan..1:5", "expected a number"),
        ("0..", "expected the upper end of the range"),
        ("0..1e400:5", "is larger than any float"),
        ("0..0.9", "lacks its number of points"),
        ("[]", "beta1 = [] has no values"),
        ("[0.5]", "beta1 has one value, 0.5: an axis needs at least 2"),
        ("[0.5, 0.1]", "beta1 has 0.1 after 0.5: its values must increase"),
        ("[0.5, 0.5]", "beta1 has 0.5 after 0.5: its values must increase"),
        ("[0, 1]", "beta1 = 1.0 must be in [0, 1)"),
        ('[0, "a"]', "must be a list of numbers"),
        ("[0..1:5]", "expected"),
    ],
)
def test_a_range_that_makes_no_axis_is_refused_with_the_value(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(says)):
        spec(f"adam(learning_rate=0.1, beta1={text})")


def test_points_that_floats_cannot_tell_apart_are_refused() -> None:
    with pytest.raises(InvalidInput, match="floats are not so close to each other"):
        Axis.between("x0", 1, 1 + 2**-50, 100)


def test_other_commands_still_refuse_ranges() -> None:
    for text in ("adam(beta1=0..0.9:5)", "adam(eps_root=$eps)"):
        with pytest.raises(InvalidInput):
            parse(text)


# --- specs ----------------------------------------------------------------------------------------------------------


@st.composite
def specs(draw: st.DrawFn) -> SweepSpec:
    """Sweeps of several axes, functions and arithmetics."""
    n = st.integers(2, 6)
    scale = draw(st.sampled_from(["linear", "logit"]))
    method = f"adam(learning_rate=0.1, beta1=0..{draw(st.sampled_from(['0.9', '1/2']))}:{draw(n)}:{scale})"
    starts = draw(st.lists(FINITE, min_size=2, max_size=4, unique=True).map(sorted))
    return read_spec(
        method,
        steps=draw(st.integers(8, 10**9)),
        function=draw(
            st.lists(
                st.sampled_from(["cubic", "sine", "quadratic(curvature=3)", "zhang(n=4)"]),
                min_size=1,
                max_size=3,
                unique=True,
            )
        ),
        x0=starts if draw(st.booleans()) else draw(FINITE),
        noise=draw(st.sampled_from(["0", "0.1", "1e-3..1:4:log"])),
        power=draw(st.sampled_from([0, 0.5, "[0, 1/2, 1]"])),
        arithmetic=draw(st.sampled_from(["float64", ["float64", "bfloat16"]])),
        seed=draw(st.integers(0, 2**64 - 1)),
        replicates=draw(st.integers(1, 50)),
    )


@given(specs())
def test_a_spec_goes_through_json_and_comes_back_equal(made: SweepSpec) -> None:
    text = json.dumps(made.to_dict())
    assert SweepSpec.from_dict(json.loads(text)) == made
    assert SweepSpec.from_dict(json.loads(text)).to_dict() == made.to_dict()


@given(specs())
def test_a_specs_shape_is_the_product_of_its_names_and_axes(made: SweepSpec) -> None:
    assert len(made.dims) == len(made.shape)
    assert made.n_cells == math.prod(made.shape)
    several = len(made.functions) > 1, len(made.arithmetic) > 1
    assert made.dims[: sum(several)] == tuple(
        name for name, is_one in zip(("function", "arithmetic"), several, strict=True) if is_one
    )


def test_titles_and_questions_change_nothing() -> None:
    assert spec(title="a", question="b") == spec()
    assert spec(title="a").to_dict() == spec().to_dict()


def test_a_broken_document_is_refused() -> None:
    whole = spec().to_dict()
    for broken in (
        {},
        {**whole, "format": "other"},
        {k: v for k, v in whole.items() if k != "axes"},
        {**whole, "axes": 1},
    ):
        with pytest.raises(InvalidInput):
            SweepSpec.from_dict(broken)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"steps": 7}, "steps = 7 must be at least 8"),
        ({"steps": 10.5}, "steps = 10.5 must be a whole number"),
        ({"steps": True}, "steps = True must be a whole number"),
        ({"steps": math.nan}, "steps = nan must be a whole number"),
        ({"noise": -1}, "noise = -1 must be at least 0"),
        ({"noise": "-1..1:3"}, "noise = -1.0 must be at least 0"),
        ({"noise": math.inf}, "noise = inf must be finite"),
        ({"x0": math.nan}, "x0 = nan must be finite"),
        ({"x0": "1e999"}, "x0 = 1E+999 is larger than any float"),
        ({"x0": [0, math.nan]}, "x0 = nan must be finite"),
        ({"x0": "a"}, "x0: 'a' at character 1"),
        ({"power": -0.5}, "power = -0.5 must be at least 0"),
        ({"power": [-1, 0]}, "power = -1.0 must be at least 0"),
        ({"replicates": 0}, "replicates = 0 must be at least 1"),
        ({"replicates": 10**6}, "replicates = 1000000 must be at most 65536"),
        ({"seed": -1}, "seed = -1 must be at least 0"),
        ({"seed": 2**64}, f"seed = {2**64} must be at most {2**64 - 1}"),
        ({"arithmetic": "float16"}, "'float16' is not an arithmetic (did you mean 'bfloat16'?)"),
        ({"arithmetic": ["float64", "float64"]}, "float64 is given twice"),
        ({"arithmetic": []}, "arithmetic = [] names nothing"),
        ({"design": "sobel"}, "'sobel' is not a design (did you mean 'sobol'?)"),
        ({"points": 10}, "points = 10 is for a random or Sobol design"),
        ({"design": "random", "points": 10}, "has a number of points: a random design has its own"),
        ({"quantities": ["speeed"]}, "'speeed' is not a quantity (did you mean 'speed'?)"),
        ({"quantities": ["survival"]}, "the quantity survival needs replicates"),
        ({"quantities": ["departure"], "function": "quadratic"}, "needs a function on which a drift is predicted"),
        ({"function": "cubik"}, "'cubik' is not a function for sweeps (did you mean 'cubic'?)"),
        ({"function": "cubic(rho=1/4)"}, "'rho' is not a parameter of cubic"),
        ({"function": "plateau(rho=1/2)"}, "rho = 1/2 must be in [0, 1/2)"),
        ({"function": "plateau(rho=0..0.5:3)"}, "rho = 0.5 must be in [0, 1/2)"),
        ({"function": 'cubic(left="up")'}, "left = 'up' must be one of 'linear', 'periodic'"),
        ({"function": "quadratic(curvature=-1..1:3)"}, "curvature = 0.0 must not be 0"),
        ({"function": "zhang(n=1/2)"}, "n = 1/2 must be a whole number"),
        ({"function": "zhang(n=1)"}, "n = 1 must be at least 2"),
        ({"function": "zhang(n=2..5:4)"}, "n changes what a function is made of, and cannot be swept"),
        ({"function": "torch:cubic"}, "functions have no library"),
        ({"function": "missing.json"}, "missing.json cannot be read"),
        ({"function": ["cubic", "plateau(rho=0..0.4:3)"]}, "rho is swept in plateau and has no part in cubic"),
        ({"optimizer": "adam(learning_rate=0.1)"}, "nothing varies"),
        ({"optimizer": "adam(beta1=0..0.9:3)"}, "learning_rate"),
        ({"optimizer": "adam(learning_rate=0.1, beta3=0..0.9:3)"}, "'beta3' is not a parameter of adam"),
        ({"optimizer": "adam(learning_rate=0.1, beta3=0.5, beta1=0..0.9:3)"}, "(did you mean 'beta2'?)"),
        ({"optimizer": "adm(beta1=0..0.9:3)"}, "'adm' is not a method of misstep (did you mean 'adam'?)"),
        ({"optimizer": "torch:Adam(lr=0..1:3)"}, 'sweeps run misstep\'s reference methods: write adam(dialect="torch"'),
        ({"optimizer": "adam(learning_rate=0..1:3)"}, "learning_rate = 0.0 must be positive"),
        ({"optimizer": "adam(learning_rate=-1, beta1=0..0.9:3)"}, "learning_rate = -1 must be positive"),
        ({"optimizer": 'adam(dialect="keras", learning_rate=1, eps=0..1:3)'}, "excludes eps"),
        ({"optimizer": 'adam(dialect="kerass", learning_rate=1, beta1=0..0.9:3)'}, "(did you mean 'keras'?)"),
        ({"optimizer": [ADAM, ADAM]}, "is given twice"),
        (
            {"optimizer": [ADAM, "adam(learning_rate=0.2, beta1=0..0.8:4)"]},
            "beta1 is an axis twice, with different values",
        ),
        ({"optimizer": [ADAM, "heavy_ball(learning_rate=1)"]}, "beta1 is swept in adam(learning_rate=0.1)"),
        ({"optimizer": [ADAM, "adam(learning_rate=1, beta1=0)"]}, "beta1 is an axis and is fixed in"),
        ({"optimizer": "adam(learning_rate=1, beta1=$x0)", "x0": "0"}, "nothing varies"),
        ({"optimizer": "adam(learning_rate=1, beta1=$rho)", "x0": [0, 1]}, "'rho' is not an axis of this sweep"),
        ({"optimizer": "adam(learning_rate=1, amsgrad=$x0)", "x0": [0, 1]}, "amsgrad is no number"),
        ({"optimizer": "adam(learning_rate=1, beta1=$x0)", "x0": [0, 1]}, "beta1 = 1.0 must be in [0, 1)"),
        ({"optimizer": []}, "optimizer = [] names nothing"),
        ({"optimizer": 3}, "optimizer = 3 must be a text or a list of texts"),
    ],
)
def test_bad_input_is_refused_with_the_value_and_the_condition(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(says)):
        spec(**{"optimizer": ADAM, **changes})


def test_two_methods_share_an_axis_by_a_reference() -> None:
    made = spec(["adam(learning_rate=1, eps=0..1:5)", "adam(learning_rate=1, eps=0, eps_root=$eps)"])
    assert made.dims == ("optimizer", "eps")
    assert made.optimizer_bindings == ({"eps": "eps"}, {"eps_root": "eps"})


def test_names_of_functions_may_have_hyphens() -> None:
    assert spec(function="smooth-plateau(rho=1/8)") == spec(function="smooth_plateau(rho=1/8)")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_a_sweeps_function(name: str) -> None:
    assert spec(function=name).functions[0].name == name


def test_quantities_come_in_the_order_of_the_dataset_and_all_that_apply_by_default() -> None:
    assert spec(quantities=["speed", "outcome"]).quantities == ("outcome", "speed")
    assert spec(replicates=2).quantities == tuple(QUANTITIES)
    assert "departure" not in spec(function="quadratic").quantities


# --- files ----------------------------------------------------------------------------------------------------------


def test_the_pages_example_is_read() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    import tomllib

    made = from_document(tomllib.loads(example))
    assert made.dims == ("function", "beta1", "x0")
    assert made.shape == (3, 100, 5)
    assert made.n_steps == 100_000


def test_the_page_has_every_key_and_every_function() -> None:
    text = PAGE.read_text()
    for name in (*SWEEP_KEYS, "from", "to", "scale", "values", *FUNCTIONS):
        assert f"`{name}`" in text, name


def test_a_file_and_the_texts_of_the_command_line_say_the_same(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text(
        '[sweep]\noptimizer = "adam(learning_rate=0.1)"\nsteps = 1e2\nx0 = 1e-6\n'
        "[axes.beta1]\nfrom = 0\nto = 0.9\npoints = 4\n"
    )
    assert read_study(file) == spec(x0="1e-6") == spec(x0=1e-6)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({}, "the table [sweep] is missing"),
        ({"sweep": 3}, "the table [sweep] is missing"),
        ({**document(), "axis": {}}, "'axis' is not a table of a sweep's file (did you mean 'axes'?)"),
        (document(optimiser=ADAM), "'optimiser' is not a key of [sweep] (did you mean 'optimizer'?)"),
        ({"sweep": {"optimizer": ADAM}}, "[sweep] lacks the key steps"),
        (document(steps="many"), "steps = 'many' must be a whole number"),
        (document(title=3), "title = 3 must be a text"),
        (document(function=[1]), "function = [1] must be a text or a list of texts"),
        (document(x0={}), "x0 = {} must be a number"),
        (document(quantities="speed2"), "'speed2' is not a quantity"),
        ({**document(), "axes": 3}, "axes = 3 must be tables"),
        ({**document(), "axes": {"x0": 3}}, "axes.x0 = 3 must be a table"),
        ({**document(), "axes": {"x0": {"frm": 0}}}, "'frm' is not a key of [axes.x0] (did you mean 'from'?)"),
        ({**document(), "axes": {"x0": {"from": 0, "points": 3}}}, "[axes.x0] lacks the key to"),
        ({**document(), "axes": {"x0": {"from": 0, "to": math.inf, "points": 3}}}, "axes.x0.to = inf must be finite"),
        ({**document(), "axes": {"x0": {"from": 0, "to": 1, "points": 2.5}}}, "axes.x0.points = 2.5 must be a whole"),
        (
            {**document(), "axes": {"x0": {"from": 0, "to": 1, "points": 3, "scale": 1}}},
            "axes.x0.scale = 1 must be a text",
        ),
        ({**document(), "axes": {"x0": {"values": 3}}}, "axes.x0.values = 3 must be a list"),
        ({**document(), "axes": {"x0": {"values": [0, True]}}}, "axes.x0.values = True must be a number"),
        (
            {**document(), "axes": {"x0": {"values": [0, 1], "points": 2}}},
            "[axes.x0] has values and points: one of them",
        ),
        ({**document(), "axes": {"beta1": {"values": [0, 0.5]}}}, "beta1 is an axis twice"),
        ({**document(x0=1), "axes": {"x0": {"values": [0, 1]}}}, "x0 is an axis and is fixed: x0 = 1"),
        ({**document(), "axes": {"a b": {"values": [0, 1]}}}, "an axis is named by a parameter, not by 'a b'"),
    ],
)
def test_a_files_bad_keys_and_values_are_named(found: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(says)):
        from_document(found)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    broken, binary = tmp_path / "broken.toml", tmp_path / "binary.toml"
    broken.write_text("[sweep\n")
    binary.write_bytes(b"\xff\xfe")
    for path, says in ((tmp_path / "none.toml", "cannot be read"), (broken, "is not TOML"), (binary, "is not TOML")):
        with pytest.raises(InvalidInput, match=re.escape(str(path))) as caught:
            read_study(path)
        assert says in str(caught.value)


def test_a_constructions_function_is_read_and_kept_when_its_file_goes(tmp_path: Path) -> None:
    construction = ms.construct("gradient_descent(learning_rate=1)")
    file = tmp_path / "construction.json"
    file.write_text(json.dumps(construction.to_dict()))
    made = read_spec(
        "gradient_descent(learning_rate=[1/2, 1])", steps=10, function="construction.json", folder=tmp_path
    )
    file.unlink()
    assert SweepSpec.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert made.labels["function"] == ("construction",)


def test_a_construction_without_a_piecewise_polynomial_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "none.json"
    file.write_text('{"format": "misstep construction 1", "function": null}')
    with pytest.raises(InvalidInput, match="sweeps run on piecewise polynomials"):
        read_spec(ADAM, steps=10, function=str(file))
