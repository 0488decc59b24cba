"""Records of roots count pairs and multiplicities, and are certified by a proof alone."""

import sympy as sp

from numeric.enclosure import Enclosure
from numeric.roots.records import Root, Spectrum, precise_enough

REAL = Root(Enclosure.of(-1), Enclosure.of(0), 2)
PAIR = Root(Enclosure.of(-3, 64), Enclosure.of(sp.Integer(4), 64))


def test_counting_and_modulus() -> None:
    assert (REAL.counted, PAIR.counted) == (2, 2)
    assert PAIR.modulus.contains(5)
    assert complex(PAIR) == -3 + 4j


def test_without_a_proof_nothing_is_certified() -> None:
    spectrum = Spectrum((REAL,), Enclosure.of(-1), 0, None, "no proof")
    assert not spectrum.certified
    assert spectrum.to_json()["proof"] is None
    assert spectrum.decay_rate == Enclosure.of(1)


def test_digits_are_relative_to_each_nonzero_part() -> None:
    third = Root(Enclosure.of(sp.Rational(1, 3), 64), Enclosure.of(0))
    assert precise_enough(third, 15)
    assert not precise_enough(third, 25)
