"""Stage: source code. Input: functions on doubles in restricted Python. Output: the same functions in another language.

Known are assignments, if, while, return, arithmetic, comparisons, and, or, not, calls; every value is a double. A
``Language`` says how each of them is spelled.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

_LEVELS = {
    ast.Or: 1,
    ast.And: 2,
    ast.Not: 3,
    ast.Compare: 4,
    ast.Add: 5,
    ast.Sub: 5,
    ast.USub: 5,
    ast.Mult: 6,
    ast.Div: 6,
}
_SIGNS = {ast.Add: " + ", ast.Sub: " - ", ast.Mult: "*", ast.Div: "/"}
_RELATIONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=="}
_ATOM = 9
_CUTS = re.compile(r" |,|(?<!\*)\*(?!\*)")  # where a long line may be continued
INDENT = "    "


@dataclass(frozen=True)
class Language:
    """How a language spells the statements; ``calls`` maps functions that are not spelled alike.

    ``block`` holds the text of "function", "if", "elif", "else", "while", each with {0} for what varies, and of "end";
    ``declare`` the line that declares {0}, empty where variables need none; ``answer`` how {0} is returned.
    """

    name: str
    suffix: str
    comment: str
    block: dict[str, str]
    answer: str
    declare: str = ""
    stop: str = ";"
    calls: dict[str, str] = field(default_factory=dict)
    prefix: str = ""
    power: str = "{0}**{1}"
    whole_power: str = "{0}**{1}"
    differs: str = "!="
    logic: tuple[str, str, str] = ("&&", "||", "!")
    constants: dict[str, str] = field(default_factory=dict)
    exponent_mark: str = "e"
    head: str = ""
    foot: str = ""
    widest: int = 0  # of a line that is broken with "&", 0: lines have no end


def translated(function: ast.FunctionDef, language: Language) -> str:
    """One function in the language, its docstring as a comment; ``ValueError`` for what no language here spells."""
    parameters = [argument.arg for argument in function.args.args]
    body = function.body
    text = ast.get_docstring(function)
    notes = [f"{language.comment} {' '.join(line.split())}" for line in (text or "").splitlines() if line.strip()]
    body = body[1:] if text else body
    local = sorted(
        {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    )
    lines = [*notes, *_filled(language.block["function"], function.name, parameters)]
    if local and language.declare:
        lines += [INDENT + language.declare.format(name) for name in _grouped(local, language.declare)]
    lines += _block(body, language, 1)
    lines += _filled(language.block["return"], function.name, parameters)
    return "\n".join(_broken(line, language.widest) for line in lines)


def _filled(template: str, name: str, parameters: list[str]) -> list[str]:
    listed = ", ".join(parameters)
    typed = ", ".join(f"double {one}" for one in parameters)
    rust = ", ".join(f"{one}: f64" for one in parameters)
    return template.format(name=name, listed=listed, typed=typed, rust=rust).splitlines()


def _grouped(names: list[str], declare: str) -> list[str]:
    """All names on one line, or one a line where a declaration takes one."""
    return names if "=" in declare else [", ".join(names[at : at + 8]) for at in range(0, len(names), 8)]


def _block(statements: list[ast.stmt], language: Language, depth: int) -> list[str]:
    return [line for statement in statements for line in _statement(statement, language, depth)]


def _statement(node: ast.stmt, language: Language, depth: int) -> list[str]:
    space = INDENT * depth
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return [f"{space}{node.targets[0].id} = {expression(node.value, language)}{language.stop}"]
    if isinstance(node, ast.Return) and node.value is not None:
        return [space + line for line in language.answer.format(expression(node.value, language)).splitlines()]
    if isinstance(node, ast.While):
        head = space + language.block["while"].format(expression(node.test, language))
        return [head, *_block(node.body, language, depth + 1), space + language.block["end while"]]
    if isinstance(node, ast.If):
        return _choice(node, language, depth, "if")
    raise ValueError(f"no statement that can be translated: {ast.unparse(node)}")


def _choice(node: ast.If, language: Language, depth: int, word: str) -> list[str]:
    space = INDENT * depth
    lines = [
        space + language.block[word].format(expression(node.test, language)),
        *_block(node.body, language, depth + 1),
    ]
    if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        return lines + _choice(node.orelse[0], language, depth, "elif")
    if node.orelse:
        lines += [space + language.block["else"], *_block(node.orelse, language, depth + 1)]
    return [*lines, space + language.block["end if"]]


def expression(node: ast.expr, language: Language) -> str:
    """An expression in the language, with brackets where its operators need them."""
    match node:
        case ast.Constant(value=float() | int() as value):
            return _number(value, language)
        case ast.Name(id=name):
            return language.constants.get(name, name)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return f"-{_guarded(inner, language, _ATOM)}"
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return f"{language.logic[2]}({expression(inner, language)})"
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            whole = isinstance(right, ast.Constant) and isinstance(right.value, int)
            spelled = language.whole_power if whole else language.power
            called = "(" in spelled
            parts = [expression(one, language) if called else _guarded(one, language, _ATOM) for one in (left, right)]
            return spelled.format(*parts)
        case ast.BinOp(left=left, op=sign, right=right):
            level = _LEVELS[type(sign)]
            return f"{_guarded(left, language, level)}{_SIGNS[type(sign)]}{_guarded(right, language, level + 1)}"
        case ast.Compare(left=left, ops=[relation], comparators=[right]):
            spelled = language.differs if isinstance(relation, ast.NotEq) else _RELATIONS[type(relation)]
            return f"{_guarded(left, language, 5)} {spelled} {_guarded(right, language, 5)}"
        case ast.BoolOp(op=sign, values=values):
            word = language.logic[0 if isinstance(sign, ast.And) else 1]
            return f" {word} ".join(f"({expression(one, language)})" for one in values)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            listed = ", ".join(expression(argument, language) for argument in arguments)
            return language.calls[name].format(listed) if name in language.calls else f"{name}({listed})"
    raise ValueError(f"no expression that can be translated: {ast.unparse(node)}")


def _guarded(node: ast.expr, language: Language, needed: int) -> str:
    text = expression(node, language)
    return text if _level(node) >= needed else f"({text})"


def _level(node: ast.expr) -> int:
    if isinstance(node, ast.BinOp):
        return _LEVELS.get(type(node.op), 8)
    if isinstance(node, ast.UnaryOp):
        return _LEVELS[type(node.op)]
    return 4 if isinstance(node, ast.Compare) else 1 if isinstance(node, ast.BoolOp) else _ATOM


def _number(value: float | int, language: Language) -> str:
    if isinstance(value, int):
        return str(value)
    text = repr(value)
    mantissa, mark, exponent = text.partition("e")
    mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
    if not mark and language.exponent_mark == "d":
        return f"{mantissa}d0"
    return f"{mantissa}{language.exponent_mark}{exponent}" if mark else mantissa


def _broken(line: str, widest: int) -> str:
    """A long line continued with "&" where its language ends lines."""
    parts = []
    while widest and len(line) > widest and not line.lstrip().startswith("!"):
        cuts = [place.end() for place in _CUTS.finditer(line) if 40 < place.end() <= widest]
        if not cuts:
            break
        parts.append(line[: cuts[-1]] + " &")
        line = INDENT * 2 + line[cuts[-1] :].lstrip()
    return "\n".join([*parts, line])
