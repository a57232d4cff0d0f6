"""Timings, run on request with `make bench`."""
