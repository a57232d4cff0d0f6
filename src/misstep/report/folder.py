"""The folder of a report: reserved before any work, and written whole or not at all."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from misstep.errors import InvalidInput, MissingDependency
from misstep.report.figures import draw_figures
from misstep.report.page import render_page
from misstep.reproduce import Reproduction

_PREFIX = ".misstep-report-"


@dataclass(frozen=True)
class ReportFolder:
    """A reserved folder. Nothing of it is seen before `write`.

    Attributes:
        path: Where the report will be.
        staging: A temporary folder of the same file system, where its files are written first.
    """

    path: Path
    staging: Path

    def write(self, reproduction: Reproduction) -> None:
        """Write report.html, report.json and figures/*.svg, then move them into place; other files there stay.

        Raises:
            InvalidInput: the files cannot be written, for want of room say; the folder is as it was.
            MissingDependency: matplotlib is not installed.
        """
        new = self.staging / "report"
        try:
            for name, text in report_files(reproduction).items():
                file = new / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="\n")
            if self.path.exists():
                _replace_files(new, self.path, self.staging / "before")
            else:
                new.rename(self.path)
        except OSError as error:
            raise InvalidInput(f"out = {str(self.path)!r} cannot be written: {error.strerror}") from error


def report_files(reproduction: Reproduction) -> dict[str, str]:
    """Every file of the report, by its name in the folder."""
    figures = draw_figures(reproduction)
    return {
        **{f"figures/{figure.name}.svg": figure.file for figure in figures.values()},
        "report.json": json.dumps(reproduction.to_dict(), indent=2, ensure_ascii=False) + "\n",
        "report.html": render_page(reproduction, figures),
    }


@contextmanager
def report_folder(path: str | os.PathLike[str]) -> Iterator[ReportFolder]:
    """Reserve a folder for a report, before anything is computed for it.

    Parents are made where they are missing; they and every temporary file are removed again unless a report is written.

    Args:
        path: The folder. It need not exist; where it does, other files in it are left alone.

    Raises:
        InvalidInput: there can be no such folder, or not there; nothing has been made.
        MissingDependency: matplotlib is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingDependency("a report needs figures, drawn with matplotlib: install misstep[plot]")
    target = _target(path)
    made: list[Path] = []
    staging = None
    try:
        try:
            if not target.exists():
                _make_parents(target.parent, made)
                # A name that is too long shows only once its parent is there.
                with suppress(FileNotFoundError):
                    target.lstat()
            # Inside the folder where there is one: it may be another file system than its parent.
            staging = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=target if target.exists() else target.parent))
        except OSError as error:
            raise InvalidInput(f"out = {str(path)!r} must be writable: {error.strerror}") from error
        yield ReportFolder(target, staging)
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
        # A parent that holds the report is not empty, and stays.
        for parent in reversed(made):
            with suppress(OSError):
                parent.rmdir()


def _target(path: str | os.PathLike[str]) -> Path:
    """The folder meant, links resolved.

    Raises:
        InvalidInput: it, or a file that the report has in it, exists as something else.
    """
    text = os.fspath(path)
    if not text:
        raise InvalidInput("out = '' must name a folder")
    try:
        target = Path(os.path.realpath(text))
        for place, kind in (
            (target, "folder"),
            (target / "figures", "folder"),
            (target / "report.html", "file"),
            (target / "report.json", "file"),
        ):
            with suppress(FileNotFoundError):
                place.lstat()
                if place.is_dir() != (kind == "folder"):
                    raise InvalidInput(f"out = {text!r} must be a folder: {str(place)!r} is not a {kind}")
    except ValueError as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"out = {text!r} must name a folder: {error}") from error
    except OSError as error:
        raise InvalidInput(f"out = {text!r} must name a folder: {error.strerror}") from error
    return target


def _make_parents(folder: Path, made: list[Path]) -> None:
    """Make a folder and its missing parents; add each to `made` once it is there."""
    if not folder.exists():
        _make_parents(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _replace_files(new: Path, target: Path, before: Path) -> None:
    """Move every file of `new` to its place in `target`; on any interruption put back what was there."""
    placed: list[tuple[Path, Path]] = []
    figures = target / "figures"
    fresh = not figures.exists()
    try:
        figures.mkdir(exist_ok=True)
        for file in sorted(path for path in new.rglob("*") if path.is_file()):
            name = file.relative_to(new)
            place, copy = target / name, before / name
            if place.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(place, copy)
            placed.append((place, copy))
            file.replace(place)
    except BaseException:
        for place, copy in placed:
            if copy.exists():
                copy.replace(place)
            else:
                place.unlink(missing_ok=True)
        if fresh:
            with suppress(OSError):
                figures.rmdir()
        raise
