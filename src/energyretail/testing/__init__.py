"""What tests of this package and of its users share: conformance suites, servers of one's own."""

from __future__ import annotations

__all__: list[str] = []
