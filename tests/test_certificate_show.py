"""A certificate as a mathematician writes it: every kind and rule, in the terminal, as an article and as a page."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import certificates
from misstep.certificates import sentence_of
from misstep.cli import main
from misstep.errors import MissingDependency
from misstep.report.certificate.drift_parts import FOLLOWED
from misstep.report.certificate.files import html_page
from misstep.report.certificate.formula import read
from misstep.report.certificate.html import page
from misstep.report.certificate.latex import latex
from misstep.report.certificate.mathml import mathml
from misstep.report.certificate.methods import advance, recurrence
from misstep.report.certificate.model import Document
from misstep.report.certificate.number import number, value_text
from misstep.report.certificate.piecewise import Piecewise
from misstep.report.certificate.shown import shown
from misstep.report.certificate.text import text
from misstep.report.certificate.unicode import unicode
from misstep.report.certificate.values import Interval

HERE = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = {name: make() for name, make in certificates.ALL.items()}
"""One of every kind, rule and method, all of them proved."""
SHIPPED = sorted((HERE.parent / "certificates").glob("*.cert.json"))
ALL = {**CASES, **{path.name: json.loads(path.read_text()) for path in SHIPPED}}
HOSTILE = r"</p><script>alert(1)</script> \input{secret} $x_1$ & % 100 ‮ é"


def plain(document: Document) -> str:
    """The text on lines of any length, with single spaces."""
    return " ".join(text(document, 10_000).split())


def changed(name: str, path: str, value: object) -> dict[str, Any]:
    """A certificate with another value at a place such as `claim.slope`."""
    document = copy.deepcopy(CASES[name])
    *parents, last = path.split(".")
    place: Any = document
    for parent in parents:
        place = place[parent]
    place[last] = value
    return document


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["show", *words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def saved(document: Mapping[str, Any], folder: Path) -> str:
    path = folder / "it.cert.json"
    path.write_text(json.dumps(document))
    return str(path)


@pytest.mark.parametrize("width", [24, 50, 80, 120])
@pytest.mark.parametrize("name", ALL)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    lines = text(shown(ALL[name], "PROVED"), width).splitlines()
    assert [line for line in lines[1:] if len(line) > width] == []


@pytest.mark.parametrize("name", ALL)
def test_what_is_proved_has_definitions_a_theorem_and_a_proof(name: str) -> None:
    document = shown(ALL[name], "PROVED")
    assert [section.title for section in document.sections] == ["Definitions", "Theorem.", "Proof.", "The file"]
    words = plain(document)
    assert "∎" in words
    assert ALL[name]["sentence"] in words
    assert "\\" not in words
    assert "$" not in words


@pytest.mark.parametrize("verdict", ["REFUTED", "UNDECIDED"])
@pytest.mark.parametrize("name", ALL)
def test_what_is_not_proved_has_neither_theorem_nor_proof(name: str, verdict: str) -> None:
    document = shown(ALL[name], verdict, "condition 4: |w| must be at least c")
    for made in (text(document), latex(document), page(document)):
        assert not re.search(r"Theorem|Proof|theorem}|proof}|PROVED|∎", made.partition("</style>")[2] or made[600:])
        assert "condition 4: " in " ".join(made.split())
        assert verdict in made


@pytest.mark.parametrize(("version", "kind"), [(2, "drift"), (1, "chaos")])
def test_what_is_unknown_has_its_verdict_and_the_reason(version: int, kind: str) -> None:
    document = shown({"version": version, "kind": kind}, "UNDECIDED", "not known")
    assert "UNDECIDED" in text(document)
    assert "not known" in text(document)


class Nesting(HTMLParser):
    """Tags that are open, and addresses that the page names."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [
            value or ""
            for key, value in attributes
            if key in ("src", "href", "xlink:href") and (value or "")[:1] != "#"
        ]
        if tag not in ("meta", "wbr", "mspace", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", ALL)
def test_the_page_is_well_formed_and_names_nothing_outside(name: str) -> None:
    made = html_page(ALL[name], shown(ALL[name], "PROVED"))
    found = Nesting()
    found.feed(made)
    assert found.open == []
    assert found.addresses == []
    assert found.tags.isdisjoint({"script", "link", "img", "iframe"})
    assert {"math", "mfrac"} <= found.tags
    assert re.findall(r"url\((?!#)", made) == []
    assert ("svg" in found.tags) == (ALL[name]["function"] is not None)


def test_a_page_without_matplotlib_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise MissingDependency("no matplotlib")

    monkeypatch.setattr("misstep.report.figures.certificate.draw_certificate", missing)
    name = "cycle: exact"
    made = html_page(CASES[name], shown(CASES[name], "PROVED"))
    assert "<svg" not in made
    assert "misstep[plot]" in made


def compiled(article: str, folder: Path) -> str:
    """What pdflatex says."""
    (folder / "it.tex").write_text(article, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "it.tex"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    said = ran.stdout.decode(errors="replace")
    assert ran.returncode == 0, said[-2000:]
    return said


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_the_articles_compile_and_no_line_is_too_wide(tmp_path: Path) -> None:
    """All as one, which takes no longer than a few."""
    articles = [latex(shown(document, "PROVED")) for document in ALL.values()]
    head = articles[0].partition(r"\begin{document}")[0]
    bodies = [re.split(r"\\(?:begin|end)\{document\}", article)[1] for article in articles]
    said = compiled(head + "\\begin{document}\n" + "\n\\newpage\n".join(bodies) + "\\end{document}\n", tmp_path)
    wide = [float(size) for size in re.findall(r"Overfull \\hbox \(([\d.]+)pt", said)]
    assert [size for size in wide if size > 12] == []


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("verdict", ["PROVED", "REFUTED"])
def test_an_article_compiles_whatever_texts_are_in_the_file(verdict: str, tmp_path: Path) -> None:
    compiled(latex(shown(changed("cycle: exact", "provenance", {HOSTILE: HOSTILE}), verdict, HOSTILE)), tmp_path)


@pytest.mark.parametrize("make", [text, latex, page])
def test_texts_of_the_file_are_no_markup(make: Any) -> None:
    made = make(shown(changed("cycle: exact", "provenance", {"program": HOSTILE}), "REFUTED", HOSTILE))
    assert "<script>" not in made or make is text
    assert "‮" not in made
    assert not re.search(r"(?<!textbackslash\{\})\\input\{", made) or make is not latex


def test_the_induction_of_the_paper_has_the_numbers_in() -> None:
    words = plain(shown(CASES["drift: adam, first-gradient"], "PROVED"))
    assert "f(t) = −t + 3t² − 2t³ for 0 ≤ t ≤ 1" in words
    assert "mₖ = β₁ mₖ₋₁ + (1 − β₁)gₖ vₖ = β₂ vₖ₋₁ + (1 − β₂)gₖ² xₖ₊₁ = xₖ − mₖ/√vₖ" in words
    assert "xₖ₊₁ = xₖ + 1 for all k ≥ 1 |f′(xₖ)| ≥ 1 for all k ≥ 0" in words
    assert "Suppose that xₖ = x₁ + j at k = 1 + j, and that before this step m = −1 and v = 1." in words
    assert "mₖ = β₁ · (−1) + (1 − β₁) · (−1) = −1" in words
    assert "Hence xₖ₊₁ = xₖ + 1, and the state is what it was" in words


SAID = {
    "drift: optimal": ["1/4 L ≥ 1", "from L = 4 on, and not before"],
    "drift: lion": ["m ∈ [−1, −0.1]", "whatever the state was in its ranges"],
    "drift: heavy-ball, contracting": ["d = 1", "R = e₁ · Σⱼ (1/2)ʲ = 2e₁", "constant, for at least"],
    "drift: gradient-descent, rounded": ["u = 2⁻³⁰", "|xₖ − x₁ − (k − 1)| ≤ E", "max |S − 1|"],
    "cycle: exact": ["−2208/1225", "The last step leads back", "f − 1/2·x² is convex"],
    "cycle: enclosed": ["Krawczyk", "|x − 792/1225| ≤ 0.001", "strictly inside Z"],
    "cycle: attracting": ["12 steps", "Σ_b |J_ab| r_b ≤ 9/10 · rₐ", "relative to these radii"],
    "cycle: repelling": ["spectral radius", "[24, 26]"],
    "cycle: optimal": ["|1 + 1|/|1/2 + 1/2| = 2"],
    "orbit: muon": ["X = 3X + (−3A + AA)X (3 times)", "Azagra, Le Gruyer and Mudarra"],
    "orbit: lars": ["lₖ = 1/10 · |xₖ|/(|gₖ| + 0.01|xₖ| + 0.1)"],
    "orbit: normalized": ["xₖ₊₁ = xₖ − 1/10 · mₖ/(|mₖ| + 0.1)"],
    "orbit: strongly convex": ["F − 1/4·|x|² is convex", "Taylor, Hendrickx and Glineur"],
    "orbit: closed, momentum": ["xₖ₊₁ = 3/2·xₖ − 1/2·xₖ₋₁ − gₖ", "(cos(2π/7), sin(2π/7))"],
    "vanishing": ["f′(xₖ) = −1/√(k + 1) for all k ≥ 0", "B ≈ 5.07"],
    "function: optimal": ["f′ has the Lipschitz constant 2", "it is a = 0 and b = 2"],
}


@pytest.mark.parametrize("name", SAID)
def test_each_rule_is_argued_with_the_numbers_of_the_certificate(name: str) -> None:
    words = plain(shown(CASES[name], "PROVED"))
    assert [phrase for phrase in SAID[name] if phrase not in words] == []


def test_many_pieces_and_long_periods_are_shortened() -> None:
    document = copy.deepcopy(CASES["cycle: optimal"])
    n = 500
    document["function"] |= {
        "knots": [str(k) for k in range(n + 1)],
        "pieces": [[str(k * k), str(2 * k), "1"] for k in range(n)],
    }
    words = plain(shown(document, "PROVED"))
    assert "(500 in all)" in words
    assert "The first of 500 pieces." in words
    assert len(words) < 8_000


def test_a_drift_that_begins_late_is_shown_at_once() -> None:
    document = changed("drift: adam, zero, contracting", "claim.from", 100_000)
    assert FOLLOWED < 100_000
    assert "100000 steps" in plain(shown(document, "PROVED"))


NUMBERS = {
    "-1/2": "−1/2",
    "1/1000": "0.001",
    "999/1000": "0.999",
    "1/100000000": "10⁻⁸",
    "1/9007199254740992": "2⁻⁵³",
    "16561/1268": "16561/1268",
    "1000000000": "10⁹",
    "-123456789012345678/7": "−1.7636684… · 10¹⁶",
    "355687428096/113113113113": "3.1445286…",
}


@pytest.mark.parametrize(("exact", "said"), NUMBERS.items(), ids=NUMBERS)
def test_short_numbers_are_exact_and_long_ones_end_with_an_ellipsis(exact: str, said: str) -> None:
    assert unicode(number(Fraction(exact))) == said


@pytest.mark.parametrize("exact", ["1/3000000000001", "-22222222222222/7", "1" * 40, "5/" + "7" * 50])
def test_the_digits_of_a_long_number_are_its_first(exact: str) -> None:
    shown_digits = unicode(number(Fraction(exact)))
    mantissa, _, power = shown_digits.partition("… · 10")
    exponent = int(power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")) or "0")
    cut = Fraction(mantissa.replace("−", "-").rstrip("…")) * Fraction(10) ** exponent
    gap = abs(Fraction(exact)) - abs(cut)
    assert 0 <= gap < abs(cut) * Fraction(1, 10**7)


def test_an_interval_has_the_digits_that_its_ends_share() -> None:
    third = Fraction(1, 3)
    assert value_text(Interval(third, third + Fraction(1, 10**12))) == "0.33333333…"
    low, high = Fraction(10**20, 3 * 10**20 - 1), Fraction(2 * 10**20, 3 * 10**20 + 1)
    shown_low, shown_high = map(Fraction, json.loads(value_text(Interval(low, high)), parse_float=Fraction))
    assert low - Fraction(1, 10**4) < shown_low <= low
    assert high <= shown_high < high + Fraction(1, 10**4)


FORMULAS = [
    r"x_{k+1} = x_k - \frac{m_k}{\sqrt{v_k}+10^{-8}}",
    r"\abs{f''(x)} \le (\frac{9}{10})^{k+1} \cdot \op{max}(a, b)",
    r"\langle g_i, x-x_i\rangle \in [0, 1)",
    r"X X^\top \text{ for all } k",
]


@pytest.mark.parametrize("source", FORMULAS)
def test_formulas_are_well_formed_in_every_notation(source: str) -> None:
    found = Nesting()
    found.feed(mathml(source, display=True))
    assert found.open == []
    assert "\\" not in unicode(source)


@pytest.mark.parametrize("source", [r"\unknown", "(x", "x)", r"\frac{1}", "{x", "x_", "é~"])
def test_what_is_no_formula_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="formula"):
        read(source)


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name]["kind"] == "drift"])
def test_the_recurrence_that_is_shown_is_the_one_that_is_certified(name: str) -> None:
    """Its steps are those that the certificate says: the formulas are computed from the tree that is written."""
    document = CASES[name]
    r, claim, proof = recurrence(document["method"]), document["claim"], document["proof"]
    if proof["rule"] != "contracting":
        return
    state: dict[str, Any] = {key: Fraction(value) for key, value in proof["settled"].items()}
    moved = Fraction(0)
    for letter in proof["word"]:
        step, state = advance(r, state, Fraction(letter), None)
        assert isinstance(step, Fraction)
        moved += step
    assert moved == Fraction(claim["shift"]["value"])
    assert state == {key: Fraction(value) for key, value in proof["settled"].items()}


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name]["kind"] == "cycle"])
def test_the_steps_of_an_exact_cycle_return(name: str) -> None:
    document = CASES[name]
    claim = document["claim"]
    if document["proof"]["rule"] != "exact":
        return
    r, f = recurrence(document["method"]), Piecewise.of(document["function"])
    x = start = Fraction(claim["x"])
    state: dict[str, Any] = {key: Fraction(value) for key, value in claim["state"].items()}
    for _ in range(claim["period"]):
        step, state = advance(r, state, f.jet(x)[1], None)
        assert isinstance(step, Fraction)
        x += step
    assert x == start
    assert state == {key: Fraction(value) for key, value in claim["state"].items()}


VERDICTS = {"PROVED": (None, "", 0), "REFUTED": ("claim.slope", "1000", 1), "UNDECIDED": ("version", 2, 4)}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_command_checks_first(verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, value, status = VERDICTS[verdict]
    document = CASES["cycle: exact"] if path is None else changed("cycle: exact", path, value)
    if document["version"] == 1:
        document = {**document, "sentence": sentence_of(document)}
    assert run(saved(document, tmp_path)) == status
    said = capsys.readouterr().out
    assert verdict in said.splitlines()[0]
    assert ("Theorem." in said) == (verdict == "PROVED")


@pytest.mark.parametrize(("option", "begins"), [("--latex", "% Made by"), ("--html", "<!DOCTYPE html>")])
def test_the_command_writes_to_a_file_or_to_standard_output(
    option: str, begins: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = saved(CASES["cycle: exact"], tmp_path), tmp_path / "out"
    assert run(path, option) == 0
    printed = capsys.readouterr().out
    assert run(path, option, "-o", str(out)) == 0
    assert capsys.readouterr().out == ""
    assert out.read_text() == printed
    assert printed.startswith(begins)


def test_a_mistake_costs_one_line_and_exit_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "note").write_text("hello")
    path = saved(CASES["cycle: exact"], tmp_path)
    for words in (
        [str(tmp_path / "note")],
        [str(tmp_path / "missing")],
        [str(tmp_path)],
        [path, "--latex", "--html"],
        [path, "-o", str(tmp_path / "no" / "folder")],
        [],
    ):
        assert run(*words) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1


BROWSED = ("drift: nadam, schedule", "cycle: enclosed, attracting", "orbit: muon", "vanishing", "function: quartic")


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", BROWSED)
def test_the_page_never_scrolls_sideways_and_requests_nothing(
    browser: Any, tmp_path: Path, name: str, width: int
) -> None:
    path = tmp_path / "page.html"
    path.write_text(html_page(CASES[name], shown(CASES[name], "PROVED")), encoding="utf-8")
    opened = browser.new_page(viewport={"width": width, "height": 800}, color_scheme="dark")
    requests: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(path.as_uri())
    overflow = opened.evaluate("document.documentElement.scrollWidth - innerWidth")
    formulas = opened.evaluate("[...document.querySelectorAll('math')].filter(m => !m.getBoundingClientRect().height)")
    opened.close()
    assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]
    assert overflow <= 0
    assert formulas == []
