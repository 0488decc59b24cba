"""Regressions on data: the optimum, curvatures and gradient noise there."""
