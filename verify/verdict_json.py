"""Stage: records. Input: the JSON objects of report.json. Output: the verdicts and numbers that wrote them.

Closed expressions are parsed by a grammar of numbers, operations and named functions; nothing is ever executed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, get_args

import sympy as sp

from numeric.enclosure import Enclosure
from numeric.values import Estimate, Exact
from verify.verdict import Evidence, Outcome, Value, Verdict

_CONSTANTS = {"pi": sp.pi, "E": sp.E, "I": sp.I, "EulerGamma": sp.EulerGamma}
_NAMES = """exp log sin cos tan cot sec csc asin acos atan atan2 sinh cosh tanh asinh acosh atanh sqrt gamma loggamma
uppergamma lowergamma expint erf erfc erfi Ei LambertW polygamma digamma factorial binomial Abs re im conjugate floor
ceiling sign Max Min Rational Integer"""
_FUNCTIONS = {name: getattr(sp, name) for name in _NAMES.split()}
_LARGEST = 10_000  # of exponents and arguments of factorials, which would grow without end
_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda x, y: x + y,
    ast.Sub: lambda x, y: x - y,
    ast.Mult: lambda x, y: x * y,
    ast.Div: lambda x, y: x / y,
    ast.Pow: lambda x, y: _power(x, y),
}


def number_from_text(text: str) -> sp.Expr:
    """The closed expression that SymPy prints as ``text`` (kind: exact).

    Raises ``ValueError`` for anything but numbers, operations and the functions of the theory.

    Example: ``number_from_text("exp(-1)/3") == sp.exp(-1) / 3``.
    """
    try:
        result = _expression(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, RecursionError) as error:
        raise ValueError(f"not a closed expression: {text!r}") from error
    if not isinstance(result, sp.Expr):
        raise ValueError(f"not a closed expression: {text!r}")
    return result


def value_from_json(record: Mapping[str, Any]) -> Value:
    """The number that ``to_json`` wrote, of its own kind; ``ValueError`` for a record of no known kind.

    Example: ``value_from_json(Exact(sp.pi).to_json()) == Exact(sp.pi)``.
    """
    kind = record.get("kind")
    if kind == "exact":
        return Exact(number_from_text(record["value"]))
    if kind == "enclosure":
        return Enclosure.from_json(record)
    if kind == "estimate":
        return Estimate(float(record["mean"]), float(record["standard_error"]), int(record["replicas"]))
    raise ValueError(f"kind = {kind!r}: allowed: exact, enclosure, estimate")


def verdict_from_json(record: Mapping[str, Any]) -> Verdict:
    """The verdict that ``Verdict.to_json`` wrote; the two are equal.

    Raises ``ValueError`` for a missing or unknown key, outcome, evidence or kind of number.

    Example: ``verdict_from_json(verdict.to_json()) == verdict``.
    """
    keys = set(Verdict.__dataclass_fields__)
    if set(record) != keys:
        raise ValueError(f"keys missing: {sorted(keys - set(record))}, unknown: {sorted(set(record) - keys)}")
    for key, allowed in (("outcome", get_args(Outcome)), ("evidence", get_args(Evidence))):
        if record[key] not in allowed:
            raise ValueError(f"{key} = {record[key]!r}: allowed: {', '.join(allowed)}")
    values = {key: value_from_json(record[key]) for key in ("predicted", "observed")}
    bias = record["smallest_bias_noticed"]
    return Verdict(**{**record, **values, "smallest_bias_noticed": None if bias is None else float(bias)})


def _expression(node: ast.expr) -> sp.Expr:
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return sp.Integer(value)
        case ast.Name(id=name) if name in _CONSTANTS:
            return _CONSTANTS[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_expression(operand)
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _OPERATIONS:
            return _OPERATIONS[type(operation)](_expression(left), _expression(right))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
            return _call(name, [_expression(argument) for argument in arguments])
    raise ValueError(f"not a closed expression: {ast.unparse(node)}")


def _power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    return base ** _bounded(exponent)


def _call(name: str, arguments: list[sp.Expr]) -> sp.Expr:
    growing = name in ("factorial", "binomial", "gamma", "exp")
    return _FUNCTIONS[name](*(map(_bounded, arguments) if growing else arguments))


def _bounded(number: sp.Expr) -> sp.Expr:
    if number.is_Rational and abs(number) > _LARGEST:
        raise ValueError(f"not a closed expression: a power or factorial of {number}")
    return number
