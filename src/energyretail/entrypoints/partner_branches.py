"""The branches of the settings that say where a partner is and whose adapter speaks to it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

__all__ = [
    "Branch",
    "MailRelaySettings",
    "PartnerBranch",
    "Port",
    "RegistrySettings",
    "Seconds",
    "Service",
    "SftpSite",
    "Timeouts",
]


def _http_url(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("give an http or https address")
    return value.rstrip("/")


def _dotted_path(value: str) -> str:
    name = r"[^\W\d]\w*(\.[^\W\d]\w*)*"
    if value and not re.fullmatch(f"{name}:{name}", value):
        raise ValueError("give a dotted path, their_package.module:callable")
    return value


HttpUrl = Annotated[str, AfterValidator(_http_url)]
DottedPath = Annotated[str, AfterValidator(_dotted_path)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
Port = Annotated[int, Field(ge=0, le=65535)]


class Branch(BaseModel):
    """A part of the settings: frozen, and no key in it that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PartnerBranch(Branch):
    """A partner, spoken to by our adapter or by the one that `adapter` names.

    `adapter` is a dotted path, ``their_package.module:callable``; empty means ours. `options`
    are its own; they are kept secret, for they may be.
    """

    adapter: DottedPath = ""
    options: dict[str, SecretStr] = {}


class Service(PartnerBranch):
    """A partner spoken to over HTTP."""

    url: HttpUrl = ""


class RegistrySettings(Service):
    """The market registry: `es` speaks CNMC C1, `central` the neutral messages.

    `url` is where its messages go to; the sandbox has one below it for each kind.
    """

    kind: Literal["es", "central"] = "central"


class SftpSite(PartnerBranch):
    """An account on a partner's SFTP server, whose public `host_key` is pinned (one line)."""

    host: str = ""
    port: Port = 22
    username: str = ""
    password: SecretStr | None = None
    client_key: SecretStr | None = None
    host_key: str = ""


class MailRelaySettings(PartnerBranch):
    """The relay that takes our mail; `domain` ends the Message-IDs."""

    host: str = ""
    port: Port = 25
    tls: bool = False
    username: str = ""
    password: SecretStr = SecretStr("")
    domain: str = "example.org"


class Timeouts(Branch):
    """How long to wait for each partner, in seconds."""

    registry_s: Seconds = 10
    signature_s: Seconds = 10
    erp_connect_s: Seconds = 3
    erp_read_s: Seconds = 10
    erp_total_s: Seconds = 30
    sftp_connect_s: Annotated[int, Field(gt=0)] = 10
    sftp_operation_s: Annotated[int, Field(gt=0)] = 60
    mail_s: Seconds = 10
