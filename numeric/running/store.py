"""Stage: the store. Input: parts of jobs with their outcomes as text. Output: the same, in another process or year.

One SQLite file. A job is named by its content address; each part is committed as it is finished, so that a process
killed at any moment has lost the parts that were running and nothing else. Any number of processes may share the file:
what two of them simulate twice is the same.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from numeric.running.folders import cache_folder

Part = tuple[int, int]
APPLICATION = 0x5354414C  # "STAL": tells a store of ours from other people's databases
VERSION = 1
PATIENCE = 60.0  # seconds to wait while another process commits
TABLES = """
CREATE TABLE jobs (
    address TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, study TEXT NOT NULL, "case" TEXT NOT NULL,
    replicas INTEGER NOT NULL, created REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE parts (
    address TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE, first INTEGER NOT NULL, count INTEGER NOT NULL,
    outcome TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (address, first, count)
) WITHOUT ROWID;
"""


class StoreError(OSError):
    """A store that cannot be opened, read or written; ``filename`` and ``strerror`` say which and why."""

    allowed = "a store of staleproof that can be written, another --store FILE, or --no-store"

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(None, what, str(path))


@dataclass(frozen=True)
class Entry:
    """One job in the store: ``replicas`` were asked for, ``done`` are kept, in ``size`` characters."""

    address: str
    kind: str
    title: str
    study: str
    case: str
    replicas: int
    created: float
    done: int
    size: int


class Store:
    """A file of finished parts, open until ``close``; to be used by one thread.

    Raises ``StoreError`` from every method where the file cannot be used.

    Example: ``Store(Path(":memory:")).entries() == ()``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._saying_what_is_wrong():
            if str(path) != ":memory:":
                path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _connection(path)
            try:
                self._prepare()
            except BaseException:
                self._file.close()
                raise

    def _prepare(self) -> None:
        # The tables first: another process may commit them, with the marks, between two of these lines.
        (tables,) = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (application,) = self._file.execute("PRAGMA application_id").fetchone()
        (version,) = self._file.execute("PRAGMA user_version").fetchone()
        if tables and application != APPLICATION:
            raise StoreError(self.path, "a database of another program")
        if tables and version != VERSION:
            raise StoreError(self.path, f"a store of version {version}, not {VERSION}")
        if tables and _is_archive(self.path):
            return  # to be read only; SQLite refuses to write
        # Write-ahead: a killed process leaves whole commits, and readers do not wait for a writer.
        self._write_ahead()
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.execute("PRAGMA foreign_keys = ON")
        if not tables:
            with self._committing():
                (raced,) = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()
                if not raced:  # else another process made them a moment ago
                    for statement in TABLES.split(";")[:-1]:
                        self._file.execute(statement)
                    self._file.execute(f"PRAGMA application_id = {APPLICATION}")
                    self._file.execute(f"PRAGMA user_version = {VERSION}")

    def _write_ahead(self) -> None:
        """Switch the journal, which SQLite refuses at once, without waiting, while another process does the same."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self._file.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as problem:
                if "locked" not in str(problem) or time.monotonic() > until:
                    raise
                time.sleep(0.01)

    def close(self) -> None:
        """Close the file; what is committed stays."""
        self._file.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def begin(self, address: str, kind: str, title: str, study: str, case: str, replicas: int) -> None:
        """Note that a job of ``replicas`` in all is under way; noted before, the larger number stands."""
        row = (address, kind, title, study, case, replicas, time.time())
        with self._saying_what_is_wrong(), self._committing():
            self._file.execute("INSERT OR IGNORE INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            self._file.execute(
                "UPDATE jobs SET replicas = ? WHERE address = ? AND replicas < ?", (replicas, address, replicas)
            )

    def keep(self, address: str, part: Part, outcome: str) -> None:
        """Commit one finished part."""
        with self._saying_what_is_wrong(), self._committing():
            self._file.execute(
                "INSERT OR IGNORE INTO parts VALUES (?, ?, ?, ?, ?)", (address, *part, outcome, _digest(outcome))
            )

    def kept(self, address: str) -> dict[Part, str]:
        """The outcomes of a job's finished parts."""
        with self._saying_what_is_wrong():
            rows = self._file.execute("SELECT first, count, outcome, digest FROM parts WHERE address = ?", (address,))
            found = {}
            for first, count, outcome, digest in rows:
                if digest != _digest(outcome):
                    raise StoreError(self.path, f"the outcome of replica {first} of {address[:12]} is damaged")
                found[first, count] = outcome
            return found

    def entries(self) -> tuple[Entry, ...]:
        """Every job, the oldest first."""
        query = """
            SELECT jobs.*, coalesce(sum(count), 0), coalesce(sum(length(outcome)), 0)
            FROM jobs LEFT JOIN parts USING (address) GROUP BY address ORDER BY created, address
        """
        with self._saying_what_is_wrong():
            return tuple(Entry(*row) for row in self._file.execute(query))

    def prune(self, addresses: Iterable[str]) -> None:
        """Forget these jobs, and give their room back to the file system."""
        with self._saying_what_is_wrong():
            with self._committing():
                self._file.executemany("DELETE FROM jobs WHERE address = ?", ((one,) for one in addresses))
            self._file.execute("VACUUM")

    @contextmanager
    def _committing(self) -> Iterator[None]:
        """All or nothing; the lock is taken at once, so that two writers wait for each other instead of failing."""
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._file.in_transaction:  # a full disk has rolled back already
                self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")

    @contextmanager
    def _saying_what_is_wrong(self) -> Iterator[None]:
        try:
            yield
        except StoreError:
            raise
        except sqlite3.Error as problem:
            raise StoreError(self.path, str(problem)) from problem
        except (OSError, OverflowError, UnicodeError) as problem:
            raise StoreError(self.path, getattr(problem, "strerror", None) or str(problem)) from problem


def default_store() -> Path | None:
    """$STALEPROOF_STORE, none where that is empty, else "runs.sqlite" in the user's cache."""
    named = os.environ.get("STALEPROOF_STORE")
    if named is not None:
        return Path(named) if named else None
    return cache_folder() / "runs.sqlite"


def _is_archive(path: Path) -> bool:
    """Whether a store lies where nothing can be written, all of its commits in the one file."""
    log = path.with_name(path.name + "-wal")
    return path.is_file() and not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)


def _connection(path: Path) -> sqlite3.Connection:
    # "immutable": SQLite would else want a file of locks beside it
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1" if _is_archive(path) else str(path)
    return sqlite3.connect(address, timeout=PATIENCE, isolation_level=None, uri=_is_archive(path))


def _digest(outcome: str) -> str:
    return hashlib.sha256(outcome.encode()).hexdigest()
