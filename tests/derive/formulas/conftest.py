"""Fixtures of the formulas: the nodes every printer must know."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def nodes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("formula_nodes", Path(__file__).with_name("nodes.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
