"""Transforms without an elementary form, in the Python that other languages are translations of."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from derive.standard_integrals import mpmath_functions
from numeric.kernels import integrals
from numeric.source import transforms

PARAMETERS: dict[str, Callable[[np.random.Generator], tuple[float, ...]]] = {
    "exponential_integral": lambda random: (10 ** random.uniform(-1, 1),),
    "weibull_integral": lambda random: (float(random.integers(3)), 10 ** random.uniform(-0.5, 0.6)),
    "lognormal_integral": lambda random: (10 ** random.uniform(-1, 0.5),),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_they_agree_with_the_kernels_on_the_right_half_plane(name: str) -> None:
    random, source, kernel = np.random.default_rng(3), getattr(transforms, name), getattr(integrals, name)
    for _ in range(40):
        given = PARAMETERS[name](random)
        x, y = 10 ** random.uniform(-1.7, 0.9), 10 ** random.uniform(-1.7, 0.9) * random.choice((-1, 0, 1))
        found = complex(source(*given, x, y, 0.0), source(*given, x, y, 1.0))
        assert found == pytest.approx(complex(kernel(*given, complex(x, y))), rel=1e-12), (given, x, y)


def test_at_zero_they_are_moments_or_diverge() -> None:
    assert transforms.exponential_integral(3.0, 0.0, 0.0, 0.0) == 0.5
    assert transforms.exponential_integral(1.0, 0.0, 0.0, 0.0) == math.inf
    assert transforms.exponential_integral(3.0, 0.0, 0.0, 1.0) == 0.0
    assert transforms.weibull_integral(2.0, 1.0, 0.0, 0.0, 0.0) == pytest.approx(2, rel=1e-13)
    assert transforms.lognormal_integral(2.0, 0.0, 0.0, 0.0) == pytest.approx(1, rel=1e-13)


@pytest.mark.parametrize("module", [transforms, integrals])
def test_a_small_value_keeps_its_digits(module: ModuleType) -> None:
    """Far out the whole integral lies where a small argument leaves nothing."""
    rest = (0.0, 0.0) if module is transforms else ()
    for x in (1e3, 1e9, 1e30):
        assert module.weibull_integral(0.0, 1.0, x, *rest) == pytest.approx(1 / (1 + x), rel=1e-12)
    for spread, x in ((1.0, 1e4), (0.3, 5e3), (3.0, 1e6)):
        wanted = mpmath_functions()["lognormal_integral"](spread, x)
        assert module.lognormal_integral(spread, x, *rest) == pytest.approx(float(wanted), rel=1e-11)


def test_a_step_is_shortened_to_few_bits() -> None:
    for step in (0.1, 1 / 3, 3e-7):
        short = transforms.short_step(step)
        assert 0 <= step - short <= step * 2.0**-20
        assert all(short * n / n == short for n in (3, 7, 12345))
