"""Stage: reading. Input: the study file and the seed that a command's options name. Output: the study to work on."""

from __future__ import annotations

from dataclasses import replace

from derive.studies.study import StudyFile, load_study


def loaded(path: str, seed: int | None) -> StudyFile:
    """The study in a file, its data linearised, with the seed of the command line where there is one."""
    found = load_study(path)
    if any(case.study.objective is not None and case.study.objective.data is not None for case in found.cases):
        from verify.predicting.linearised import linearised

        found = linearised(found)
    if seed is None:
        return found
    reseeded = (
        replace(case, study=replace(case.study, run=replace(case.study.run, seed=seed))) for case in found.cases
    )
    return replace(found, cases=tuple(reseeded))
