"""Hypothesis profiles: "test" repeats itself exactly; "verify" takes a fresh seed and prints it."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.budgets import leave_to_verify

os.environ["STALEPROOF_STORE"] = ""  # a test simulates; the tests of the store name a file of their own

settings.register_profile("test", derandomize=True, deadline=None, database=None)
settings.register_profile(
    "verify",
    derandomize=False,
    deadline=None,
    database=None,
    max_examples=500,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


def pytest_report_header(config: pytest.Config) -> str:
    """Say which seed repeats this run."""
    seed = os.environ.get("STALEPROOF_SEED")
    profile = os.environ.get("HYPOTHESIS_PROFILE", "test")
    return f"hypothesis profile: {profile}; " + (f"STALEPROOF_SEED={seed}" if seed else "fixed seeds")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before ``-m`` chooses among them."""
    leave_to_verify(items)


@pytest.fixture(scope="session")
def fresh_seed() -> int:
    """The seed of statistical tests: fixed, unless ``make verify`` hands a fresh one over."""
    return int(os.environ.get("STALEPROOF_SEED", "20250101"))
