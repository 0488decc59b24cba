"""Stage: kept checks. Input: a step of a derivation, its domain, the seed. Output: what an earlier process found of it.

    step, domain, seed -> everything SymPy's equality reads -> SHA-256 \\
    every source file that a check runs, versions of packages -> SHA-256 -> a line of checks-<sources>.jsonl

A line holds for one step and one text of the sources alone, so whoever changes either checks again. A line that
is damaged, and a step with a part that has no lasting name (a rule of a test, a function made on the way), is not
known. Sources changed while this process, or in the minute before it, was starting may not be those that it runs:
then nothing is kept. ``STALEPROOF_CHECKS=`` (empty) neither reads nor writes anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import FunctionType
from typing import Any

import sympy as sp
from sympy.core.function import UndefinedFunction

import derive
from derive.derivation import Step
from numeric.running.folders import cache_folder

PACKAGES = ("sympy", "mpmath", "numpy", "python-flint")
"""Whose versions a check may depend on."""

CHECKING = ("__init__", "identities", "points", "verdict", "kept_checks")
"""The modules of ``verify`` that a check runs; of ``derive`` and ``numeric``, all may be."""

SETTLED = 60.0
"""Seconds between the last change of a source file and the start of a process that may keep what it found."""

DAYS = 30
"""How long the checks of other sources are kept."""

_IMPORTED = time.time()
_ROOT = Path(derive.__file__).parents[1]


class NoLastingNameError(TypeError):
    """A part of a step that another process could not recognise."""


def known_check(key: str | None) -> dict[str, Any] | None:
    """What was found under ``key``, None if nothing was; with ``kept`` in it where an earlier process found it."""
    if key is None:
        return None
    known, file = _known(), kept_file()
    if key not in known.checks and file is not None:
        known.read_on(file)
    return known.checks.get(key)


def learn(found: Mapping[str, Mapping[str, Any]]) -> None:
    """Know, in this process, what another one of the same sources has found under each key."""
    _known().checks.update({key: dict(check) for key, check in found.items()})


def keep_check(key: str | None, found: Mapping[str, Any]) -> None:
    """Keep what was found under ``key``, where there is one; a disk that is full or read-only costs only time."""
    file = kept_file()
    if key is None or file is None:
        return
    _known().checks[key] = dict(found)
    if _newest() > _IMPORTED - SETTLED:
        return
    with suppress(OSError), file.open("a", encoding="utf-8") as lines:
        lines.write(_line(key, found))  # one short write at the end of a file is one piece, whoever else writes


def key_of(step: Step, seed: int, domain: sp.Basic) -> str | None:
    """The SHA-256 of all that the check of ``step`` reads, its sources aside; None if a part has no lasting name.

    The step's number is left out: derivations share steps under different numbers.

    Example: ``key_of(arrival_rate().steps[0], 0, sp.true) == key_of(arrival_rate().steps[0], 0, sp.true)``.
    """
    if kept_file() is None:
        return None
    try:
        return _digest(repr((_told((step.rule, step.inputs, step.output)), seed, _told(domain))))
    except NoLastingNameError:
        return None


@cache
def kept_file() -> Path | None:
    """The file of the checks made by these sources and packages; None where nothing is to be kept."""
    if os.environ.get("STALEPROOF_CHECKS") == "" or not sources():
        return None
    return cache_folder() / f"checks-{sources_digest(sources())[:24]}.jsonl"


@cache
def sources() -> tuple[Path, ...]:
    """Every file of source code that a check may run."""
    theory = (path for package in ("derive", "numeric") for path in (_ROOT / package).rglob("*.py"))
    checking = (_ROOT / "verify" / f"{name}.py" for name in CHECKING)
    return tuple(sorted(path for path in (*theory, *checking) if path.is_file()))


def sources_digest(files: tuple[Path, ...]) -> str:
    """The SHA-256 of what ``files`` are called and hold, of Python and of the packages that a check runs."""
    versions = [platform.python_version(), *(f"{name} {version(name)}" for name in PACKAGES)]
    held = [(path.relative_to(_ROOT).as_posix(), _digest(path.read_bytes())) for path in files]
    return _digest(repr((versions, held)))


def _newest() -> float:
    return max(path.stat().st_mtime for path in sources())


class _Known:
    """Checks by their keys, and how many bytes of the file are among them."""

    def __init__(self) -> None:
        self.checks: dict[str, dict[str, Any]] = {}
        self.read = 0

    def read_on(self, file: Path) -> None:
        """Read what stands in ``file`` below that: other processes keep what they find meanwhile."""
        earlier = {} if self.read else {"kept": True}
        with suppress(OSError), file.open("rb") as lines:
            lines.seek(self.read)
            text = lines.read()
            whole = text.rfind(b"\n") + 1
            self.read += whole
            for line in text[:whole].decode(errors="replace").splitlines():
                self.checks.update({key: {**found, **earlier} for key, found in _entries(line)})


@cache
def _known() -> _Known:
    file = kept_file()
    if file is not None and not file.exists():
        _forget_others(file)  # the first check of new sources
    return _Known()


def _forget_others(file: Path) -> None:
    for other in file.parent.glob("checks-*.jsonl"):
        with suppress(OSError):
            if time.time() - other.stat().st_mtime > DAYS * 86400:
                other.unlink()


def _line(key: str, found: Mapping[str, Any]) -> str:
    text = json.dumps([key, found], sort_keys=True)
    return f"{_digest(text)} {text}\n"


def _entries(line: str) -> Iterator[tuple[str, dict[str, Any]]]:
    digest, _, text = line.partition(" ")
    if digest == _digest(text):
        key, found = json.loads(text)
        yield key, found


def _digest(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def _told(part: Any) -> Any:
    """``part`` as nested tuples of strings, equal only where SymPy and Python call the parts equal."""
    if part is None or isinstance(part, (bool, int, str)):
        return (type(part).__name__, str(part))
    if isinstance(part, (tuple, list, sp.MatrixBase)):
        shape = getattr(part, "shape", ())
        return (_name(type(part)), shape, *(_told(one) for one in part))
    if isinstance(part, frozenset):
        return ("frozenset", *sorted(repr(_told(one)) for one in part))
    if isinstance(part, sp.Dummy):
        raise NoLastingNameError(repr(part))  # its number is this process's
    if isinstance(part, UndefinedFunction):
        return ("UndefinedFunction", part.__name__, *sorted(map(str, part._kwargs.items())))
    if isinstance(part, sp.Basic):
        return (_told(type(part)), *(_told(one) for one in part._hashable_content()))
    if isinstance(part, type):
        return _name(part)
    if isinstance(part, FunctionType):
        return ("function", *_code(part))
    if is_dataclass(part):
        return (_name(type(part)), *((item.name, _told(getattr(part, item.name))) for item in fields(part)))
    raise NoLastingNameError(repr(part))


def _name(kind: type | FunctionType) -> str:
    """The name of a class under which every process with these sources and packages finds this one."""
    found: Any = sys.modules.get(kind.__module__)
    for name in kind.__qualname__.split("."):
        found = getattr(found, name, None)
    if kind.__module__.split(".")[0] not in ("builtins", "derive", "sympy") or found is not kind:
        raise NoLastingNameError(kind.__qualname__)
    return f"{kind.__module__}.{kind.__qualname__}"


def _code(function: FunctionType) -> Iterator[Any]:
    """A function by its place in its file, for lambdas share a name, and by what it carries along."""
    if function.__module__.split(".")[0] not in ("derive", "sympy"):
        raise NoLastingNameError(function.__qualname__)
    code = function.__code__
    carried = (cell.cell_contents for cell in function.__closure__ or ())
    yield from (function.__module__, function.__qualname__, str(tuple(code.co_positions())))
    yield from (_told(one) for one in (*carried, *(function.__defaults__ or ()), *(function.__kwdefaults__ or ())))
