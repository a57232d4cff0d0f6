"""Make the shipped certificates anew: python tools/make_certificates.py [FOLDER]. The same files every time."""

from __future__ import annotations

import sys
from pathlib import Path

from misstep.proofs.library import shipped


def main(folder: str = "certificates") -> None:
    """Write every certificate of the library to the folder, and take away those that are no longer in it."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    made = {name: certificate.to_json() for name, certificate in shipped()}
    for name, text in made.items():
        (target / name).write_text(text, encoding="utf-8")
    for old in target.glob("*.cert.json"):
        if old.name not in made:
            old.unlink()
    print(f"{len(made)} certificates in {target}/")


if __name__ == "__main__":
    main(*sys.argv[1:])
