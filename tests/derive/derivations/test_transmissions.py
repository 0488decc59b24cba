"""Triggered transmissions: averages over normal draws by hand, and wrong outputs found."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Derivation, Equation
from derive.derivations import transmissions
from verify.identities import check_step

GAIN = CLAIMS["trigger.gain-per-transmission.event-trigger"].expression
LEAST = CLAIMS["trigger.least-gain-per-transmission.event-trigger"].expression


def mean_square_sent(trigger: float, modes: int) -> float:
    """E[|Z|^2/d given |Z| >= kappa] by quadrature of the radius."""
    radius = lambda r: r ** (modes - 1) * mpmath.exp(-(r**2) / 2)  # noqa: E731 - one line of density
    sent = mpmath.quad(radius, [trigger, trigger + 5, mpmath.inf])
    return float(mpmath.quad(lambda r: r**2 * radius(r), [trigger, trigger + 5, mpmath.inf]) / sent / modes)


@pytest.mark.parametrize(("trigger", "modes"), [(0, 1), (1, 1), (2, 2), (3, 5)])
def test_gain_per_transmission(trigger: int, modes: int) -> None:
    found = float(GAIN.subs({y.trigger: trigger, y.modes: modes}))
    assert found == pytest.approx(mean_square_sent(trigger, modes), rel=1e-9)


@pytest.mark.parametrize("trigger", [sp.Rational(1, 100), 1, 3, 8])
def test_one_mode_keeps_the_bound_and_no_law_of_more_would(trigger: sp.Rational) -> None:
    bound = float(LEAST.subs(y.trigger, trigger))
    assert bound < float(GAIN.subs({y.trigger: trigger, y.modes: 1})) < bound + 1
    assert float(GAIN.subs({y.trigger: trigger, y.modes: 9})) < bound


@pytest.mark.parametrize(
    ("derivation", "label", "wrong"),
    [
        (transmissions.gain_per_transmission(), "divide the gain", y.trigger**2 / y.modes + 1),
        (transmissions.least_gain_per_transmission(), "bound the share", y.trigger**2 + 2),
        (transmissions.least_gain_per_transmission(), "bound the share", 1 + y.trigger),
        (transmissions.triggered_saturation(), "compute until", 1 + y.capacity * y.compute_time * y.applied_fraction),
    ],
)
def test_a_wrong_step_is_found(derivation: Derivation, label: str, wrong: sp.Expr) -> None:
    step = next(one for one in derivation.steps if one.rule.label.startswith(label))
    assert not check_step(replace(step, output=Equation(step.output.left, wrong)), domain=derivation.domain).passed
