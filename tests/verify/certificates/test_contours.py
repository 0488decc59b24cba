"""Zeros counted by sums of arguments along a path that is given, or around a square."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from derive.symbols import s
from numeric.enclosure import acb, arb
from verify.certificates import contours
from verify.certificates.contours import Function, Refused, on_path, squared

Patch = pytest.MonkeyPatch

CORNERS = [acb(3), acb(3, 3), acb(-3, 3), acb(-3)]


def edges(pieces: int, kind: int = 0) -> list[list[list[object]]]:
    """Every edge in 2^n equal pieces."""
    return [[[f"{k}p-{pieces}", kind] for k in range(1, 2**pieces + 1)] for _ in range(3)]


@pytest.mark.parametrize(("function", "zeros"), [(s**2 + 1, 2), ((s - 1) ** 3, 3), (s**2 + 16, 0), (s + sp.exp(-s), 2)])
def test_zeros_within_a_path_and_its_mirror_image(function: sp.Expr, zeros: int) -> None:
    assert on_path(Function.of(function, s, {}), CORNERS, edges(6)) == zeros


def test_a_piece_may_be_proven_by_its_halves_but_nothing_is_searched_for() -> None:
    """Who cut it may have seen its image in another form: a quarter of its length must do."""
    whole = Function.of((s - 1) ** 12, s, {})
    counts = []
    for pieces in range(8):
        try:
            counts.append(on_path(whole, CORNERS, edges(pieces)))
        except Refused:
            continue
    assert 2 < len(counts) < 8
    assert set(counts) == {12}


def test_pieces_too_long_to_prove_anything_are_refused() -> None:
    with pytest.raises(Refused, match="miss 0"):
        on_path(Function.of((s - 1) ** 12, s, {}), CORNERS, edges(0))
    with pytest.raises(Refused, match="another number of edges"):
        on_path(Function.of(s**2 + 1, s, {}), CORNERS, edges(6)[:2])
    with pytest.raises(Refused, match="exceeds the other"):
        on_path(Function.of(s + sp.exp(-s), s, {}), CORNERS, edges(6, 2))
    with pytest.raises(Refused, match="no exponential"):
        on_path(Function.of(sp.exp(sp.I * s) + 1, s, {}), CORNERS, edges(6, 1))


@pytest.mark.parametrize("wrong", [lambda one, at: -sp.diff(one, at), lambda one, at: 2 * sp.diff(one, at)])
def test_a_wrong_derivative_is_noticed(wrong: Callable[[sp.Expr, sp.Symbol], sp.Expr], monkeypatch: Patch) -> None:
    """Prover and checker differentiate by the same rules, so the checker holds them to a difference quotient."""
    monkeypatch.setattr(contours, "slope", wrong)
    with pytest.raises(Refused, match="derivative"):
        on_path(Function.of((s - 1) ** 12, s, {}), CORNERS, edges(1))


def test_the_zeros_in_a_square_count_with_multiplicity() -> None:
    whole = Function.of((s - 1) ** 2 * (s + 1), s, {})
    assert squared(whole, acb(arb(1, 0.25), arb(0, 0.25))) == 2
    assert squared(whole, acb(arb(0, 0.25), arb(0, 0.25))) == 0


def test_the_numerator_is_in_lowest_terms() -> None:
    assert Function.of((s**2 - 1) / (s + 1) / 3, s, {}).numerator().degree() == 1
