"""The caption of a phase diagram: the question, the method, the function, the arithmetic, and how much is proved."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from misstep.report.phase.axis import PhaseAxis
from misstep.report.phase.names import share, symbol

VERSIONS = ("misstep", "numba", "numpy", "python")
"""Attributes of a dataset that say which versions made it."""


def read_spec(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The spec of the sweep; empty where the dataset has none that can be read."""
    try:
        found = json.loads(str(attributes.get("spec", "{}")))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def facts(
    attributes: Mapping[str, Any], fixed: Mapping[str, str], functions: Sequence[str], varied: Collection[str]
) -> dict[str, str]:
    """What the reader of a figure has to know of the sweep: name and text, as far as the dataset says it.

    Args:
        attributes: Of the dataset.
        fixed: Coordinates of one value each.
        functions: Those that are drawn, where they are a coordinate.
        varied: Coordinates of the dataset.
    """
    spec = read_spec(attributes)
    found: dict[str, str] = {}
    methods = [_text(method) for method in spec.get("optimizers", [])]
    if len(methods) == 1:
        found["optimizer"] = methods[0]
    named = functions or [_text(name) for name in spec.get("functions", [])]
    if named:
        found["function" if len(named) == 1 else "functions"] = ", ".join(named)
    if "n_steps" in spec:
        found["steps"] = str(spec["n_steps"])
    if len(spec.get("arithmetic", [])) == 1:
        found["arithmetic"] = str(spec["arithmetic"][0])
    at = [f"{symbol(name)} = {value}" for name, value in fixed.items() if name != "function"]
    for name in ("x0", "noise", "power"):
        value = str(spec.get(name, "0"))
        if name in spec and name not in varied and value not in ("0", "0.0"):
            at.append(f"{symbol(name)} = {value}")
    if at:
        found["at"] = ", ".join(at)
    if spec.get("replicates", 1) not in (None, 1):
        found["replicates"] = str(spec["replicates"])
    if "seed" in attributes or "seed" in spec:
        found["seed"] = str(attributes.get("seed", spec.get("seed")))
    if "kernel" in attributes:
        found["kernel"] = str(attributes["kernel"])
    versions = [f"{name} {attributes[name]}" for name in VERSIONS if name in attributes]
    if versions:
        found["versions"] = ", ".join(versions)
    return found


def caption(shown: str, known: Mapping[str, str], cells: str, proved: tuple[int, int] | None) -> str:
    """The caption, a few sentences.

    Args:
        shown: What is drawn, over what.
        known: What `facts` found.
        cells: How many there are, in words.
        proved: How many cells are proved, and of how many; `None` where nothing was to be.
    """
    run = [known[name] for name in ("optimizer",) if name in known]
    if "function" in known:
        run.append(f"on {known['function']}")
    if "functions" in known:
        run.append(f"on {known['functions']}")
    if "at" in known:
        run.append(f"at {known['at']}")
    if "steps" in known:
        run.append(f"for {known['steps']} steps")
    if "arithmetic" in known:
        run.append(f"in {known['arithmetic']}")
    first = f"{shown}: {' '.join(run)}, {cells}." if run else f"{shown}: {cells}."
    if "replicates" in known:
        first = f"{first[:-1]}, {known['replicates']} replicates each."
    by = f"the {known['kernel']} kernel" if "kernel" in known else ""
    made = ", ".join(filter(None, (by, known.get("versions", ""))))
    observed = f"Observed with {made}" if made else "Observed"
    if proved is None or proved[0] == 0:
        return f"{first} {observed}; nothing here is proved."
    return f"{first} {share(*proved)} of the cells are proved (dotted); the others are observed{observed[8:]}."


def shown(words: str, x: PhaseAxis, y: PhaseAxis | None) -> str:
    """What is drawn over what, with a capital."""
    over = symbol(x.name) if y is None else f"{symbol(x.name)} and {symbol(y.name)}"
    return f"{words[:1].upper()}{words[1:]} over {over}"


def _text(value: Any) -> str:
    """A method or a function of a spec: as written, or from its name and arguments."""
    if not isinstance(value, Mapping):
        return str(value)
    inside = ", ".join(f"{name}={argument}" for name, argument in value.get("arguments", {}).items())
    return f"{value.get('name', '')}({inside})" if inside else str(value.get("name", ""))
