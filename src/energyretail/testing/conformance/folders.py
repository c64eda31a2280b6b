"""What a partner's account of files must do, whatever carries it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import pytest

from energyretail.domain.shared import Conflict, Invalid, NotFound

__all__ = ["Account", "FoldersConformance", "Leave"]

Leave = Callable[[str, bytes], None]
"""Puts a file in ``out`` under a name of the partner's choice."""


class _File(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def content(self) -> bytes: ...


class Account(Protocol):
    """The three things done with an account."""

    def put(self, file_name: str, content: bytes, folder: str = "in") -> None:
        """Write a file whole."""
        ...

    def arrivals(self, folder: str = "out") -> Sequence[_File]:
        """Fetch what is there."""
        ...

    def done(self, name: str, folder: str = "out") -> None:
        """File it away."""
        ...


class FoldersConformance:
    """Inherit and give the fixtures ``account``, an empty one, and ``leave`` into it."""

    def test_gives_back_what_was_put_ordered_by_name(self, account: Account) -> None:
        """Order is the name's, not that of putting."""
        account.put("b.csv", b"2", "out")
        account.put("a.csv", b"", "out")

        assert [(f.name, f.content) for f in account.arrivals()] == [
            ("a.csv", b""),
            ("b.csv", b"2"),
        ]

    def test_puts_the_same_bytes_twice_without_a_word(self, account: Account) -> None:
        """A retry after an unknown outcome is harmless."""
        account.put("a.xml", b"1")
        account.put("a.xml", b"1")

        assert [f.content for f in account.arrivals("in")] == [b"1"]

    def test_refuses_other_bytes_under_a_taken_name(self, account: Account) -> None:
        """What was sent is never edited."""
        account.put("a.xml", b"1")

        with pytest.raises(Conflict) as refused:
            account.put("a.xml", b"2")

        assert refused.value.code == "sftp.name_taken"
        assert [f.content for f in account.arrivals("in")] == [b"1"]

    def test_files_away_once_however_often_it_is_told(self, account: Account) -> None:
        """A crash between the commit and the filing away is repaired by doing it again."""
        account.put("a.csv", b"1", "out")
        account.done("a.csv")
        account.done("a.csv")

        assert account.arrivals() == ()
        assert [f.name for f in account.arrivals("done")] == ["a.csv"]

    def test_does_not_file_away_what_never_was(self, account: Account) -> None:
        """Nothing is skipped silently."""
        with pytest.raises(NotFound) as missing:
            account.done("never.csv")

        assert missing.value.code == "sftp.no_such_file"

    @pytest.mark.parametrize("name", ["../a", "a/b", ".hidden", "a.part", "..", "a b", "é"])
    def test_refuses_a_name_with_path_parts(self, account: Account, name: str) -> None:
        """Nobody leaves the folder."""
        with pytest.raises(Invalid) as unsafe:
            account.put(name, b"1")

        assert unsafe.value.code == "sftp.unsafe_name"

    @pytest.mark.parametrize("name", ["lecturas marzo.csv", "año.csv", " ", "-rf", "a\u00a0b", "~"])
    def test_takes_whatever_a_partner_names_its_file(
        self, account: Account, leave: Leave, name: str
    ) -> None:
        """A name is a partner's affair; a file with an odd one is not lost."""
        leave(name, b"1")

        assert [(f.name, f.content) for f in account.arrivals()] == [(name, b"1")]
        account.done(name)
        account.done(name)

        assert account.arrivals() == ()
        assert [f.name for f in account.arrivals("done")] == [name]

    @pytest.mark.parametrize("name", [".hidden", "a.csv.part", "a\nb.csv", "a\x7fb", "..\\up"])
    def test_leaves_alone_what_is_not_for_it_and_takes_the_rest(
        self, account: Account, leave: Leave, name: str
    ) -> None:
        """One odd file holds up no other."""
        leave(name, b"odd")
        leave("b.csv", b"2")

        assert [(f.name, f.content) for f in account.arrivals()] == [("b.csv", b"2")]
        with pytest.raises(Invalid) as unsafe:
            account.done(name)

        assert unsafe.value.code == "sftp.unsafe_name"
