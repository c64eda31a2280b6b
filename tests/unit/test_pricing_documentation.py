"""The reference page of pricing says what the code does."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "pricing.md"


def test_the_blocks_on_the_page_price_the_bills_they_claim() -> None:
    first, *more = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    out = io.StringIO()
    names: dict[str, object] = {}

    with contextlib.redirect_stdout(out):
        for block in (first, *more):
            exec(compile(block, str(PAGE), "exec"), names)

    assert "52.20 EUR 8.15 EUR 60.35 EUR" in out.getvalue()
    assert out.getvalue().endswith("\n7150\n[0 1] [7150 6035]\n")
    assert len([line for line in first.splitlines() if line.strip()]) <= 15
