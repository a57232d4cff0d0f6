"""A folder of certificates as a page of the documentation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from misstep.certificates import read_checked
from misstep.report.markdown import escaped

_LONGEST, _DIGITS = 9, 4
"""Digits up to which a number stands as it is, and the digits that stand for a longer one."""

_LEAD = """# The shipped certificates

The folder `certificates/` of the repository holds a proof of each failure below: what the paper claims, and what
misstep found beyond it. [The guide](guides/certificates.md) says how to check them, and [the
format](reference/certificate-format.md) what they mean. The page is written from the files, and the files by the
prover:

```console
$ python tools/make_certificates.py --page docs/certificates.md
$ misstep check certificates/*.cert.json
```

Claims are those of the files, shortened: parameters that are 0, none or false are left out, and a number with ≈ has
been rounded. "Optimal" is the claim that no smaller Lipschitz constant will do."""

_KINDS = {
    "drift": "The method runs away on a function of one variable, from every start in an interval. From step K on the "
    "gradients repeat a word of p letters.",
    "cycle": "The method goes round on a function of one variable in p steps.",
    "orbit": "What a method does on a function of several variables: for K steps, or K points again and again.",
    "vanishing": "The learning rate decreases, the gradient vanishes, and the iterates run away all the same on a "
    "function of one variable. K steps are examined one by one.",
    "function": "What a function is, whatever runs on it.",
}


def render(folder: Path) -> str:
    """The page in Markdown: a table for each kind, with a row for each file.

    Args:
        folder: Where the certificates are, as files that end with `.cert.json`.

    Raises:
        InvalidInput: One of the files is no certificate.
    """
    documents = {path.name: read_checked(path)[0] for path in sorted(folder.glob("*.cert.json"))}
    parts = [_LEAD]
    for kind, text in _KINDS.items():
        rows = [_row(name, document) for name, document in documents.items() if document["kind"] == kind]
        if rows:
            parts.append(f"## {kind.capitalize()}: {len(rows)}\n\n{text}")
            parts.append("| file | claim | kind and rule | K | p |\n|---|---|---|--:|--:|\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _row(name: str, document: Mapping[str, Any]) -> str:
    claim = escaped(short_claim(document["sentence"]))
    return f"| `{name.removesuffix('.cert.json')}` | {claim} | {_rule(document)} | {_lengths(document)} |"


def short_claim(sentence: str) -> str:
    """A certificate's sentence, without parameters that do nothing and what a heading says, and with short numbers.

    >>> short_claim("adam(learning_rate = 1/10, eps = 0, amsgrad = none) runs away; f' has L = 100000001/625000.")
    "adam(learning_rate = 1/10) runs away; f' has L ≈ 160."
    >>> short_claim("It moves by -6953/2911720 every 1 steps, with x in [1/100000001, 1/100000000].")
    'It moves by ≈-0.002388 every step, with x in [≈1e-8, 1e-8].'
    """
    method, closed, rest = sentence.partition(") ")
    if closed:
        method = re.sub(r", \w+ = (?:0|none|false)(?=[,)]|$)", "", method)
    text = (method + closed + rest).replace(" on a function of one variable", "").replace("every 1 steps", "every step")
    text = re.sub(r"-?\d+(?:/\d+)?", lambda found: _short(found[0]), text)
    return re.sub(r" in \[(≈[^],]+), \1\]", r" = \1", text).replace(" = ≈", " ≈ ")


def _short(number: str) -> str:
    if len(re.sub(r"\D", "", number)) <= _LONGEST:
        return number
    value = Fraction(number)
    text = f"{float(value):.{_DIGITS}g}".replace("e-0", "e-")
    return text if Fraction(text) == value else f"≈{text}"


def _rule(document: Mapping[str, Any]) -> str:
    kind, proof, claim = document["kind"], document["proof"], document["claim"]
    parts = [kind]
    if "rule" in proof:
        parts.append(proof["rule"])
    if kind == "orbit":
        parts.append("closed" if claim["closed"] else "open")
    stability = claim.get("stability")
    if stability is not None:
        parts.append(stability["type"])
    if claim.get("optimal"):
        parts.append("optimal")
    return ", ".join(parts)


def _lengths(document: Mapping[str, Any]) -> str:
    """K and p, in two cells."""
    claim, proof = document["claim"], document["proof"]
    match document["kind"]:
        case "drift":
            return f"{claim['from']} | {claim['period']}"
        case "cycle":
            return f" | {claim['period']}"
        case "orbit":
            return f"{claim['steps']} | "
        case "vanishing":
            return f"{proof['steps']} | "
    return " | "
