"""Which of the names a partner gives its files are taken."""

from __future__ import annotations

import unicodedata

__all__ = ["is_taken"]

# Control characters, and what is left of a name that is not UTF-8: neither can be kept as text.
_UNKEEPABLE = frozenset({"Cc", "Cs"})


def is_taken(name: str) -> bool:
    """Tell whether a file a partner left under `name` is ours to fetch and to file away.

    Any name in a folder is, with spaces and accents. Left where they are: hidden files,
    unfinished ``.part`` ones, names that lead out of the folder or cannot be written down.
    """
    if not name or name.startswith(".") or name.endswith(".part"):
        return False
    return not any(char in "/\\" or unicodedata.category(char) in _UNKEEPABLE for char in name)
