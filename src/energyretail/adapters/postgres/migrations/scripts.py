"""The revisions alembic sees: one for each pair of SQL files, in the order of their numbers."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from types import ModuleType

from alembic import op
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionMap

__all__ = ["SQL_FOLDER", "revisions", "script_directory", "statements"]

SQL_FOLDER = Path(__file__).parent / "sql"
_INCLUDE = re.compile(r"^-- include ([\w.]+)/([\w.]+)$", re.MULTILINE)


def revisions() -> tuple[str, ...]:
    """Return the names of the revisions, first to last: ``0001_base``, ..."""
    return tuple(sorted(path.name.removesuffix(".up.sql") for path in SQL_FOLDER.glob("*.up.sql")))


def statements(revision: str, direction: str) -> str:
    """Return the SQL of a revision's ``up`` or ``down``.

    A line ``-- include package/file`` stands for a file of an installed package.
    """
    text = (SQL_FOLDER / f"{revision}.{direction}.sql").read_text("utf-8")
    return _INCLUDE.sub(lambda found: _packaged(found[1], found[2]), text)


def script_directory() -> tuple[Config, ScriptDirectory]:
    """Return what alembic needs to walk the revisions."""
    config = Config()
    config.set_main_option("script_location", str(SQL_FOLDER))
    directory = ScriptDirectory(SQL_FOLDER)
    # The files are the list: whoever adds a pair of them has added a revision.
    directory.revision_map = RevisionMap(_scripts)
    return config, directory


def _packaged(package: str, file: str) -> str:
    return (resources.files(package) / file).read_text("utf-8")


def _scripts() -> tuple[Script, ...]:
    names = revisions()
    return tuple(
        _script(name, before) for name, before in zip(names, (None, *names[:-1]), strict=True)
    )


def _script(name: str, before: str | None) -> Script:
    module = ModuleType(name, f"Runs the SQL files of {name}.")
    vars(module).update(
        revision=name,
        down_revision=before,
        upgrade=lambda: _execute(name, "up"),
        downgrade=lambda: _execute(name, "down"),
    )
    return Script(module, name, SQL_FOLDER / f"{name}.up.sql")


def _execute(revision: str, direction: str) -> None:
    # Without parameters the driver sends a file of many statements as it is.
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(
        statements(revision, direction)
    )
