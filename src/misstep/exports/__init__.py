"""A finished function as source text that stands alone: Python, numpy, torch, JAX and LaTeX."""

from misstep.exports.latex import to_latex
from misstep.exports.source import EXPORTS, to_jax, to_numpy, to_python, to_torch

__all__ = ["EXPORTS", "to_jax", "to_latex", "to_numpy", "to_python", "to_torch"]
