"""Stage: data. Input: the name of a dataset that scikit-learn brings along. Output: standardised features, labels.

This module alone imports scikit-learn, and only when data are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from numeric.event_loop.objectives import Array

NAMES = ("breast_cancer", "digits")


class NoDataError(ImportError):
    """Scikit-learn, which the data come with, is not installed."""

    def __init__(self) -> None:
        super().__init__("scikit-learn is not installed; allowed: pip install 'staleproof[learn]'")


@dataclass(frozen=True)
class Dataset:
    """``features``, rows by columns of mean 0 (and variance 1 if no components); ``labels`` 0 to ``classes`` - 1."""

    name: str
    features: Array
    labels: Array
    classes: int


@lru_cache(maxsize=4)
def dataset(name: str, components: int | None = None) -> Dataset:
    """The data of that name, "breast_cancer" or "digits"; columns that do not vary are left out.

    ``components``: that many principal components of the features in their place, those of the largest variance.
    Raises ``ValueError`` for another name, ``NoDataError`` without scikit-learn.

    Example: ``dataset("breast_cancer").features.shape == (569, 30)``.
    """
    if name not in NAMES:
        raise ValueError(f"dataset = {name}; allowed: {', '.join(NAMES)}")
    try:
        from sklearn import datasets
    except ImportError:
        raise NoDataError from None
    loaded = getattr(datasets, f"load_{name}")()
    features = np.asarray(loaded.data, np.float64)
    features = features[:, features.std(axis=0) > 0]
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    if components is not None:
        features = features @ np.linalg.svd(features, full_matrices=False)[2][:components].T
    labels = np.asarray(loaded.target, np.float64)
    return Dataset(name, features, labels, int(labels.max()) + 1)
