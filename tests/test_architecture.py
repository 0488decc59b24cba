"""The house: data flows one way, each heavy dependency has one door, and no part knows what it may not know.

Every rule is a function of a table {path: source}, so each has a planted violation beside it that it must find. Longer
than 250 lines: the tables of what may know what stand beside the rules that read them.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("derive", "numeric", "verify")
Sources = dict[str, str]

THIRD_PARTY = {  # what each floor may stand on beside the standard library
    "derive": {"derive", "sympy", "mpmath"},
    "numeric": {
        "derive",
        "numeric",
        "sympy",
        "mpmath",
        "numpy",
        "scipy",
        "flint",
        "numba",
        "cffi",
        "dask",
        "distributed",
        "sklearn",
    },
    "verify": {"derive", "numeric", "verify", "sympy", "mpmath", "numpy", "scipy"}
    | {"hypothesis", "matplotlib", "jinja2", "markupsafe", "rich", "pyarrow", "xarray"},
}
DOORS = {  # a heavy dependency -> the only files that open it
    "flint": ("numeric/enclosure.py",),
    "numba": ("numeric/event_loop/*.py", "numeric/simulation/*.py"),
    "matplotlib": ("verify/telling/*.py",),
    "jinja2": ("verify/telling/*.py",),
    "markupsafe": ("verify/telling/*.py",),
    "dask": ("numeric/running/cluster.py",),
    "distributed": ("numeric/running/cluster.py",),
    "pyarrow": ("verify/commands/exports.py",),
    "xarray": ("verify/commands/exports.py",),
    "sklearn": ("numeric/regression/datasets.py",),
    "rich": ("verify/commands/progress.py", "verify/commands/tables.py"),
}
DERIVING = ("derive.derivation", "derive.assumptions", "derive.rules*", "derive.symbols", "derive.exact")
LOOP = ("event_loop", "simulation", "running")  # what simulates: it may not know what it is there to test
ROOTS = ("roots.*", "balls.polynomials", "balls.slopes", "enclosed.quadrature", "enclosed.oscillating_tail")
BLIND = {  # files -> all the modules of ours that they may know
    **{
        f"numeric/{name}/*.py": ("derive.draws", "numeric.values", *(f"numeric.{one}*" for one in LOOP))
        for name in LOOP
    },
    **{
        f"numeric/{name.replace('.', '/')}.py": (
            *("derive.characteristic", "derive.symbols", "derive.exact", "derive.formulas*"),
            *("numeric.values", "numeric.enclosure"),
            *(f"numeric.{one}" for one in ROOTS),
        )
        for name in ROOTS
    },
    "verify/certificates/checking.py": ("derive.characteristic", "numeric.enclosure", "verify.certificates.contours"),
    "verify/certificates/contours.py": ("numeric.enclosure", "numeric.balls.slopes"),
    "derive/laws/*.py": (*DERIVING, "derive.law", "derive.laws.*", "derive.draws", "derive.standard_integrals"),
    "verify/telling/*.py": (
        *("verify.report", "verify.implementations.record", "verify.verdict", "verify.telling*"),
        *(
            "numeric.values",
            "numeric.enclosure",
            "derive.derivation",
            "derive.symbols",
            "derive.formulas*",
            "derive.fingerprint",
        ),
    ),
}
LAWS_IGNORE = {"workers", "arrival_rate", "other_rate", "learning_rate", "curvature", "gradient_noise", "staleness"}
SYMBOL_MAKERS = ("derive/symbols.py", "derive/draws.py")


def tracked() -> list[str]:
    """Every file that is in the repository or would be with the next ``git add``."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@cache
def house() -> Sources:
    """The source of every module of the three packages."""
    files = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}


@cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(source: str, known: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every module that ``source`` imports at any depth; ``from a import b`` is a.b where that is a module."""
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide who imports whom"
            for item in node.names:
                full = f"{node.module}.{item.name}"
                yield full if full in known else str(node.module)


def edges(sources: Sources) -> dict[str, set[str]]:
    known = frozenset(module_of(path) for path in sources)
    return {module_of(path): set(imports(source, known)) for path, source in sources.items()}


def strangers(sources: Sources) -> list[str]:
    """Imports that a floor may not make."""
    return [
        f"{path} imports {name}"
        for path, source in sources.items()
        for name in imports(source)
        if name.split(".")[0] not in THIRD_PARTY[path.split("/")[0]] | set(sys.stdlib_module_names)
    ]


def side_doors(sources: Sources) -> list[str]:
    """Heavy dependencies opened elsewhere than at their door."""
    return [
        f"{path} imports {name}"
        for path, source in sources.items()
        for name in imports(source)
        if name.split(".")[0] in DOORS and not any(fnmatch(path, door) for door in DOORS[name.split(".")[0]])
    ]


def forbidden_knowledge(sources: Sources) -> list[str]:
    """Imports of ours by files that must not know of them."""
    known = frozenset(module_of(path) for path in sources)
    return [
        f"{path} imports {name}"
        for pattern, allowed in BLIND.items()
        for path, source in sources.items()
        if fnmatch(path, pattern)
        for name in imports(source, known)
        if name.split(".")[0] in PACKAGES and not any(fnmatch(name, one) for one in allowed)
    ]


def cycles(sources: Sources) -> list[str]:
    """Modules that import themselves through others; imports inside functions count."""
    graph = edges(sources)
    reach = {name: {other for other in targets if other in graph} for name, targets in graph.items()}
    for middle in graph:
        for name in graph:
            if middle in reach[name]:
                reach[name] |= reach[middle]
    return sorted(name for name, others in reach.items() if name in others)


def stars(sources: Sources) -> list[str]:
    """Star imports."""
    return [
        path
        for path, source in sources.items()
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.ImportFrom) and any(item.name == "*" for item in node.names)
    ]


def laws_that_know_more(sources: Sources) -> list[str]:
    """Law files that name a quantity of workers or gradients."""
    return [
        f"{path} knows {node.attr}"
        for path, source in sources.items()
        if fnmatch(path, "derive/laws/*.py")
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Attribute) and node.attr in LAWS_IGNORE
    ]


def stray_symbols(sources: Sources) -> list[str]:
    """SymPy symbols made elsewhere than in the notation table; a ``Dummy`` is no notation."""
    return [
        f"{path} line {node.lineno}: {ast.unparse(node)}"
        for path, source in sources.items()
        if path not in SYMBOL_MAKERS
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("sp.Symbol", "sp.symbols", "sympy.Symbol", "sympy.symbols", "Symbol", "symbols")
        and not any(word.arg == "cls" and "Dummy" in ast.unparse(word.value) for word in node.keywords)
    ]


def shared_generators(sources: Sources) -> list[str]:
    """Random numbers from a module's own generator instead of one that is handed over."""
    made = ("default_rng", "Generator", "SeedSequence", "SFC64", "PCG64", "Philox", "BitGenerator", "Random")
    return [
        f"{path} line {node.lineno}: {ast.unparse(node.func)}"
        for path, source in sources.items()
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).startswith(("np.random.", "numpy.random.", "random."))
        and ast.unparse(node.func).split(".")[-1] not in made
    ]


RULES: list[tuple[Callable[[Sources], list[str]], Sources]] = [  # a rule, and a violation that it must find
    (strangers, {"derive/x.py": "import numpy"}),
    (strangers, {"derive/x.py": "def f():\n    from numeric.values import Exact"}),
    (strangers, {"numeric/x.py": "import verify.report"}),
    (side_doors, {"numeric/x.py": "def f():\n    import flint"}),
    (side_doors, {"verify/x.py": "from matplotlib import pyplot"}),
    (forbidden_knowledge, {"numeric/event_loop/compiled.py": "from derive.law import Law"}),
    (forbidden_knowledge, {"numeric/event_loop/x.py": "from derive import moments", "derive/moments.py": ""}),
    (forbidden_knowledge, {"numeric/roots/characteristic.py": "from derive.laws import Gamma"}),
    (forbidden_knowledge, {"derive/laws/x.py": "from derive.schemes.asynchronous import Asynchronous"}),
    (forbidden_knowledge, {"verify/telling/x.py": "from numeric.roots.characteristic import spectrum"}),
    (cycles, {"derive/a.py": "import derive.b", "derive/b.py": "def f():\n    from derive import a"}),
    (
        cycles,
        {"derive/a.py": "import derive.b", "derive/b.py": "import derive.c", "derive/c.py": "from derive.a import x"},
    ),
    (stars, {"derive/a.py": "from sympy import *"}),
    (laws_that_know_more, {"derive/laws/x.py": "from derive import symbols as y\nM = y.workers"}),
    (stray_symbols, {"numeric/x.py": "import sympy as sp\nx = sp.Symbol('x')"}),
    (shared_generators, {"numeric/x.py": "import numpy as np\nnp.random.seed(1)"}),
    (shared_generators, {"verify/x.py": "import random\nx = random.random()"}),
]


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _ in RULES), ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Callable[[Sources], list[str]]) -> None:
    assert rule(house()) == []


@pytest.mark.parametrize(("rule", "planted"), RULES, ids=[f"{rule.__name__}-{i}" for i, (rule, _) in enumerate(RULES)])
def test_every_rule_finds_a_planted_violation(rule: Callable[[Sources], list[str]], planted: Sources) -> None:
    assert rule(planted)


def test_the_patterns_of_the_rules_meet_real_files() -> None:
    patterns = [*BLIND, *(door for doors in DOORS.values() for door in doors), *SYMBOL_MAKERS]
    idle = [pattern for pattern in patterns if not any(fnmatch(path, pattern) for path in house())]
    assert idle == []


OUTSIDE = [  # written in pieces, or this file would find itself
    "../" + "shared",
    "/wo" + "rk/",
    "/tm" + "p/venv",
    "/tm" + "p/w/",
    "/ho" + "me/",
    "/ro" + "ot/",
    "py" + "pi.org",
    "pythonhosted" + ".org",
    "--index" + "-url",
    "index" + "-url =",
]


def mentions(text: str) -> list[str]:
    return [word for word in OUTSIDE if word in text]


def test_no_file_mentions_a_place_outside_the_repository() -> None:
    found = {name: mentions((ROOT / name).read_text(encoding="utf-8", errors="ignore")) for name in tracked()}
    assert {name: words for name, words in found.items() if words} == {}
    assert mentions("see ../" + "shared/THEORY.md") == ["../" + "shared"]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_bears_the_name_of_a_public_function(package: str) -> None:
    public = importlib.import_module(package)
    functions = {name for name in getattr(public, "__all__", ()) if callable(getattr(public, name))}
    modules = {Path(path).stem for path in house() if path.startswith(f"{package}/")}
    assert functions & modules == set()
