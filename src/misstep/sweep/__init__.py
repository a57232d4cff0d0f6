"""Sweeps: what a method does at every point of a region of its parameters, stored as it is computed."""
