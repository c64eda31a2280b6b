"""Use cases and, beside each, the ports it needs; same names as the domain's subdomains."""

from __future__ import annotations

__all__: list[str] = []
