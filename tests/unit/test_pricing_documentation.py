"""The reference page of pricing says what the code does."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "pricing.md"


def test_the_block_on_the_page_prices_the_bill_it_claims() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    out = io.StringIO()

    with contextlib.redirect_stdout(out):
        exec(compile(block, str(PAGE), "exec"), {})

    assert "52.20 EUR 8.15 EUR 60.35 EUR" in out.getvalue()
    assert len([line for line in block.splitlines() if line.strip()]) <= 15
