"""Optimizers of other libraries, run as they are: gradients in, iterates out."""
