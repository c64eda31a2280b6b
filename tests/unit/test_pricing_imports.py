"""The domain stands on attrs and the standard library alone."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
before = set(sys.modules)
import energyretail.domain.markets, energyretail.domain.pricing
names = {name.partition(".")[0] for name in set(sys.modules) - before}
names = {name for name in names if not name.startswith("_sysconfigdata")}  # of the interpreter
print(",".join(sorted(names - {"attr", "attrs", "energyretail"} - sys.stdlib_module_names)))
"""


def test_pricing_and_markets_load_no_third_party_module_but_attrs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == ""
