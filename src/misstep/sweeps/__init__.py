"""Sweeps: phase diagrams of a method over its hyper-parameters."""
