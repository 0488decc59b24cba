"""Stage: printing. Input: SymPy's functions and constants. Output: the methods and functions of balls for them."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from numeric.balls import functions as balls
from numeric.balls.functions import Ball
from numeric.balls.standard_integrals import STANDARD_INTEGRALS

METHODS = {
    sp.exp: "exp", sp.log: "log", sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.cot: "cot", sp.sec: "sec",
    sp.csc: "csc", sp.asin: "asin", sp.acos: "acos", sp.atan: "atan", sp.sinh: "sinh", sp.cosh: "cosh",
    sp.tanh: "tanh", sp.coth: "coth", sp.sech: "sech", sp.csch: "csch", sp.asinh: "asinh", sp.acosh: "acosh",
    sp.atanh: "atanh", sp.gamma: "gamma", sp.loggamma: "lgamma", sp.erf: "erf", sp.erfc: "erfc", sp.erfi: "erfi",
    sp.digamma: "digamma", sp.Ei: "ei",
}  # fmt: skip

FUNCTIONS: dict[type[sp.Basic], Callable[..., Ball]] = {
    sp.LambertW: balls.lambert_w, sp.lowergamma: balls.lower_gamma, sp.uppergamma: balls.upper_gamma,
    sp.expint: balls.exponential_integral, sp.polygamma: balls.polygamma, sp.factorial: balls.factorial,
    sp.binomial: balls.binomial, sp.RisingFactorial: balls.rising, sp.Abs: balls.modulus, sp.re: balls.real_part,
    sp.betainc_regularized: balls.beta_regularized, sp.im: balls.imaginary_part, sp.conjugate: balls.conjugate,
    sp.hyper: balls.hypergeometric, sp.sign: balls.only_real(lambda x: x.sgn()), **STANDARD_INTEGRALS,
    sp.floor: balls.only_real(lambda x: x.floor()),
    sp.ceiling: balls.only_real(lambda x: x.ceil()),
    sp.atan2: balls.only_real(lambda y, x: y.atan2(x)),
}  # fmt: skip

CONSTANTS = {sp.pi: "pi", sp.E: "e", sp.I: "i", sp.nan: "nan", sp.EulerGamma: "euler"}
