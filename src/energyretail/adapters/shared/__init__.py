"""What several adapters need and no business rule is in: untrusted XML, opaque identifiers."""

from __future__ import annotations

__all__: list[str] = []
