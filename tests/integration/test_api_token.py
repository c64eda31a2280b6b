"""The token of the settings at every route of the API."""

from typing import Any

import attrs
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from energyretail.entrypoints.api import ApiUseCases, create_app

TOKEN = "canary-0123456789-abcdefghij"
OPEN = {"/health/live", "/health/ready", "/version"}


class _Never:
    def __call__(self, *_: object) -> Any:
        raise AssertionError("a use case was called")

    number_of = name_of = __call__


def an_app(*, token: str | None = TOKEN) -> Litestar:
    values: dict[str, Any] = {each.name: _Never() for each in attrs.fields(ApiUseCases)}
    values["readiness"] = lambda: {"database": True}
    return create_app(ApiUseCases(**values), token=token)


@pytest.fixture
def client() -> Any:
    with TestClient(an_app()) as opened:
        yield opened


def routes(app: Litestar) -> list[tuple[str, str]]:
    described: dict[str, Any] = app.openapi_schema.to_schema()["paths"]
    return [(m.upper(), path) for path, each in described.items() for m in each]


class TestToken:
    def test_is_wanted_by_every_route_but_three(self, client: TestClient[Litestar]) -> None:
        asked = [*routes(an_app()), ("GET", "/schema/openapi.json")]
        assert len(asked) > len(OPEN)

        for method, path in asked:
            dated = path.replace("{day}", "2026-03-02").replace("{first_day}", "2026-03-02")
            named = dated.replace("{", "").replace("}", "")
            answer = client.request(method, named)

            if path in OPEN:
                assert answer.status_code == 200
                continue
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.headers["content-type"] == "application/problem+json"
            told = answer.json()
            assert told["code"] == "api.token_missing"
            assert told["type"].endswith(told["code"])
            assert told["request_id"] == answer.headers["x-request-id"]

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
    def test_opens_the_api(self, client: TestClient[Litestar], scheme: str) -> None:
        answer = client.get("/schema/openapi.json", headers={"Authorization": f"{scheme} {TOKEN}"})

        assert answer.status_code == 200

    @pytest.mark.parametrize(
        ("header", "code"),
        [
            ("", "api.token_missing"),
            ("Bearer", "api.token_missing"),
            ("Bearer ", "api.token_missing"),
            (f"Basic {TOKEN}", "api.token_missing"),
            (TOKEN, "api.token_missing"),
            (f"Bearer {TOKEN[:-1]}", "api.token_wrong"),
            (f"Bearer {TOKEN}x", "api.token_wrong"),
            (f"Bearer {TOKEN.upper()}", "api.token_wrong"),
            ("Bearer ñandú", "api.token_wrong"),
        ],
    )
    def test_is_told_apart_from_what_it_is_not(
        self, client: TestClient[Litestar], header: str, code: str
    ) -> None:
        given: Any = {"Authorization": header.encode()}

        answer = client.get("/schema/openapi.json", headers=given)

        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert TOKEN not in answer.text

    def test_is_one_and_not_one_of_several(self, client: TestClient[Litestar]) -> None:
        both = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer other")]

        answer = client.get("/schema/openapi.json", headers=both)

        assert answer.status_code == 401

    def test_comes_before_the_body_is_read(self, client: TestClient[Litestar]) -> None:
        answer = client.post("/v1/quotes", content=b"{")

        assert answer.status_code == 401


class TestDescription:
    def test_declares_the_scheme_and_the_401(self) -> None:
        described = an_app().openapi_schema.to_schema()

        schemes = described["components"]["securitySchemes"]
        assert schemes == {"token": {"type": "http", "scheme": "bearer"}}
        for path, operations in described["paths"].items():
            for operation in operations.values():
                wants = path not in OPEN
                assert operation.get("security", []) == ([{"token": []}] if wants else [])
                assert ("401" in operation["responses"]) is wants

    def test_says_nothing_of_a_token_where_there_is_none(self) -> None:
        described = an_app(token=None).openapi_schema.to_schema()

        assert "securitySchemes" not in described["components"]
        for operations in described["paths"].values():
            for operation in operations.values():
                assert "401" not in operation["responses"]
