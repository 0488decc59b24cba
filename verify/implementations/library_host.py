"""Stage: shared libraries. Input: lines of numbers. Output: lines of numbers, by a C function called through ctypes.

Run as ``python library_host.py LIBRARY FUNCTION SIGNATURE``, a program of the line protocol: whatever the function does
to its process, the process that checks it lives on. A signature is written as in C: ``double(int, double)``. Only
the standard library is imported here, because it starts anew for every batch.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Iterable, Iterator, Sequence

TYPES = {
    "double": ctypes.c_double,
    "float": ctypes.c_float,
    "int": ctypes.c_int,
    "long": ctypes.c_long,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
}
_SIGNATURE = re.compile(r"\s*(\w+)\s*\(([\w\s,]*)\)\s*")
_WHOLE = ("int", "long", "int32_t", "int64_t")


def signature_of(text: str) -> tuple[str, tuple[str, ...]]:
    """The result's type and the arguments' types; ``ValueError`` for anything but names of ``TYPES``.

    Example: ``signature_of("double(int, double)") == ("double", ("int", "double"))``.
    """
    found = _SIGNATURE.fullmatch(text)
    names = [name.strip() for name in found[2].split(",")] if found and found[2].strip() else []
    if not found or any(name not in TYPES for name in (found[1], *names)):
        raise ValueError(f"not a signature: {text!r}; allowed: RESULT(ARGUMENT, ...) of {', '.join(TYPES)}")
    return found[1], tuple(names)


def answered(library: str, function: str, signature: str, lines: Iterable[str]) -> Iterator[str]:
    """The answer to each line; ``OSError`` or ``AttributeError`` where library or function cannot be loaded."""
    result, arguments = signature_of(signature)
    called = getattr(ctypes.CDLL(library), function)
    called.restype, called.argtypes = TYPES[result], [TYPES[name] for name in arguments]
    for line in lines:
        words = line.split()
        values = [_value(name, word) for name, word in zip(arguments, words, strict=True)]
        yield repr(called(*values))


def _value(name: str, word: str) -> int | float:
    return int(float(word)) if name in _WHOLE else float(word)


def main(arguments: Sequence[str]) -> int:
    """Answer every line of standard input."""
    library, function, signature = arguments
    for answer in answered(library, function, signature, sys.stdin):
        print(answer, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
