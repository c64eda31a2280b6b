"""The business of an energy retailer; imports attrs and the standard library, nothing else.

Import its subdomains: ``from energyretail.domain import pricing``.
"""

from __future__ import annotations

__all__: list[str] = []
