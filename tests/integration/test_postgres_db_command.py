"""The `db` commands on a real database."""

from __future__ import annotations

import json

import pytest

from energyretail.adapters.postgres.migrations.scripts import revisions
from energyretail.entrypoints.cli.app import run


class TestDbCommand:
    def test_says_what_is_missing_then_brings_it(
        self,
        empty_database_url: str,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", empty_database_url)
        head = revisions()[-1]

        codes = [run(["db", command, "--json"]) for command in ("status", "upgrade", "status")]

        said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert codes == [0, 0, 0]
        assert said[0] == {"current": None, "head": head, "up_to_date": False}
        assert said[1] == said[2] == {"current": head, "head": head, "up_to_date": True}

    def test_says_that_nothing_answers(self, capsys: pytest.CaptureFixture[str]) -> None:
        code = run(["db", "status", "--url", "postgresql://nobody@127.0.0.1:1/nothing"])

        assert code != 0
        assert "postgres.unreachable" in capsys.readouterr().err
