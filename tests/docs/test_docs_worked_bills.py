"""Every request on the page of the tariff format prices to the result that follows it."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from docs_blocks import ROOT, blocks_of

from energyretail.adapters.tariff_json import rate_document

PAGE = ROOT / "docs" / "reference" / "tariff-format.md"
LEFT_OUT = "…"

Document = dict[str, Any]


def _documents() -> list[Document]:
    found = [json.loads(block.text) for block in blocks_of(PAGE) if block.language == "json"]
    return [each for each in found if "tariff" in each or "lines" in each]


PAIRS = [pair for pair in pairwise(_documents()) if "tariff" in pair[0]]


def shown(result: Any, page: Any) -> Any:
    """Return of a result what the page shows of it; an ellipsis stands for anything."""
    if isinstance(page, dict):
        names = [name for name in page if name != LEFT_OUT]
        left = {LEFT_OUT: page[LEFT_OUT]} if LEFT_OUT in page else {}
        return left | {name: shown(result.get(name), page[name]) for name in names}
    if isinstance(page, list) and isinstance(result, list) and len(result) == len(page):
        return [shown(*each) for each in zip(result, page, strict=True)]
    return result


class TestWorkedBills:
    @pytest.mark.parametrize(("request_", "page"), PAIRS)
    def test_price_to_what_the_page_says(self, request_: Document, page: Document) -> None:
        assert shown(rate_document(request_), page) == page

    def test_are_told_with_their_results(self) -> None:
        asked = [document for document in _documents() if "tariff" in document]

        assert len(asked) == len(PAIRS) >= 7
        assert all("lines" in result for _, result in PAIRS)


class TestShown:
    @pytest.mark.parametrize(
        ("result", "page"),
        [
            ({"net": "2"}, {"net": "1"}),
            ({}, {"net": "1"}),
            ({"lines": []}, {"lines": [{"amount": "1"}]}),
            ({"lines": [{"amount": "1"}, {"amount": "2"}]}, {"lines": [{"amount": "1"}]}),
            ({"lines": [{"amount": "2"}]}, {"lines": [{"amount": "1", LEFT_OUT: LEFT_OUT}]}),
        ],
    )
    def test_sees_what_a_page_says_wrongly(self, result: Document, page: Document) -> None:
        assert shown(result, page) != page

    def test_overlooks_what_a_page_leaves_out(self) -> None:
        page = {"lines": [{"amount": "1", LEFT_OUT: LEFT_OUT}]}

        assert shown({"net": "1", "lines": [{"amount": "1", "unit": "kWh"}]}, page) == page
