"""Kernels: many runs at once, with the bits of the reference recurrences."""
