"""Stage: targets. Input: what a user names on the command line. Output: the implementation that it names, or a refusal.

    package.module:function      a Python callable, imported and nothing else
    path/library.so:function     a C function, run in a process of its own
    program and its arguments    with --program; split into words, never given to a shell

Texts are matched against these forms and never evaluated.
"""

from __future__ import annotations

import importlib
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from derive.claims import Claim
from derive.studies.schema import StudyError
from verify.implementations import library_host
from verify.implementations.calling import TIME_LIMIT, Implementation, PythonFunction
from verify.implementations.claim_domains import ClaimDomain
from verify.implementations.library_host import signature_of
from verify.implementations.line_programs import LineProgram

FORMS = "PACKAGE.MODULE:FUNCTION, PATH/LIBRARY.so:FUNCTION, or with --program a command"
_LONGEST = 1000
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_LIBRARY = (".so", ".dylib", ".dll")


def imported(target: str) -> Callable[..., Any]:
    """The callable that ``package.module:name`` names, found from the current folder; ``StudyError`` if there is none.

    Example: ``imported("math:sqrt")(4.0) == 2.0``.
    """
    module, colon, name = target.partition(":")
    well_formed = len(target) <= _LONGEST and colon and _NAME.fullmatch(module) and _NAME.fullmatch(name)
    if not well_formed:
        raise _refusal(target, "not a module and a name in it")
    try:
        with _from_here():
            found: Any = importlib.import_module(module)
    except (Exception, SystemExit) as error:
        raise _refusal(target, f"importing {module} raises {type(error).__name__}: {error}") from None
    for part in name.split("."):
        if not hasattr(found, part):
            raise _refusal(target, f"{module} has no {name}")
        found = getattr(found, part)
    if not callable(found):
        raise _refusal(target, f"{name} is a {type(found).__name__}, not a function")
    return found


def implementation_of(
    target: str, claim: Claim, *, arrays: bool = True, signature: str | None = None, limit: float = TIME_LIMIT
) -> tuple[Implementation, Callable[..., Any] | None]:
    """What a target names, ready to be checked against a claim, and its gradient if it offers one.

    ``signature`` is that of a C function, all doubles if not said. Raises ``StudyError`` for a target that names
    nothing, or a C function that cannot take the claim's arguments.
    """
    path, colon, function = target.rpartition(":")
    if colon and path.endswith(_LIBRARY):
        return LineProgram(_hosted(Path(path), function, claim, signature), limit), None
    if signature is not None:
        raise StudyError("command line", "--signature", signature, "only a C function has one", FORMS)
    called = imported(target)
    return PythonFunction(called, tuple(claim.arguments), arrays, limit), getattr(called, "gradient", None)


def program_of(command: str, limit: float = TIME_LIMIT) -> LineProgram:
    """The program that a command names; ``StudyError`` where its first word is no program."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise _refusal(command, str(error)) from None
    if not words or "\0" in command or shutil.which(words[0]) is None:
        raise _refusal(command, "no such program")
    return LineProgram(words, limit)


def _hosted(library: Path, function: str, claim: Claim, signature: str | None) -> list[str]:
    target = f"{library}:{function}"
    if not re.fullmatch(r"[A-Za-z_]\w*", function, re.ASCII):
        raise _refusal(target, "not the name of a C function")
    if "\0" in target or not library.is_file():
        raise _refusal(target, "no such library")
    complexes = [argument.name for argument in ClaimDomain(claim).arguments if argument.kind == "complex"]
    if complexes:
        raise _refusal(target, f"{complexes[0]} is complex, which C functions here do not take; write a program")
    given = signature or f"double({', '.join(['double'] * len(claim.arguments))})"
    try:
        _, arguments = signature_of(given)
    except ValueError as error:
        wrong, _, allowed = str(error).partition("; allowed: ")
        raise StudyError("command line", "--signature", given, wrong, allowed) from None
    if len(arguments) != len(claim.arguments):
        wrong = f"{len(arguments)} arguments, the claim has {len(claim.arguments)}"
        raise StudyError("command line", "--signature", given, wrong, ", ".join(claim.arguments))
    return [sys.executable, "-I", library_host.__file__, str(library.resolve()), function, given]


@contextmanager
def _from_here() -> Iterator[None]:
    """Let modules of the current folder be found, as ``python -m`` does."""
    here = os.getcwd()
    sys.path.insert(0, here)
    try:
        yield
    finally:
        if here in sys.path:
            sys.path.remove(here)


def _refusal(target: str, wrong: str) -> StudyError:
    return StudyError("command line", "TARGET", target, wrong, FORMS)
