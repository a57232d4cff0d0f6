"""The report: figures, page and folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import misstep.report.reproduction_files
from misstep.certificates import check
from misstep.errors import InvalidInput, MissingDependency
from misstep.report.figures import PLOTS, Figure, draw_figures
from misstep.report.folder import OutputFolder, output_folder
from misstep.report.page import command, render_page
from misstep.report.reproduction_files import NAMES, reproduction_files
from misstep.reproduce import Finding, Part, Reproduction, Row, Setting, Verdict, reproduce
from misstep.scalars import exact

FAST = ("jets", "smooth", "linear-growth", "decreasing-steps", "perturbed-start")
FILES = {"report.html", "report.json"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@pytest.fixture(scope="session")
def fast() -> Reproduction:
    """A few rows with figures, at an α that is no decimal."""
    return reproduce("1/3", quick=True, only=FAST)


@pytest.fixture(scope="session")
def small(fast: Reproduction) -> Reproduction:
    """Two rows with one figure: three files."""
    return replace(fast, rows=fast.rows[:2])


@pytest.fixture(scope="session")
def whole() -> Reproduction:
    return reproduce(quick=True)


@pytest.fixture(scope="session")
def drawn(whole: Reproduction) -> Mapping[str, Figure]:
    return draw_figures(whole)


class Page(HTMLParser):
    """What a page consists of; an end tag that does not match is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            if name == "id":
                self.ids[value or ""] += 1
            elif name in {"src", "srcset", "data", "xlink:href"} or (name == "href" and tag != "a"):
                self.loads.append(value or "")
            elif name == "href":
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def reserve(path: Path | str) -> AbstractContextManager[OutputFolder]:
    """The folder of a reproduction."""
    return output_folder(path, NAMES)


def listing(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


# Figures


def test_every_figure_is_there_for_a_whole_reproduction(whole: Reproduction, drawn: Mapping[str, Figure]) -> None:
    expected = {plot.name for plot in PLOTS}
    frameworks = next(row for row in whole.rows if row.id == "frameworks")
    if not frameworks.finding.data:
        expected.remove("frameworks")
    assert set(drawn) == expected
    for figure in drawn.values():
        assert figure.title
        assert figure.caption.count(". ") == 0, "one sentence"
        assert figure.caption.endswith(".")
        assert len(figure.svg) < 300_000


def test_a_subset_has_the_figures_of_its_rows(fast: Reproduction) -> None:
    assert set(draw_figures(fast)) == {plot.name for plot in PLOTS if plot.row_id in FAST}
    assert draw_figures(replace(fast, rows=fast.rows[:1])) == {}


def test_the_same_rows_give_the_same_bytes(fast: Reproduction) -> None:
    assert draw_figures(fast) == draw_figures(fast)


def test_a_figure_is_well_formed_and_loads_nothing(drawn: Mapping[str, Figure]) -> None:
    for figure in drawn.values():
        ET.fromstring(figure.file.encode())  # noqa: S314 — our own text
        loaded = re.findall(r'href="([^"]*)"', figure.svg)
        assert all(target.startswith((f"#{figure.name}-", "data:image/png;base64,")) for target in loaded)
        assert "#010203" not in figure.svg
        assert "currentColor" in figure.svg
        # A style sheet inside an inline drawing holds for the whole page, unless it names the drawing.
        for sheet in re.findall(r"<style[^>]*>(.*?)</style>", figure.svg, flags=re.DOTALL):
            assert sheet.strip().startswith(f"#{figure.name} ")


def test_a_users_own_style_does_not_change_a_figure(small: Reproduction) -> None:
    import matplotlib as mpl

    plain = draw_figures(small)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "none"}):
        assert draw_figures(small) == plain


def test_importing_the_report_imports_no_matplotlib() -> None:
    code = (
        "import sys, misstep.report.reproduction_files, misstep.report.figures; sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_matplotlib_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fast: Reproduction
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingDependency, match=r"install misstep\[plot\]"):
        draw_figures(fast)
    with pytest.raises(MissingDependency, match=r"install misstep\[plot\]"), reserve(tmp_path / "report"):
        raise AssertionError("no work is begun")
    assert not listing(tmp_path)


# Page


def test_the_page_is_well_formed_with_unique_ids(whole: Reproduction, drawn: Mapping[str, Figure]) -> None:
    page = Page(render_page(whole, drawn))
    assert max(page.ids.values()) == 1
    assert page.tags["h1"] == page.tags["main"] == page.tags["table"] == 1
    assert page.tags["figure"] == page.tags["figcaption"] == len(drawn)
    assert page.tags["script"] == 0
    assert all(link[1:] in page.ids for link in page.links if link.startswith("#"))


def test_the_page_loads_nothing(whole: Reproduction, drawn: Mapping[str, Figure]) -> None:
    html = render_page(whole, drawn)
    page = Page(html)
    assert all(load.startswith(("#", "data:")) for load in page.loads)
    assert page.tags["link"] == page.tags["iframe"] == 0
    assert "@import" not in html
    assert not re.search(r"url\(\s*['\"]?(?!#)", html)


def test_every_row_is_on_the_page_with_its_command(whole: Reproduction, drawn: Mapping[str, Figure]) -> None:
    html = render_page(whole, drawn)
    page = Page(html)
    for row in whole.rows:
        assert page.ids[f"row-{row.id}"] == 1
        assert f"#row-{row.id}" in page.links
        assert f"<code>misstep reproduce --only {row.id} --alpha 1/10 --quick</code>" in html
    assert "a quick run" in html
    assert whole.version in html


def test_a_full_run_has_no_quick_in_its_commands(fast: Reproduction) -> None:
    setting = replace(fast.setting, quick=False)
    assert command(fast.rows[0], setting) == "misstep reproduce --only jets --alpha 1/3"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_is_a_word_with_its_own_frame(verdict: Verdict) -> None:
    html = render_page(_one_row("a statement", verdict), {})
    assert html.count(f'<span class="badge {verdict.value.lower()}">{verdict.value}</span>') == 4
    assert ("Every statement of the paper stands." in html) is (verdict in {Verdict.PROVED, Verdict.OBSERVED})


def test_hostile_text_stays_text() -> None:
    hostile = """</td><script>alert("x")</script><img src=x onerror='y'> & a_{<b>} ^{</i>} &lt;"""
    page = Page(render_page(_one_row(hostile), {}))
    assert page.tags["script"] == page.tags["img"] == page.tags["b"] == page.tags["i"] == 0
    assert 'alert("x")' in "".join(page.text)


def _one_row(text: str, verdict: Verdict = Verdict.PROVED) -> Reproduction:
    finding = Finding(claimed=text, computed=text, parts=(Part(text, text, verdict),))
    row = Row("jets", text, text, of_the_paper=True, finding=finding, seconds=0.5)
    return Reproduction("0", Setting(exact("1/10")), (row,))


# Folder


def test_a_new_folder_appears_whole(tmp_path: Path, small: Reproduction) -> None:
    target = tmp_path / "a" / "b" / "report"
    with reserve(target) as folder:
        assert not target.exists()
        folder.write(reproduction_files(small))
    figures = {f"figures/{name}.svg" for name in draw_figures(small)}
    proofs = {f"certificates/{name}" for row in small.rows for name in row.certificates}
    assert set(listing(tmp_path)) == {f"a/b/report/{name}" for name in FILES | figures | proofs}
    assert proofs
    assert all(check(target / name).verdict == "PROVED" for name in proofs)
    assert json.loads((target / "report.json").read_text(encoding="utf-8")) == small.to_dict()
    umask = os.umask(0)
    os.umask(umask)
    assert target.stat().st_mode & 0o777 == 0o777 & ~umask


def test_an_existing_folder_keeps_its_other_files(tmp_path: Path, small: Reproduction) -> None:
    (tmp_path / "figures").mkdir()
    mine = {"notes.txt": b"mine", "figures/mine.svg": b"<svg/>"}
    for name, content in {**mine, "report.html": b"old"}.items():
        (tmp_path / name).write_bytes(content)
    with reserve(tmp_path) as folder:
        folder.write(reproduction_files(small))
    after = listing(tmp_path)
    assert {name: after[name] for name in mine} == mine
    assert after["report.html"].startswith(b"<!DOCTYPE html>")
    assert not [name for name in after if name.startswith(".")]


def test_writing_twice_is_as_writing_once(tmp_path: Path, small: Reproduction) -> None:
    target = tmp_path / "report"
    for _ in range(2):
        with reserve(target) as folder:
            folder.write(reproduction_files(small))
    proofs = {name for row in small.rows for name in row.certificates}
    assert len(listing(tmp_path)) == 2 + len(draw_figures(small)) + len(proofs)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("name", ["report", "new/parents/report"])
def test_an_interruption_of_the_work_leaves_nothing(tmp_path: Path, name: str, error: type[BaseException]) -> None:
    with pytest.raises(error), reserve(tmp_path / name):
        raise error
    assert not list(tmp_path.iterdir())


def test_leaving_without_writing_leaves_nothing(tmp_path: Path) -> None:
    with reserve(tmp_path / "new" / "report"):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("existing", [False, True])
def test_an_interruption_while_drawing_leaves_all_as_it_was(
    tmp_path: Path, existing: bool, small: Reproduction, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report"
    if existing:
        target.mkdir()
        (target / "report.html").write_text("old")
    before = listing(tmp_path)
    monkeypatch.setattr(misstep.report.reproduction_files, "render_page", _interrupt)
    with pytest.raises(KeyboardInterrupt), reserve(target) as folder:
        folder.write(reproduction_files(small))
    assert listing(tmp_path) == before
    assert target.exists() is existing


@pytest.mark.parametrize("moves", range(3))
def test_an_interruption_while_moving_files_puts_back_the_old(
    tmp_path: Path, moves: int, small: Reproduction, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.html").write_text("old page")
    (tmp_path / "report.json").write_text("{}")
    before = listing(tmp_path)
    move, done = Path.replace, iter(range(1000))

    def interrupted(self: Path, target: Path) -> Path:
        if "before" not in self.parts and next(done) == moves:
            raise KeyboardInterrupt
        return move(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt), reserve(tmp_path) as folder:
        folder.write(reproduction_files(small))
    assert listing(tmp_path) == before
    assert not (tmp_path / "figures").exists()


def test_a_full_disk_is_one_clear_error(tmp_path: Path, small: Reproduction, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InvalidInput, match=r"report.*No space left"), reserve(tmp_path / "report") as folder:
        folder.write(reproduction_files(small))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("path", "condition"),
    [
        ("", "must name a folder"),
        ("{tmp}/file", "is not a folder"),
        ("{tmp}/file/report", "Not a directory"),
        ("{tmp}/" + "n" * 300, "name too long"),
        ("{tmp}/new/" + "n" * 300, "name too long"),
        ("{tmp}/nul\0", "null"),
        ("{tmp}/taken", "report.html.*is not a file"),
        ("{tmp}/loop", "is not a folder"),
        ("/proc/report", ""),
        ("/dev/null/report", "Not a directory"),
        ("/dev/null", "is not a folder"),
    ],
)
def test_a_folder_that_cannot_be_is_refused_before_any_work(tmp_path: Path, path: str, condition: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "taken" / "report.html").mkdir(parents=True)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    before = sorted(tmp_path.rglob("*"))
    path = path.format(tmp=tmp_path)
    with pytest.raises(InvalidInput, match=f"(?s)out = .*{condition}") as refused, reserve(path):
        raise AssertionError("no work is begun")
    assert repr(path) in str(refused.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_to_a_folder_is_followed(tmp_path: Path, small: Reproduction) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with reserve(tmp_path / "link") as folder:
        folder.write(reproduction_files(small))
    assert (tmp_path / "real" / "report.html").is_file()
    assert (tmp_path / "link").is_symlink()


def _interrupt(*_arguments: object) -> str:
    raise KeyboardInterrupt
