"""The study in a report: values stand as they were written."""

from __future__ import annotations

from pathlib import Path

from derive.studies.study import StudyFile, load_study
from verify.study_text import law_in_words, written_study

SHARED = "[workers]\ncount = 8\n[optimizer]\nlearning_rate = 2e-2\n[objective]\ncurvature = [1]\n"
SWEEP = '[sweep]\nworkers.compute = [{ law = "constant", value = "1/3" }, { law = "gamma", shape = 4, mean = 1.50 }]\n'


def loaded(folder: Path, text: str) -> StudyFile:
    (folder / "written.toml").write_text(text)
    return load_study(folder / "written.toml")


def test_numbers_stand_as_the_file_wrote_them(tmp_path: Path) -> None:
    text = SHARED.replace("count = 8", 'count = 8\ncompute = { law = "exponential", mean = "355/113" }')
    told = written_study(loaded(tmp_path, text))
    assert told["name"] == "written"
    assert told["optimizer"] == {"learning_rate": "2e-2"}
    assert told["workers"] == {"count": "8", "compute": {"law": "exponential", "mean": "355/113"}}
    assert "cases" not in told


def test_a_sweep_tells_what_is_shared_and_each_case_apart(tmp_path: Path) -> None:
    told = written_study(loaded(tmp_path, SHARED + SWEEP))
    assert told["workers"] == {"count": "8"}
    assert told["cases"] == {"constant": "constant(value = 1/3)", "gamma": "gamma(shape = 4, mean = 1.50)"}


def test_a_law_in_words_leaves_out_other_keys_and_long_lists() -> None:
    written = {
        "workers.count": "8",
        "workers.compute.law": "empirical",
        "workers.compute.file": "trace.csv",
        "workers.compute.values[0]": "1",
    }
    assert law_in_words(written) == "empirical(file = trace.csv)"
    assert law_in_words({}) == "()"


def test_classes_and_links_are_told_one_by_one(tmp_path: Path) -> None:
    text = (
        SHARED.replace("[workers]\ncount = 8\n", "")
        + """
    [[workers.class]]
    count = 3
    compute = { law = "exponential", mean = 2.0 }
    uplink = { law = "constant", value = "1/3" }
    [[workers.class]]
    count = 1
    compute = { law = "gamma", shape = 4, mean = 1 }
    """
    )
    study_file = loaded(tmp_path, text)
    words = "3 x exponential(mean = 2.0) with uplink constant(value = 1/3), 1 x gamma(shape = 4, mean = 1)"
    assert law_in_words(study_file.cases[0].study.written) == words
    assert written_study(study_file)["workers"]["class[1]"]["compute"] == {"law": "gamma", "shape": "4", "mean": "1"}
