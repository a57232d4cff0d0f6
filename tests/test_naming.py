"""The grammar that names optimizers: what it reads, what it refuses, and that it never executes anything."""

from __future__ import annotations

import string
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from misstep.adapters.naming import MAX_ARGUMENTS, MAX_LENGTH, MAX_NESTING, OptimizerSpec, parse
from misstep.errors import InvalidInput

WORDS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
DOTTED = st.lists(WORDS, min_size=1, max_size=3).map(".".join)
NUMBERS = st.one_of(
    st.integers(-(10**30), 10**30),
    st.decimals(allow_nan=False, allow_infinity=False, places=6),
    st.builds(Decimal, st.from_regex(r"-?[0-9]{1,6}(\.[0-9]{1,6})?[eE][+-]?[0-9]{1,3}", fullmatch=True)),
    st.fractions(max_denominator=10**6),
)
LEAVES = st.one_of(NUMBERS, st.booleans(), st.none(), st.text(max_size=12))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple)),
    max_leaves=6,
)
SPECS = st.builds(
    lambda library, name, arguments: OptimizerSpec(library, name, tuple(arguments.items())),
    st.one_of(st.sampled_from(["misstep", "torch", "optax", "keras", "pytorch_optimizer"]), DOTTED),
    DOTTED,
    st.dictionaries(WORDS, VALUES, max_size=4),
)
PIECES = [
    "adam",
    "torch",
    ":",
    "(",
    ")",
    "[",
    "]",
    ",",
    "=",
    ".",
    "lr",
    "1",
    "1e-3",
    "/",
    "'",
    '"',
    "\\",
    " ",
    "-",
    "None",
]


def types(value: Any) -> Any:
    """The types of a value and of what it holds, so that 1, 1.0 and True are told apart."""
    return (type(value), [types(element) for element in value]) if isinstance(value, (tuple, list)) else type(value)


@given(SPECS)
@settings(max_examples=300)
def test_what_a_spec_writes_reads_as_an_equal_spec(spec: OptimizerSpec) -> None:
    if len(str(spec)) > MAX_LENGTH:
        return
    again = parse(str(spec))
    assert again == spec
    assert [types(value) for _, value in again.arguments] == [types(value) for _, value in spec.arguments]
    assert str(again) == str(spec)


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
@example("__import__('os').system('true')")
@example("torch:Adam(lr=__import__('os'))")
@example("adam(x=" + "(" * 500)
@example("adam(x=1e" + "9" * 1900 + ")")
@example("adam(x=" + "9" * 1900 + ")")
@settings(max_examples=500)
def test_any_text_is_a_spec_or_invalid_input_on_one_line(text: str) -> None:
    before = set(sys.modules)
    message = ""
    try:
        spec = parse(text)
    except InvalidInput as error:
        message = str(error)
    else:
        assert parse(str(spec)) == spec
        assert spec.text == text
    assert "\n" not in message
    assert len(message) < 400
    assert set(sys.modules) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("adam", OptimizerSpec("misstep", "adam")),
        ("adam()", OptimizerSpec("misstep", "adam")),
        ("misstep:adam", OptimizerSpec("misstep", "adam")),
        (" torch : Adam ( lr = 1e-3 , ) ", OptimizerSpec("torch", "Adam", (("lr", Decimal("0.001")),))),
        ("optax:contrib.prodigy", OptimizerSpec("optax", "contrib.prodigy")),
        ("my.pkg:Sub.Method(a=-1)", OptimizerSpec("my.pkg", "Sub.Method", (("a", -1),))),
        ("f(a=1/3, b=.5)", OptimizerSpec("misstep", "f", (("a", Fraction(1, 3)), ("b", Decimal("0.5"))))),
        ("f(a=5., b=+7)", OptimizerSpec("misstep", "f", (("a", Decimal("5.0")), ("b", 7)))),
        ("f(a=(), b=(1,), c=[])", OptimizerSpec("misstep", "f", (("a", ()), ("b", (1,)), ("c", [])))),
        ("f(d=[1, ('x', 2)])", OptimizerSpec("misstep", "f", (("d", [1, ("x", 2)]),))),
        (r"""f(a='it\'s', b="\\n\n")""", OptimizerSpec("misstep", "f", (("a", "it's"), ("b", "\\n\n")))),
        ("f(a=True, b=False, c=None)", OptimizerSpec("misstep", "f", (("a", True), ("b", False), ("c", None)))),
    ],
)  # fmt: skip
def test_readable_texts(text: str, expected: OptimizerSpec) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at character 1, the end of the text: expected the name of an optimizer"),
        ("torch:", "at character 7, the end of the text: expected the name of an optimizer of torch"),
        ("torch:Adam(lr=1e-3", r'at character 19, the end of the text: expected "," or "\)"'),
        ("adam(0.1)", "at character 6, '0': expected an argument written name=value"),
        ("adam(True)", "at character 6, 'T': expected name=value"),
        ("adam(lr)", "at character 6, 'l': expected name=value"),
        ("adam(lr 1)", "at character 9, '1': expected \"=\" and the value of lr"),
        ("adam(lr=x)", "at character 9, 'x': expected a number, .* needs quotes"),
        ("adam(lr=1, lr=2)", "at character 12, 'l': expected an argument other than lr"),
        ("adam(lr=1.2.3)", "at character 12, '.': expected the number to end here"),
        ("adam(lr=1_000)", "expected the number to end here"),
        ("adam(lr=0x10)", "expected the number to end here"),
        ("adam(lr=inf)", "expected a number"),
        ("adam(lr=1/0)", "expected a ratio whose denominator is not 0"),
        ("adam(lr=1e9999)", "expected an exponent of at most"),
        ("adam(b=(1))", "a tuple of one is written"),
        ("adam(b={})", "at character 8, '{': expected a number"),
        ("adam(b='x)", "at character 8, \"'\": expected a closing '"),
        (r"adam(b='\x41')", "expected one of"),
        ("adam(b=1)+1", r"at character 10, '\+': expected the end of the text"),
        ("adam(b=1+1)", 'expected "," or '),
        ("torch:Adam:x", "at character 11, ':': expected \"\\(\", or the end"),
        ("adam(f=print())", "needs quotes"),
        ("ädam", "'ä': expected the name of an optimizer"),
        ("adam(x=" + "(" * (MAX_NESTING + 1), "expected at most 8 levels"),
        ("adam(" + ",".join(f"a{k}=1" for k in range(MAX_ARGUMENTS + 1)) + ")", "expected at most 64 arguments"),
        ("a" * (MAX_LENGTH + 1), "has 2001 characters"),
    ],
)
def test_unreadable_texts_say_where_and_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        parse(text)
    assert "\n" not in str(caught.value)


def test_only_texts_are_parsed() -> None:
    with pytest.raises(InvalidInput, match="not by 3"):
        parse(3)  # type: ignore[arg-type]


def test_decimals_stay_exact_until_a_framework_takes_floats() -> None:
    spec = parse("x(a=0.1, b=1/3, c=2, d=(0.5, [1e-3]), e='0.1')")
    assert spec.mapped(str) == {"a": "0.1", "b": "1/3", "c": 2, "d": ("0.5", ["0.001"]), "e": "0.1"}
    assert spec.mapped(float) == {"a": 0.1, "b": 1 / 3, "c": 2, "d": (0.5, [0.001]), "e": "0.1"}


def test_printable_words_of_the_grammar_are_ascii() -> None:
    assert parse(string.ascii_letters + "_0").name == string.ascii_letters + "_0"
