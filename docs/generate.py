"""Write the pages that are made from the code, and the list of public names.

Run it from anywhere with the package installed: ``python docs/generate.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from generating import api, components, errors, names, plausibility, ports, scale_out, transitions

__all__ = ["ROOT", "files"]

ROOT: Final = Path(__file__).parents[1]
_MAKERS: Final[tuple[Callable[[Path], Mapping[str, str]], ...]] = (
    transitions.files,
    errors.files,
    components.files,
    plausibility.files,
    ports.files,
    scale_out.files,
    api.files,
    names.files,
)


def files() -> dict[str, str]:
    """Return every generated file's text by its path in the repository."""
    return {path: text for make in _MAKERS for path, text in make(ROOT).items()}


def main() -> None:
    """Write what is not as it should be, and say so."""
    for path, text in files().items():
        file = ROOT / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
