# A module in one file cannot carry py.typed: its types are told by a package of stubs (PEP 561).
from collections.abc import Sequence

import derive as derive
import numeric as numeric
import verify as verify

__version__: str
PACKAGES: tuple[str, ...]

def shadowed() -> str | None: ...
def main(arguments: Sequence[str] | None = None) -> int: ...
