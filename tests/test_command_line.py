"""The command line: fast help, JSON and nothing else on standard output, one line for every refusal, exit codes.

Longer than 250 lines: every way a command ends, on the same helpers that run one.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import staleproof

ROOT = Path(__file__).parents[1]
EQUATION = '[equation]\ndamping = "1/4"\ndelay = { law = "exponential", mean = 1 }\n'
SYSTEM = """
[workers]
count = 4
compute = { law = "exponential", mean = 1 }
[optimizer]
learning_rate = 0.1
[objective]
curvature = [1]
[run]
replicas = 4
updates = 4000
burn_in = 500
"""


@pytest.fixture
def equation(tmp_path: Path) -> str:
    (tmp_path / "equation.toml").write_text(EQUATION)
    return str(tmp_path / "equation.toml")


@pytest.fixture
def system(tmp_path: Path) -> str:
    (tmp_path / "system.toml").write_text(SYSTEM)
    return str(tmp_path / "system.toml")


def run(*arguments: str) -> int:
    return staleproof.main(arguments)


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """The JSON object of a command that succeeds, standard output holding nothing else."""
    assert run(*arguments, "--json") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    found: dict[str, Any] = json.loads(lines[0])
    return found


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line of a command that is refused."""
    assert run(*arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("staleproof: ")
    assert told.err.count("\n") == 1
    assert told.err.rstrip("\n").isprintable()
    assert "; allowed: " in told.err
    return told.err


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "staleproof", *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=-1, stderr=-1, **options)


def test_the_help_takes_less_than_a_sixth_of_a_second() -> None:
    seconds = []
    for _ in range(7):
        begun = time.perf_counter()
        told, _ = start("--help").communicate()
        seconds.append(time.perf_counter() - begun)
        assert "simulate" in told
    assert min(seconds) <= 0.15


def test_the_help_imports_nothing_heavy() -> None:
    code = "import sys, staleproof\ntry: staleproof.main(['--help'])\nexcept SystemExit: pass\n"
    code += "print([name for name in ('sympy', 'numpy', 'derive', 'verify', 'rich') if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "[]"


def test_roots_certifies_the_double_root(capsys: pytest.CaptureFixture[str], equation: str) -> None:
    found = output(capsys, "roots", equation, "--digits", "30")
    assert found["certified"] is True
    assert [(root["re"], root["im"], root["multiplicity"]) for root in found["roots"]] == [("-0.5", "0", 2)]
    assert found["unstable_count"] == 0


def test_roots_of_several_modes_stand_by_mode(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "modes.toml"
    path.write_text(SYSTEM.replace("[1]", "[1, -1]"))
    modes = output(capsys, "roots", str(path))["modes"]
    assert [mode["mode"] for mode in modes] == [0, 1]
    assert [mode["unstable_count"] for mode in modes] == [0, 1]


def test_a_sweep_gives_one_object_a_case(capsys: pytest.CaptureFixture[str]) -> None:
    cases = output(capsys, "roots", str(ROOT / "reports/studies/textbook.toml"))["cases"]
    assert [case["case"] for case in cases] == ["constant", "exponential", "gamma"]
    assert all(case["certified"] for case in cases)
    # constant delay of 3/2 s, a theta = .8: s theta = W_0(-.8)
    assert float(cases[0]["roots"][0]["re"]) == pytest.approx(
        -0.472964379533770 / 1.5, abs=1e-12
    )  # mean cycles of 3/2 s


def test_right_of_takes_negative_and_exact_numbers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "constant.toml"
    path.write_text('[equation]\ndamping = 1\ndelay = { law = "constant", value = 1 }\n')
    few = output(capsys, "roots", str(path), "--right-of", "-1e0")["roots"]
    more = output(capsys, "roots", str(path), "--right-of", "-14/5")["roots"]
    assert (len(few), len(more)) == (1, 3)


def test_an_unproven_spectrum_exits_with_4(
    capsys: pytest.CaptureFixture[str], equation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import verify.predicting.spectra
    from numeric.roots.characteristic import Spectrum

    unproven = Spectrum((), None, None, None, "the budget is spent")
    monkeypatch.setattr(verify.predicting.spectra, "spectrum", lambda equation, **wanted: unproven)
    assert run("roots", equation) == 4
    assert "unproven: the budget is spent" in capsys.readouterr().out


def test_roots_for_people_says_what_is_proven(capsys: pytest.CaptureFixture[str], equation: str) -> None:
    assert run("roots", equation) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("  ")[0] == "real part"
    assert lines[1].split() == ["-0.5", "0", "0", "2"]
    assert "unstable roots: 0" in lines
    assert lines[-1].startswith("proven")


def test_simulate_measures_and_the_seed_can_be_chosen(
    capsys: pytest.CaptureFixture[str], system: str, tmp_path: Path
) -> None:
    def variance(*arguments: str) -> float:
        found = output(capsys, "simulate", *arguments)
        assert found["unstable"] is False
        value: float = found["quantities"]["stationary_variance"][0]["value"]["mean"]
        return value

    other = tmp_path / "other.toml"
    other.write_text(SYSTEM + "seed = 7\n")
    assert variance(system) == variance(system, "--quiet")
    assert variance(system) != variance(system, "--seed", "7") == variance(str(other))


def test_divergence_is_a_result(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "diverging.toml"
    path.write_text(SYSTEM.replace("0.1", "3"))
    assert output(capsys, "simulate", str(path))["unstable"] is True
    assert run("simulate", str(path), "--quiet") == 0
    told = capsys.readouterr()
    assert "unstable: yes" in told.out
    assert told.err == ""


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str], system: str) -> None:
    assert run("simulate", system, "--json") == 0
    told = capsys.readouterr()
    assert "simulating system" in told.err
    json.loads(told.out)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), "COMMAND"),
        (("rootz",), "'rootz'"),
        (("roots",), "STUDY"),
        (("roots", "STUDY", "--count", "0"), "--count = '0'"),
        (("roots", "STUDY", "--count", "1.5"), "--count = '1.5'"),
        (("roots", "STUDY", "--digits", "9" * 5000), "--digits = '999"),
        (("roots", "STUDY", "--right-of", "nan"), "--right-of = 'nan'"),
        (("roots", "STUDY", "--right-of"), "--right-of"),
        (("roots", "STUDY", "--seed", "-1"), "--seed"),
        (("roots", "STUDY", "--speed"), "--speed"),
        (("roots", "STUDY", "a\nb\x1b[31m"), "a\\nb\\x1b[31m"),
        (("roots", "missing.toml"), "missing.toml"),
        (("simulate", "STUDY"), "no workers"),
        (("report", "STUDY"), "no workers"),
    ],
)
def test_bad_usage_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], equation: str, arguments: tuple[str, ...], named: str
) -> None:
    assert named in refusal(capsys, *(equation if word == "STUDY" else word for word in arguments))


def test_one_replica_is_not_simulated(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text(SYSTEM.replace("replicas = 4", "replicas = 1"))
    assert f"{path}: run.replicas = 1" in refusal(capsys, "simulate", str(path))


def test_a_bad_study_is_one_line_while_the_good_one_passes(
    capsys: pytest.CaptureFixture[str], system: str, tmp_path: Path
) -> None:
    assert run("simulate", system, "--quiet") == 0
    capsys.readouterr()
    bad = tmp_path / "bad.toml"
    bad.write_text(SYSTEM.replace("mean = 1", "mean = -1"))
    for command in ("derive", "roots", "simulate", "report"):
        assert refusal(capsys, command, str(bad)).startswith(f"staleproof: {bad}: workers.compute.mean = -1: ")


def test_a_folder_that_cannot_be_written_is_refused_before_any_work(
    capsys: pytest.CaptureFixture[str], system: str, tmp_path: Path
) -> None:
    (tmp_path / "occupied").write_text("a file, not a folder")
    begun = time.perf_counter()
    assert "occupied" in refusal(capsys, "report", system, "--out", str(tmp_path / "occupied"))
    assert time.perf_counter() - begun < 5


def test_two_studies_of_one_name_are_refused(capsys: pytest.CaptureFixture[str], system: str, tmp_path: Path) -> None:
    assert "two studies" in refusal(capsys, "report", system, system, "--out", str(tmp_path / "out"))


def test_a_reader_that_leaves_is_no_error(equation: str) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "staleproof", "roots", equation]
    done = subprocess.run(command, cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


def test_an_interrupt_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    path.write_text(SYSTEM.replace("updates = 4000", "updates = 20_000_000"))
    # the signal's default is restored, because a background job starts its children with interrupts ignored
    process = start("simulate", str(path), preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    assert process.stderr is not None
    assert "simulating" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert told.splitlines()[-1:] == ["staleproof: interrupted"]
    assert "Traceback" not in told
    assert process.returncode == 130


@pytest.mark.parametrize(
    ("problem", "named"),
    [
        (PermissionError(13, "Permission denied", "build/reports"), "build/reports: file = "),
        (OSError(28, "No space left on device"), "No space left"),
        (OverflowError("math range error"), "math range error"),
        (MemoryError(), "memory"),
    ],
)
def test_what_the_system_refuses_is_one_line(
    capsys: pytest.CaptureFixture[str], equation: str, monkeypatch: pytest.MonkeyPatch, problem: Exception, named: str
) -> None:
    from verify.commands.studies import COMMANDS

    def fail(options: object) -> int:
        raise problem

    monkeypatch.setitem(COMMANDS, "roots", fail)
    assert named in refusal(capsys, "roots", equation)


def test_a_mistake_of_ours_is_not_dressed_up_as_bad_input(equation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from verify.commands.studies import COMMANDS

    def fail(options: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setitem(COMMANDS, "roots", fail)
    with pytest.raises(ZeroDivisionError):
        run("roots", equation)


def test_an_interrupt_that_a_callback_swallowed_still_ends_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A compiler's callback may lose the exception; the command must not end as if nothing had been asked."""
    import staleproof

    def swallowing(arguments: object) -> int:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        return 0

    monkeypatch.setattr(staleproof, "_run", swallowing)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job starts with it ignored
    try:
        assert staleproof.main([]) == 130
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        assert staleproof.main([]) == 0
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "staleproof: interrupted\n"
