"""Everything a company sets, as one typed tree read from a file and the environment."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from energyretail.domain.billing import DocumentSeries
from energyretail.domain.ledger import Account
from energyretail.domain.shared import CreditorIdentifier, DomainError, Iban, Invalid
from energyretail.entrypoints.partner_branches import (
    Branch,
    MailRelaySettings,
    PartnerBranch,
    Port,
    RegistrySettings,
    Seconds,
    Service,
    SftpSite,
    Timeouts,
)

__all__ = [
    "ENV_PREFIX",
    "ApiServer",
    "MailRelaySettings",
    "PartnerBranch",
    "RegistrySettings",
    "Retailer",
    "Service",
    "Settings",
    "SftpSite",
    "Timeouts",
    "WorkerSettings",
    "is_local",
]

ENV_PREFIX: Final = "ENERGYRETAIL_"
FILE_VARIABLE: Final = ENV_PREFIX + "SETTINGS"
_NOT_SETTINGS: Final = frozenset({FILE_VARIABLE, ENV_PREFIX + "DATA"})
TOKEN_LETTERS_MIN: Final = 8
# What may stand after `Bearer` (RFC 6750 section 2.1).
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]{20,200}")
T = TypeVar("T")


def _kernel(kind: Callable[[str], T]) -> Callable[[Any], T]:
    def validate(value: Any) -> T:
        try:
            return kind(str(value))
        except DomainError as error:
            raise ValueError(f"{error.code}: {error.text}") from None

    return validate


IbanSetting = Annotated[Iban, PlainValidator(_kernel(Iban)), PlainSerializer(str)]
CreditorSetting = Annotated[
    CreditorIdentifier, PlainValidator(_kernel(CreditorIdentifier)), PlainSerializer(str)
]


def _wall_time(given: Any) -> time | None:
    """Return a time without a zone; pydantic's own takes one with it, and a number of seconds."""
    if given in (None, ""):
        return None
    try:
        found = given if isinstance(given, time) else time.fromisoformat(str(given))
    except ValueError:
        raise ValueError("give a time as 00:30") from None
    if found.tzinfo is not None or isinstance(given, int):
        raise ValueError("give a time by the market's clock, as 00:30, without a zone")
    return found


WallTime = Annotated[
    time | None,
    PlainValidator(_wall_time),
    PlainSerializer(lambda found: found and found.isoformat()),
]
_TABLES: Final = frozenset({"chart_of_accounts", "options"})
"""Whole tables, whose keys are not ours to spell: one variable each."""

CHART: Final[dict[Account, str]] = {
    Account.RECEIVABLE: "430000",
    Account.REVENUE: "705000",
    Account.EXCISE: "475800",
    Account.VAT: "477000",
    Account.ROUNDING: "769000",
    Account.BANK: "572000",
    Account.SUSPENSE: "555000",
    Account.ADVANCES: "438000",
    Account.CARRIED: "430900",
    Account.DEPOSITS: "560000",
    Account.INTEREST: "669000",
}
"""Account numbers after the Spanish general chart (RD 1514/2007)."""


class Retailer(Branch):
    """Who we are; the defaults are an invented company with identifiers that check."""

    legal_name: str = "Energía de Ejemplo, S.L."
    tax_id: str = "B12345674"
    market_code: Annotated[str, Field(pattern=r"^\d{4}$")] = "1899"
    creditor_identifier: CreditorSetting = CreditorIdentifier("ES11000B12345674")
    iban: IbanSetting = Iban("ES9121000418450200051332")
    street: str = "Calle de la Energía, 1"
    postcode: str = "28001"
    town: str = "Madrid"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "ES"
    email: str = "facturas@example.org"
    invoice_series: Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")] = "F"
    invoice_series_beside: tuple[Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")], ...] = ()
    credit_note_series: Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")] = "R"
    advance_series: Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")] = "AN"
    chart_of_accounts: dict[Account, str] = CHART

    @model_validator(mode="after")
    def _own_series(self) -> Retailer:
        """Refuse one series for two: credit notes are numbered apart (RD 1619/2012 art. 6.1.a)."""
        try:
            self.series()
        except Invalid as error:
            raise ValueError(error.text) from error
        return self

    def series(self) -> DocumentSeries:
        """Return the series documents are numbered in."""
        return DocumentSeries(
            invoice=self.invoice_series,
            credit_note=self.credit_note_series,
            advance=self.advance_series,
            beside=self.invoice_series_beside,
        )

    @field_validator("chart_of_accounts")
    @classmethod
    def _complete(cls, chart: dict[Account, str]) -> dict[Account, str]:
        """Let a chart name only what differs from the usual one."""
        return CHART | chart


class WorkerSettings(Branch):
    """How a worker runs; its jobs go to another about three heartbeats after its last.

    With `opens_days_at`, a time by the market's clock, workers open the business days.
    """

    concurrency: Annotated[int, Field(ge=1, le=64)] = 1
    heartbeat_s: Seconds = 5
    opens_days_at: WallTime = None


def is_local(address: str) -> bool:
    """Tell whether an address can be reached from this machine alone."""
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _token(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not _TOKEN.fullmatch(text):
        raise ValueError("give 20 to 200 letters, digits or any of -._~+/=")
    if len(set(text)) < TOKEN_LETTERS_MIN:
        raise ValueError(f"give at least {TOKEN_LETTERS_MIN} different characters")
    return value


class ApiServer(Branch):
    """Where the API listens, whom it serves, and how it ends.

    Without a `token` it serves this machine alone. Told to end it goes on for `drain_s`, not
    ready any more, then takes nothing new and finishes what is under way within `shutdown_s`.
    A request waits `lock_s` for a thread, a connection or a lock; a statement runs `statement_s`.
    """

    host: str = "127.0.0.1"
    port: Port = 8000
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    threads: Annotated[int, Field(ge=2, le=256)] = 16
    lock_s: Seconds = 5
    statement_s: Seconds = 30
    token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    drain_s: Annotated[float, Field(ge=0, le=3600)] = 5
    shutdown_s: Seconds = 30


class Settings(BaseSettings):
    """The whole tree; read it with `load`, which alone turns mistakes into Invalid."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    retailer: Retailer = Retailer()
    database_url: SecretStr | None = None
    registry: RegistrySettings = RegistrySettings()
    operator_sftp: SftpSite = SftpSite()
    bank_sftp: SftpSite = SftpSite()
    erp: Service = Service()
    signature: Service = Service()
    smtp: MailRelaySettings = MailRelaySettings()
    timeouts: Timeouts = Timeouts()
    worker: WorkerSettings = WorkerSettings()
    api: ApiServer = ApiServer()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over what `load` read from the file."""
        _ = settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @classmethod
    def load(cls, file: Path | None = None) -> Settings:
        """Read the settings: environment over file over defaults.

        The file is `file`, else the one ENERGYRETAIL_SETTINGS names, else none. DATABASE_URL
        counts when nothing nearer names a database. Raises Invalid ``settings.invalid`` with
        every mistake at once, or ``settings.unreadable`` for a file that cannot be read.
        """
        named = os.environ.get(FILE_VARIABLE)
        path = file or (Path(named) if named else None)
        read = _read_toml(path) if path else {}
        if url := os.environ.get("DATABASE_URL"):
            read.setdefault("database_url", url)
        return cls._checked(read, strange=_unknown_variables(cls))

    @classmethod
    def for_sandbox(cls, ready: Mapping[str, Any], *, base: Settings | None = None) -> Settings:
        """Return `base` (else what `load` finds) with the partners of a running sandbox.

        `ready` is the content of the sandbox's ready file. Our own adapters speak to it: one
        that `base` names may know the way to the true partner.
        """
        base = base or cls.load()
        registry = f"{_sandbox_url(ready, 'registry')}/{base.registry.kind}"
        return base.model_copy(
            update={
                "registry": RegistrySettings(kind=base.registry.kind, url=registry),
                "operator_sftp": _sandbox_site(ready, "operator"),
                "bank_sftp": _sandbox_site(ready, "bank"),
                "erp": Service(url=_sandbox_url(ready, "erp")),
                "signature": Service(url=_sandbox_url(ready, "signature")),
                "smtp": MailRelaySettings(
                    host=ready["smtp"]["host"],
                    port=ready["smtp"]["port"],
                    domain=base.smtp.domain,
                ),
            }
        )

    def environment(self) -> dict[str, str]:
        """Return the variables that give a process of ours these very settings.

        They hold the secrets: hand them to a child process, show them to nobody.
        """
        return dict(_variables(ENV_PREFIX.rstrip("_"), self._plain(secrets=True), top=True))

    def shown(self) -> dict[str, Any]:
        """Return the tree as plain values with every secret starred out."""
        return self._plain(secrets=False)

    def require_partners(self) -> None:
        """Raise Invalid ``settings.missing`` naming every partner's setting that is not there.

        What an adapter of a third party needs, it says itself when it is made.
        """
        needed = {
            "registry.url": self.registry.url,
            "erp.url": self.erp.url,
            "signature.url": self.signature.url,
            "smtp.host": self.smtp.host,
            "operator_sftp.host": self.operator_sftp.host,
            "operator_sftp.host_key": self.operator_sftp.host_key,
            "bank_sftp.host": self.bank_sftp.host,
            "bank_sftp.host_key": self.bank_sftp.host_key,
        }
        theirs = {name for name, branch in self if getattr(branch, "adapter", "")}
        missing = [
            name
            for name, value in needed.items()
            if not value and name.partition(".")[0] not in theirs
        ]
        if missing:
            raise Invalid("settings.missing", "not set", keys=", ".join(missing))

    @classmethod
    def _checked(cls, values: dict[str, Any], *, strange: list[str]) -> Settings:
        mistakes = [f"{name}: not a setting" for name in strange]
        try:
            settings = cls(**values)
        except ValidationError as error:
            mistakes += [
                f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}"
                for each in error.errors(include_input=False, include_url=False)
            ]
        except ValueError as error:
            mistakes.append(str(error))
        if mistakes:
            raise Invalid("settings.invalid", "; ".join(mistakes))
        return settings

    def _plain(self, *, secrets: bool) -> dict[str, Any]:
        def plain(value: Any) -> Any:
            if isinstance(value, SecretStr):
                return value.get_secret_value() if secrets else str(value)
            if isinstance(value, dict):
                return {
                    key.value if isinstance(key, Account) else key: plain(each)
                    for key, each in value.items()
                }
            return value

        dumped: dict[str, Any] = plain(self.model_dump())
        return dumped


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid("settings.unreadable", "cannot read the file", file=path, why=error) from None


def _unknown_variables(settings: type[BaseSettings]) -> list[str]:
    """Return variables with our prefix that name no setting: a misspelt one must not be lost."""
    known = {ENV_PREFIX + name.upper() for name in settings.model_fields}
    return sorted(
        name
        for name in map(str.upper, os.environ)
        if name.startswith(ENV_PREFIX)
        and name not in _NOT_SETTINGS
        and ENV_PREFIX + name.removeprefix(ENV_PREFIX).partition("__")[0] not in known
    )


def _variables(prefix: str, tree: Mapping[str, Any], *, top: bool = False) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in tree.items():
        variable = f"{prefix}{'_' if top else '__'}{name}".upper()
        if isinstance(value, dict) and name not in _TABLES:
            found += _variables(variable, value)
        elif isinstance(value, dict | tuple):
            found.append((variable, json.dumps(value)))
        elif value is not None:
            found.append((variable, str(value)))
    return found


def _sandbox_url(ready: Mapping[str, Any], name: str) -> str:
    return str(ready.get(name, {}).get("url", ""))


def _sandbox_site(ready: Mapping[str, Any], account: str) -> SftpSite:
    sftp = ready["sftp"]
    login = sftp["accounts"][account]
    return SftpSite(
        host=sftp["host"],
        port=sftp["port"],
        username=login["username"],
        password=SecretStr(login["password"]),
        host_key=sftp["host_key"],
    )
