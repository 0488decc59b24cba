"""Stage: laws of a duration. Input: parameters. Output: the registry of every law by its name in a study file.

A new law is one file beside this one and one row here (CONTRIBUTING, recipe 1).
"""

from __future__ import annotations

from derive.law import Law
from derive.laws.constant import Constant
from derive.laws.empirical import Empirical
from derive.laws.exponential import Exponential
from derive.laws.gamma import Gamma
from derive.laws.hyperexponential import Hyperexponential
from derive.laws.independent_sum import IndependentSum
from derive.laws.inverse_gaussian import InverseGaussian
from derive.laws.lognormal import LogNormal
from derive.laws.mixture import Mixture
from derive.laws.order_statistic import OrderStatistic
from derive.laws.pareto import Pareto
from derive.laws.phase_type import PhaseType
from derive.laws.shifted_exponential import ShiftedExponential
from derive.laws.truncated import Truncated
from derive.laws.uniform import Uniform
from derive.laws.user import from_density, from_laplace_transform
from derive.laws.weibull import Weibull

_SIMPLE: tuple[type[Law], ...] = (Constant, Exponential, Gamma, Empirical)
_FURTHER: tuple[type[Law], ...] = (
    *(ShiftedExponential, Uniform, InverseGaussian, Hyperexponential, PhaseType),
    *(Pareto, Weibull, LogNormal),
)
_COMPOSED: tuple[type[Law], ...] = (Mixture, IndependentSum, Truncated, OrderStatistic)
LAWS: dict[str, type[Law]] = {law.name: law for law in (*_SIMPLE, *_FURTHER, *_COMPOSED)}

# The two ways a user states a law of their own; attached here because derive/law.py knows no law.
Law.from_density = staticmethod(from_density)
Law.from_laplace_transform = staticmethod(from_laplace_transform)

__all__ = [
    "LAWS",
    "Constant",
    "Empirical",
    "Exponential",
    "Gamma",
    "Hyperexponential",
    "IndependentSum",
    "InverseGaussian",
    "Law",
    "LogNormal",
    "Mixture",
    "OrderStatistic",
    "Pareto",
    "PhaseType",
    "ShiftedExponential",
    "Truncated",
    "Uniform",
    "Weibull",
]
