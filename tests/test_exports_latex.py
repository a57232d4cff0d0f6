"""The fragment of LaTeX: its formulas are the function's, and no text in it is markup."""

from __future__ import annotations

import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from flint import arb, fmpq

import misstep as ms
from exported import ALL, INTERPOLANTS, LINE, RATIONAL, RIDGES, SMOOTH, TITLE, many_pieces, random_interpolant
from helpers import fraction
from misstep.exports import to_latex
from misstep.exports.latex import MOST_ROWS
from misstep.exports.latex_text import constant, escape
from test_exports_python import HOSTILE, Unknown

MARKUP = [
    r"\end{document}",
    r"}\input{secret}{",
    '100% & more # $x$ _y_ ^z^ ~ | < > " [a] * --',
    "$$",
    "é ß Ł ą ş α ≤ ∞ 日 \U0001f600",
    r"\[ \] \( \) {} }{",
    "% a comment",
]
CASES = {**ALL, "many pieces": many_pieces(60), "many jets": random_interpolant(40, 20), "R10": ms.coupled("1/10", 10)}


def commands(text: str) -> set[str]:
    """The control sequences in a fragment."""
    return set(re.findall(r"\\([A-Za-z]+|.)", text))


def unescaped(text: str, characters: str) -> list[str]:
    """The given characters where no backslash makes them print."""
    return re.findall(rf"[{re.escape(characters)}]", re.sub(r"\\.", "", text))


def balanced(text: str) -> bool:
    """Whether braces and environments nest, and formulas close."""
    depth = 0
    for brace in unescaped(text, "{}"):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    stack: list[str] = []
    for which, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if which == "begin":
            stack.append(name)
        elif not stack or stack.pop() != name:
            return False
    plain = re.sub(r"\\\\\[2pt\]", "", text)
    displays = plain.count(r"\[") == plain.count(r"\]") and len(unescaped(text, "$")) % 2 == 0
    return depth == 0 and not stack and displays


@pytest.mark.parametrize("name", CASES)
def test_braces_environments_and_formulas_close(name: str) -> None:
    text = to_latex(CASES[name], title=TITLE, facts=["a fact", "another"])
    assert balanced(text)
    assert text.startswith("% Made by misstep ")
    assert rf"\paragraph{{{TITLE}}}" in text
    assert "\\item a fact\n" in text
    assert len(text) < 20_000


@pytest.mark.parametrize("text", [*MARKUP, *HOSTILE])
def test_text_prints_as_it_is_and_is_no_markup(text: str) -> None:
    plain = to_latex(ms.plateau("1/10"), title="x", facts=["x"])
    hostile = to_latex(ms.plateau("1/10"), title=text, facts=[text])
    assert balanced(hostile)
    assert len(hostile.splitlines()) == len(plain.splitlines())
    prints = {*"#$%&_{}", "textbackslash", "textasciitilde", "textasciicircum", "textless", "textgreater", "textbar"}
    prints |= {"texttt", "ensuremath", "surd", "infty", "le", "alpha", "mathbf"}
    assert commands(escape(text)) <= prints
    assert unescaped(escape(text), "$&#%^_~[") == [] or "[" in text or "ⁿ" in text
    assert escape(text).isprintable()
    escape(text).encode("utf-8")


def test_what_begins_with_a_bracket_is_no_option_of_the_item() -> None:
    assert r"\item {[}a{]}" in to_latex(ms.cubic(1), title="x", facts=["[a]"])


def test_the_cases_are_the_pieces_and_their_derivatives() -> None:
    text = to_latex(ms.plateau("1/10"), title=TITLE)
    assert r"-\frac{1}{40} - \bigl(t - \frac{1}{40}\bigr) + 80\bigl(t - \frac{1}{40}\bigr)^{2}" in text
    assert r"-1 + 160\bigl(t - \frac{1}{40}\bigr), & \frac{1}{40} \le t < \frac{1}{20}" in text
    assert r"$L = 160$, and $\inf f = -\frac{9}{320}$" in text


def evaluate(formula: str, t: Fraction) -> Fraction:
    """The value of a polynomial that is written in LaTeX."""
    text = re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", r"Fraction(\1,\2)", formula)
    text = text.replace(r"\bigl", "").replace(r"\bigr", "")
    text = re.sub(r"\^\{(\d+)\}", r"**\1", text)
    text = re.sub(r"(\d|\))(?=[t(])", r"\1*", text)
    return Fraction(eval(text, {"Fraction": Fraction, "t": t}))  # noqa: S307 - our own formulas


@pytest.mark.parametrize("name", [name for name, f in RATIONAL.items() if len(f.coefficients) <= MOST_ROWS])
def test_the_formulas_evaluate_to_the_function(name: str) -> None:
    """Read back from the text, at the middle of every piece."""
    f = RATIONAL[name]
    text = to_latex(f, title=TITLE)
    displays = re.findall(r"\\\[\n(.*?)\n\\\]", text, re.DOTALL)
    for display, order in zip(displays, (0, 1), strict=True):
        formulas = re.findall(r"^    (.*?), & ", display, re.MULTILINE) or [display.partition(" = ")[2]]
        assert len(formulas) == len(f.coefficients)
        for formula, low, high in zip(formulas, f.knots, f.knots[1:], strict=False):
            middle = (low + high) / 2
            assert evaluate(formula, fraction(middle)) == fraction(f.value_and_gradient(middle)[order])


@pytest.mark.parametrize("name", ["many pieces", "many jets", "R10"])
def test_beyond_a_dozen_rows_the_text_says_how_many_more_there_are(name: str) -> None:
    text = to_latex(CASES[name], title=TITLE)
    assert r"\texttt{construction.json}" in text
    assert re.search(r"the other \d+ are in|\d+ more in", text)


def test_both_tails_are_stated() -> None:
    text = to_latex(ms.cubic("1/10"), title=TITLE)
    assert r"To the left $f$ follows its tangent line; to the right it repeats with the period $\frac{1}{10}$." in text


CONSTANTS = {
    "an integer": (fmpq(60), "60"),
    "a fraction": (fmpq(-9, 320), r"-\frac{9}{320}"),
    "a root": (ms.surd(0, fmpq(-1, 18), 3), r"-\frac{\sqrt{3}}{18}"),
    "a sum": (ms.surd(fmpq(1, 2), fmpq(5), 2), r"\frac{1}{2} + 5\sqrt{2}"),
    "a difference": (ms.surd(1, -1, 7), r"1 - \sqrt{7}"),
    "minus infinity": (-float("inf"), r"-\infty"),
    "a ball": (arb("1.5", "1e-9"), r"1.50000000 \pm 1.01 \cdot 10^{-9}"),
}


@pytest.mark.parametrize(("number", "text"), CONSTANTS.values(), ids=CONSTANTS)
def test_constants_are_fractions_and_roots(number: fmpq | ms.Surd | arb | float, text: str) -> None:
    assert constant(number) == text


def test_a_function_of_another_kind_is_refused() -> None:
    with pytest.raises(ms.InvalidInput, match="a Unknown cannot be exported"):
        to_latex(Unknown(), title=TITLE)


def test_the_cases_cover_every_kind() -> None:
    assert {type(f).__name__ for f in (*LINE.values(), *SMOOTH.values(), *RIDGES.values(), *INTERPOLANTS.values())} == {
        "Interpolant", "PiecewisePolynomial", "RidgeSum", "Sine", "SmoothPlateau"
    }  # fmt: skip


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_the_fragments_compile(tmp_path: Path) -> None:
    fragments = [to_latex(f, title=MARKUP[k % len(MARKUP)], facts=MARKUP) for k, f in enumerate(CASES.values())]
    head = "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\n"
    (tmp_path / "f.tex").write_text(head + "\n".join(fragments) + "\\end{document}\n", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "f.tex"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout[-2000:]
