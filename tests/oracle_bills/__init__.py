"""A second mind: bills priced from the page of the tariff format alone, to compare with ours."""

from __future__ import annotations

from oracle_bills.bill import price
from oracle_bills.requests import random_request, requests

__all__ = ["price", "random_request", "requests"]
