"""numeric: certified roots, enclosures, kernels and simulations; every number says what kind it is.

    expression -> kernel, ball          characteristic equation -> proven spectrum          system -> estimates

Names load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Arrival": ("numeric.event_loop.event_list", "Arrival"),
    "Axis": ("numeric.charts.cells", "Axis"),
    "ChartBudget": ("numeric.charts.subdivision", "ChartBudget"),
    "Correlation": ("numeric.event_loop.system", "Correlation"),
    "DenseQuadratic": ("numeric.event_loop.objectives", "DenseQuadratic"),
    "Enclosure": ("numeric.enclosure", "Enclosure"),
    "Estimate": ("numeric.values", "Estimate"),
    "Exact": ("numeric.values", "Exact"),
    "Looks": ("numeric.event_loop.looks", "Looks"),
    "Processes": ("numeric.running.engines", "Processes"),
    "Running": ("numeric.running.resuming", "Running"),
    "SDDE": ("numeric.simulation.sdde", "SDDE"),
    "Spectrum": ("numeric.roots.characteristic", "Spectrum"),
    "Store": ("numeric.running.store", "Store"),
    "Submitting": ("numeric.running.engines", "Submitting"),
    "System": ("numeric.event_loop.system", "System"),
    "Table": ("numeric.event_loop.objectives", "Table"),
    "WorkerClass": ("numeric.event_loop.system", "WorkerClass"),
    "applied_fraction": ("numeric.enclosed.staleness_counts", "applied_fraction"),
    "ball_of": ("numeric.balls.claims", "ball_of"),
    "Task": ("numeric.simulation.tasks", "Task"),
    "Threads": ("numeric.running.engines", "Threads"),
    "certificate": ("numeric.roots.certifying", "certificate"),
    "compile": ("numeric.kernels.compiling", "compile_kernel"),
    "critical_damping": ("numeric.roots.thresholds", "critical_damping"),
    "decay_rate": ("numeric.simulation.decay", "decay_rate"),
    "delay_weights": ("numeric.enclosed.delay_grid", "delay_weights"),
    "difference": ("numeric.simulation.measured", "difference"),
    "drawn_staleness_variance": ("numeric.enclosed.circle", "drawn_staleness_variance"),
    "evaluate": ("numeric.enclosure", "evaluate"),
    "excess_risk": ("numeric.enclosed.second_moment", "excess_risk"),
    "fastest_setting": ("numeric.policies.branch_and_bound", "fastest_setting"),
    "given_events": ("numeric.event_loop.event_list", "given_events"),
    "kernel_of": ("numeric.kernels.compiling", "kernel_of"),
    "logistic_regression": ("numeric.event_loop.objectives", "logistic_regression"),
    "mean_path": ("numeric.enclosed.transients", "mean_path"),
    "mean_square_limit": ("numeric.enclosed.stationary", "mean_square_limit"),
    "mean_square_step": ("numeric.enclosed.circle", "mean_square_step"),
    "noise_gain": ("numeric.enclosed.quadrature", "noise_gain"),
    "rightmost_roots": ("numeric.kernels.rightmost", "rightmost_roots"),
    "simulate": ("numeric.simulation.tasks", "simulate"),
    "simulate_all": ("numeric.simulation.tasks", "simulate_all"),
    "simulate_covariances": ("numeric.simulation.covariances", "simulate_covariances"),
    "simulate_excess_risk": ("numeric.simulation.response", "simulate_excess_risk"),
    "simulate_first_passage": ("numeric.simulation.passages", "simulate_first_passage"),
    "simulate_mean_path": ("numeric.simulation.decay", "simulate_mean_path"),
    "simulate_sdde": ("numeric.simulation.sdde", "simulate_sdde"),
    "simulate_to_precision": ("numeric.simulation.precision", "simulate_to_precision"),
    "softmax_regression": ("numeric.event_loop.objectives", "softmax_regression"),
    "spectrum": ("numeric.roots.characteristic", "spectrum"),
    "staleness_probabilities": ("numeric.enclosed.staleness_counts", "staleness_probabilities"),
    "stability_chart": ("numeric.charts.stability", "stability_chart"),
    "stationary_risk": ("numeric.enclosed.stationary", "stationary_risk"),
    "stationary_variance": ("numeric.enclosed.stationary", "stationary_variance"),
    "training_time": ("numeric.enclosed.level_crossing", "training_time"),
    "stability_limit": ("numeric.roots.thresholds", "stability_limit"),
    "crossing_frequency": ("numeric.enclosed.axis_crossings", "crossing_frequency"),
    "workers_second_moment": ("numeric.enclosed.linear_moments", "workers_second_moment"),
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'numeric' has no attribute {name!r}")
    home, inner = _HOMES[name]
    return getattr(import_module(home), inner)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
