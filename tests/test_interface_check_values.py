"""The check values of the theory through the command line: certified roots of equations written as TOML."""

from __future__ import annotations

import contextlib
import io
import json
import math
from pathlib import Path
from typing import Any

import mpmath
import pytest

import staleproof


def roots(folder: Path, equation: str, *arguments: str) -> dict[str, Any]:
    """The certified roots of an [equation]."""
    (folder / "equation.toml").write_text(f"[equation]\n{equation}\n")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert staleproof.main(["roots", str(folder / "equation.toml"), "--json", *arguments]) == 0
    found: dict[str, Any] = json.loads(out.getvalue())
    assert found["certified"] is True
    return found


def constant(damping: str) -> str:
    return f'damping = "{damping}"\ndelay = {{ law = "constant", value = 1 }}'


def recursion(step: float, staleness: int, momentum: float = 0) -> str:
    return f'step = {step!r}\nmomentum = {momentum}\nstaleness = {{ law = "constant", value = {staleness} }}'


def gamma(damping: float, shape: float) -> str:
    return f'damping = {damping!r}\ndelay = {{ law = "gamma", shape = {shape}, mean = 1 }}'


@pytest.mark.parametrize(
    ("damping", "re", "im"),
    [
        ("0.1", -0.111833, 0),
        ("0.2", -0.259171, 0),
        ("0.5", -0.794024, 0.770112),
        ("1", -0.318132, 1.337236),
        ("1.5", -0.032784, 1.549644),
    ],
)
def test_the_rightmost_root_of_a_constant_delay_is_lambert_w(
    tmp_path: Path, damping: str, re: float, im: float
) -> None:
    (root,) = roots(tmp_path, constant(damping))["roots"]
    assert (float(root["re"]), float(root["im"])) == (pytest.approx(re, abs=5.1e-7), pytest.approx(im, abs=5.1e-7))
    with mpmath.workdps(40):
        known = mpmath.lambertw(-mpmath.mpf(damping))
        assert abs(mpmath.mpf(root["re"]) - known.real) <= mpmath.mpf(root["radius"])
        assert abs(mpmath.mpf(root["im"]) - abs(known.imag)) <= mpmath.mpf(root["radius"])


@pytest.mark.parametrize(
    ("staleness", "momentum", "limit"),
    [
        *((2, 0.5, 0.280776), (2, 0.9, 0.051249), (5, 0.5, 0.128552), (5, 0.9, 0.021501)),
        *((1, 0, 1), (2, 0, 0.618034), (3, 0, 0.445042), (5, 0, 0.28463), (10, 0, 0.14946), (20, 0, 0.076605)),
    ],
)
def test_the_recursion_loses_stability_at_its_limit(
    tmp_path: Path, staleness: int, momentum: float, limit: float
) -> None:
    below, above = limit - 5e-6, limit + 5e-6
    assert roots(tmp_path, recursion(below, staleness, momentum))["unstable_count"] == 0
    beyond = roots(tmp_path, recursion(above, staleness, momentum))
    assert beyond["unstable_count"] == 2
    assert float(beyond["spectral_radius"]["mid"]) > 1


@pytest.mark.parametrize(
    ("shape", "limit"),
    [(1.5, 7.3485), (2, 4), (3, 2.6667), (4, 2.2742), (8, 1.8585), (16, 1.7024), (64, 1.6017)],
)
def test_gamma_delays_lose_stability_at_their_limit(tmp_path: Path, shape: float, limit: float) -> None:
    assert roots(tmp_path, gamma(limit - 1e-4, shape))["unstable_count"] == 0
    beyond = roots(tmp_path, gamma(limit + 1e-4, shape))
    assert beyond["unstable_count"] == 2
    assert float(beyond["spectral_abscissa"]["mid"]) > 0


def test_exponential_delays_never_lose_stability(tmp_path: Path) -> None:
    assert roots(tmp_path, gamma(1e6, 1))["unstable_count"] == 0


@pytest.mark.parametrize("ulps", [-1, 0, 1])
def test_thirty_digits_at_the_branch_point(tmp_path: Path, ulps: int) -> None:
    damping = math.exp(-1) + ulps * math.ulp(math.exp(-1))
    found = roots(tmp_path, constant(damping.hex()), "--digits", "30", "--count", "2")["roots"]
    with mpmath.workdps(120):
        known = mpmath.lambertw(-mpmath.mpf(damping))
        # the double is below 1/e or above it; nothing is rounded before the branch is chosen
        assert (mpmath.mpf(damping) < mpmath.exp(-1)) == (len(found) == 2)
        assert (found[0]["im"] == "0") == (len(found) == 2)
        assert abs(mpmath.mpf(found[0]["re"]) - known.real) <= mpmath.mpf(found[0]["radius"])
        assert abs(mpmath.mpf(found[0]["im"]) - abs(known.imag)) <= mpmath.mpf(found[0]["radius"])
        smallest = min(abs(part) for part in (known.real, known.imag) if part)
        assert mpmath.mpf(found[0]["radius"]) <= smallest * mpmath.mpf(10) ** -30
        if len(found) == 2:
            other = mpmath.lambertw(-mpmath.mpf(damping), -1).real
            assert abs(mpmath.mpf(found[1]["re"]) - other) <= mpmath.mpf(found[1]["radius"])


@pytest.mark.parametrize(("factor", "unstable"), [(1 - 1e-9, 0), (1 + 1e-9, 2)])
def test_thirty_digits_beside_the_stability_limit(tmp_path: Path, factor: float, unstable: int) -> None:
    damping = math.pi / 2 * factor
    found = roots(tmp_path, constant(damping.hex()), "--digits", "30")
    assert found["unstable_count"] == unstable
    (root,) = found["roots"]
    with mpmath.workdps(120):
        known = mpmath.lambertw(-mpmath.mpf(damping))
        assert abs(mpmath.mpf(root["re"]) - known.real) <= mpmath.mpf(root["radius"])
        assert abs(mpmath.mpf(root["im"]) - abs(known.imag)) <= mpmath.mpf(root["radius"])
        assert mpmath.mpf(root["radius"]) <= abs(known.real) * mpmath.mpf(10) ** -30
        assert (known.real > 0) == (unstable > 0)
