"""Stage: schemes. Input: worker count and options. Output: the registry of update rules by their name in a study."""

from __future__ import annotations

from derive.scheme import Scheme
from derive.schemes.asynchronous import Asynchronous
from derive.schemes.k_async import KAsync
from derive.schemes.k_batch_async import KBatchAsync
from derive.schemes.k_batch_sync import KBatchSync
from derive.schemes.k_sync import KSync
from derive.schemes.synchronous import Synchronous

_ALL = (Asynchronous, Synchronous, KSync, KBatchSync, KAsync, KBatchAsync)
SCHEMES: dict[str, type[Scheme]] = {scheme.rule: scheme for scheme in _ALL}

__all__ = ["SCHEMES", "Asynchronous", "KAsync", "KBatchAsync", "KBatchSync", "KSync", "Synchronous"]
