"""Kernels: what runs all cells of a chunk at once."""
