"""The README's Python runs and prints what it says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


class TestReadme:
    def test_prices_the_bill_it_shows(self):
        (block,) = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), flags=re.S)
        promised = re.search(r"# (\d+\.\d\d EUR .*)", block)
        printed = io.StringIO()

        with contextlib.redirect_stdout(printed):
            exec(compile(block, str(README), "exec"), {})

        assert promised is not None
        assert promised.group(1) in printed.getvalue()
        assert len(block.splitlines()) <= 15

    def test_names_only_folders_that_exist(self):
        text = README.read_text("utf-8")
        root = README.parent

        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert (root / link).exists(), link
