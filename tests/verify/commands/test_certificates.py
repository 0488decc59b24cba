"""``staleproof roots --certificate`` and ``--verify``: what was proven is accepted, what was changed is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import staleproof

EQUATION = """
[equation]
damping = {damping}
delay = {{ law = "constant", value = 1.0 }}
[sweep]
equation.friction = [0, 1]
"""
SYSTEM = """
[workers]
count = 2
compute = { law = "exponential", mean = 1.0 }
[optimizer]
learning_rate = 0.1
[objective]
curvature = [1.0, -1.0, 40.0]
"""


def write(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def judged(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = staleproof.main(["roots", *arguments, "--json"])
    told = capsys.readouterr()
    return code, json.loads(told.out) if told.out else told.err


@pytest.mark.parametrize("text", [EQUATION.format(damping=4), SYSTEM], ids=["a sweep", "three modes"])
def test_what_was_proven_is_accepted_for_every_case_and_mode(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study, file = write(tmp_path / "study.toml", text), str(tmp_path / "proofs.json")
    code, found = judged(capsys, study, "--certificate", file)
    assert code == 0
    spectra = found.get("cases", found.get("modes"))
    code, told = judged(capsys, study, "--verify", file)
    assert code == 0
    assert [one["unstable_count"] for one in told["certificates"]] == [one["unstable_count"] for one in spectra]
    assert {one["accepted"] for one in told["certificates"]} == {True}
    assert staleproof.main(["roots", study, "--verify", file]) == 0
    assert capsys.readouterr().out.count("accepted") == len(spectra)


def test_a_file_is_refused_for_another_study_and_where_it_was_changed_or_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study, file = write(tmp_path / "study.toml", EQUATION.format(damping=4)), tmp_path / "proofs.json"
    assert judged(capsys, study, "--certificate", str(file))[0] == 0
    other = write(tmp_path / "other.toml", EQUATION.format(damping=3))
    code, told = judged(capsys, other, "--verify", str(file))
    assert (code, {one["reason"] for one in told["certificates"]}) == (4, {"the certificate is about another equation"})
    record = json.loads(file.read_text())
    record["certificates"][0]["unstable_count"] += 2
    record["certificates"].pop()
    file.write_text(json.dumps(record))
    code, told = judged(capsys, study, "--verify", str(file))
    reasons = [one["reason"] for one in told["certificates"]]
    assert (code, reasons) == (4, ["the digest is that of another record", "there is no certificate of it"])


def test_a_file_of_something_else_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study, file = write(tmp_path / "study.toml", EQUATION.format(damping=4)), tmp_path / "proofs.json"
    for text in (
        "none",
        "{}",
        "[1]",
        '{"schema": "other", "certificates": []}',
        '{"schema": "x", "certificates": [{}]}',
    ):
        file.write_text(text)
        code, told = judged(capsys, study, "--verify", str(file))
        assert (code, told.count("\n")) == (2, 1)
        assert str(file) in told
    code, told = judged(capsys, study, "--verify", str(file), "--count", "3")
    assert (code, told) == (
        2,
        "staleproof: command line: --count = 3: finds roots; allowed: no such option beside --verify\n",
    )
    assert judged(capsys, study, "--verify", str(tmp_path / "absent.json"))[0] == 2


def test_what_is_unproven_has_no_certificate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from verify.predicting import spectra

    solver = spectra.spectrum
    monkeypatch.setattr(spectra, "spectrum", lambda equation, **asked: solver(equation, **asked, budget_seconds=0.0))
    study, file = write(tmp_path / "study.toml", EQUATION.format(damping=4)), tmp_path / "proofs.json"
    assert judged(capsys, study, "--certificate", str(file))[0] == 4
    assert json.loads(file.read_text())["certificates"] == []
