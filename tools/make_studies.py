"""Run the studies, and write what was found: docs/studies/.

python tools/make_studies.py                      # all
python tools/make_studies.py theorem --stores stores/
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import shlex
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.studies import STUDIES  # noqa: E402
from tools.studies.study import Study  # noqa: E402

from misstep.report.phase_files import plot  # noqa: E402
from misstep.sweeps.reading import read_study  # noqa: E402
from misstep.sweeps.spec import SweepSpec  # noqa: E402
from misstep.sweeps.sweep import sweep  # noqa: E402

PAGES = Path("docs/studies")
QUICK_STEPS, QUICK_POINTS = 300, 9


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="studies to run; all, unless told")
    parser.add_argument("--stores", type=Path, help="folder that keeps the stores, so that runs go on where they ended")
    parser.add_argument("--pages", type=Path, default=ROOT / PAGES, help="folder of the pages")
    parser.add_argument("--quick", action="store_true", help="few cells and steps, to see that all works")
    given = parser.parse_args()
    known = {study.name: study for study in STUDIES}
    if unknown := set(given.names) - set(known):
        parser.error(f"no such study: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    chosen = [known[name] for name in given.names or known]
    with tempfile.TemporaryDirectory() as temporary:
        for study in chosen:
            make(study, given.stores or Path(temporary), given.pages, quick=given.quick)
    write_index(given.pages)
    return 0


def make(study: Study, stores: Path, pages: Path, *, quick: bool) -> None:
    """Run a study's sweeps, draw its figures and write its page."""
    datasets: dict[str, Any] = {}
    seconds = {}
    for name in study.sweeps:
        begun = time.monotonic()
        datasets[name] = swept(name, stores, quick=quick)
        seconds[name] = time.monotonic() - begun
        print(f"{study.name}: {name} took {seconds[name]:.1f} s")
    finding, text = study.answer(datasets)
    parts = [f"# {study.question}", f"**{finding}**", text]
    (pages / "figures").mkdir(parents=True, exist_ok=True)
    for figure in study.figures:
        file = pages / "figures" / f"{figure.name}.svg"
        drawn = figure.data(datasets[figure.sweep]) if figure.data else datasets[figure.sweep]
        overlays = figure.overlays(drawn) if figure.overlays else ()
        caption = plot(drawn, file, **figure.options, overlays=overlays)
        parts.append(f"```{{raw}} html\n:file: figures/{figure.name}.svg\n```\n\n*{caption}*")
    parts.append(made_by(study))
    (pages / f"{study.name}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"{study.name}: {finding}")


def swept(name: str, stores: Path, *, quick: bool) -> Any:
    """The dataset of a sweep, from its store where that is finished."""
    spec = read_study(ROOT / "studies" / f"{name}.toml")
    if quick:
        return sweep(thinned(spec))
    store = stores / f"{name}.zarr"
    return sweep(spec, out=store, resume=store.exists(), progress=_progress)


def thinned(spec: SweepSpec) -> SweepSpec:
    """The same sweep with few cells, steps and replicates."""
    axes = tuple(
        dataclasses.replace(axis, values=axis.values[:: max(1, -(-axis.n // QUICK_POINTS))][:QUICK_POINTS])
        for axis in spec.axes
    )
    replicates = min(spec.replicates, 4)
    return dataclasses.replace(spec, axes=axes, n_steps=min(spec.n_steps, QUICK_STEPS), replicates=replicates)


def made_by(study: Study) -> str:
    """How a reader makes the page anew, with the files that say what was run."""
    lines = ["## How it was made", f"```console\n$ python tools/make_studies.py {study.name}\n```"]
    for name in study.sweeps:
        file = ROOT / "studies" / f"{name}.toml"
        lines.append(f"`studies/{name}.toml`:\n\n```toml\n{file.read_text(encoding='utf-8').strip()}\n```")
    lines.append("The same by hand:")
    commands = [f"$ misstep sweep studies/{name}.toml --out {name}.zarr" for name in study.sweeps]
    for figure in study.figures:
        if figure.data:
            # Its data are no variables of the store.
            continue
        options = " ".join(f"--{key} {_spelled(value)}" for key, value in figure.options.items())
        commands.append(f"$ misstep plot {figure.sweep}.zarr {options} --out {figure.name}.svg")
    lines.append("```console\n" + "\n".join(commands) + "\n```")
    if any(figure.data or figure.overlays for figure in study.figures):
        lines.append(
            f"Lines of a theory, and what follows from the sweep's variables: `tools/studies/{study.name}.py`."
        )
    lines.append(f"% made from {digest(study)}")
    return "\n\n".join(lines)


def digest(study: Study) -> str:
    """Of the files that say what was run: a page is out of date when it tells another."""
    text = "".join((ROOT / "studies" / f"{name}.toml").read_text(encoding="utf-8") for name in study.sweeps)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_index(pages: Path) -> None:
    """The list of studies, with each finding in a sentence, taken from the pages that are there."""
    rows, names = [], []
    for study in STUDIES:
        page = pages / f"{study.name}.md"
        if page.exists():
            finding = page.read_text(encoding="utf-8").split("\n\n")[1].strip("*")
            cell = finding.replace("|", r"\|")
            rows.append(f"| [{study.question}]({study.name}.md) | {cell} |")
            names.append(study.name)
    text = [
        "# Studies",
        "Questions about regions of hyper-parameters, each answered by a sweep. Everything here was OBSERVED in "
        "floating point, by `python tools/make_studies.py`, unless it says that it is proved.",
        "\n".join(["| question | what was found |", "| --- | --- |", *rows]),
        "```{toctree}\n:hidden:\n\n" + "\n".join(names) + "\n```",
    ]
    (pages / "index.md").write_text("\n\n".join(text) + "\n", encoding="utf-8")


def _spelled(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(shlex.quote(f"{key}={one}") for key, one in value.items())
    return shlex.quote(str(value))


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total} chunks ", end="" if done < total else "\n", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
