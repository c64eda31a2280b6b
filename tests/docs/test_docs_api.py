"""The API's page knows every status and every code of its own that a caller may meet."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
API = ROOT / "src" / "energyretail" / "entrypoints" / "api"
OWN_CODE = re.compile(r'"((?:request|api)\.[a-z_]+)"')


class TestFailures:
    def test_are_on_the_page_by_status(self) -> None:
        told = json.loads((ROOT / "docs/reference/openapi.json").read_text(encoding="utf-8"))
        answers = {
            status
            for item in told["paths"].values()
            for operation in item.values()
            for status in operation["responses"]
        }
        rows = set(re.findall(r"^\| (\d{3}) \|", PAGE, re.MULTILINE))

        assert {status for status in answers if status >= "400"} <= rows

    def test_are_on_the_page_by_code(self) -> None:
        sources = (file.read_text(encoding="utf-8") for file in API.glob("*.py"))
        codes = {code for source in sources for code in OWN_CODE.findall(source)}

        assert len(codes) > 10
        assert sorted(code for code in codes if f"`{code}`" not in PAGE) == []
