"""Adam in every convention that papers and frameworks use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from misstep.errors import InvalidInput, unknown_name
from misstep.optimizers.base import Optimizer, hyper_parameter, rate
from misstep.optimizers.checks import decay_rate, nonnegative, positive
from misstep.optimizers.schedules import Schedule
from misstep.scalars import Scalar, convert, kind_of, maximum, sqrt, zeros_like


@dataclass(frozen=True)
class AdamState:
    """m and v (and v_max), and the running powers β1^k and β2^k that bias correction divides by."""

    k: int
    m: Scalar
    v: Scalar
    beta1_power: Scalar
    beta2_power: Scalar
    v_max: Scalar


@dataclass(frozen=True, kw_only=True)
class Adam(Optimizer[AdamState]):
    """Adam, with the start, the bias correction, the place of ε, AMSGrad and weight decay as options.

        m_k = β1·m_{k−1} + (1 − β1)·g_k
        v_k = β2·v_{k−1} + (1 − β2)·g_k²
        m̂_k = m_k/(1 − β1^{k+1}),  v̂_k = v_k/(1 − β2^{k+1})     with bias correction, else m̂ = m, v̂ = v
        x_{k+1} = x_k − α·m̂_k/(√(v̂_k + eps_root) + eps)

    With `eps_hat` (Keras; the remark in Kingma & Ba §2) the last line is instead

        x_{k+1} = x_k − α·(√(1 − β2^{k+1})/(1 − β1^{k+1}))·m_k/(√v_k + eps_hat)

    which is no value of `eps`: the conversion depends on k.

    Args:
        learning_rate: α > 0, or a `Schedule` of k.
        beta1: β1 in [0, 1).
        beta2: β2 in [0, 1).
        eps: ε ≥ 0 outside the root.
        eps_root: ε ≥ 0 inside the root.
        eps_hat: ε̂ ≥ 0 beside the uncorrected root, or `None`; needs bias correction and eps = eps_root = 0, and goes
            with AMSGrad's raw maximum only.
        bias_correction: Whether m̂ and v̂ are corrected.
        start: `"zero"`: m_{−1} = v_{−1} = 0; `"first-gradient"`: m_{−1} = g_0, v_{−1} = g_0² (the paper).
        amsgrad: `None`, or whose maximum replaces v̂: `"raw"` max of v, corrected after (torch, Keras), or
            `"corrected"` max of v̂ (optax).
        weight_decay: λ ≥ 0.
        decoupled: Whether decay is x ← x − α·λ·x (AdamW) or is added to the gradient.

    Raises:
        InvalidInput: a hyper-parameter is out of range or options exclude each other.

    The four starts in use are presets: `adam_dialect("toint")`, `"torch"`, `"optax"`, `"keras"`.

    >>> from misstep import cubic, run
    >>> adam = Adam(learning_rate="1/10", beta1="9/10", beta2="999/1000", eps=0)
    >>> run(cubic("1/10"), adam, "0", 3).x.tolist()
    [0, 1/10, 1/5, 3/10]

    Where frameworks differ: torch and optax put ε outside the root after correction (1e-8), Keras uses ε̂ (1e-7);
    AMSGrad takes the maximum of v in torch and Keras and of v̂ in optax.

    Source: Kingma & Ba 2015, Algorithm 1 and §2; Reddi, Kale & Kumar 2018 (AMSGrad); Loshchilov & Hutter 2019 (AdamW);
    Toint 2023 (first-gradient start).
    """

    learning_rate: Scalar | Schedule = hyper_parameter(positive)
    beta1: Scalar = hyper_parameter(decay_rate, "0.9")
    beta2: Scalar = hyper_parameter(decay_rate, "0.999")
    eps: Scalar = hyper_parameter(nonnegative, "1e-8")
    eps_root: Scalar = hyper_parameter(nonnegative, 0)
    eps_hat: Scalar | None = hyper_parameter(nonnegative, None, optional=True)
    weight_decay: Scalar = hyper_parameter(nonnegative, 0)
    bias_correction: bool = True
    start: Literal["zero", "first-gradient"] = "zero"
    amsgrad: Literal["raw", "corrected"] | None = None
    decoupled: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.choose("start", "zero", "first-gradient")
        self.choose("amsgrad", None, "raw", "corrected")
        self.choose("bias_correction", True, False)
        self.choose("decoupled", True, False)
        if self.eps_hat is not None:
            if not self.bias_correction:
                raise InvalidInput(f"eps_hat = {self.eps_hat} needs bias_correction = True")
            if self.amsgrad == "corrected":
                raise InvalidInput(
                    f'eps_hat = {self.eps_hat} stands beside the uncorrected root: amsgrad = "raw" fits it'
                )
            for name in ("eps", "eps_root"):
                value = getattr(self, name)
                if np.any(convert(value, kind_of(value)) != 0):
                    raise InvalidInput(f"eps_hat = {self.eps_hat} excludes {name} = {value}: set {name} = 0")
        if self.start == "first-gradient" and self.bias_correction:
            raise InvalidInput('start = "first-gradient" needs no correction: set bias_correction = False')

    def init(self, x: Scalar) -> AdamState:
        """m = v = 0 (replaced by the first gradient where `start` says so) and β1⁰ = β2⁰ = 1."""
        zero = zeros_like(x)
        return AdamState(0, zero, zero, zero + 1, zero + 1, zero)

    def update(self, g: Scalar, state: AdamState, x: Scalar) -> tuple[Scalar, AdamState]:
        """One step of the recurrence above."""
        alpha = rate(self.learning_rate, state.k)
        if not self.decoupled:
            g = g + self.weight_decay * x
        m, v = state.m, state.v
        if state.k == 0 and self.start == "first-gradient":
            m, v = g, g * g
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * (g * g)
        beta1_power = state.beta1_power * self.beta1
        beta2_power = state.beta2_power * self.beta2
        v_max = state.v_max
        second = v
        if self.amsgrad == "raw":
            second = v_max = maximum(v_max, v)
        if self.eps_hat is not None:
            alpha_k = alpha * sqrt(1 - beta2_power) / (1 - beta1_power)
            step = alpha_k * m / (sqrt(second) + self.eps_hat)
        else:
            first = m
            if self.bias_correction:
                first = m / (1 - beta1_power)
                second = second / (1 - beta2_power)
            if self.amsgrad == "corrected":
                second = v_max = maximum(v_max, second)
            step = alpha * first / (sqrt(second + self.eps_root) + self.eps)
        if self.decoupled:
            x = x - alpha * self.weight_decay * x
        return x - step, AdamState(state.k + 1, m, v, beta1_power, beta2_power, v_max)


ADAM_DIALECTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "toint": {"start": "first-gradient", "bias_correction": False, "eps": 0},
        "kingma-ba": {"eps": 0},
        "uncorrected": {"bias_correction": False, "eps": 0},
        "torch": {"eps": "1e-8"},
        "optax": {"eps": "1e-8"},
        "keras": {"eps": 0, "eps_hat": "1e-7"},
    }
)
"""Options of `Adam` by the name of who uses them (AMSGrad and decay apart)."""


def adam_dialect(name: str, **hyper_parameters: Any) -> Adam:
    """Adam as the paper or framework `name` has it.

    Args:
        name: A key of `ADAM_DIALECTS`.
        **hyper_parameters: Arguments of `Adam`; they win over the dialect's.

    Raises:
        InvalidInput: there is no such dialect.

    >>> adam_dialect("keras", learning_rate="0.1").eps_hat
    '1e-7'
    """
    if name not in ADAM_DIALECTS:
        raise unknown_name(name, "a dialect of Adam", ADAM_DIALECTS)
    return Adam(**{**ADAM_DIALECTS[name], **hyper_parameters})
