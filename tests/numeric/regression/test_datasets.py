"""The data that scikit-learn brings along, standardised."""

from __future__ import annotations

import sys

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra learn is not installed")

from numeric.regression.datasets import NoDataError, dataset


@pytest.mark.parametrize(("name", "shape", "classes"), [("breast_cancer", (569, 30), 2), ("digits", (1797, 61), 10)])
def test_features_are_standardised_and_those_that_do_not_vary_left_out(name, shape, classes) -> None:
    data = dataset(name)
    assert (data.features.shape, data.classes) == (shape, classes)
    assert np.abs(data.features.mean(axis=0)).max() < 1e-12
    assert data.features.std(axis=0) == pytest.approx(1)
    assert set(data.labels) == set(range(classes))


def test_principal_components_are_uncorrelated_and_the_largest() -> None:
    whole, parts = dataset("digits").features, dataset("digits", 5).features
    covariance = parts.T @ parts / len(parts)
    variances = np.linalg.eigvalsh(whole.T @ whole / len(whole))[::-1]
    assert covariance == pytest.approx(np.diag(variances[:5]), abs=1e-9)


def test_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match="iris; allowed: breast_cancer, digits"):
        dataset("iris")


def test_without_scikit_learn_one_line_says_what_to_install(monkeypatch) -> None:
    dataset.cache_clear()
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(NoDataError, match=r"pip install 'staleproof\[learn\]'"):
        dataset("digits")
