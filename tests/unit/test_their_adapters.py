"""A third party's adapter named by dotted path: found, made, and held against its port."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from energyretail.adapters.shared.partner_settings import PartnerSettings, WaitLimits
from energyretail.domain.shared import Invalid
from energyretail.entrypoints import partners
from energyretail.entrypoints.cli.app import app
from energyretail.entrypoints.settings import (
    MailRelaySettings,
    PartnerBranch,
    RegistrySettings,
    Service,
    Settings,
    SftpSite,
)

MODULE = """
given = []

class Whole:
    def claim(self, claim): ...
    def release(self, release): ...
    def notify(self, event): ...
    def receive(self): ...
    def acknowledge(self, receipts): ...

class Bare:
    receive = None
    def claim(self): ...
    def notify(self, event): ...
    def acknowledge(self, receipts, and_more=None): ...

def make(settings):
    given.append(settings)
    return Whole()

def make_nothing(settings):
    raise KeyError("folder")

class Inner:
    make = make

word = "not a callable"
"""


@pytest.fixture(autouse=True)
def their_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module that somebody else wrote, where Python finds it."""
    (tmp_path / "their_registry.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "their_broken.py").write_text("import no_such_thing\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("ENERGYRETAIL_SETTINGS", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    yield
    import sys

    sys.modules.pop("their_registry", None)


def naming(path: str, **options: str) -> Settings:
    secrets = {name: SecretStr(value) for name, value in options.items()}
    return Settings(registry=RegistrySettings(adapter=path, options=secrets, url="http://them"))


class TestMaking:
    def test_hands_over_the_branch_and_the_limits(self) -> None:
        made = partners.registry(naming("their_registry:make", folder="here"))

        their_registry = import_module("their_registry")

        assert isinstance(made, their_registry.Whole)
        assert their_registry.given == [
            PartnerSettings(
                "registry",
                url="http://them",
                options={"folder": "here"},
                limits=WaitLimits(10, 10, 10),
            )
        ]

    def test_takes_a_name_inside_a_name(self) -> None:
        assert partners.registry(naming("their_registry:Inner.make")) is not None

    @pytest.mark.parametrize(
        ("path", "code"),
        [
            ("no_such_package.adapter:make", "settings.adapter.import"),
            ("their_broken:make", "settings.adapter.import"),
            ("their_registry:made", "settings.adapter.missing"),
            ("their_registry:word", "settings.adapter.not_callable"),
            ("their_registry:make_nothing", "settings.adapter.not_made"),
            ("their_registry:PartnerSettings", "settings.adapter.missing"),
        ],
    )
    def test_says_what_is_wrong(self, path: str, code: str) -> None:
        with pytest.raises(Invalid) as refused:
            partners.registry(naming(path))

        assert refused.value.code == code
        assert refused.value.facts == {"key": "registry.adapter", "adapter": path}

    def test_names_at_once_all_that_is_missing(self, tmp_path: Path) -> None:
        module = MODULE + "\ndef make_bare(settings):\n    return Bare()\n"
        (tmp_path / "their_registry.py").write_text(module, encoding="utf-8")

        with pytest.raises(Invalid) as refused:
            partners.registry(naming("their_registry:make_bare"))

        assert refused.value.code == "settings.adapter.incomplete"
        for lacking in (
            "Bare.claim does not take (claim: 'switching.Claim')",
            "Bare.receive does not take ()",
            "Bare has no release",
        ):
            assert lacking in refused.value.text
        assert "notify" not in refused.value.text
        assert "acknowledge" not in refused.value.text

    @pytest.mark.parametrize(
        ("branch", "settings"),
        [
            ("erp", Settings(erp=Service(adapter="their_registry:make"))),
            ("signature", Settings(signature=Service(adapter="their_registry:make"))),
            ("operator_sftp", Settings(operator_sftp=SftpSite(adapter="their_registry:make"))),
            ("bank_sftp", Settings(bank_sftp=SftpSite(adapter="their_registry:make"))),
            ("smtp", Settings(smtp=MailRelaySettings(adapter="their_registry:make"))),
        ],
    )
    def test_holds_every_partner_against_its_own_port(
        self, branch: str, settings: Settings
    ) -> None:
        with pytest.raises(Invalid) as refused:
            partners.check(settings)

        assert "settings.adapter.incomplete" in str(refused.value)
        assert f"key={branch}.adapter" in str(refused.value)


class TestSettings:
    @pytest.mark.parametrize("path", ["make", "their registry:make", "a.b:", ":make", "a:b:c"])
    def test_refuse_what_is_no_dotted_path(self, tmp_path: Path, path: str) -> None:
        file = tmp_path / "settings.toml"
        file.write_text(f"[registry]\nadapter = '{path}'\n", encoding="utf-8")

        with pytest.raises(Invalid) as refused:
            Settings.load(file)

        assert "registry.adapter: Value error, give a dotted path" in refused.value.text

    def test_show_no_option(self) -> None:
        settings = naming("their_registry:make", token="canary")

        assert "canary" not in repr(settings) + str(settings.shown())
        assert settings.shown()["registry"]["options"] == {"token": "**********"}

    def test_reach_a_child_process_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = naming("their_registry:make", Folder="here", token="it's")
        for name, value in settings.environment().items():
            monkeypatch.setenv(name, value)

        assert Settings.load() == settings

    def test_of_the_sandbox_leave_third_parties_out(self) -> None:
        from test_settings_tree import READY

        base = naming("their_registry:make", folder="the true one")
        settings = Settings.for_sandbox(READY, base=base)

        branches = [branch for _, branch in settings if isinstance(branch, PartnerBranch)]
        assert len(branches) == 6
        assert not any(branch.adapter or branch.options for branch in branches)
        assert settings.registry.url == f"{READY['registry']['url']}/central"


class TestCheck:
    def test_asks_no_address_of_a_partner_with_an_adapter_of_its_own(self) -> None:
        with pytest.raises(Invalid) as refused:
            partners.check(Settings(registry=RegistrySettings(adapter="their_registry:make")))

        assert refused.value.code == "settings.missing"
        assert "registry" not in refused.value.facts["keys"]
        assert "erp.url" in refused.value.facts["keys"]

    def test_is_what_settings_check_tells(self, tmp_path: Path) -> None:
        file = tmp_path / "settings.toml"
        file.write_text(
            "[registry]\nadapter = 'their_registry:Bare'\n[erp]\nadapter = 'nobody:make'\n",
            encoding="utf-8",
        )

        told = CliRunner().invoke(app, ["--settings", str(file), "settings", "check"])

        assert isinstance(told.exception, Invalid)
        assert told.exception.code == "settings.mistakes"
        for part in ("settings.missing", "settings.adapter.not_made", "settings.adapter.import"):
            assert part in str(told.exception)
