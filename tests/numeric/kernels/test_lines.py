"""Lines record arithmetic once, in order, whichever side a number stands on."""

from __future__ import annotations

from numeric.kernels.lines import Line, Lines


def text(line: Line) -> str:
    if not line.parts:
        return str(line.value)
    return f"({line.operation} {' '.join(map(text, line.parts))})"


def test_every_operator_records_itself() -> None:
    lines = Lines()
    x, y = lines.argument("x"), lines.argument("y")
    for made, known in (
        (x + y, "(+ x y)"),
        (1 - x, "(- 1.0 x)"),
        (2 * x / y, "(/ (* 2.0 x) y)"),
        (1 / -x, "(/ 1.0 (neg x))"),
        (3 + x - 2, "(- (+ 3.0 x) 2.0)"),
        (lines.where((x < 1) & ~(y >= x) | (y <= 2), x, 0), "(where (| (& (< x 1.0) (~ (>= y x))) (<= y 2.0)) x 0.0)"),
        (lines.log(lines.absolute(x)), "(log (fabs x))"),
        (lines.sqrt(lines.sin(x) * lines.cos(y)), "(sqrt (* (sin x) (cos y)))"),
        (lines.product_error(x, y), "(fma x y (neg (* x y)))"),
        (lines.call("pow", x, 0.5), "(pow x 0.5)"),
    ):
        assert text(made) == known
    assert (x > 1).is_condition
    assert not (x + 1).is_condition


def test_equal_operations_are_one_line() -> None:
    lines = Lines()
    x = lines.argument("x")
    assert x * 2 + 1 is x * 2.0 + 1.0
    assert x * 2 is not 2 * x
    assert lines.number(0.0) is not lines.number(-0.0)
    assert [line.place for line in lines.known.values()] == list(range(len(lines.known)))
