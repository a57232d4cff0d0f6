"""Make the shipped certificates anew, the same files every time: python tools/make_certificates.py [FOLDER]."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from misstep.proofs.certificate import SUFFIX
from misstep.proofs.library import shipped
from misstep.report.certificate_library import render


def make(target: Path) -> int:
    """Write every certificate of the library to the folder, and take away those that are no longer in it."""
    target.mkdir(parents=True, exist_ok=True)
    made = {name: certificate.to_json() for name, certificate in shipped()}
    for name, text in made.items():
        (target / name).write_text(text, encoding="utf-8")
    for old in target.glob(f"*{SUFFIX}"):
        if old.name not in made:
            old.unlink()
    return len(made)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the certificates, and the page about them where that is asked for."""
    parser = argparse.ArgumentParser(description="Make the shipped certificates anew.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("certificates"), metavar="FOLDER")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write a table of the folder to a page in Markdown")
    options = parser.parse_args(arguments)
    print(f"{make(options.folder)} certificates in {options.folder}/")
    if options.page is not None:
        options.page.write_text(render(options.folder), encoding="utf-8")
        print(f"Page: {options.page}")


if __name__ == "__main__":
    main()
