"""From texts or a TOML file to a `SweepSpec`.

A file has one table `[sweep]` and perhaps tables `[axes.NAME]`. Keys of `[sweep]`:

    title, question   texts; they change no number
    optimizer         a text such as "adam(learning_rate=0.1, beta1=0..0.999:200)", or a list of them
    function          a text such as "plateau(rho=1/4)", a path to a construction's .json, or a list; "cubic" if absent
    x0, noise, power  a number, a list of numbers, or a text of either or of a range, "1e-16..0.4:50:log"; 0 if absent
    steps             a whole number from 8; 1e5 is one
    arithmetic        "float64", "float32", "bfloat16", or a list of them; "float64" if absent
    seed              a whole number in [0, 2^64); 0 if absent
    replicates        a whole number from 1 to 65536; 1 if absent
    design            "grid", "random" or "sobol"; "grid" if absent
    points            a whole number, for designs that are no grid
    quantities        a list of names; all that apply if absent
    certify           true or false: whether cells are proved too, where that can be done; false if absent

and of `[axes.NAME]`, the axis of the parameter NAME: either `values`, a list of increasing numbers, or `from`, `to`,
`points` (in a grid) and `scale` ("linear", "log" or "logit"; "linear" if absent).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from misstep.adapters.naming import OptimizerSpec
from misstep.errors import InvalidInput, unknown_name
from misstep.sweeps.axis import Axis
from misstep.sweeps.functions import FunctionSpec, from_arguments, from_file, known
from misstep.sweeps.methods import hyper_parameters
from misstep.sweeps.spec import MAX_CELLS, RUN_AXES, SweepSpec, check_design, number
from misstep.sweeps.text import Range, as_axis, read_named, read_value, split, whole_number

SWEEP_KEYS = (
    "title",
    "question",
    "optimizer",
    "function",
    *RUN_AXES,
    "steps",
    "arithmetic",
    "seed",
    "replicates",
    "design",
    "points",
    "quantities",
    "certify",
)
AXIS_KEYS = ("from", "to", "points", "scale", "values")

_LARGEST_FILE = 1 << 20


def read_spec(
    optimizer: str | Sequence[str],
    *,
    steps: Any,
    function: str | Sequence[str] = "cubic",
    x0: Any = 0,
    noise: Any = 0,
    power: Any = 0,
    arithmetic: str | Sequence[str] = "float64",
    seed: Any = 0,
    replicates: Any = 1,
    design: str = "grid",
    points: Any = None,
    quantities: Sequence[str] = (),
    certify: bool = False,
    axes: Mapping[str, Range | list[Any] | Axis] | None = None,
    title: str = "",
    question: str = "",
    folder: str | Path = ".",
) -> SweepSpec:
    """The sweep that these texts and numbers describe.

    Axes come in this order: those written in `optimizer`, those in `function`, x0, noise, power, and then `axes`. The
    same range written in several methods or functions is one axis.

    Args:
        optimizer: A method of misstep with fixed values, ranges and lists, or several.
        steps: K ≥ 8; `1e5` and `"1e5"` are whole numbers too.
        function: A function, or a path to a construction's `.json`; or several.
        x0: Start: a number, a list, or the text of a number, a range or a list.
        noise: σ ≥ 0 of Gaussian noise on each gradient, likewise.
        power: p ≥ 0 of the learning rate α/(k + 1)^p, likewise.
        arithmetic: `"float64"`, `"float32"` or `"bfloat16"`, or several.
        seed: Of random numbers.
        replicates: Runs a cell.
        design: `"grid"`, `"random"` or `"sobol"`.
        points: Of a design that is no grid.
        quantities: All that apply, unless told.
        certify: Whether cells are proved too, where that can be done: the variable `proved`.
        axes: More axes by the name of their parameter.
        title: Of the sweep.
        question: That it answers.
        folder: That paths to constructions begin from.

    Raises:
        InvalidInput: with the value and the condition.

    >>> spec = read_spec("adam(learning_rate=0.1, beta1=0..0.999:5:logit)", steps=1e5, x0="1e-16..1e-1:4:log")
    >>> spec.dims, spec.shape, spec.axes[1].values
    (('beta1', 'x0'), (5, 4), (1e-16, 1e-11, 1e-06, 0.1))
    """
    check_design(_text("design", design))
    found: dict[str, Axis] = {}
    methods = tuple(map(read_named, _texts("optimizer", optimizer)))
    optimizers = tuple(_fixed(spec, hyper_parameters(spec), design, found) for spec in methods)
    functions = tuple(_function(text, design, Path(folder), found) for text in _texts("function", function))
    run: dict[str, str] = {}
    for name, value in zip(RUN_AXES, (x0, noise, power), strict=True):
        given = read_value(name, value) if isinstance(value, str) else value
        if isinstance(given, (Range, list)):
            _add(found, as_axis(name, given, design))
        else:
            run[name] = _number_text(name, given)
    for name, axis in (axes or {}).items():
        if name in found:
            raise InvalidInput(f"{name} is an axis twice: by itself and in the text of a method, a function or a start")
        found[name] = axis if isinstance(axis, Axis) else as_axis(name, axis, design)
    return SweepSpec(
        optimizers=optimizers,
        functions=functions,
        axes=tuple(found.values()),
        n_steps=as_whole("steps", steps),
        arithmetic=_texts("arithmetic", arithmetic),
        seed=as_whole("seed", seed),
        replicates=as_whole("replicates", replicates),
        design=design,
        points=None if points is None else as_whole("points", points),
        quantities=_texts("quantities", quantities) if quantities else (),
        certify=certify,
        title=_text("title", title),
        question=_text("question", question),
        **run,
    )


def read_study(path: str | Path) -> SweepSpec:
    """The sweep that a TOML file describes. Paths in it are relative to its folder.

    Raises:
        InvalidInput: the file cannot be read, has an unknown key or a value of a wrong type, or describes no sweep; the
            message names the file and the key.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise InvalidInput(f"{path} has {file.stat().st_size} bytes: no sweep is so long")
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path} is not TOML: {error}") from None
    try:
        return from_document(document, folder=file.parent)
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from None


def from_document(document: Mapping[str, Any], *, folder: str | Path = ".") -> SweepSpec:
    """The sweep that the tables of a TOML file describe.

    Raises:
        InvalidInput: as `read_study`, without the file's name.
    """
    _known_keys(document, ("sweep", "axes"), "a table of a sweep's file")
    table = document.get("sweep")
    if not isinstance(table, dict):
        raise InvalidInput("the table [sweep] is missing")
    _known_keys(table, SWEEP_KEYS, "a key of [sweep]")
    for name in ("optimizer", "steps"):
        if name not in table:
            raise InvalidInput(f"[sweep] lacks the key {name}")
    axes = document.get("axes", {})
    if not isinstance(axes, dict):
        raise InvalidInput(f"axes = {axes!r} must be tables [axes.NAME]")
    return read_spec(**table, axes={name: _axis(name, entry) for name, entry in axes.items()}, folder=folder)


def as_whole(name: str, value: Any) -> int:
    """`value` as a whole number: an int, a float such as 1e5, or the text of one.

    Raises:
        InvalidInput: it is none.

    >>> as_whole("steps", 1e5), as_whole("steps", "1e5")
    (100000, 100000)
    """
    found = None if isinstance(value, bool) else whole_number(str(value))
    if found is None:
        raise InvalidInput(f"{name} = {value!r} must be a whole number")
    if abs(found) > max(MAX_CELLS, 2**64):
        raise InvalidInput(f"{name} = {value!r} is too large")
    return found


def _function(text: str, design: str, folder: Path, found: dict[str, Axis]) -> FunctionSpec:
    if text.strip().endswith(".json"):
        return from_file(folder / text.strip())
    name, parenthesis, rest = text.partition("(")
    spec = read_named(name.replace("-", "_") + parenthesis + rest)
    numbers = known(FunctionSpec(spec.name)).numbers
    return from_arguments(_fixed(spec, numbers, design, found))


def _fixed(spec: OptimizerSpec, numbers: Collection[str], design: str, found: dict[str, Axis]) -> OptimizerSpec:
    fixed, axes = split(spec, numbers, design)
    for axis in axes:
        _add(found, axis)
    return fixed


def _add(found: dict[str, Axis], axis: Axis) -> None:
    if found.setdefault(axis.name, axis) != axis:
        raise InvalidInput(f"{axis.name} is an axis twice, with different values")


def _axis(name: str, entry: Any) -> Range | list[Any]:
    where = f"axes.{name}"
    if not isinstance(entry, dict):
        raise InvalidInput(f"{where} = {entry!r} must be a table with from, to and points, or values")
    _known_keys(entry, AXIS_KEYS, f"a key of [{where}]")
    if "values" in entry:
        if len(entry) > 1:
            raise InvalidInput(f"[{where}] has values and {next(key for key in entry if key != 'values')}: one of them")
        values = entry["values"]
        if not isinstance(values, list):
            raise InvalidInput(f"{where}.values = {values!r} must be a list of numbers")
        return [_plain(f"{where}.values", value) for value in values]
    for key in ("from", "to"):
        if key not in entry:
            raise InvalidInput(f"[{where}] lacks the key {key}")
    points = as_whole(f"{where}.points", entry["points"]) if "points" in entry else None
    scale = _text(f"{where}.scale", entry.get("scale", "linear"))
    low, high = (_number_text(f"{where}.{key}", entry[key]) for key in ("from", "to"))
    return Range(low, high, points, scale)


def _plain(name: str, value: Any) -> Any:
    """A number of a file as an exact one: a float counts as its shortest decimal."""
    return number(name, _number_text(name, value))


def _number_text(name: str, value: Any) -> str:
    """The text of a number, whose value is checked by those who use it."""
    if isinstance(value, (bool, list, tuple, dict)) or value is None:
        raise InvalidInput(f"{name} = {value!r} must be a number")
    if isinstance(value, float) and not (value - value == 0):
        raise InvalidInput(f"{name} = {value} must be finite")
    text = str(float(value) if isinstance(value, float) else value)
    number(name, text)
    return text


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{name} = {value!r} must be a text")
    return value


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, (list, tuple)) or not all(isinstance(element, str) for element in value):
        raise InvalidInput(f"{name} = {value!r} must be a text or a list of texts")
    return tuple(value)


def _known_keys(table: Mapping[str, Any], allowed: Collection[str], what: str) -> None:
    for key in table:
        if key not in allowed:
            raise unknown_name(key, what, allowed)
