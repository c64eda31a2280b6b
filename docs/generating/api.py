"""The API's description as JSON, and the table of its operations on the API's page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from energyretail.entrypoints.api.app import description

__all__ = ["DESCRIPTION", "PAGE", "files"]

DESCRIPTION: Final = "docs/reference/openapi.json"
PAGE: Final = "docs/reference/api.md"
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_ALWAYS: Final = {str(HTTPStatus.INTERNAL_SERVER_ERROR), str(HTTPStatus.SERVICE_UNAVAILABLE)}
_TABLE: Final = re.compile(
    r"(?<=<!-- operations: made by docs/generate.py -->\n).*?(?=<!-- end of operations -->)",
    re.DOTALL,
)


def files(root: Path) -> dict[str, str]:
    """Return the description, and the page with its table made anew; the rest of it is kept."""
    told = description()
    page = (root / PAGE).read_text(encoding="utf-8")
    table = "".join(f"{line}\n" for line in ("", *_table(told), ""))
    return {
        DESCRIPTION: json.dumps(told, indent=2, ensure_ascii=False) + "\n",
        PAGE: _TABLE.sub(lambda _: table, page, count=1),
    }


def _table(told: dict[str, Any]) -> Iterator[str]:
    yield "| operation | `operationId` | does | answers |"
    yield "|---|---|---|---|"
    for path, item in told["paths"].items():
        for method in _METHODS:
            if method in item:
                yield _row(method, path, item[method])


def _row(method: str, path: str, operation: dict[str, Any]) -> str:
    does = " ".join(operation["description"].replace("``", "`").split()).rstrip(".")
    answers = " ".join(sorted(set(operation["responses"]) - _ALWAYS))
    name = operation["operationId"]
    return f"| `{method.upper()} {path}` | `{name}` | {does} | {answers} |"
