"""The package: the wheel built from the sdist holds everything, runs alone, and nothing else may stand in its place."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("derive", "numeric", "verify")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with an sdist, and the wheel that was built from it, without any network."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files in a folder, as an installation would lay them out."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(where: Path, code: str, *path: Path, arguments: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in folder ``where`` with ``path`` before everything else on sys.path."""
    start = f"import sys; sys.path[:0] = {[str(one) for one in path]!r}\n"
    command = [sys.executable, "-P", "-c", start + code, *arguments]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)


def test_the_wheel_built_from_the_sdist_holds_every_file_of_the_packages(wheel: Path) -> None:
    files = {path.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*")}
    wanted = {name for name in files if (ROOT / name).is_file() and "__pycache__" not in name}
    wanted |= {"staleproof.py", "staleproof-stubs/__init__.pyi"}
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == wanted
    assert {f"{package}/py.typed" for package in PACKAGES} <= held
    assert any(name.startswith("verify/telling/templates/") for name in held)


def test_the_wheel_states_its_command_and_license(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name.split(".dist-info/")[1]: name for name in archive.namelist() if ".dist-info/" in name}
        assert "staleproof = staleproof:main" in archive.read(names["entry_points.txt"]).decode()
        assert "License-Expression: BSD-3-Clause" in archive.read(names["METADATA"]).decode()
    assert "licenses/LICENSE" in names


USED = """
import verify
from staleproof import derive, numeric

law = derive.Gamma(shape=4, mean=1)
model = derive.linear_model(law, derive.Asynchronous(workers=16), learning_rate="0.05", curvature=1)
reveal_type(law)
reveal_type(numeric.spectrum(model.characteristic_equation).certified)
reveal_type(verify.judge_agreement)
numeric.spectrum(3)
derive.Nothing
"""


def test_a_users_type_checker_sees_the_types(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own, with the wheel's files where an installation puts them."""
    venv.create(tmp_path / "user", with_pip=False)
    python = tmp_path / "user" / "bin" / "python"
    (site,) = (tmp_path / "user" / "lib").glob("python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (tmp_path / "program.py").write_text(USED)
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python), "program.py"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout.splitlines()
    wanted = ('"derive.laws.gamma.Gamma"', '"bool"', "Verdict", '"CharacteristicEquation"', "no attribute")
    assert [line for line, each in zip(told, wanted, strict=False) if each not in line] == []
    assert "Found 2 errors in 1 file" in told[-1]


def test_the_citation_names_this_version_and_license() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "CITATION.cff").read_text().splitlines()
    assert {f"version: {project['version']}", f"license: {project['license']}", "cff-version: 1.2.0"} <= set(lines)
    required = {"cff-version", "message", "title", "authors"}
    assert required <= {line.partition(":")[0] for line in lines if line[:1].isalpha()}
    assert f'__version__ = "{project["version"]}"' in (ROOT / "staleproof.py").read_text()
    assert (ROOT / "LICENSE").read_text().startswith("BSD 3-Clause License")


def test_the_sdist_holds_what_it_takes_to_test_it(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"Makefile", "constraints.txt", "LICENSE", "CITATION.cff", "README.md", ".ci/run", "pyproject.toml"}
    assert wanted | {"tests/test_packaging.py", "reports/studies/data/compute_times_se.csv"} <= names
    assert not any(part in name for name in names for part in ("__pycache__", ".venv", "build/"))


def test_the_installed_module_exposes_the_packages_lazily(installed: Path, tmp_path: Path) -> None:
    code = "import staleproof\nassert 'derive' not in sys.modules and 'sympy' not in sys.modules\n"
    code += "print(staleproof.derive.__file__); print(staleproof.numeric.__file__); print(staleproof.verify.__file__)"
    done = run(tmp_path, code, installed)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(installed / name / "__init__.py") for name in PACKAGES]


@pytest.mark.parametrize("name", PACKAGES)
@pytest.mark.parametrize("form", ["{}.py", "{}/__init__.py"])
def test_a_file_that_hides_one_of_our_packages_is_named_in_one_line(
    installed: Path, tmp_path: Path, name: str, form: str
) -> None:
    intruder = tmp_path / form.format(name)
    intruder.parent.mkdir(exist_ok=True)
    intruder.write_text("raise SystemExit('the intruder was run')\n")
    done = run(tmp_path, "import staleproof; sys.exit(staleproof.main())", tmp_path, installed, arguments=("claims",))
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert str(intruder) in done.stderr
    assert done.stderr.startswith(f"staleproof: sys.path: {name} = ")
    done = run(tmp_path, f"import staleproof; staleproof.{name}", tmp_path, installed)
    assert "ImportError: staleproof: sys.path" in done.stderr


def test_a_folder_without_code_hides_nothing(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "derive").mkdir()
    done = run(tmp_path, "import staleproof; print(staleproof.shadowed())", tmp_path, installed)
    assert done.stdout.strip() == "None", done.stderr


def test_a_lost_package_is_named(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "staleproof.py").write_bytes((installed / "staleproof.py").read_bytes())
    code = "sys.path[1:] = [p for p in sys.path[1:] if 'site-packages' not in p and p != sys.argv[1]]\n"
    code += "sys.meta_path = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]\n"
    code += "import staleproof; print(staleproof.shadowed())"
    done = run(tmp_path, code, tmp_path, arguments=(str(ROOT),))
    assert "(not found)" in done.stdout, done.stderr


def test_versions_are_pinned_exactly_and_without_addresses() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(line.count("==") == 1 and " " not in line and "/" not in line for line in pins)
    names = {line.split("==")[0] for line in pins}
    assert {"sympy", "numpy", "numba", "pytest", "ruff", "mypy", "hatchling", "build", "hypothesis"} <= names
    assert len(names) == len(pins)
