"""Two who edit at once, and a list that grows while it is read, before real server processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import httpx
import pytest
from api_racers import (
    PROCESSES,
    Called,
    accept_call,
    at_once,
    callers,
    company_called,
    quote_call,
    sent,
)

EDITS = 200
PAGE = 7
OLD = 60


@pytest.fixture(scope="module")
def called(postgres_url: str, template_database: str) -> Iterator[Called]:
    with company_called(postgres_url, template_database) as company:
        yield company


@pytest.fixture
def client(called: Called) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=called.api.url, timeout=30) as opened:
        yield opened


def customer_of(client: httpx.Client, number: int) -> str:
    """Sign a new customer and return its path."""
    quote = sent(client, quote_call(number)).raise_for_status().json()
    contract = sent(client, accept_call(quote["number"])).raise_for_status().json()
    return f"/v1/customers/{contract['customer']}"


def renamed(client: httpx.Client, path: str, name: str, tag: str | None) -> httpx.Response:
    return client.patch(path, json={"name": name}, headers={"If-Match": tag} if tag else {})


def test_lets_one_of_two_editors_through(
    called: Called, client: httpx.Client, record_property: Callable[[str, object], None]
) -> None:
    path = customer_of(client, 1)
    statuses: Counter[tuple[int, ...]] = Counter()
    first_won: Counter[bool] = Counter()
    with callers(called.api, 2) as pair:
        for turn in range(EDITS):
            tags = [each.get(path).headers["etag"] for each in pair]
            assert tags == [f'"{turn + 1}"'] * 2
            names = [f"{who} {turn}" for who in ("Ana", "Eva")]
            answers = at_once(
                [
                    partial(renamed, *asked)
                    for asked in zip(pair, [path] * 2, names, tags, strict=True)
                ]
            )
            statuses[tuple(sorted(answer.status_code for answer in answers))] += 1
            won, lost = sorted(answers, key=lambda answer: answer.status_code)
            first_won[won is answers[0]] += 1
            assert lost.json()["code"] == "parties.customer.outdated", lost.text
            assert won.headers["etag"] == f'"{turn + 2}"'
            assert client.get(path).json() == won.json()
            assert won.json()["name"] == names[answers.index(won)]

    assert statuses == {(200, 412): EDITS}
    assert called.column("SELECT count(*) FROM outbox WHERE channel = 'erp'") == [EDITS]
    record_property(
        "line",
        f"T23 {EDITS} x two editors with one ETag before {PROCESSES} processes: {EDITS} x 200 and"
        f" {EDITS} x 412 (the first won {first_won[True]} times) PASS",
    )


def test_wants_to_know_what_an_editor_has_read(client: httpx.Client) -> None:
    path = customer_of(client, 2)
    before = client.get(path).json()

    answer = renamed(client, path, "Nobody", None)

    assert answer.status_code == 428
    assert answer.json()["code"] == "request.if_match_missing"
    assert client.get(path).json() == before


def test_shows_every_old_quote_once_while_new_ones_come(client: httpx.Client) -> None:
    old = {
        sent(client, quote_call(number)).raise_for_status().json()["number"]
        for number in range(101, 101 + OLD)
    }
    seen: Counter[str] = Counter()
    sizes = []
    cursor, new = None, 1000
    while True:
        asked = {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/quotes", params=asked).raise_for_status().json()
        seen.update(quote["number"] for quote in page["items"])
        sizes.append(len(page["items"]))
        if not page["has_more"]:
            break
        cursor = page["next"]
        # Fewer than a page holds, or the walk would never end.
        for _ in range(3):
            new += 1
            sent(client, quote_call(new)).raise_for_status()

    assert set(seen.values()) == {1}
    assert old <= set(seen)
    assert len(seen) > OLD
    assert set(sizes[:-1]) == {PAGE}
    assert page["next"] is None
