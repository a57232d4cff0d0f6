"""Row `frameworks`: what torch's, optax's and Keras's own Adam do on the paper's function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from flint import fmpq

from misstep.adapters import Adapter, Dtype, Observation, keras_adam, optax_adam, torch_adam
from misstep.errors import MissingDependency
from misstep.functions import LineFunction, cubic, plateau
from misstep.optimizers import ADAM_DIALECTS
from misstep.reproduce.drift import OFF_ORBIT
from misstep.reproduce.other_functions import RHO
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict
from misstep.scalars import FloatArray, exact

BETAS = (("0.9", "0.999"), ("0.5", "0.9"))
"""The (β1, β2) that are run: the frameworks' defaults, and (not in a quick run) a pair with a shorter memory."""

DTYPES: tuple[Dtype, ...] = ("float64", "float32")

STEPS, QUICK_STEPS = 1000, 300
"""Steps of a run, few enough that float32 positions tell a plateau from its neighborhood.

With u = 2⁻²⁴, adding the k-th step to x ≈ k·spacing loses at most u·k spacings, in all u·K²/2 after K steps. Rounding v
in every step shifts it by about u/(1 − β2), hence the step by 500u of itself, in all 500u·K. At K = 1000 that is
0.03 + 0.03 spacings, well below ρ; from K = 2500 on it is not.
"""


@dataclass(frozen=True)
class _Framework:
    """Adam of a framework: its adapter, the extra that installs it, and its default ε with the place it has."""

    name: str
    extra: str
    adam: Callable[..., Adapter]
    eps: fmpq
    steady: bool
    """Whether the step on a constant gradient is α/(1 + ε) from the first step on (else only in the limit)."""


FRAMEWORKS = (
    _Framework("torch", "torch", torch_adam, exact(ADAM_DIALECTS["torch"]["eps"]), steady=True),
    _Framework("optax", "jax", optax_adam, exact(ADAM_DIALECTS["optax"]["eps"]), steady=True),
    _Framework("keras", "keras", keras_adam, exact(ADAM_DIALECTS["keras"]["eps_hat"]), steady=False),
)


@dataclass(frozen=True)
class _Case:
    """One function that every run is made on; all cases are elements of one parameter."""

    name: str
    function: LineFunction
    spacing: fmpq


@dataclass(frozen=True)
class _Run:
    """A case in one run: where it left the orbit, if it did, and how far x_k is from k·spacing."""

    departure: int | None
    constant: bool
    error: npt.NDArray[np.float64]
    spacing: float

    @property
    def furthest(self) -> float:
        """Largest |x_k − k·spacing|, in spacings."""
        return float(np.abs(self.error).max()) / self.spacing

    @property
    def pace(self) -> float:
        """x_K/(K·spacing): 1 on the orbit."""
        return 1 + float(self.error[-1]) / (self.spacing * (len(self.error) - 1))


def find_torch(setting: Setting) -> Finding:
    """torch.optim.Adam on f, on f with the optimizer's own spacing, and on plateaus."""
    return _find(FRAMEWORKS[0], setting)


def find_optax(setting: Setting) -> Finding:
    """The same for optax.adam."""
    return _find(FRAMEWORKS[1], setting)


def find_keras(setting: Setting) -> Finding:
    """The same for keras.optimizers.Adam."""
    return _find(FRAMEWORKS[2], setting)


def _find(framework: _Framework, setting: Setting) -> Finding:
    """Every dtype and pair of betas, on the three functions."""
    n_steps, betas = (QUICK_STEPS, BETAS[:1]) if setting.quick else (STEPS, BETAS)
    claimed = "ε > 0 makes the step α/(1 + ε): off the nodes of f, on the plateaus"
    try:
        label, runs = _observe(framework, setting.alpha, betas, n_steps)
    except MissingDependency:
        skipped = f"skipped: install misstep[{framework.extra}]"
        part = Part(f"{framework.name}'s Adam", skipped, Verdict.UNDECIDED)
        return Finding(claimed, f"{framework.name} {skipped}", (part,))
    departures = [run.departure for key, run in runs.items() if key[0] == "paper" and run.departure is not None]
    left = f"leaves f at steps {min(departures)} to {max(departures)}" if departures else "does not leave f"
    drifts = all(run.constant for key, run in runs.items() if key[0] == "plateau")
    drift = f"{'drifts' if drifts else 'does not always drift'} on plateaus for {n_steps} steps"
    return Finding(
        claimed=claimed,
        computed=f"{label} {left}, {drift}",
        parts=tuple(_parts(framework, label, runs, n_steps)),
        data={
            f"{framework.name}/{case}/{dtype}/{beta1},{beta2}": run.error
            for (case, dtype, (beta1, beta2)), run in runs.items()
        },
    )


_Betas = tuple[str, str]
_Key = tuple[str, Dtype, _Betas]


def _observe(framework: _Framework, alpha: fmpq, pairs: Sequence[_Betas], n_steps: int) -> tuple[str, dict[_Key, _Run]]:
    """The framework's name with its version, and every run by case, dtype and betas."""
    step = alpha / (1 + framework.eps)
    cases = (
        _Case("paper", cubic(alpha), alpha),
        _Case("matched", cubic(step), step),
        _Case("plateau", plateau(step, rho=RHO), step),
    )

    def gradient(x: FloatArray) -> FloatArray:
        return np.array([case.function.gradient(point) for case, point in zip(cases, x, strict=True)])

    label, runs = framework.name, {}
    for beta1, beta2 in pairs:
        for dtype in DTYPES:
            adapter = framework.adam(learning_rate=alpha, beta1=beta1, beta2=beta2, dtype=dtype)
            observation = adapter.follow(gradient, np.zeros(len(cases)), n_steps)
            label = f"{framework.name} {observation.version}"
            for case, run in zip(cases, _split(observation, cases), strict=True):
                runs[case.name, dtype, (beta1, beta2)] = run
    return label, runs


def _split(observation: Observation, cases: tuple[_Case, ...]) -> Iterator[_Run]:
    """Each case's run. It leaves the orbit at the first k with |g_k + 1| > 1/2."""
    for i, case in enumerate(cases):
        g = observation.g[:, i]
        far = np.abs(g + 1) > OFF_ORBIT
        spacing = float(case.spacing)
        error = observation.x[:, i].astype(np.float64) - spacing * np.arange(len(observation.x))
        yield _Run(int(far.argmax()) if far.any() else None, bool((g == -1).all()), error, spacing)


def _parts(framework: _Framework, label: str, runs: dict[_Key, _Run], n_steps: int) -> list[Part]:
    """The three claims about one framework."""
    name, eps = framework.name, "ε" if framework.steady else "ε̂"
    pairs = list(dict.fromkeys(betas for _, _, betas in runs))

    # In float32 1 + 1e-8 is 1, so the claims about ε are about float64; float32 is reported beside it.
    paper, matched = ([runs[case, "float64", betas].departure for betas in pairs] for case in ("paper", "matched"))
    misses = all(departure is not None for departure in paper)
    share = max(
        (run.pace for (case, *_), run in runs.items() if case == "paper" and run.departure is not None), default=1.0
    )
    if framework.steady:
        fits = f"{name} on f with spacing α/(1 + ε), its own step: the drift lasts longer, until rounding ends it"
        lasts = misses and all(
            late is None or (early is not None and late > early) for early, late in zip(paper, matched, strict=True)
        )
    else:
        fits = f"{name} on f with spacing α/(1 + ε̂): its first steps are other ones, and end the drift all the same"
        lasts = all(departure is not None for departure in matched)
    drifts = all(run.constant for (case, *_), run in runs.items() if case == "plateau")
    seen = f"g_k = −1 for all k < {n_steps}" if drifts else f"g_k ≠ −1 for some k < {n_steps}"
    furthest = ", ".join(
        f"{max(runs['plateau', dtype, betas].furthest for betas in pairs):.1e} ({dtype})" for dtype in DTYPES
    )
    return [
        Part(
            f"{name} on f with spacing α: its default {eps} = {float(framework.eps):g} makes the step miss the nodes",
            f"{label}: {_departures(runs, 'paper', pairs, n_steps)}; then x_K ≤ {share:.2g}·Kα, K = {n_steps}",
            Verdict.observed(misses),
        ),
        Part(fits, f"{label}: {_departures(runs, 'matched', pairs, n_steps)}", Verdict.observed(lasts)),
        Part(
            f"{name} on plateaus (ρ = {RHO}) with spacing α/(1 + {eps}): the drift goes on, rounding and all",
            f"{label}: {seen}; |x_k/spacing − k| ≤ {furthest}",
            Verdict.observed(drifts),
        ),
    ]


def _departures(runs: dict[_Key, _Run], case: str, pairs: Sequence[_Betas], n_steps: int) -> str:
    """Where a case left the orbit, for each pair of betas and dtype."""

    def step(run: _Run) -> str:
        return f"none in {n_steps} steps" if run.departure is None else f"step {run.departure}"

    return "; ".join(
        f"β = ({', '.join(betas)}) leaves at "
        + ", ".join(f"{step(runs[case, dtype, betas])} ({dtype})" for dtype in DTYPES)
        for betas in pairs
    )


STATEMENT = Statement(
    "frameworks",
    "Adam as torch, optax and Keras ship it, with its default ε, misses the nodes of f but drifts along plateaus.",
    'Architecture onboarding, experiment 2; first "next check"',
    False,
    (find_torch, find_optax, find_keras),
)
