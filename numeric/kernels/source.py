"""Stage: kernel source. Input: an expression, its domain, identifiers. Output: a NumPy module, the same every time.

    sum over data -> a function ``term``     the rest -> common subexpressions (SymPy's cse) -> ``kernel``
    assumptions of the arguments, domain -> ``inside``

A sum over measured values is one vectorised sum (numeric/kernels/functions.py), never an unrolled expression.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sympy as sp
from sympy.core.relational import Equality, Relational, Unequality

from numeric.kernels.printer import NodePrinter
from numeric.kernels.stable_forms import NotCompilableError, is_real, stable_form

RESERVED = (
    *("numpy", "special", "lambert_w", "real_lambert_w", "product_error", "incomplete_beta", "total", "log1p"),
    *(
        "exponential_mean",
        "log_ratio",
        "log1p_modulus",
        "root_difference",
        "exponential_integral",
        "bounded_exponential_integral",
        "weibull_integral",
        "lognormal_integral",
        "certainly_positive",
        "kernel",
        "inside",
        "summed",
    ),
)
_ASSUMPTIONS = ("positive", "negative", "nonnegative", "extended_nonnegative", "real", "extended_real", "integer")
_RANGES = {
    "is_positive": "({0} > 0) & ({0} < numpy.inf)",
    "is_negative": "({0} < 0) & ({0} > -numpy.inf)",
    "is_nonnegative": "({0} >= 0) & ({0} < numpy.inf)",
    "is_nonpositive": "({0} <= 0) & ({0} > -numpy.inf)",
}


def identifiers(names: Sequence[str]) -> tuple[str, ...]:
    """A distinct Python identifier for each name, as close to it as Python allows."""
    found: list[str] = []
    for name in names:
        text = re.sub(r"\W+", "_", name).strip("_") or "argument"
        text = f"{text}_" if keyword.iskeyword(text) else f"_{text}" if text[0].isdigit() else text
        while text in found or text in RESERVED or re.fullmatch(r"(x|sum|term)\d+", text):
            text += "_"
        found.append(text)
    return tuple(found)


@dataclass
class KernelSource:
    """A module in the making: one function a sum, then ``kernel`` and ``inside``.

    ``names`` gives every argument's identifier, ``data`` that of every measured array; ``arithmetic`` is "real"
    or "complex".
    """

    names: Mapping[sp.Basic, str]
    data: Mapping[sp.IndexedBase, str]
    arithmetic: str
    functions: list[str] = field(default_factory=list)
    sums: int = 0

    def text(self, expressions: Sequence[sp.Expr], domain: sp.Basic) -> str:
        """The module, whose ``kernel`` returns all values; raises ``NotCompilableError`` for what has no kernel."""
        parameters = (*self.names.values(), *self.data.values())
        self._function("kernel", parameters, *self._body(map(stable_form, expressions), dict(self.names)))
        self._function("inside", parameters, [], " & ".join(f"({part})" for part in self._conditions(domain)) or "True")
        return "\n\n\n".join(self.functions) + "\n"

    def _function(self, name: str, parameters: Sequence[str], lines: Sequence[str], result: str) -> None:
        body = "\n".join(f"    {line}" for line in [*lines, f"return {result}"])
        self.functions.append(f"def {name}({', '.join(parameters)}):\n{body}")

    def _body(self, expressions: Iterable[sp.Basic], known: dict[sp.Basic, str]) -> tuple[list[str], str]:
        lines, whole = [], sp.Tuple(*expressions)
        # Sums leave the expression first, because cse would pull their bound index out of them.
        for node in sorted(whole.atoms(sp.Sum), key=sp.default_sort_key):
            self.sums += 1
            stand_in = _stand_in(node.function)
            known[stand_in] = f"sum{self.sums}"
            lines.append(f"{known[stand_in]} = {self._sum(node, known)}")
            whole = whole.xreplace({node: stand_in})
        replacements, reduced = sp.cse(list(whole), symbols=sp.numbered_symbols(cls=sp.Dummy), order="canonical")
        better: dict[sp.Basic, sp.Basic] = {}
        for number, (symbol, part) in enumerate(replacements):
            part = part.xreplace(better)
            better[symbol] = _stand_in(part)
            known[better[symbol]] = f"x{number}"
            lines.append(f"x{number} = {self._print(part, known)}")
        return lines, ", ".join(self._print(result.xreplace(better), known) for result in reduced)

    def _print(self, expression: sp.Basic, known: Mapping[sp.Basic, str]) -> str:
        return str(NodePrinter(known, self.arithmetic).doprint(expression))

    def _sum(self, node: sp.Sum, known: Mapping[sp.Basic, str]) -> str:
        index, first, last = node.limits[0]
        if len(node.limits) != 1 or node.function.has(sp.Sum) or first.is_infinite or last.is_infinite:
            raise NotCompilableError(f"{node} has no kernel; allowed: one index between finite limits")
        items = sorted((item for item in node.function.atoms(sp.Indexed) if index in item.free_symbols), key=str)
        if any(item.indices != (index,) or item.base not in self.data for item in items):
            raise NotCompilableError(f"{node} has no data; allowed: data[{index}] with arrays= or an argument for data")
        if not items and (first.free_symbols | last.free_symbols):
            raise NotCompilableError(f"{node} has as many terms as an argument says; allowed: limits that are numbers")
        own = {index: "summed", **{item: f"{self.data[item.base]}_item" for item in items}}
        free = {symbol: name for symbol, name in self.names.items() if symbol in node.function.free_symbols}
        name = f"term{self.sums}"
        self._function(name, (*own.values(), *free.values()), *self._body([node.function], {**free, **own}))
        columns = "".join(f"{self.data[item.base]}, " for item in items)
        span = f"({self._print(first, known)}, {self._print(last, known)})"
        return f"total({name}, ({columns}), {span}, ({''.join(f'{other}, ' for other in free.values())}))"

    def _conditions(self, domain: sp.Basic) -> list[str]:
        parts = []
        for symbol, name in self.names.items():
            kind = next((kind for kind in _RANGES if getattr(symbol, kind)), None)
            parts.append(_RANGES[kind].format(name) if kind else f"numpy.isfinite({name})")
            if symbol.is_integer:
                parts.append(f"{name} == numpy.rint({name})")
        for base, name in self.data.items():
            parts.append(f"({name} > 0).all()" if base.is_positive else f"numpy.isfinite({name}).all()")
        return [*parts, *([] if domain == sp.true else [self._condition(domain)])]

    def _condition(self, node: sp.Basic) -> str:
        if isinstance(node, sp.And | sp.Or):
            return f"({(' & ' if isinstance(node, sp.And) else ' | ').join(self._condition(p) for p in node.args)})"
        if not is_undecided_near(node):
            return self._print(node, self.names)
        # Where rounding could decide, the point counts as outside: better no number than one beyond the pole.
        size = sum(sp.Abs(term) for side in node.args for term in sp.Add.make_args(side))
        gap, scale = self._print(node.gts - node.lts, self.names), self._print(size, self.names)
        return f"certainly_positive({gap}, {scale})"


def _stand_in(part: sp.Basic) -> sp.Dummy:
    """A name for a part with what is known of it: without its sign every root of it would turn complex."""
    known = {name: True for name in _ASSUMPTIONS if getattr(part, f"is_{name}", None)}
    return sp.Dummy(**(known if known or not is_real(part) else {"extended_real": True}))


def is_undecided_near(node: sp.Basic) -> bool:
    """Whether rounding may decide a condition: an inequality of more than symbols and doubles.

    Example: ``is_undecided_near(y.damping * y.mean_delay < 1) and not is_undecided_near(y.damping < 1)``.
    """
    if isinstance(node, Equality | Unequality) or not isinstance(node, Relational):
        return False
    return not all(side.is_Symbol or _is_double(side) for side in node.args)


def _is_double(side: sp.Basic) -> bool:
    return bool(side.is_Rational) and sp.Rational(float(side)) == side
