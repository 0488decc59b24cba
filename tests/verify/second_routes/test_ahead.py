"""A second process proves what the first one would, and leaves it what it found of each step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from numeric.running import folders
from verify import identities, kept_checks
from verify.identities import check_step
from verify.kept_checks import kept_file
from verify.second_routes import ahead
from verify.second_routes.ahead import identity, proving_ahead

CLAIMS = ["arrivals.rate.any-law", "delay.roots.constant", "staleness.mean.any-law"]


def forget() -> None:
    for cached in (folders.cache_folder, kept_checks.kept_file, kept_checks._known, check_step):
        cached.cache_clear()  # type: ignore[attr-defined]


@pytest.fixture
def new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("STALEPROOF_CACHE", str(tmp_path))
    monkeypatch.setattr(ahead, "FEW", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def test_the_other_process_finds_what_this_one_would(new_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = [identity(claim) for claim in CLAIMS]
    forget()
    with proving_ahead(CLAIMS) as prove:
        first = prove(CLAIMS[0])
        monkeypatch.setattr(identities, "check_step_afresh", None)  # its steps are known by now
        assert identities.check_derivation(ahead.CLAIMS[CLAIMS[0]].derived)[0].passed
        monkeypatch.undo()
        assert [first, *map(prove, CLAIMS[1:])] == here


def test_a_claim_that_nobody_has_begun_with_is_proven_here(new_folder: Path) -> None:
    with proving_ahead(CLAIMS[:1]) as prove:
        assert prove(CLAIMS[2]).claim == CLAIMS[2]


def test_without_need_there_is_no_other_process(new_folder: Path) -> None:
    file = kept_file()
    assert file is not None
    file.write_text("")
    with proving_ahead(CLAIMS) as prove:
        assert prove is identity
    file.unlink()
    with proving_ahead([]) as prove:
        assert prove is identity
