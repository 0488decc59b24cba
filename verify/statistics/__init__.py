"""Intervals and tests that hold at a declared level, with power and negative controls."""
