"""Traces: both kinds of file give the same study; what is wrong is named by its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy as sp

from derive.studies.schema import StudyError
from verify.policies.traces import study_of_trace


def written(folder: Path, text: str) -> str:
    path = folder / "trace.csv"
    path.write_text(text)
    return str(path)


def test_both_kinds_of_trace_name_the_same_workers(tmp_path: Path) -> None:
    times = study_of_trace(written(tmp_path, "worker,seconds\na,1.5\nb,2\na,1\n"), ["2", "1/2"], "1/10")
    run = "worker,read_time,apply_time\na,0,1.5\nb,10.1,12.1\na,3,4\nb,5,\n"
    ran = study_of_trace(written(tmp_path, run), ["2", "1/2"], "1/10")
    for one in (times, ran):
        assert one.workers is not None
        assert one.objective is not None
        assert one.workers.count == 2
        assert one.workers.cycle_law.mean == sp.Rational(3, 2)
        assert one.objective.curvature == (2, sp.S.Half)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("worker,seconds\na,1\nb,two\n", "line 3 = 'two'"),
        ("worker,read_time,apply_time\na,3,2\n", "line 2"),
        ("worker,time\na,1\n", "columns are missing"),
        ("worker,seconds\n", "no gradient that ended"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(StudyError) as refused:
        study_of_trace(written(tmp_path, text), ["1"], "1/10")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="cannot be read"):
        study_of_trace(str(tmp_path / "none.csv"), ["1"], "1/10")
