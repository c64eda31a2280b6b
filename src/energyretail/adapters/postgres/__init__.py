"""Rows and values, one transaction a use case, jobs: the company's one database.

Import its modules, each named as its port's subdomain: the package itself loads nothing, so that
the server's guard starts without SQLAlchemy.
"""

from __future__ import annotations

__all__: list[str] = []
