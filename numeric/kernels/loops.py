"""Stage: loops. Input: recorded lines (numeric/kernels/lines.py). Output: C that a compiler turns into vector code.

    arguments -> buffers | arithmetic | a loop a transcendental function | arithmetic | ... | results

A loop with several transcendental functions is not vectorised, so each has its own, over a block that stays in the
first cache. All blocks have the same length, the last one padded: no value depends on where in an array it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from numeric.kernels.lines import TRANSCENDENTAL, Line

__all__ = ["loop_source"]

BLOCK = 256
VECTOR_MATH = {"sin": 1, "cos": 1, "exp": 1, "log": 1, "pow": 2}  # arguments of what every libmvec has
HEAD = """#include <math.h>
#include <stdint.h>
#ifdef VECTOR_MATH
{declarations}
#endif
#ifdef __FP_FAST_FMA
#define FUSED(x, y, z) fma(x, y, z)
#else
#define FUSED(x, y, z) ((x) * (y) + (z))
#endif
#define BLOCK {block}
#define EACH for (int j = 0; j < BLOCK; j++)

void kernel(int64_t count, const double *const *in, const int64_t *step, double *const *out, const int64_t *leap) {{
  double {buffers};
  for (int64_t start = 0; start < count; start += BLOCK) {{
    const int full = count - start < BLOCK ? (int)(count - start) : BLOCK;
"""
_DECLARED = "#pragma omp declare simd notinbranch\ndouble {}({});"


def loop_source(results: Sequence[Sequence[Line]], arguments: Sequence[Sequence[str]]) -> str:
    """The function ``kernel(count, in, step, out, leap)``: the results at ``count`` points.

    ``results`` and ``arguments`` have one part each or, complex, two that lie side by side; ``step`` and ``leap`` count
    doubles from one point to the next. The text depends on nothing else.
    """
    plan = _Plan([line for parts in results for line in parts])
    body = [
        *_loaded(arguments, {str(line.value): line for line in plan.order if line.operation == "argument"}),
        *plan.loops(),
        *_written(results),
    ]
    declarations = "\n".join(
        _DECLARED.format(name, ", ".join(["double"] * count)) for name, count in VECTOR_MATH.items()
    )
    buffers = ", ".join(f"b{line.place}[BLOCK]" for line in plan.order if line in plan.stored)
    head = HEAD.format(declarations=declarations, block=BLOCK, buffers=buffers)
    return head + "\n".join(f"    {line}" for line in body) + "\n  }\n}\n"


def _loaded(arguments: Sequence[Sequence[str]], used: dict[str, Line]) -> Iterator[str]:
    for number, parts in enumerate(arguments):
        for offset, buffer in [(n, f"b{used[name].place}") for n, name in enumerate(parts) if name in used]:
            aside = f" + {offset}" if offset else ""
            near, far = (f"in[{number}][(start + j) * {by}{aside}]" for by in (len(parts), f"step[{number}]"))
            yield f"if (step[{number}] == {len(parts)}) for (int j = 0; j < full; j++) {buffer}[j] = {near};"
            yield f"else for (int j = 0; j < full; j++) {buffer}[j] = {far};"
            yield f"for (int j = full; j < BLOCK; j++) {buffer}[j] = {buffer}[full - 1];"


def _written(results: Sequence[Sequence[Line]]) -> Iterator[str]:
    for number, parts in enumerate(results):
        for by in (str(len(parts)), f"leap[{number}]"):
            copies = " ".join(
                f"out[{number}][(start + j) * {by}{f' + {n}' if n else ''}] = b{line.place}[j];"
                for n, line in enumerate(parts)
            )
            test = f"if (leap[{number}] == {len(parts)})" if by != f"leap[{number}]" else "else"
            yield f"{test} for (int j = 0; j < full; j++) {{ {copies} }}"


@dataclass
class _Plan:
    """Which line is worked out in which loop, and which must be stored for a later one.

    The stage of a line is the number of transcendental functions one above the other below it.
    """

    results: Sequence[Line]
    order: list[Line] = field(init=False)
    stage: dict[Line, int] = field(default_factory=dict)
    stored: set[Line] = field(default_factory=set)
    rows: dict[int, set[Line]] = field(default_factory=dict)
    uses: dict[Line, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.order = _reachable(self.results)
        for line in self.order:
            self.stage[line] = max((self.stage[part] for part in line.parts), default=0) + _is_loop(line)
            for part in line.parts:
                self.uses[part] = self.uses.get(part, 0) + 1
        for line in self.order:
            if _is_buffer(line):
                self.stored.add(line)
            for part in line.parts if _is_loop(line) else ():
                self._store(part)
        for line in self.results:
            self.uses[line] = self.uses.get(line, 0) + 1
            self._store(line)

    def loops(self) -> Iterator[str]:
        """The loops of all stages in order."""
        for stage in range(max(self.stage.values(), default=0) + 1):
            for line in self.order:
                if _is_loop(line) and self.stage[line] == stage:
                    values = ", ".join(f"b{part.place}[j]" for part in line.parts)
                    yield f"EACH b{line.place}[j] = {line.operation}({values});"
            rows = sorted(self.rows.get(stage, ()), key=lambda line: line.place)
            if rows:
                yield "EACH {"
                for line in rows:
                    yield from self._statements(line, stage)
                yield "}"

    def _store(self, line: Line) -> None:
        self.stored.add(line)
        if not _is_buffer(line):
            self._use(line, self.stage[line])

    def _use(self, line: Line, stage: int) -> None:
        """Have the line at hand in the arithmetic of a stage: numbers and conditions are made anew there."""
        row = self.rows.setdefault(stage, set())
        if line in row:
            return
        row.add(line)
        if self._is_made(line, stage):
            for part in line.parts:
                self._use(part, stage)
        elif not _is_buffer(line):
            self._store(line)

    def _is_made(self, line: Line, stage: int) -> bool:
        anywhere = line.is_condition or line.operation == "number"
        return anywhere or (self.stage[line] == stage and not _is_buffer(line))

    def _statements(self, line: Line, stage: int) -> Iterator[str]:
        made = self._is_made(line, stage)
        kind = "int" if line.is_condition else "double"
        yield f"  const {kind} t{line.place} = {self._text(line) if made else f'b{line.place}[j]'};"
        if made and line in self.stored and self.stage[line] == stage:
            yield f"  b{line.place}[j] = t{line.place};"

    def _text(self, line: Line) -> str:
        names = [f"t{part.place}" for part in line.parts]
        if line.operation == "number":
            return _number(float(line.value))
        if line.operation in ("neg", "~"):
            return f"{'-' if line.operation == 'neg' else '!'}{names[0]}"
        if line.operation == "where":
            return f"{names[0]} ? {names[1]} : {names[2]}"
        if line.operation in ("+", "-"):
            return self._sum(line, names)
        if len(names) == 2:
            return f"{names[0]} {line.operation} {names[1]}"
        return f"{line.operation}({', '.join(names)})"

    def _sum(self, line: Line, names: list[str]) -> str:
        """One rounding for a product and a sum where the product serves nothing else."""
        minus = line.operation == "-"
        for place, (part, other) in enumerate(((line.parts[0], names[1]), (line.parts[1], names[0]))):
            if part.operation == "*" and self.uses[part] == 1 and self.stage[part] == self.stage[line]:
                one, two = (f"t{factor.place}" for factor in part.parts)
                lead, rest = ("-", "") if minus and place else ("", "-" if minus else "")
                return f"FUSED({lead}{one}, {two}, {rest}{other})"
        return f"{names[0]} {line.operation} {names[1]}"


def _is_loop(line: Line) -> bool:
    return line.operation in TRANSCENDENTAL


def _is_buffer(line: Line) -> bool:
    return _is_loop(line) or line.operation == "argument"


def _reachable(results: Sequence[Line]) -> list[Line]:
    seen, waiting = set(), list(results)
    while waiting:
        line = waiting.pop()
        if line not in seen:
            seen.add(line)
            waiting += line.parts
    return sorted(seen, key=lambda line: line.place)


def _number(value: float) -> str:
    if value != value:
        return "NAN"
    if abs(value) == float("inf"):
        return "INFINITY" if value > 0 else "-INFINITY"
    return repr(value)
