"""Stage: source code. Input: nothing. Output: how six languages spell what is first written in Python."""

from __future__ import annotations

from numeric.source.translation import Language

_PI = "3.141592653589793"
_SAME = (
    "sin", "cos", "tan", "asin", "acos", "atan", "exp", "log", "sqrt", "abs", "floor", "hypot", "atan2", "sinh", "cosh",
    "expm1", "log1p",
)  # fmt: skip
_BRACES = {
    "if": "if ({0}) {{", "elif": "}} else if ({0}) {{", "else": "} else {", "while": "while ({0}) {{", "end if": "}",
    "end while": "}", "return": "}}",
}  # fmt: skip
_ENDS = {
    "if": "if {0}", "elif": "elseif {0}", "else": "else", "while": "while {0}", "end if": "end", "end while": "end",
    "return": "end",
}  # fmt: skip

C = Language(
    "C", "c", "//",
    {**_BRACES, "function": "double {name}({typed})\n{{"},
    "return {0};",
    "double {0};",
    calls={"abs": "fabs({0})"},
    power="pow({0}, {1})", whole_power="pow({0}, {1})",
    constants={"pi": _PI, "inf": "INFINITY", "nan": "NAN"},
    head="#include <math.h>\n",
)  # fmt: skip
FORTRAN = Language(
    "Fortran", "f90", "!",
    {
        "function": "recursive function {name}({listed}) result(answer)\n    double precision, intent(in) :: {listed}\n"
        "    double precision :: answer",
        "if": "if ({0}) then", "elif": "else if ({0}) then", "else": "else", "end if": "end if",
        "while": "do while ({0})", "end while": "end do", "return": "end function {name}",
    },
    "answer = {0}\nreturn",
    "double precision :: {0}",
    stop="",
    calls={"expm1": "exp_minus_one({0})", "log1p": "log_one_plus({0})", "floor": "dble(floor({0}))"},
    logic=(".and.", ".or.", ".not. "),
    differs="/=",
    constants={
        "pi": f"{_PI}d0", "inf": "ieee_value(1.0d0, ieee_positive_inf)", "nan": "ieee_value(1.0d0, ieee_quiet_nan)",
    },
    exponent_mark="d",
    head="module closed_forms\n    use, intrinsic :: ieee_arithmetic\n    implicit none\ncontains\n",
    foot="end module closed_forms\n",
    widest=110,
)  # fmt: skip
JULIA = Language(
    "Julia", "jl", "#",
    {**_ENDS, "function": "function {name}({listed})"},
    "return {0}",
    stop="",
    calls={"atan2": "atan({0})"},
    power="{0}^{1}", whole_power="{0}^{1}",
    constants={"pi": _PI, "inf": "Inf", "nan": "NaN"},
)  # fmt: skip
OCTAVE = Language(
    "Octave", "m", "%",
    {
        **_ENDS, "function": "function answer = {name}({listed})", "if": "if ({0})", "elif": "elseif ({0})",
        "while": "while ({0})",
    },
    "answer = {0};\nreturn;",
    power="{0}^{1}", whole_power="{0}^{1}",
    logic=("&&", "||", "~"),
    constants={"pi": _PI, "inf": "Inf", "nan": "NaN"},
    head="1;\n",
)  # fmt: skip
JAVASCRIPT = Language(
    "JavaScript", "js", "//",
    {**_BRACES, "function": "function {name}({listed}) {{"},
    "return {0};",
    "let {0};",
    calls={name: f"Math.{name}({{0}})" for name in _SAME},
    constants={"pi": _PI, "inf": "Infinity", "nan": "NaN"},
    head='"use strict";\n',
    foot="if (typeof module !== \"undefined\") module.exports = {{{exports}}};\n",
)  # fmt: skip
RUST = Language(
    "Rust", "rs", "//",
    {
        **_BRACES, "function": "pub fn {name}({rust}) -> f64 {{", "if": "if {0} {{", "elif": "}} else if {0} {{",
        "while": "while {0} {{",
    },
    "return {0};",
    "let mut {0}: f64 = 0.0;",
    calls={
        **{name: f"f64::{name}({{0}})" for name in _SAME},
        "expm1": "f64::exp_m1({0})", "log1p": "f64::ln_1p({0})", "log": "f64::ln({0})",
    },
    power="f64::powf({0}, {1})", whole_power="f64::powi({0}, {1})",
    constants={"pi": _PI, "inf": "f64::INFINITY", "nan": "f64::NAN"},
    head="#![allow(dead_code, unused_assignments, unused_parens, clippy::all)]\n",
)  # fmt: skip
# Python raises where other languages' doubles become infinite; these four do as they do. Its / and ** still raise.
_PYTHON = """import math
from math import acos, asin, atan, atan2, cos, cosh, floor, hypot, inf, nan, pi, sin, sinh, sqrt, tan


def exp(x):
    return math.exp(x) if x < 709.0 else inf


def expm1(x):
    return math.expm1(x) if x < 709.0 else exp(x)


def log(x):
    return math.log(x) if x > 0.0 else -inf if x == 0.0 else nan


def log1p(x):
    return math.log1p(x) if x > -1.0 else -inf if x == -1.0 else nan

"""
PYTHON = Language("Python", "py", "#", {}, "", head=_PYTHON)

LANGUAGES = {
    "python": PYTHON, "c": C, "fortran": FORTRAN, "julia": JULIA, "octave": OCTAVE, "javascript": JAVASCRIPT,
    "rust": RUST,
}  # fmt: skip
