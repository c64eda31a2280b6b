"""What of a page is run, and how: its blocks, read as the fences and the marker say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

__all__ = ["ROOT", "Block", "Marker", "blocks_of", "marker_of", "pages"]

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = 120

_MARKER = re.compile(r"^<!-- runs: (.*?) -->$", re.MULTILINE)
_FENCE = re.compile(r"^( *)(`{3,}|~{3,})(.*)$")
_EXIT = re.compile(r"\bexit=(\d+)\b")
_FILE = re.compile(r"\bfile=(\S+)")
_NO_RUN = re.compile(r"\bno-run\b:?\s*(.*)$")


@attrs.frozen
class Marker:
    """Where the blocks of a page run: `tools` is dev, library or no; `folder` what is in it."""

    tools: str = "dev"
    folder: str = "empty"
    seconds: int = SECONDS
    reason: str = ""
    given: bool = False


@attrs.frozen
class Block:
    """A fenced block: `line` is the one its text begins on, counted from 1."""

    language: str
    words: str
    text: str
    line: int

    @property
    def file(self) -> str | None:
        """The file it is written to instead of being run."""
        found = _FILE.search(self.words)
        return found[1] if found else None

    @property
    def exit_code(self) -> int | None:
        """The code it must end with, as a program of its own."""
        found = _EXIT.search(self.words)
        return int(found[1]) if found else None

    @property
    def left_out(self) -> str | None:
        """The reason for not running it; empty where none is given."""
        found = _NO_RUN.search(self.words)
        return found[1].strip() if found else None

    @property
    def is_expected(self) -> bool:
        """Tell whether it is what the block before it must print."""
        return self.words.split()[:1] == ["expect"]

    @property
    def is_shell(self) -> bool:
        """Tell whether bash runs it."""
        return self.language in ("sh", "bash") and self.file is None

    @property
    def is_python(self) -> bool:
        """Tell whether Python runs it."""
        return self.language == "python" and self.file is None


def pages() -> tuple[Path, ...]:
    """Return every page people read: at the root, below docs, and those of the examples."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    return tuple(sorted(found))


def marker_of(page: Path) -> Marker:
    """Read the page's ``<!-- runs: TOOLS, in: FOLDER, seconds: N -->``."""
    found = _MARKER.search(page.read_text(encoding="utf-8"))
    if found is None:
        return Marker()
    first, *rest = found[1].split(",")
    if first.startswith("no"):
        return Marker("no", reason=found[1].partition(":")[2].strip(), given=True)
    options = dict(part.strip().split(": ") for part in rest)
    assert first in ("dev", "library"), f"{page}: runs with what?"
    assert set(options) <= {"in", "seconds"}, f"{page}: {options}"
    seconds = int(options.get("seconds", SECONDS))
    return Marker(first, options.get("in", "empty"), seconds, given=True)


def blocks_of(page: Path) -> tuple[Block, ...]:
    """Return the page's fenced blocks in order, those in lists without their indent."""
    return tuple(_blocks(page.read_text(encoding="utf-8").splitlines()))


def _blocks(lines: list[str]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        begun = _FENCE.match(lines[at])
        at += 1
        if begun is None:
            continue
        indent, fence, info = begun.groups()
        first = at
        while lines[at].strip() != fence:
            at += 1
        text = "".join(line.removeprefix(indent) + "\n" for line in lines[first:at])
        language, _, words = info.strip().partition(" ")
        yield Block(language, words.strip(), text, first + 1)
        at += 1
