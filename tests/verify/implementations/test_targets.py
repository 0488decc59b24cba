"""What a user names is imported or started, and nothing that is written there is ever evaluated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.studies.schema import StudyError
from verify.implementations.checking import claim_of
from verify.implementations.targets import implementation_of, imported, program_of

CLAIM = claim_of("arrivals.rate.any-law")


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("math", "not a module and a name in it"),
        ("math:", "not a module and a name in it"),
        (":sqrt", "not a module and a name in it"),
        ("math:sqrt(2)", "not a module and a name in it"),
        ("os:system('true')", "not a module and a name in it"),
        ("../math:sqrt", "not a module and a name in it"),
        ("math:sqrt\n", "not a module and a name in it"),
        ("no_such_module_here:f", "raises ModuleNotFoundError"),
        ("math:no_such_name", "math has no no_such_name"),
        ("math:pi", "pi is a float, not a function"),
        ("x" * 5000 + ":f", "not a module and a name in it"),
    ],
)
def test_bad_targets_are_refused_in_one_line(target: str, word: str) -> None:
    with pytest.raises(StudyError, match="command line: TARGET = ") as caught:
        imported(target)
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "; allowed: PACKAGE.MODULE:FUNCTION" in str(caught.value)


def complaint(read: Callable[[str], object], target: str) -> str:
    """What a target is refused with; "" for one that names something."""
    try:
        read(target)
    except StudyError as error:
        return str(error)
    return ""


@given(st.text(max_size=60))
def test_hostile_targets_are_refused_or_name_something(target: str) -> None:
    for read in (imported, program_of):
        assert "\n" not in complaint(read, target)


@given(st.lists(st.sampled_from(["os", "sys", "math", ":", ".", "system", "(", ")", "'", ";", "__class__", " "])))
def test_names_put_together_run_nothing(parts: list[str]) -> None:
    assert "\n" not in complaint(imported, "".join(parts))


def test_a_module_of_the_current_folder_is_found_and_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "good_local_module.py").write_text("class A:\n  @staticmethod\n  def f(x): return x\n")
    (tmp_path / "bad_local_module.py").write_text("raise SystemExit('bye\\nbye')\n")
    monkeypatch.chdir(tmp_path)
    assert imported("good_local_module:A.f")(3) == 3
    with pytest.raises(StudyError, match="raises SystemExit"):
        imported("bad_local_module:f")


def test_programs_are_split_into_words_and_given_to_no_shell(tmp_path: Path) -> None:
    assert program_of("cat 'a b' ; rm x").command == ("cat", "a b", ";", "rm", "x")
    for command in ("", "no-such-program-here -x", "'unclosed", "a\0b"):
        with pytest.raises(StudyError, match="TARGET = "):
            program_of(command)


@pytest.mark.parametrize(
    ("target", "signature", "claim", "word"),
    [
        ("no/such/lib.so:f", None, CLAIM.id, "no such library"),
        ("lib.so:f(1)", None, CLAIM.id, "not the name of a C function"),
        ("{here}:f", None, "law.transform.exponential", "laplace_variable is complex"),
        ("{here}:f", "double(double)", CLAIM.id, "1 arguments, the claim has 2"),
        ("{here}:f", "double(char*)", CLAIM.id, "not a signature"),
        ("math:sqrt", "double(double)", CLAIM.id, "only a C function has one"),
    ],
)
def test_bad_libraries_are_refused(target: str, signature: str | None, claim: str, word: str, tmp_path: Path) -> None:
    here = tmp_path / "empty.so"
    here.touch()
    with pytest.raises(StudyError, match="command line: ") as caught:
        implementation_of(target.format(here=here), claim_of(claim), signature=signature)
    assert word in str(caught.value)
