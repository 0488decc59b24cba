"""Fixtures of the telling: the sample report."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from verify.report import Report


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"telling_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def report() -> Report:
    return _beside("samples").sample_report()
