"""What is sought once is what is sought each time."""

from __future__ import annotations

import sympy as sp

from derive.characteristic import delay_equation, update_equation
from derive.laws import Gamma
from numeric.roots.thresholds import critical_damping, stability_limit
from verify.second_routes.kept_limits import critical_damping_of_law, limit_of_law, limit_of_staleness

START = sp.Rational(1, 7)


def test_what_is_sought_once_is_what_is_found_of_the_same_family() -> None:
    law = Gamma(2, 1)
    assert limit_of_law(law, START) == stability_limit(lambda a: delay_equation(a, law), START)
    assert limit_of_law(law, START) is limit_of_law(Gamma(2, 1), START)
    assert limit_of_law(law, START) != limit_of_law(Gamma(3, 1), START)
    assert critical_damping_of_law(law, START) == critical_damping(lambda a: delay_equation(a, law), START)
    kept = sp.Rational(1, 2)
    found = stability_limit(lambda step: update_equation(step, 3, kept), START)
    assert limit_of_staleness(3, START, kept) == found
    assert limit_of_staleness(3, START) == stability_limit(lambda step: update_equation(step, 3), START) != found
