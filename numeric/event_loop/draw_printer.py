"""Stage: draws as source. Input: a law's draw recipe. Output: Python statements that draw one duration.

Every number of the recipe becomes a parameter ``p0, p1, ...``, so laws that differ only in their numbers share
one compiled loop. The statements evaluate a node's arguments from left to right, and only the branch of a
Piecewise that is taken: the pure-Python reference consumes the same random stream in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import sympy as sp

from derive.draws import (
    DrawRecipe,
    accepted,
    chosen,
    independent_sum,
    michael_schucany_haas,
    phase_walk,
    ranked,
    standard_exponential,
    standard_gamma,
    standard_normal,
    standard_uniform,
)
from numeric.event_loop.recipe_numbers import RecipeError, is_constant, number, table_span

# A sum of this many exponentials is still faster than one rejection sampler for the gamma.
LARGEST_SUMMED_SHAPE = 8
# Powers up to this exponent are products: math.pow and a product may differ in the last bit.
LARGEST_MULTIPLIED_POWER = 8

STANDARD_DRAWS = {
    standard_exponential: "rng.standard_exponential()",
    standard_normal: "rng.standard_normal()",
    standard_uniform: "rng.random()",
}
FUNCTIONS = {sp.exp: "math.exp", sp.log: "math.log", sp.Abs: "abs", sp.floor: "math.floor"}
RELATIONS = {
    sp.StrictLessThan: "<",
    sp.LessThan: "<=",
    sp.StrictGreaterThan: ">",
    sp.GreaterThan: ">=",
}


@dataclass(frozen=True)
class PrintedDraw:
    """Source that assigns one duration in seconds to ``result`` from ``rng``, ``table`` and parameters ``p0, ...``.

    ``following`` assigns the next one to it where that depends on durations before.

    Example: ``print_draw(DrawRecipe(2 * standard_exponential)).parameters == (2.0,)``.
    """

    lines: tuple[str, ...]
    result: str
    parameters: tuple[float, ...]
    table: tuple[float, ...]
    following: tuple[str, ...] = ()


@dataclass
class _Printer:
    recipe: DrawRecipe
    lines: list[str] = field(default_factory=list)
    parameters: list[float] = field(default_factory=list)
    names: int = 0

    def assign(self, source: str, depth: int, name: str | None = None) -> str:
        if name is None:
            name, self.names = f"d{self.names}", self.names + 1
        self.lines.append("    " * depth + f"{name} = {source}")
        return name

    def parameter(self, value: float) -> str:
        self.parameters.append(value)
        return f"p{len(self.parameters) - 1}"

    def expression(self, node: sp.Expr, depth: int) -> str:
        if is_constant(node):
            return self.parameter(number(node))
        if node in STANDARD_DRAWS:
            return self.assign(STANDARD_DRAWS[node], depth)
        if isinstance(node, standard_gamma):
            return self.assign(self.gamma(node), depth)
        if isinstance(node, michael_schucany_haas):
            return self.inverse_gaussian(node, depth)
        if isinstance(node, phase_walk):
            return self.walk(node, depth)
        if isinstance(node, sp.Indexed):
            first, length = table_span(node, self.recipe)
            index = f"int({self.parameter(length)} * {STANDARD_DRAWS[standard_uniform]})"
            return self.assign(f"table[{index} + int({self.parameter(first)})]" if first else f"table[{index}]", depth)
        if isinstance(node, sp.Add | sp.Mul):
            return self.chain(node, depth)
        if isinstance(node, sp.Pow):
            return self.power(node, depth)
        if isinstance(node, sp.Piecewise):
            return self.piecewise(node, depth)
        if node.func in COMPOSED:
            return COMPOSED[node.func](self, node, depth)
        if node.func in FUNCTIONS:
            return self.assign(f"{FUNCTIONS[node.func]}({self.expression(node.args[0], depth)})", depth)
        raise RecipeError(node)

    def gamma(self, node: sp.Expr) -> str:
        (shape,) = node.args
        if not is_constant(shape) or number(shape) <= 0:
            raise RecipeError(node)
        if shape.is_Integer and shape <= LARGEST_SUMMED_SHAPE:
            return " + ".join([STANDARD_DRAWS[standard_exponential]] * int(shape))
        return f"rng.standard_gamma({self.parameter(number(shape))})"

    def inverse_gaussian(self, node: sp.Expr, depth: int) -> str:
        (spread,) = node.args
        if not is_constant(spread) or number(spread) <= 0:
            raise RecipeError(node)
        normal = self.assign(STANDARD_DRAWS[standard_normal], depth)
        w = self.assign(f"{self.parameter(number(spread))} * {normal} * {normal}", depth)
        x = self.assign(f"1.0 / (1.0 + {w} / 2.0 + math.sqrt({w} + {w} * {w} / 4.0))", depth)
        return self.assign(f"{x} if {STANDARD_DRAWS[standard_uniform]} * (1.0 + {x}) <= 1.0 else 1.0 / {x}", depth)

    def walk(self, node: sp.Expr, depth: int) -> str:
        count, start = (int(part) for part in node.args)
        if count < 1 or start < 0 or start + count * (count + 2) > len(self.recipe.table):
            raise RecipeError(node)
        size, base = self.assign(f"int({self.parameter(count)})", depth), self.parameter(start)
        origin = self.assign(f"int({base})", depth)
        uniform, time = self.assign(STANDARD_DRAWS[standard_uniform], depth), self.assign("0.0", depth)
        phase, after = self.assign("0", depth), self.assign("0", depth)
        self.lines += [
            "    " * depth + line
            for line in (
                f"while {phase} < {size} - 1 and {uniform} >= table[{origin} + {phase}]:",
                f"    {phase} += 1",
                f"while {phase} < {size}:",
                f"    {time} += table[{origin} + {size} + {phase}] * {STANDARD_DRAWS[standard_exponential]}",
                f"    {uniform} = {STANDARD_DRAWS[standard_uniform]}",
                f"    {after} = 0",
                f"    while {after} < {size} and {uniform} >= table[{origin} + (2 + {phase}) * {size} + {after}]:",
                f"        {after} += 1",
                f"    {phase} = {after}",
            )
        ]
        return time

    def chain(self, node: sp.Expr, depth: int) -> str:
        sign = " + " if isinstance(node, sp.Add) else " * "
        constants = [part for part in node.args if is_constant(part)]
        names = [self.expression(node.func(*constants), depth)] if constants else []
        names += [self.expression(part, depth) for part in node.args if not is_constant(part)]
        return self.assign(sign.join(names), depth)

    def power(self, node: sp.Expr, depth: int) -> str:
        base, exponent = node.args
        name = self.expression(base, depth)
        if exponent == sp.Rational(1, 2):
            return self.assign(f"math.sqrt({name})", depth)
        if exponent.is_Integer and abs(exponent) <= LARGEST_MULTIPLIED_POWER:
            product = " * ".join([name] * abs(int(exponent)))
            return self.assign(product if exponent > 0 else f"1.0 / ({product})", depth)
        return self.assign(f"math.pow({name}, {self.expression(exponent, depth)})", depth)

    def piecewise(self, node: sp.Piecewise, depth: int) -> str:
        name = self.assign("math.nan", depth)
        for value, condition in node.args:
            if condition != sp.true:
                self.lines.append("    " * depth + f"if {self.condition(condition, depth)}:")
                self.assign(self.expression(value, depth + 1), depth + 1, name)
                self.lines.append("    " * depth + "else:")
                depth += 1
            else:
                self.assign(self.expression(value, depth), depth, name)
                return name
        self.assign("math.nan", depth, name)
        return name

    def independent_sum(self, node: sp.Expr, depth: int) -> str:
        return self.assign(" + ".join([self.expression(part, depth) for part in node.args]), depth)

    def chosen(self, node: sp.Expr, depth: int) -> str:
        uniform = self.assign(STANDARD_DRAWS[standard_uniform], depth)
        name, word = self.assign("math.nan", depth), "if"
        for share, part in zip(node.args[:-1:2], node.args[1::2], strict=True):
            self.lines.append("    " * depth + f"{word} {uniform} < {self.parameter(number(share))}:")
            self.assign(self.expression(part, depth + 1), depth + 1, name)
            word = "elif"
        self.lines.append("    " * depth + "else:")
        self.assign(self.expression(node.args[-1], depth + 1), depth + 1, name)
        return name

    def accepted(self, node: sp.Expr, depth: int) -> str:
        name, bound = self.assign("math.inf", depth), self.parameter(number(node.args[1]))
        self.lines.append("    " * depth + f"while {name} > {bound}:")
        self.assign(self.expression(node.args[0], depth + 1), depth + 1, name)
        return name

    def ranked(self, node: sp.Expr, depth: int) -> str:
        rank, count = (int(number(part)) for part in node.args[1:])
        if not 1 <= rank <= count:
            raise RecipeError(node)
        name, self.names = f"d{self.names}", self.names + 1
        self.assign(f"np.empty({count})", depth, name)
        self.lines.append("    " * depth + f"for k{name} in range({count}):")
        self.assign(self.expression(node.args[0], depth + 1), depth + 1, f"{name}[k{name}]")
        return self.assign(f"np.sort({name})[{rank - 1}]", depth)

    def condition(self, node: sp.Basic, depth: int) -> str:
        if node.func not in RELATIONS:
            raise RecipeError(node)
        left, right = (self.expression(side, depth) for side in node.args)
        return f"{left} {RELATIONS[node.func]} {right}"


COMPOSED: dict[type[sp.Basic], Callable[[_Printer, sp.Expr, int], str]] = {
    independent_sum: _Printer.independent_sum,
    chosen: _Printer.chosen,
    accepted: _Printer.accepted,
    ranked: _Printer.ranked,
}


def print_draw(recipe: DrawRecipe) -> PrintedDraw:
    """Print a recipe as straight-line Python that Numba compiles (kind: exact transcription).

    A gamma draw of integer shape up to 8 is a sum of exponentials, a table entry a look-up. Errors:
    ``RecipeError`` for nodes that are not standard draws, real numbers or supported functions of them.

    Example: ``print_draw(DrawRecipe(2 * standard_exponential)).lines
    == ("d0 = rng.standard_exponential()", "d1 = p0 * d0")``.
    """
    printer = _Printer(recipe)
    result = printer.expression(sp.sympify(recipe.expression), 0)
    return PrintedDraw(
        tuple(printer.lines), result, tuple(printer.parameters), tuple(number(entry) for entry in recipe.table)
    )
