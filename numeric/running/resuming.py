"""Stage: running jobs. Input: jobs, an engine, a store. Output: their outcomes in order, what is kept not run again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from numeric.running.engines import Engine, Threads
from numeric.running.jobs import Job, Part, content_address
from numeric.running.store import Store

Advance = Callable[[int], None]  # called with how many more replicas are done


@dataclass(frozen=True)
class Labels:
    """What a job belongs to, for people who look into the store: a title, the study as TOML, its case."""

    title: str = ""
    study: str = ""
    case: str = ""


@dataclass(frozen=True)
class Ran:
    """The outcomes of some jobs, one list a job and one entry a part; ``fresh``: those run now, in ``seconds``."""

    outcomes: tuple[list[Any], ...]
    fresh: tuple[list[Any], ...]
    seconds: float


@dataclass(frozen=True)
class Running:
    """Where parts are run, and where they are kept (None: nowhere).

    Example: ``Running().store is None``.
    """

    engine: Engine = field(default_factory=Threads)
    store: Store | None = None

    def run(self, jobs: Sequence[Job], labels: Sequence[Labels] = (), advance: Advance | None = None) -> Ran:
        """Run what is not kept; parts of all jobs side by side, each committed as it is finished.

        ``labels``: none, or one a job. Raises ``StoreError`` where the store cannot be used, ``ConnectionError`` where
        the engine's workers are lost; what was committed stays.
        """
        addresses = [content_address(job) if self.store else "" for job in jobs]
        done = [self._kept(*row) for row in zip(jobs, addresses, labels or [Labels()] * len(jobs), strict=True)]
        position = {id(job): k for k, job in enumerate(jobs)}
        left = [(job, part) for job, kept in zip(jobs, done, strict=True) for part in job.parts() if part not in kept]
        if advance is not None:
            advance(sum(count for kept in done for _, count in kept))
        fresh: tuple[list[Any], ...] = tuple([] for _ in jobs)
        began = time.perf_counter()
        with closing(self.engine.run(left)) as finished:  # type: ignore[type-var]
            for job, part, outcome in finished:
                k = position[id(job)]
                if self.store is not None:
                    self.store.keep(addresses[k], part, job.text(outcome))
                done[k][part] = outcome
                fresh[k].append(outcome)
                if advance is not None:
                    advance(part[1])
        seconds = time.perf_counter() - began
        return Ran(
            tuple([kept[part] for part in job.parts()] for job, kept in zip(jobs, done, strict=True)), fresh, seconds
        )

    def _kept(self, job: Job, address: str, labels: Labels) -> dict[Part, Any]:
        if self.store is None:
            return {}
        wanted = job.parts()
        self.store.begin(address, job.kind, labels.title, labels.study, labels.case, sum(count for _, count in wanted))
        kept = self.store.kept(address)
        return {part: job.read(kept[part]) for part in wanted if part in kept}
