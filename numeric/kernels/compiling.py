"""Stage: kernels. Input: a claim, or any closed scalar expression with its domain. Output: a function of arrays.

    expression, arguments, domain -> source (numeric/kernels/source.py; in C numeric/kernels/real_nodes.py) -> Kernel

A kernel never gives a plausible number outside its domain: there every element is NaN, and ``outside`` flags it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray
from scipy import special

from derive.claims.record import Claim
from derive.fingerprint import fingerprint
from derive.formulas.latex import latex
from derive.formulas.shown import ShownAsLatex
from numeric.kernels import functions as kernel_functions
from numeric.kernels import integrals as kernel_integrals
from numeric.kernels.arrays import doubles, handed_back, is_single, numbers, results, workplace
from numeric.kernels.native import NativeLoop, checked_target, native_loop
from numeric.kernels.real_nodes import recorded
from numeric.kernels.real_parts import ROUNDINGS
from numeric.kernels.source import KernelSource, identifiers
from numeric.kernels.stable_forms import NotCompilableError, is_real, stable_form

__all__ = ["Kernel", "NotCompilableError", "compile_kernel", "kernel_of"]

Array = NDArray[Any]
Arrays = Mapping[sp.IndexedBase, Sequence[Any]]

BLOCK = 1 << 13  # elements worked on at a time: temporaries stay in the cache
SAMPLES = 512


@dataclass(frozen=True)
class Kernel(ShownAsLatex):
    """One expression as a function of arrays, which broadcast against each other.

    ``arguments``: the symbols in order, ``names``: their identifiers, also accepted as keywords; ``source``: what
    runs, ``target``: as "numpy" or as "c"; ``hash``: SHA-256 of expression and domain. A measured array is an argument
    of one dimension that takes no part in the broadcasting. Results are float64, or float32 where every array is;
    complex where the expression is. A ``sp.Tuple`` of expressions shares its common parts and gives a tuple of arrays.

    Example: ``compile_kernel(y.damping**2, [y.damping])([1, 2]).tolist() == [1.0, 4.0]``.
    """

    expression: sp.Expr
    arguments: tuple[sp.Symbol, ...]
    names: tuple[str, ...]
    domain: sp.Basic
    source: str
    hash: str
    is_complex: bool
    target: str
    _data: tuple[sp.IndexedBase, ...] = field(repr=False)
    _fixed: tuple[Array, ...] = field(repr=False, compare=False)
    _functions: tuple[Callable[..., Any], Callable[..., Any]] = field(repr=False, compare=False)
    _loop: NativeLoop | None = field(default=None, repr=False, compare=False)

    def __call__(self, *arguments: ArrayLike, out: Any = None, **named: ArrayLike) -> Any:
        """The values (kind: doubles), NaN outside the domain; scalars for scalars, ``out`` if given.

        Raises ``TypeError`` for missing arguments and wrong dtypes, ``ValueError`` for shapes that do not fit.
        """
        values, data, single = self._bound(arguments, named)
        shape = np.broadcast_shapes(*(value.shape for value in values))
        kind = (("f8", "f4"), ("c16", "c8"))[self.is_complex][single]
        several = isinstance(self.expression, sp.Tuple)
        found = results(shape, kind, out, len(self.expression) if several else None)
        work = workplace(found, values, None if self._loop is None else ("f8", "c16")[self.is_complex])
        if self._loop is not None:
            self._loop(self._native(values), work)
        else:
            for block in _blocks(values, work[0]):
                self._fill([value[block] if value.ndim else value for value in values], data, [w[block] for w in work])
        handed_back(work, found)
        if out is not None:
            return out
        return tuple(result[()] for result in found) if several else found[0][()]

    def latex(self) -> str:
        """The expression that is evaluated."""
        return latex(self.expression)

    def outside(self, *arguments: ArrayLike, **named: ArrayLike) -> Any:
        """Where the arguments lie outside the domain (or so near its edge that rounding decides), elementwise."""
        values, data, _ = self._bound(arguments, named)
        shape = np.broadcast_shapes(*(value.shape for value in values))
        return ~np.broadcast_to(self._functions[1](*doubles(values), *data), shape)[()]

    def _fill(self, values: list[Array], data: list[Array], filled: list[Array]) -> None:
        values = doubles(values)
        with np.errstate(all="ignore"):
            found = self._functions[0](*values, *data)
            inside = self._functions[1](*values, *data)
            whole, nothing = np.all(inside), complex(np.nan, np.nan) if self.is_complex else np.nan
            for value, result in zip(found if isinstance(found, tuple) else (found,), filled, strict=True):
                plain = value if self.is_complex or not np.iscomplexobj(value) else value.real
                # Most calls lie inside; copyto also broadcasts the numbers of constant expressions.
                np.copyto(result, plain if whole else np.where(inside, plain, nothing), casting="same_kind")

    def _native(self, values: list[Array]) -> list[Array]:
        kinds = ("f8" if is_real(symbol) else "c16" for symbol in self.arguments)
        return [value.astype(kind, copy=False) for value, kind in zip(values, kinds, strict=True)]

    def _bound(self, arguments: Sequence[Any], named: Mapping[str, Any]) -> tuple[list[Array], list[Array], bool]:
        """The broadcasting arguments, the data, and whether the result is single precision."""
        given = dict(zip(self.names, arguments, strict=False))
        if len(arguments) > len(self.names) or given.keys() & named.keys() or {*given, *named} != {*self.names}:
            raise TypeError(f"arguments {[*given, *named]} of {len(arguments) + len(named)}; allowed: {self.names}")
        given |= named
        values, data, broadcast = [], [], []
        labels = {base.label: number for number, base in enumerate(self._data)}
        for symbol, name in zip(self.arguments, self.names, strict=True):
            value = numbers(given[name], name, real=is_real(symbol))
            if symbol in labels:
                if value.ndim != 1:
                    raise ValueError(f"{name} has {value.ndim} dimensions; allowed: one, the measured values")
                data.append(value.astype(np.float64, copy=False))
            else:
                values.append(value)
                broadcast.append(given[name])
        return values, [*data, *self._fixed], is_single(broadcast, values)


def _blocks(values: Sequence[Array], result: Array) -> list[Any]:
    """Slices of the first axis that keep temporaries small, where every argument is a scalar or spans that axis."""
    spans = all(value.ndim == 0 or value.shape == result.shape for value in values)
    if result.size <= BLOCK or not spans:
        return [...]
    rows = max(1, BLOCK * result.shape[0] // result.size)
    return [slice(start, start + rows) for start in range(0, result.shape[0], rows)]


def compile_kernel(
    expression: sp.Expr | sp.Tuple,
    arguments: Sequence[sp.Symbol],
    *,
    domain: sp.Basic = sp.true,
    arrays: Arrays | None = None,
    target: str = "numpy",
) -> Kernel:
    """Compile a closed scalar expression (or a ``sp.Tuple`` of them) into a vectorised function of ``arguments``.

    ``domain``: where it holds, besides the assumptions of the symbols (positive, nonnegative, integer, real);
    ``arrays``: the data behind indexed sums; without them the array's label must be an argument, which then takes
    the data; ``target``: "numpy", or "c" for compiled loops (NumPy, with one note, where there is no compiler: the
    kernel's ``target`` says what it became). Raises ``NotCompilableError`` for free symbols, matrices, integrals and
    functions without a kernel, for the target "c" also for sums and what C's own library lacks.

    Example: ``compile_kernel(sp.sqrt(y.damping), [y.damping], domain=y.damping < 5)(4.0) == 2``.
    """
    names = [symbol.name for symbol in arguments]
    return _compiled(expression, tuple(arguments), names, (domain, arrays or {}, checked_target(target)))


def kernel_of(claim: Claim, target: str = "numpy") -> Kernel:
    """The kernel of a claim's right side; its arguments bear their names in code, in the notation table's order.

    Example: ``kernel_of(Claim("rate", "", "equality", "R0", arrival_rate))(workers=3, mean_delay=1.5) == 2``.
    """
    named = claim.arguments
    return _compiled(
        claim.expression, tuple(named.values()), list(named), (claim.derived.domain, {}, checked_target(target))
    )


def _compiled(
    expression: Any, arguments: tuple[sp.Symbol, ...], names: Sequence[str], where: tuple[sp.Basic, Arrays, str]
) -> Kernel:
    domain, arrays, target = where
    parts = tuple(expression) if isinstance(expression, sp.Tuple) else (expression,)
    if not parts or not all(isinstance(part, sp.Expr) for part in parts):
        raise NotCompilableError(f"{type(expression).__name__} is no scalar expression; allowed: one SymPy expression")
    named = dict(zip(arguments, identifiers(names), strict=True))
    bases = sorted(expression.atoms(sp.IndexedBase), key=str)
    given = tuple(base for base in bases if base.label in named and base not in arrays)
    fixed = tuple(base for base in bases if base in arrays)
    labels = dict(zip(fixed, identifiers([*named.values(), *(str(base) for base in fixed)])[len(named) :], strict=True))
    data = {**{base: named[base.label] for base in given}, **labels}
    free = {symbol: name for symbol, name in named.items() if symbol not in {base.label for base in given}}
    columns = tuple(np.array([float(value) for value in arrays[base]]) for base in fixed)

    def make(arithmetic: str, is_complex: bool) -> Kernel:
        source = KernelSource(free, data, arithmetic).text(parts, domain)
        digest, texts = fingerprint(expression, domain), tuple(named.values())
        said = (expression, arguments, texts, domain, source, digest, is_complex, "numpy", given, columns)
        return Kernel(*said, _functions(source))

    plain = [stable_form(part) for part in parts]
    arithmetic, is_complex = _arithmetic(plain, list(free))
    if arithmetic == "undecided":
        general = make("complex", True)
        arithmetic, is_complex = ("real", False) if _real_inside(general, list(free)) else ("complex", True)
    kernel = make(arithmetic, is_complex)
    if target == "numpy":
        return kernel
    source = recorded(plain, free, domain, (arithmetic == "complex", is_complex))
    loop = native_loop(source)
    return kernel if loop is None else replace(kernel, source=source, target="c", _loop=loop)


def _arithmetic(parts: Sequence[sp.Expr], symbols: Sequence[sp.Symbol]) -> tuple[str, bool]:
    """In what the parts are worked out, and whether the values are complex."""
    real = all(map(is_real, parts))
    if any(part.has(sp.I) for part in parts) or not all(map(is_real, symbols)):
        return "complex", not real
    return ("real", False) if real else ("undecided", True)


def _functions(source: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    scope: dict[str, Any] = {"numpy": np, "special": special, "certainly_positive": _certainly_positive}
    for module in (kernel_functions, kernel_integrals):
        scope |= {name: getattr(module, name) for name in module.__all__}
    exec(compile(source, "<kernel>", "exec"), scope)
    return scope["kernel"], scope["inside"]


def _certainly_positive(gap: Array, size: Array) -> Any:
    """Whether the gap between two sides of the given size is positive beyond the rounding of doubles."""
    return gap > ROUNDINGS * np.finfo(float).eps * size


def _real_inside(kernel: Kernel, symbols: list[sp.Symbol]) -> bool:
    """Whether the values at random points of the domain are all real; SymPy's assumptions do not know the domain.

    A wrong yes cannot do harm: in real arithmetic what is complex is NaN.
    """
    if kernel._data or kernel._fixed:
        return False
    rng = np.random.default_rng(1)
    points = []
    for symbol in symbols:
        sign = 1 if symbol.is_nonnegative else -1 if symbol.is_nonpositive else rng.choice((-1, 1), SAMPLES)
        size = rng.integers(1, 9, SAMPLES) if symbol.is_integer else 10 ** rng.uniform(-2, 1, SAMPLES)
        points.append(sign * size)
    values = np.ravel(kernel(*points))
    values = values[np.isfinite(values)]
    return bool(len(values)) and bool((np.abs(values.imag) <= 1e-9 * np.abs(values)).all())
