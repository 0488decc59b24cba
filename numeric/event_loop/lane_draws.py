"""Stage: draws in lanes. Input: a printed draw. Output: the same statements as C on eight lanes, or None.

What every lane does alike can be done at once: sums, products, powers, functions, look-ups, and random numbers whose
count does not depend on what was drawn. A draw with a branch or a loop is left to one replica at a time.
"""

from __future__ import annotations

import ast

from numeric.event_loop.draw_printer import PrintedDraw

RANDOM = {
    "rng.standard_exponential": "exponentials",
    "rng.standard_normal": "normals",
    "rng.random": "uniforms",
}
FUNCTIONS = {f"math.{name}": name for name in ("sqrt", "exp", "log", "pow", "floor")}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class _UnlikeError(Exception):
    """A statement that the lanes cannot make together."""


def lane_draw(draw: PrintedDraw) -> tuple[str, ...] | None:
    """C statements that draw one ``duration`` for every lane from ``stream``, by way of variables named as in ``draw``.

    Parameters are ``p0, ...``, the table is ``table``; random numbers are taken in the order of the printed draw.

    Example: ``lane_draw(PrintedDraw(("d0 = rng.random()",), "d0", (), ())) == ("V t0 = uniforms(stream);",
    "const V d0 = t0;", "const V duration = d0;")``.
    """
    if draw.following:
        return None
    printer = _Printer()
    try:
        for node in ast.parse("\n".join(draw.lines)).body:
            printer.statement(node)
        printer.assign("duration", ast.parse(draw.result, mode="eval").body)
    except _UnlikeError:
        return None
    return tuple(printer.lines)


class _Printer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names = 0

    def statement(self, node: ast.stmt) -> None:
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            raise _UnlikeError
        self.assign(node.targets[0].id, node.value)

    def assign(self, name: str, node: ast.expr) -> None:
        value, lanes = self.expression(node)
        self.lines.append(f"const V {name} = {value if lanes else f'(V){{0}} + {value}'};")

    def expression(self, node: ast.expr) -> tuple[str, bool]:
        """Its text, and whether it has a value a lane; Python's order of evaluation is that of the temporaries."""
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            return node.value.hex(), False
        if isinstance(node, ast.Name):
            return node.id, not (node.id[0] == "p" and node.id[1:].isdigit())
        if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
            (left, some), (right, others) = self.expression(node.left), self.expression(node.right)
            return f"({left} {SIGNS[type(node.op)]} {right})", some or others
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self.call(ast.unparse(node.func), node.args), True
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "table":
            return f"doubles_at(table, {self.index(node.slice)})", True
        raise _UnlikeError

    def call(self, name: str, arguments: list[ast.expr]) -> str:
        if name in RANDOM:
            return self.fresh(f"{RANDOM[name]}(stream)")
        if name not in FUNCTIONS:
            raise _UnlikeError
        given = [self.fresh(text if lanes else f"(V){{0}} + {text}") for text, lanes in map(self.expression, arguments)]
        result = self.fresh("(V){0}")
        self.lines.append(f"EACH DOUBLE({result}) = {FUNCTIONS[name]}({', '.join(f'DOUBLE({one})' for one in given)});")
        return result

    def index(self, node: ast.expr) -> str:
        """Whole numbers: int(a) of a value a lane, int(p) of a parameter, and their sums."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return f"({self.index(node.left)} + {self.index(node.right)})"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "int":
            text, lanes = self.expression(node.args[0])
            return f"__builtin_convertvector({text}, I)" if lanes else f"(int64_t){text}"
        raise _UnlikeError

    def fresh(self, value: str) -> str:
        name, self.names = f"t{self.names}", self.names + 1
        self.lines.append(f"V {name} = {value};")
        return name
