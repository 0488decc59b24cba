"""numeric: certified roots, enclosures, kernels and simulations; every number says what kind it is.

    expression -> kernel, ball          characteristic equation -> proven spectrum          system -> estimates

Names load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Enclosure": ("numeric.enclosure", "Enclosure"),
    "Estimate": ("numeric.values", "Estimate"),
    "Exact": ("numeric.values", "Exact"),
    "Processes": ("numeric.engines", "Processes"),
    "Running": ("numeric.running", "Running"),
    "Spectrum": ("numeric.characteristic_roots", "Spectrum"),
    "Store": ("numeric.store", "Store"),
    "Submitting": ("numeric.engines", "Submitting"),
    "System": ("numeric.system", "System"),
    "ball_of": ("numeric.claim_balls", "ball_of"),
    "Task": ("numeric.simulation", "Task"),
    "Threads": ("numeric.engines", "Threads"),
    "certificate": ("numeric.root_certificate", "certificate"),
    "compile": ("numeric.kernels", "compile_kernel"),
    "decay_rate": ("numeric.decay", "decay_rate"),
    "evaluate": ("numeric.enclosure", "evaluate"),
    "kernel_of": ("numeric.kernels", "kernel_of"),
    "noise_gain": ("numeric.quadrature", "noise_gain"),
    "simulate": ("numeric.simulation", "simulate"),
    "simulate_all": ("numeric.simulation", "simulate_all"),
    "simulate_mean_path": ("numeric.decay", "simulate_mean_path"),
    "spectrum": ("numeric.characteristic_roots", "spectrum"),
    "stability_limit": ("numeric.thresholds", "stability_limit"),
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'numeric' has no attribute {name!r}")
    home, inner = _HOMES[name]
    return getattr(import_module(home), inner)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
