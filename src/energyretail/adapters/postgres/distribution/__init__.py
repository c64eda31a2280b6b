"""Tables cut by account: which columns their rows carry then, and the statements that do it.

`by_account.sql` comes first, then `partitions.sql` for parts of one Postgres or `citus.sql` for
Citus; docs/how-to/scale-out.md says when and how. A database that neither was run in has none of
these columns, and pays for none.
"""

from __future__ import annotations

from importlib import resources
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, text

__all__ = ["ACCOUNT_COLUMNS", "columns_by_account", "statements"]

ACCOUNT_COLUMNS: Final = {
    "invoice_line": "contract",
    "invoice_tax": "contract",
    "invoice_reading": "contract",
    "entry": "holder",
    "posting": "holder",
}
"""The column of the account, of the tables that have it only where they are cut by it."""

_IS_CUT: Final = text("""
    SELECT EXISTS (SELECT FROM pg_attribute
        WHERE attrelid = to_regclass('invoice_line') AND attname = 'contract' AND NOT attisdropped)
""")
_KNOWN: Final = WeakKeyDictionary[Engine, bool]()


def statements(name: str) -> str:
    """Return the SQL of a script by its name, ``by_account``, ``partitions`` or ``citus``."""
    return (resources.files(__package__) / f"{name}.sql").read_text("utf-8")


def columns_by_account(connection: Connection, table: str) -> tuple[str, ...]:
    """Return the column of the account that rows of a table carry here, or none.

    The database is asked once: no process may be at work while its tables are changed.
    """
    is_cut = _KNOWN.get(connection.engine)
    if is_cut is None:
        is_cut = bool(connection.scalar(_IS_CUT))
        _KNOWN[connection.engine] = is_cut
    column = ACCOUNT_COLUMNS.get(table)
    return (column,) if is_cut and column else ()
