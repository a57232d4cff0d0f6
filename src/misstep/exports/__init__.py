"""A finished function as source text that stands alone, and a certificate as a proof for Coq."""

from misstep.exports.certificate import NoExport
from misstep.exports.coq import to_coq
from misstep.exports.latex import to_latex
from misstep.exports.source import EXPORTS, to_jax, to_numpy, to_python, to_torch

__all__ = [
    "EXPORTS",
    "NoExport",
    "to_coq",
    "to_jax",
    "to_latex",
    "to_numpy",
    "to_python",
    "to_torch",
]
