"""Stage: printing. Input: SymPy expressions. Output: source of a straight-line program on balls, and the program.

Structurally equal nodes are computed once (hash-consing, which is common subexpression elimination). Every number
becomes a constant that is made anew at each working precision, so no Python double ever enters a ball. A sum over
measured data is a loop over the data, never an unrolled expression (numeric/balls/data_sums.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import sympy as sp

from derive.monotone_root import MonotoneRoot
from numeric.balls import functions as balls
from numeric.balls.data_sums import ExponentialMoments, LoopSum, exponential_terms, integer_range
from numeric.balls.function_table import CONSTANTS, FUNCTIONS, METHODS
from numeric.balls.functions import Ball, BallKit, Unevaluable
from numeric.balls.implicit_numbers import enclosed_root

Arrays = Mapping[sp.IndexedBase, tuple[sp.Rational, ...]]


class BallProgram:
    """A compiled tuple of expressions; calling it with balls gives the tuple of balls at the working precision."""

    def __init__(self, expressions: Sequence[sp.Expr], arguments: Sequence[sp.Basic], arrays: Arrays, kit: BallKit):
        self._kit = kit
        printer = _Printer(arguments, arrays, kit)
        results = [printer.name(expression) for expression in expressions]
        names = [f"a{number}" for number in range(len(arguments))]
        body = [*printer.lines, f"return ({', '.join(results)},)"]
        unpack = "".join(f"c{number}, " for number in range(len(printer.constants)))
        head = [f"def program({', '.join(['c', *names])}):", *([f"    {unpack[:-1]} = c"] if unpack else [])]
        self.source = "\n".join(head + [f"    {line}" for line in body])
        scope: dict[str, Any] = dict(printer.scope)
        exec(compile(self.source, "<balls>", "exec"), scope)
        self._function = scope["program"]
        self._makers = tuple(printer.constants)
        self._constants: dict[int, tuple[Ball, ...]] = {}

    def __call__(self, *arguments: Ball) -> tuple[Ball, ...]:
        result: tuple[Ball, ...] = self._function(self._made(), *arguments)
        return result

    def prepared(self) -> Callable[..., tuple[Ball, ...]]:
        """The same program for many calls at the working precision of this moment."""
        return partial(self._function, self._made())

    def _made(self) -> tuple[Ball, ...]:
        bits = self._kit.bits()
        constants = self._constants.get(bits)
        if constants is None:
            constants = self._constants[bits] = tuple(make() for make in self._makers)
        return constants


class _Printer:
    """The state of one compilation: lines so far, the name of every node met, constants and helpers in scope."""

    def __init__(self, arguments: Sequence[sp.Basic], arrays: Arrays, kit: BallKit) -> None:
        self.arguments, self.arrays, self.kit = tuple(arguments), arrays, kit
        self.lines: list[str] = []
        self.names: dict[sp.Basic, str] = {node: f"a{number}" for number, node in enumerate(arguments)}
        self.constants: list[Callable[[], Ball]] = []
        self._moments: dict[tuple[sp.IndexedBase, tuple[int, int]], str] = {}
        self.scope: dict[str, Any] = {
            "kit": kit, "piecewise": balls.piecewise, "compare": balls.compare, "conjunction": balls.conjunction,
            "disjunction": balls.disjunction, "negation": balls.negation,
        }  # fmt: skip

    def name(self, node: sp.Basic) -> str:
        """The variable that holds this node, printed on first sight."""
        known = self.names.get(node)
        if known is None:
            known = self.names[node] = self._print(sp.sympify(node))
        return known

    def assign(self, source: str) -> str:
        target = f"v{len(self.lines)}"
        self.lines.append(f"{target} = {source}")
        return target

    def constant(self, make: Callable[[], Ball]) -> str:
        self.constants.append(make)
        return f"c{len(self.constants) - 1}"

    def moments(self, base: sp.IndexedBase, span: tuple[int, int], data: Sequence[sp.Rational]) -> str:
        """The helper that sums x^n exp(c x) over the data, one per array so that H and H' share its work."""
        key = (base, span)
        if key not in self._moments:
            self._moments[key] = self.helper(ExponentialMoments(data, self.kit))
        return self._moments[key]

    def helper(self, value: Any) -> str:
        name = f"h{len(self.scope)}"
        self.scope[name] = value
        return name

    def _print(self, node: sp.Basic) -> str:
        if self.arguments and isinstance(node, sp.Expr) and node.args and not node.free_symbols:
            closed = BallProgram([node], (), self.arrays, self.kit)
            return self.constant(lambda: closed()[0])  # one evaluation a precision
        return self.dispatch(node)

    def dispatch(self, node: sp.Basic) -> str:
        if type(node) in METHODS and len(node.args) == 1:
            return self.assign(f"{self.name(node.args[0])}.{METHODS[type(node)]}()")
        for kind in type(node).__mro__:
            if kind in PRINTERS:
                return PRINTERS[kind](self, node)
            if kind in FUNCTIONS:
                arguments = ", ".join(self.name(argument) for argument in node.args)
                return self.assign(f"{self.helper(FUNCTIONS[kind])}(kit, {arguments})")
        raise Unevaluable(f"balls cannot evaluate {type(node).__name__}: {node}")


def _number(printer: _Printer, node: sp.Basic) -> str:
    exact = node if isinstance(node, sp.Rational) else _binary(node)
    return printer.constant(lambda: printer.kit.rational(int(exact.p), int(exact.q)))


def _binary(node: sp.Float) -> sp.Rational:
    sign, mantissa, exponent, _ = node._mpf_  # a SymPy float is the binary number it denotes, of any precision
    return (-1) ** sign * sp.Integer(int(mantissa)) * sp.Integer(2) ** exponent


def _constant(printer: _Printer, node: sp.Basic) -> str:
    return printer.constant(lambda: printer.kit.constant(CONSTANTS[node]))


def _sum(printer: _Printer, node: sp.Basic) -> str:
    plus = [term for term in node.args if not term.could_extract_minus_sign() or term.is_number]
    minus = [-term for term in node.args if term not in plus]  # subtracted: one operation instead of two
    source = " + ".join(printer.name(term) for term in plus)
    return printer.assign(source + "".join(f" - {printer.name(term)}" for term in minus))


def _product(printer: _Printer, node: sp.Basic) -> str:
    sign = "-" if node.args[0] == -1 else ""
    above: list[sp.Expr] = []
    below: list[sp.Expr] = []
    for factor in node.args[1:] if sign else node.args:
        # A wide ball to the power -3/2 is finite where its power 3/2 is wide enough to hold 0: no division by that.
        inverted = isinstance(factor, sp.Pow) and factor.exp.is_Integer and factor.exp < 0
        (below if inverted else above).append(1 / factor if inverted else factor)
    source = " * ".join(printer.name(factor) for factor in above) or printer.name(sp.S.One)
    return printer.assign(sign + source + "".join(f" / {printer.name(factor)}" for factor in below))


def _power(printer: _Printer, node: sp.Basic) -> str:
    base = printer.name(node.base)
    if node.exp.is_Integer:
        return printer.assign(f"{base} ** ({int(node.exp)})")
    if (2 * node.exp).is_Integer:
        root = f"{base}.{'sqrt' if node.exp > 0 else 'rsqrt'}()"
        times = abs(int(2 * node.exp))
        return printer.assign(root if times == 1 else f"{root} ** {times}")
    return printer.assign(f"{base} ** {printer.name(node.exp)}")


def _extremum(printer: _Printer, node: sp.Basic) -> str:
    helper = printer.helper(balls.only_real(lambda x, y: x.max(y) if isinstance(node, sp.Max) else x.min(y)))
    result, *rest = (printer.name(argument) for argument in node.args)
    for argument in rest:
        result = printer.assign(f"{helper}(kit, {result}, {argument})")
    return result


def _piecewise(printer: _Printer, node: sp.Basic) -> str:
    pieces = (f"({printer.name(value)}, {printer.name(condition)})" for value, condition in node.args)
    return printer.assign(f"piecewise(kit, [{', '.join(pieces)}])")


def _relation(printer: _Printer, node: sp.Basic) -> str:
    left, right = (printer.name(side) for side in node.args)
    return printer.assign(f"compare({node.rel_op!r}, {left}, {right})")


def _logic(printer: _Printer, node: sp.Basic) -> str:
    parts = ", ".join(printer.name(part) for part in node.args)
    if isinstance(node, sp.Not):
        return printer.assign(f"negation({parts})")
    return printer.assign(f"{'conjunction' if isinstance(node, sp.And) else 'disjunction'}([{parts}])")


def _derivative(printer: _Printer, node: sp.Basic) -> str:
    done = node.doit()
    if done.has(sp.Derivative, sp.Subs):
        raise Unevaluable(f"balls cannot differentiate: {node}")
    return printer.name(done)


def _indexed(printer: _Printer, node: sp.Basic) -> str:
    data = printer.arrays.get(node.base)
    index = node.indices[0]
    if data is None or not index.is_Integer or not 0 <= index < len(data):
        raise Unevaluable(f"no data behind {node}")
    return printer.name(sp.sympify(data[int(index)]))


def _series(printer: _Printer, node: sp.Basic) -> str:
    if len(node.limits) != 1:
        return printer.name(sp.Sum(sp.Sum(node.function, *node.limits[:-1]), node.limits[-1]))
    index = node.limits[0][0]
    first, last = integer_range(node.limits[0], printer.arrays)
    indexed = sorted((item for item in node.function.atoms(sp.Indexed) if item.indices == (index,)), key=str)
    columns = [printer.arrays.get(item.base, ())[first : last + 1] for item in indexed]
    if any(len(column) != last + 1 - first for column in columns):
        raise Unevaluable(f"the data do not cover {node.limits[0]}")
    terms = exponential_terms(node.function, indexed[0], index) if len(indexed) == 1 and min(columns[0]) >= 0 else None
    if terms is None:
        return _loop(printer, node.function, (index, *indexed), (range(first, last + 1), *columns))
    moments = printer.moments(indexed[0].base, (first, last), columns[0])
    parts = [f"{printer.name(c)} * {moments}({printer.name(rate)}, {power})" for c, power, rate in terms]
    return printer.assign(" + ".join(parts))


def _loop(printer: _Printer, function: sp.Expr, own: Sequence[sp.Basic], columns: Sequence[Sequence[Any]]) -> str:
    outer = tuple(node for node in printer.arguments if function.has(node))
    program = BallProgram([function], (*own, *outer), printer.arrays, printer.kit)
    helper = printer.helper(LoopSum(program, columns, printer.kit))
    return printer.assign(f"{helper}({', '.join(printer.name(node) for node in outer)})")


def _monotone_root(printer: _Printer, node: MonotoneRoot) -> str:
    program = BallProgram([node.balance.expr], node.balance.variables, printer.arrays, printer.kit)
    return printer.constant(lambda: enclosed_root(program, printer.kit))


PRINTERS: dict[type[sp.Basic], Callable[[_Printer, Any], str]] = {
    sp.Rational: _number, sp.Float: _number, sp.core.numbers.NumberSymbol: _constant,
    sp.core.numbers.ImaginaryUnit: _constant, sp.core.numbers.NaN: _constant, sp.Add: _sum, sp.Mul: _product,
    sp.Pow: _power, sp.Max: _extremum, sp.Min: _extremum, sp.Piecewise: _piecewise,
    sp.core.relational.Relational: _relation, sp.And: _logic, sp.Or: _logic, sp.Not: _logic,
    MonotoneRoot: _monotone_root, sp.logic.boolalg.BooleanTrue: lambda printer, node: "True",
    sp.logic.boolalg.BooleanFalse: lambda printer, node: "False",
    sp.Derivative: _derivative, sp.Subs: _derivative, sp.Indexed: _indexed, sp.Sum: _series,
    sp.CRootOf: lambda printer, node: printer.constant(lambda: balls.real_algebraic(printer.kit, node)),
    sp.Tuple: lambda printer, node: f"({''.join(f'{printer.name(part)}, ' for part in node)})",
}  # fmt: skip
