"""The store: parts are kept, damage and foreign files are named, nothing that was committed is lost.

Longer than 250 lines: one life of a store, from the first run to what is pruned, on one fixture.
"""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from numeric.running.store import APPLICATION, Store, StoreError, default_store

HOME = Path(__file__).parents[3]
RUN = """
    import os, sys
    from pathlib import Path
    from derive.draws import DrawRecipe, standard_exponential
    from numeric.running.engines import Threads
    from numeric.running.resuming import Running
    from numeric.simulation.tasks import Task, simulate_all
    from numeric.running.store import Store
    from numeric.event_loop.system import System

    PATH = Path(sys.argv[1])
    TASK = Task(System(4, DrawRecipe(standard_exponential), 0.3, (1.0,), (1.0,)), 1, 120, 2**18, 1000)

    def run(advance=None):
        with Store(PATH) as store:
            return simulate_all([TASK], Running(Threads(2), store), advance=advance)

    def done():
        with Store(PATH) as store:
            return sum(entry.done for entry in store.entries())
"""


def _run(code: str, path: Path, **options: object) -> str:
    source = textwrap.dedent(RUN) + textwrap.dedent(code)
    command = [sys.executable, "-c", source, str(path)]
    return subprocess.run(command, cwd=HOME, check=True, capture_output=True, text=True, **options).stdout  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "new" / "runs.sqlite")


def _filled(store: Store) -> Store:
    store.begin("a1", "replicas", "study", "toml", "case", 5)
    store.keep("a1", (0, 2), "two")
    store.keep("a1", (2, 2), "more")
    return store


def test_what_is_kept_is_there_in_another_process(store: Store) -> None:
    _filled(store).close()
    with Store(store.path) as again:
        assert again.kept("a1") == {(0, 2): "two", (2, 2): "more"}
        assert again.kept("b2") == {}
        (entry,) = again.entries()
    assert (entry.done, entry.replicas, entry.title, entry.case, entry.size) == (4, 5, "study", "case", 7)


def test_a_part_kept_twice_stands_once_and_the_larger_number_is_asked_for(store: Store) -> None:
    _filled(store).keep("a1", (0, 2), "two")
    for replicas in (9, 3):
        store.begin("a1", "replicas", "study", "toml", "case", replicas)
    (entry,) = store.entries()
    assert (entry.done, entry.replicas) == (4, 9)


def test_pruning_forgets_a_job_with_its_parts(store: Store) -> None:
    _filled(store).begin("b2", "path", "", "", "", 1)
    store.prune(["a1"])
    assert [entry.address for entry in store.entries()] == ["b2"]
    assert store.kept("a1") == {}


def test_a_damaged_outcome_is_named_and_not_used(store: Store) -> None:
    _filled(store).close()
    with sqlite3.connect(store.path) as raw:
        raw.execute("UPDATE parts SET outcome = 'twe' WHERE first = 0")
    with Store(store.path) as again, pytest.raises(StoreError, match="replica 0 of a1 is damaged"):
        again.kept("a1")


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"no database" * 100, "not a database"), (b"", None), (b"SQLite format 3\0" + b"\xff" * 600, "malformed|not a")],
    ids=["text", "empty", "broken"],
)
def test_a_foreign_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes, what: str | None) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    if what is None:
        Store(path).close()  # nothing there yet: a store can be made of it
        return
    with pytest.raises(StoreError, match=what):
        Store(path)
    assert path.read_bytes() == content


def test_another_programs_database_and_another_version_are_refused(tmp_path: Path) -> None:
    for name, application, version, what in (("a", 1, 1, "another program"), ("b", APPLICATION, 99, "version 99")):
        with sqlite3.connect(tmp_path / name) as raw:
            raw.executescript(
                f"CREATE TABLE t (x); PRAGMA application_id = {application}; PRAGMA user_version = {version}"
            )
        with pytest.raises(StoreError, match=what):
            Store(tmp_path / name)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as refused:
        Store(tmp_path / "file" / "runs.sqlite")
    assert refused.value.filename == str(tmp_path / "file" / "runs.sqlite")
    assert refused.value.strerror in ("File exists", "Not a directory")


def test_a_read_only_store_is_named(store: Store) -> None:
    _filled(store).close()
    frozen = Store(store.path)
    frozen._file.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match=r"readonly|read-only"):
        frozen.keep("a1", (4, 1), "x")
    assert len(frozen.kept("a1")) == 2


def test_a_store_in_a_read_only_folder_is_read_and_not_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write into any folder, so that here the folder only says that nothing can be written."""
    store.begin("a", "replicas", "", "", "", 2)
    store.keep("a", (0, 1), "first")
    writable = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != store.path.parent and writable(path, mode))
    with Store(store.path) as beside:  # commits that stand in the log alone: not read from the file alone
        assert [entry.done for entry in beside.entries()] == [1]
    store.close()
    before = sorted(store.path.parent.iterdir())
    with Store(store.path) as archive:
        assert [entry.done for entry in archive.entries()] == [1]
        with pytest.raises(StoreError, match="readonly"):
            archive.keep("a", (1, 1), "second")
    assert sorted(store.path.parent.iterdir()) == before


def test_a_full_disk_is_named_and_what_was_committed_stays(store: Store) -> None:
    _filled(store)
    store._file.execute("PRAGMA max_page_count = 8")
    with pytest.raises(StoreError, match="full"):
        [store.keep("a1", (4 + k, 1), "x" * 1000) for k in range(100)]
    kept = store.kept("a1")
    assert kept[0, 2] == "two"
    store.close()
    with Store(store.path) as again:
        assert again.kept("a1") == kept
        again.keep("a1", (200, 1), "room again")


def test_a_file_that_may_not_grow_ends_a_run_in_one_line_and_loses_nothing(tmp_path: Path) -> None:
    """The operating system refuses the write: not a simulation of a full disk, but one."""
    path = tmp_path / "runs.sqlite"
    (tmp_path / "study.toml").write_text(
        '[workers]\ncount = 4\ncompute = { law = "exponential", mean = 1.0 }\n[optimizer]\nlearning_rate = 0.1\n'
        "[objective]\ncurvature = [1.0]\n[run]\nreplicas = 256\nupdates = 4000\nburn_in = 100\n"
    )

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    command = [sys.executable, "-m", "staleproof", "simulate", str(tmp_path / "study.toml"), "--store", str(path)]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "0"}
    _run("print(done())", path)
    ended = subprocess.run(
        command, cwd=HOME, capture_output=True, text=True, preexec_fn=small_files, env=environment, check=False
    )
    lines = ended.stderr.splitlines()
    assert ended.returncode == 2, ended.stderr
    assert lines[-1].startswith(f"staleproof: {path}: file = "), ended.stderr
    assert "Traceback" not in ended.stderr
    with Store(path) as store:
        assert 0 < sum(entry.done for entry in store.entries() if entry.kind == "replicas") < 256
        for entry in store.entries():
            store.kept(entry.address)


KILLED = """
    import random, signal, time
    simulate_all([TASK])  # compile once, before the clock runs
    began = time.perf_counter()
    simulate_all([TASK])
    one_part = (time.perf_counter() - began) / 120
    reading, writing = os.pipe()
    began, child = time.perf_counter(), os.fork()
    if child == 0:
        run(lambda more: os.write(writing, b"." * more))
        os._exit(0)
    os.read(reading, 1)  # on a busy machine the first part takes longer: kill around it
    first = time.perf_counter() - began
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    chances, kept, midway = random.Random(1), done(), 0
    for _ in range(50):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            run(lambda more: os.write(writing, b"." * more))
            os._exit(0)
        time.sleep(chances.uniform(0, first + 3 * one_part))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(writing)
        reported = len(os.read(reading, 1000))  # each time a part was finished and said to be kept
        os.close(reading)
        now = done()
        assert now >= reported and now >= kept, (now, reported, kept)
        kept, midway = now, midway + (kept < 120)
    again = run()
    print(kept, midway, again == simulate_all([TASK]))
"""


def test_a_process_killed_fifty_times_loses_only_what_was_running(tmp_path: Path) -> None:
    kept, midway, same = _run(KILLED, tmp_path / "runs.sqlite").split()
    assert int(kept) > 0
    assert int(midway) > 10
    assert same == "True"


def test_two_processes_share_a_store(tmp_path: Path) -> None:
    both = """
        simulate_all([TASK])
        children = []
        for _ in range(2):
            child = os.fork()
            if child == 0:
                same = run() == simulate_all([TASK])
                os._exit(0 if same else 1)
            children.append(child)
        print(*[os.waitpid(child, 0)[1] for child in children], done())
    """
    assert _run(both, tmp_path / "runs.sqlite").split() == ["0", "0", "120"]


def test_many_processes_make_a_store_at_the_same_moment(tmp_path: Path) -> None:
    every = """
        children = []
        for _ in range(8):
            child = os.fork()
            if child == 0:
                with Store(PATH) as store:
                    store.begin("a", "replicas", "", "", "", 8)
                    store.keep("a", (os.getpid() % 8, 1), "x")
                os._exit(0)
            children.append(child)
        print(*[os.waitpid(child, 0)[1] for child in children])
    """
    for k in range(3):
        assert _run(every, tmp_path / f"{k}.sqlite").split() == ["0"] * 8


def test_the_default_store_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STALEPROOF_STORE", "somewhere/runs.sqlite")
    assert default_store() == Path("somewhere/runs.sqlite")
    monkeypatch.setenv("STALEPROOF_STORE", "")
    assert default_store() is None
    monkeypatch.delenv("STALEPROOF_STORE")
    assert str(default_store()).endswith("runs.sqlite")
