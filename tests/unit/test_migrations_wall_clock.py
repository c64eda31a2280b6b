"""No SQL of ours reads the wall's clock: the business day is a row, moved by us."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import energyretail

SOURCE = Path(energyretail.__file__).parent
BANNED = re.compile(
    r"\bnow\s*\(\s*\)|\b(current|local)_?(date|time|timestamp)\b|\bdefault\s+now\b"
    r"|\b(clock|statement|transaction)_timestamp\b|\btimeofday\b"
    r"|'(now|today|yesterday|tomorrow)'",
    re.IGNORECASE,
)
SQL_VERB = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|VALUES|WHERE)\b")


def sql_texts() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.sql")):
        yield str(path.relative_to(SOURCE)), re.sub(r"--.*", "", path.read_text("utf-8"))


def literals(source: str) -> Iterator[str]:
    """Yield every string of a module, docstrings left out."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in docstrings:
            yield text


class TestSql:
    def test_in_files_never_reads_the_wall_clock(self) -> None:
        found = [(name, each[0]) for name, text in sql_texts() if (each := BANNED.search(text))]

        assert found == []

    def test_in_code_never_reads_the_wall_clock(self) -> None:
        found = [
            (str(path.relative_to(SOURCE)), literal)
            for path in sorted(SOURCE.rglob("*.py"))
            for literal in literals(path.read_text("utf-8"))
            if SQL_VERB.search(literal) and BANNED.search(literal)
        ]

        assert found == []

    @pytest.mark.parametrize(
        "planted",
        [
            "SELECT now()",
            "SELECT NOW( )",
            "WHERE due <= CURRENT_DATE",
            "INSERT INTO t VALUES (current_timestamp)",
            "CREATE TABLE t (at timestamptz DEFAULT now ())",
            "SELECT clock_timestamp()",
            "WHERE due = 'today'::date",
        ],
    )
    def test_is_seen_when_it_reads_it(self, planted: str) -> None:
        (literal,) = literals(f"def f():\n    '''Say now().'''\n    return text({planted!r})")

        assert SQL_VERB.search(literal)
        assert BANNED.search(literal)
