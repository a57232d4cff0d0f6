"""Datasets as a sweep returns them, filled by formulas: what figures are tested with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import xarray

UNSETTLED, DRIFTS, CYCLES, CONVERGES, STALLS, OVERFLOWS = range(6)
FLAGS: Mapping[str, Any] = {
    "flag_values": np.arange(6, dtype=np.int8),
    "flag_meanings": "unsettled drifts cycles converges stalls overflows",
    "long_name": "outcome",
    "units": "1",
}
ATTRIBUTES: Mapping[str, Any] = {
    "title": "For which (β₁, β₂) does Adam run away?",
    "misstep": "0.4.0",
    "numpy": "2.4.6",
    "numba": "0.68.1",
    "python": "3.12.3",
    "kernel": "numba",
    "dtype": "float64",
    "seed": 0,
    "command": 'misstep sweep "adam(learning_rate=0.1, beta1=0..0.999:40, beta2=0..0.9999:40)" --function cubic',
}
UNITS = {
    "speed": ("drift speed", "x/step"),
    "gradient": ("final |g|", "f/x"),
    "departure": ("departure from the predicted orbit", "step"),
    "period": ("period of the cycle", "step"),
    "f_min": ("smallest f", "f"),
    "f_max": ("largest f", "f"),
    "lyapunov": ("largest Lyapunov exponent", "1/step"),
    "survival": ("survival", "1"),
    "proved": ("proved", "1"),
}


def spec(**changes: Any) -> str:
    """The spec of a sweep as its dataset holds it."""
    return json.dumps(
        {
            "optimizers": ["adam(learning_rate=0.1)"],
            "functions": [{"name": "cubic", "arguments": {}}],
            "axes": [{"name": "beta1"}, {"name": "beta2"}],
            "x0": "1e-6",
            "n_steps": 100000,
            "arithmetic": ["float64"],
            "seed": 0,
            **changes,
        }
    )


def logit(high: float, n: int) -> npt.NDArray[np.float64]:
    """Values from 0, evenly in log(1 − β)."""
    return np.asarray(1 - np.geomspace(1, 1 - high, n))


def grid(
    coordinates: Mapping[str, tuple[Any, str]],
    variables: Mapping[str, npt.NDArray[Any]],
    **attributes: Any,
) -> xarray.Dataset:
    """A dataset over a grid: coordinates with their scales, variables over all of them."""
    import xarray

    dims = tuple(coordinates)
    held = {
        name: ((name,), np.asarray(values), {"units": "1", "scale": scale})
        for name, (values, scale) in coordinates.items()
    }
    return xarray.Dataset(
        {name: (dims, values, described(name)) for name, values in variables.items()},
        coords=held,
        attrs={**ATTRIBUTES, "spec": spec(), **attributes},
    )


def described(name: str) -> dict[str, Any]:
    """The attributes of a variable."""
    if name == "outcome":
        return dict(FLAGS)
    long_name, units = UNITS.get(name, (name.replace("_", " "), "1"))
    return {"long_name": long_name, "units": units}


def betas(n: int = 40, facets: Sequence[str] = (), *, proved: bool = False) -> xarray.Dataset:
    """Outcomes over (β1, β2): all six occur, in regions with curved borders."""
    beta1, beta2 = logit(0.999, n), logit(0.9999, n)
    u, v = np.meshgrid(-np.log10(1 - beta1), -np.log10(1 - beta2), indexing="ij")
    fields = [_fields(u, v, 0.35 * i) for i in range(max(1, len(facets)))]
    variables = {name: np.stack([field[name] for field in fields]) for name in fields[0]}
    if proved:
        variables["proved"] = ((variables["outcome"] == DRIFTS) & (np.stack([u + 0.4 * v] * len(fields)) < 1.9)).astype(
            np.int8
        )
    coordinates: dict[str, tuple[Any, str]] = {"beta1": (beta1, "logit"), "beta2": (beta2, "logit")}
    if not facets:
        return grid(coordinates, {name: values[0] for name, values in variables.items()})
    return grid({"function": (list(facets), "list"), **coordinates}, variables)


def _fields(u: npt.NDArray[Any], v: npt.NDArray[Any], shift: float) -> dict[str, npt.NDArray[Any]]:
    outcome = np.full(u.shape, CONVERGES, dtype=np.int8)
    outcome[v - shift < 3.1 - 0.55 * u**1.5] = DRIFTS
    outcome[(u - 2.3) ** 2 + (v - 1.2 - shift) ** 2 < 0.45] = CYCLES
    outcome[u > 2.75 - 0.1 * shift] = STALLS
    outcome[(u < 0.3) & (v > 3.5)] = OVERFLOWS
    outcome[np.abs(v - shift - (3.1 - 0.55 * u**1.5)) < 0.06] = UNSETTLED
    drifts = outcome == DRIFTS
    return {
        "outcome": outcome,
        "period": np.where(outcome == CYCLES, 2 + (3 * v).astype(np.int32), 0).astype(np.int32),
        "speed": np.where(drifts, 0.1 * (1 + 0.8 * np.sin(1.3 * u) * np.cos(0.9 * v)), 0.0),
        "gradient": np.where(outcome == OVERFLOWS, np.nan, 10.0 ** (-2 * v + u)),
        "departure": np.where(drifts, -1, (10 ** (1 + v)).astype(np.int64)),
        "lyapunov": 0.2 * np.sin(2 * u + v) - 0.05 * v,
        "f_max": 1 + u * v,
    }


def starts(n: int = 33) -> xarray.Dataset:
    """Survival over the start, 0 first, a function each."""
    x0 = np.concatenate(([0.0], np.geomspace(1e-16, 0.4, n - 1)))
    functions = ["cubic", "spline", "sine", "plateau(rho=1/4)"]
    ends = np.array([-9.0, -7.0, -5.0, -1.0])[:, None]
    place = np.log10(np.maximum(x0, 1e-18))[None]
    survival = 1 / (1 + np.exp(2 * (place - ends)))
    variables = {
        "survival": survival,
        "survival_low": np.clip(survival - 0.08, 0, 1),
        "survival_high": np.clip(survival + 0.08, 0, 1),
        "outcome": np.where(survival > 0.5, DRIFTS, CONVERGES).astype(np.int8),
        "speed": 0.1 * survival,
    }
    return grid({"function": (functions, "list"), "x0": (x0, "list")}, variables, title="Does a start off 0 survive?")


def points(n: int = 256) -> xarray.Dataset:
    """A random design."""
    import xarray

    random = np.random.default_rng(1)
    u, v = 3 * random.random(n), 4 * random.random(n)
    fields = _fields(u, v, 0.0)
    return xarray.Dataset(
        {name: (("point",), values, described(name)) for name, values in fields.items()},
        coords={
            "beta1": (("point",), 1 - 10**-u, {"units": "1", "scale": "logit"}),
            "beta2": (("point",), 1 - 10**-v, {"units": "1", "scale": "logit"}),
            "eps": (("point",), 10 ** (-8 * random.random(n)), {"units": "1", "scale": "log"}),
        },
        attrs={**ATTRIBUTES, "spec": spec()},
    )
