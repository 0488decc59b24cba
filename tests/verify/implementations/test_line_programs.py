"""Programs and C functions are asked line by line; whatever they do to themselves is reported in time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.implementations.calling import Failure, HungError
from verify.implementations.checking import check, claim_of
from verify.implementations.closer_look import Effort
from verify.implementations.library_host import answered, signature_of
from verify.implementations.line_programs import LineProgram, line, parsed
from verify.implementations.targets import implementation_of

CLAIM = claim_of("arrivals.rate.any-law")  # M/theta
RATE = "for l in sys.stdin:\n m, t = l.split()\n print({})"
QUICK = Effort(examples=1)


def program(body: str, limit: float = 10.0) -> LineProgram:
    return LineProgram([sys.executable, "-I", "-S", "-c", f"import sys, os, time\n{body}"], limit)


def test_a_program_that_is_right_passes_and_a_wrong_one_does_not() -> None:
    right = check(program(RATE.format("repr(int(m)/float(t))")), CLAIM, QUICK, "right")
    wrong = check(program(RATE.format("repr(1.01*int(m)/float(t))")), CLAIM, QUICK, "wrong")
    assert right.passed, right.reason
    assert wrong.outcome == "refuted"
    rough = check(program(RATE.format("'%.6g' % (int(m)/float(t))")), CLAIM, QUICK, "rough")
    assert rough.outcome == "refuted"  # six digits are no double


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("os.abort()", "is ended by SIGABRT"),
        ("sys.exit(3)", "ends with exit code 3"),
        ("raise ValueError('no idea')", "ends with exit code 1: ValueError: no idea"),
        ("pass", "writes 0 lines for one"),
        ("print('x\\n' * 4)", "writes 5 lines for one"),
        (RATE.format("'1 2 3'"), "writes '1 2 3', not a number"),
        (RATE.format("'__import__(chr(111)+chr(115))'"), "not a number"),
        ("while True: sys.stdout.write('1' * 65536)", "writes more than 16 MiB"),
    ],
)
def test_what_goes_wrong_is_said(body: str, words: str) -> None:
    answers = program(body).answers([(2, 1.0), (3, 1.0), (4, 1.0)])
    assert all(isinstance(answer, Failure) for answer in answers)
    assert words in answers[0].words  # type: ignore[union-attr]


def test_a_crash_at_one_point_is_found_among_many() -> None:
    body = RATE.format("1.0 if m != '7' else os._exit(9)")
    answers = program(body).answers([(count, 1.0) for count in range(1, 21)])
    assert [isinstance(answer, Failure) for answer in answers] == [count == 7 for count in range(1, 21)]


def test_a_program_that_hangs_is_ended_in_time_with_all_that_it_started() -> None:
    before = time.monotonic()
    body = "import subprocess\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\ntime.sleep(60)"
    with pytest.raises(HungError, match=r"no answer within 0\.3 s"):
        program(body, 0.3).answers([(2, 1.0)])
    assert time.monotonic() - before < 5
    found = check(program(RATE.format("1.0 if m != '5' else time.sleep(60)"), 0.5), CLAIM, QUICK, "hangs")
    assert found.outcome == "refuted"
    assert "no answer within 0.5 s at workers = 5" in found.reason


def test_a_program_that_is_not_there_is_said() -> None:
    assert "cannot be started" in LineProgram(["./no-such-program"]).answers([(1, 1.0)])[0].words  # type: ignore[union-attr]


@given(st.tuples(st.integers(-5, 5), st.floats(allow_nan=False), st.complex_numbers(allow_nan=False)))
def test_what_is_written_reads_back_to_the_same_numbers(point: tuple[int, float, complex]) -> None:
    words = line(point).split(" ")
    assert int(words[0]) == point[0]
    assert float(words[1]) == point[1]
    assert complex(float(words[2]), float(words[3])) == point[2]


@given(st.text())
def test_nothing_that_a_program_writes_is_evaluated(text: str) -> None:
    answer = parsed(text)
    assert isinstance(answer, Failure | float | complex)


def test_numbers_are_read_and_nothing_else() -> None:
    assert (parsed("1e-3"), parsed(" 1 -2 ")) == (1e-3, 1 - 2j)
    for text in ("", "1 2 3", "1_000", "0x10", "1,5", "1+2j", "9" * 100):
        assert isinstance(parsed(text), Failure), text


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("c")
    source = folder / "rates.c"
    source.write_text(
        "double rate(double m, double t) { return m / t; }\n"
        "double counted(int m, double t) { return m / t; }\n"
        "double crash(double m, double t) { return *(double *)(m > 0 ? 0 : &t); }\n"
    )
    made = folder / "librates.so"
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", made, source], check=True)
    return made


@pytest.mark.parametrize(
    ("function", "signature", "word"),
    [
        ("rate", None, ""),
        ("counted", "double(int, double)", ""),
        ("crash", None, "is ended by SIGSEGV"),
    ],
)
def test_c_functions_are_checked_in_a_process_of_their_own(
    library: Path, function: str, signature: str | None, word: str
) -> None:
    implementation, _ = implementation_of(f"{library}:{function}", CLAIM, signature=signature)
    found = check(implementation, CLAIM, QUICK, function)
    assert found.outcome == ("refuted" if word else "pass"), found.reason
    assert word in found.reason


def test_signatures_are_names_of_types_and_nothing_else() -> None:
    assert signature_of(" double ( int,double )") == ("double", ("int", "double"))
    assert signature_of("float()") == ("float", ())
    for text in ("double", "double(char*)", "void(double)", "double(double);", "__import__('os')(int)", ""):
        with pytest.raises(ValueError, match="not a signature"):
            signature_of(text)


def test_the_host_answers_every_line() -> None:
    import ctypes.util

    name = ctypes.util.find_library("m")
    if name is None:
        pytest.skip("no C library of mathematics")
    assert list(answered(name, "cos", "double(double)", ["0.0\n", "0\n"])) == ["1.0", "1.0"]
