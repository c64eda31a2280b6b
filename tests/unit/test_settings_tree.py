"""The settings: where they come from, and what they refuse."""

import json
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from energyretail.domain.ledger import Account
from energyretail.domain.shared import CreditorIdentifier, Iban, Invalid
from energyretail.entrypoints.settings import Retailer, Settings

READY: dict[str, Any] = {
    "registry": {"url": "http://127.0.0.1:1/registry"},
    "erp": {"url": "http://127.0.0.1:1/erp"},
    "signature": {"url": "http://127.0.0.1:1/signature"},
    "smtp": {"host": "127.0.0.1", "port": 2525},
    "sftp": {
        "host": "127.0.0.1",
        "port": 2222,
        "host_key": "ssh-ed25519 AAAA",
        "accounts": {
            name: {"username": name, "password": f"secret-of-{name}"}
            for name in ("operator", "bank")
        },
    },
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENERGYRETAIL_SETTINGS", "ENERGYRETAIL_DATA", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


class TestSources:
    def test_begin_with_an_invented_retailer_whose_identifiers_check(self) -> None:
        retailer = Settings.load().retailer

        assert isinstance(retailer.iban, Iban)
        assert isinstance(retailer.creditor_identifier, CreditorIdentifier)
        assert set(retailer.chart_of_accounts) == set(Account)

    def test_let_the_environment_win_over_the_file_part_by_part(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = written(tmp_path, '[retailer]\ntown = "Vigo"\nlegal_name = "Luz, S.L."\n')
        monkeypatch.setenv("ENERGYRETAIL_RETAILER__TOWN", "Lugo")

        retailer = Settings.load(path).retailer

        assert (retailer.town, retailer.legal_name) == ("Lugo", "Luz, S.L.")

    def test_find_the_file_by_its_variable(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = written(tmp_path, "[retailer.chart_of_accounts]\nrevenue = '700000'\n")
        monkeypatch.setenv("ENERGYRETAIL_SETTINGS", str(path))

        chart = Settings.load().retailer.chart_of_accounts

        assert (chart[Account.REVENUE], chart[Account.VAT]) == ("700000", "477000")

    def test_take_the_database_from_database_url_unless_named_nearer(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://far")
        path = written(tmp_path, 'database_url = "postgresql://near"\n')

        far, near = Settings.load().database_url, Settings.load(path).database_url

        assert far is not None
        assert far.get_secret_value() == "postgresql://far"
        assert near is not None
        assert near.get_secret_value() == "postgresql://near"


class TestTheTimeDaysAreOpenedAt:
    @pytest.mark.parametrize(
        ("text", "at"),
        [
            ("", None),
            ("opens_days_at = ''", None),
            ("opens_days_at = 00:30:00", time(0, 30)),
            ("opens_days_at = '00:30'", time(0, 30)),
        ],
    )
    def test_is_read_and_told_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, at: time | None
    ) -> None:
        settings = Settings.load(written(tmp_path, f"[worker]\n{text}\n"))
        for name, value in settings.environment().items():
            monkeypatch.setenv(name, value)

        told = json.loads(json.dumps(settings.shown()["worker"]["opens_days_at"]))

        assert settings.worker.opens_days_at == at
        assert told == (at and "00:30:00")
        assert Settings.load().worker.opens_days_at == at


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("colour = 1\n", "colour"),
            ("[retailer]\ncolour = 1\n", "retailer.colour"),
            ("[retailer]\niban = 'ES0021000418450200051332'\n", "payments.iban.check_digits"),
            ("[retailer]\ncreditor_identifier = 'ES12000B12345674'\n", "payments.creditor"),
            ("[retailer]\nmarket_code = '12'\n", "retailer.market_code"),
            ("[retailer.chart_of_accounts]\ncolour = '1'\n", "chart_of_accounts"),
            ("[registry]\nkind = 'pigeon'\n", "registry.kind"),
            ("[erp]\nurl = 'ftp://erp'\n", "erp.url"),
            ("[worker]\nconcurrency = 0\n", "worker.concurrency"),
            ("[worker]\nopens_days_at = '00:30+02:00'\n", "worker.opens_days_at"),
            ("[worker]\nopens_days_at = 30\n", "worker.opens_days_at"),
            ("[worker]\nopens_days_at = 'late'\n", "worker.opens_days_at"),
        ],
    )
    def test_are_refused_by_name(self, tmp_path: Path, text: str, named: str) -> None:
        with pytest.raises(Invalid) as caught:
            Settings.load(written(tmp_path, text))

        assert caught.value.code == "settings.invalid"
        assert named in caught.value.text

    def test_are_told_all_at_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ENERGYRETAIL_RETAILR__TOWN", "Lugo")

        with pytest.raises(Invalid) as caught:
            Settings.load(written(tmp_path, "colour = 1\n[worker]\nconcurrency = 0\n"))

        for named in ("ENERGYRETAIL_RETAILR__TOWN", "colour", "worker.concurrency"):
            assert named in caught.value.text

    @pytest.mark.parametrize("text", ["[retailer", "\x00"])
    def test_in_the_file_itself_are_told(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(Invalid) as caught:
            Settings.load(written(tmp_path, text))

        assert caught.value.code == "settings.unreadable"

    def test_of_a_missing_file_are_told(self, tmp_path: Path) -> None:
        with pytest.raises(Invalid) as caught:
            Settings.load(tmp_path / "nowhere.toml")

        assert caught.value.code == "settings.unreadable"

    def test_never_show_a_secret(self, tmp_path: Path) -> None:
        path = written(tmp_path, "[bank_sftp]\npassword = ['canary-secret']\n")

        with pytest.raises(Invalid) as caught:
            Settings.load(path)

        assert "canary-secret" not in str(caught.value)


class TestForSandbox:
    def test_names_every_partner(self) -> None:
        settings = Settings.for_sandbox(READY)

        settings.require_partners()
        assert settings.bank_sftp.username == "bank"
        assert settings.smtp.port == 2525

    def test_keeps_what_the_company_set(self, tmp_path: Path) -> None:
        base = Settings.load(written(tmp_path, '[retailer]\ntown = "Vigo"\n'))

        assert Settings.for_sandbox(READY, base=base).retailer == base.retailer

    def test_shows_no_secret(self) -> None:
        settings = Settings.for_sandbox(READY)

        assert "secret-of" not in repr(settings) + str(settings) + str(settings.shown())

    def test_reaches_a_child_process_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = Settings.for_sandbox(READY)
        retailer = settings.retailer.model_copy(update={"invoice_series_beside": ("FB", "FC")})
        settings = settings.model_copy(update={"retailer": retailer})

        for name, value in settings.environment().items():
            monkeypatch.setenv(name, value)

        assert Settings.load() == settings


def test_partners_that_are_not_set_are_named_together() -> None:
    with pytest.raises(Invalid) as caught:
        Settings.load().require_partners()

    assert caught.value.code == "settings.missing"
    assert "erp.url" in caught.value.facts["keys"]
    assert "bank_sftp.host_key" in caught.value.facts["keys"]


def test_invoices_and_credit_notes_need_a_series_each() -> None:
    with pytest.raises(ValueError, match="its own series"):
        Retailer(invoice_series="R")

    assert Retailer(invoice_series="R", credit_note_series="A").credit_note_series == "A"


@pytest.mark.parametrize("letters", ["F", "R", "AN", "D", "G"])
def test_series_beside_that_of_invoices_are_nobody_elses(letters: str) -> None:
    with pytest.raises(ValueError, match="its own series"):
        Retailer(invoice_series_beside=(letters,))

    assert Retailer(invoice_series_beside=("FB", "B")).series().invoices == ("F", "FB", "B")
