"""Expressions and special functions in ball arithmetic, and the printing that leads there."""
