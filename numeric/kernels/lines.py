"""Stage: lines. Input: arithmetic. Output: the record of it, each operation on doubles once.

    lines = Lines(); x = lines.argument("x"); lines.log(x) * 2 - x   ->   x, log(x), 2, log(x) 2, log(x) 2 - x

A line behaves like an array of doubles, so what is written for arrays records itself. There are no branches, only
``where``; a complex number is two lines. numeric/kernels/loops.py prints the record as C.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["COMPARISONS", "TRANSCENDENTAL", "Line", "Lines"]

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=", "&", "|", "~")
TRANSCENDENTAL = (
    *("exp", "log", "sin", "cos", "tan", "expm1", "log1p", "sinh", "cosh", "tanh", "asin", "acos", "atan"),
    *("asinh", "acosh", "atanh", "atan2", "pow", "erf", "erfc", "tgamma", "lgamma"),
)


def _operator(operation: str, turned: bool = False) -> Callable[[Line, Line | float], Line]:
    def apply(one: Line, other: Line | float) -> Line:
        parts = (one, one.home.number(other))
        return one.home.record(operation, *(parts[::-1] if turned else parts))

    return apply


@dataclass(frozen=True, eq=False)
class Line:
    """One operation and what it works on; ``place`` is where its record stands. Equal operations are one object."""

    operation: str
    parts: tuple[Line, ...]
    value: float | str
    home: Lines = field(repr=False)
    place: int

    @property
    def is_condition(self) -> bool:
        """Whether the value is true or false."""
        return self.operation in COMPARISONS

    __add__, __radd__ = _operator("+"), _operator("+", turned=True)
    __sub__, __rsub__ = _operator("-"), _operator("-", turned=True)
    __mul__, __rmul__ = _operator("*"), _operator("*", turned=True)
    __truediv__, __rtruediv__ = _operator("/"), _operator("/", turned=True)
    __lt__, __le__, __gt__, __ge__ = (_operator(sign) for sign in ("<", "<=", ">", ">="))
    __and__, __or__ = _operator("&"), _operator("|")

    def __neg__(self) -> Line:
        return self.home.record("neg", self)

    def __invert__(self) -> Line:
        return self.home.record("~", self)


@dataclass(frozen=True)
class Lines:
    """Operations in the order in which they were met.

    Example: ``(lambda lines: lines.number(2) is lines.number(2.0))(Lines())``.
    """

    known: dict[tuple[str, ...], Line] = field(default_factory=dict)

    def record(self, operation: str, *parts: Line, value: float | str = 0.0) -> Line:
        """The line of this operation, recorded when it is met first."""
        key = (operation, repr(value), *(str(part.place) for part in parts))
        if key not in self.known:
            self.known[key] = Line(operation, parts, value, self, len(self.known))
        return self.known[key]

    def argument(self, name: str) -> Line:
        """An argument, by name."""
        return self.record("argument", value=name)

    def number(self, value: Line | float) -> Line:
        """A double; a line stays what it is."""
        return value if isinstance(value, Line) else self.record("number", value=float(value))

    def call(self, name: str, *parts: Line | float) -> Line:
        """A function by its name in C."""
        return self.record(name, *map(self.number, parts))

    def where(self, condition: Line, one: Line | float, other: Line | float) -> Line:
        """``one`` where the condition holds, else ``other``."""
        return self.record("where", condition, self.number(one), self.number(other))

    def absolute(self, x: Line) -> Line:
        """|x|."""
        return self.call("fabs", x)

    def sqrt(self, x: Line) -> Line:
        """The square root, NaN below 0."""
        return self.call("sqrt", x)

    def log(self, x: Line) -> Line:
        """The natural logarithm, NaN below 0."""
        return self.call("log", x)

    def sin(self, x: Line) -> Line:
        """The sine of an angle in radians."""
        return self.call("sin", x)

    def cos(self, x: Line) -> Line:
        """The cosine of an angle in radians."""
        return self.call("cos", x)

    def product_error(self, x: Line, y: Line) -> Line:
        """x y - fl(x y), exactly."""
        return self.call("fma", x, y, -(x * y))
