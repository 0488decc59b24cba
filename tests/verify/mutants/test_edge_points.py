"""Points at the edges of a domain lie in it, and some of them at its border."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from derive import symbols as y
from verify.mutants.edge_points import EdgeSource

a, theta = y.damping, y.mean_delay
BELOW = a * theta < sp.pi / 2


@pytest.mark.parametrize("domain", [sp.And(BELOW, a > sp.Rational(1, 10)), sp.true], ids=str)
def test_edges_lie_in_the_domain_and_some_at_its_border(domain: sp.Basic) -> None:
    expression = a * theta
    products = []
    for (found, point), _ in zip(EdgeSource(expression, domain, 3), range(40), strict=False):
        values = {name: re for name, (re, _) in point.items()}
        assert domain.subs(values) == sp.true
        products.append(float(found.subs(values)))
    nearest = min(abs(math.pi / 2 - product) for product in products)
    assert (nearest < 1e-5) == (domain != sp.true)
    assert min(products) < 0.01 * max(products)
