"""What an adapter of a third party is made from, when the settings name it by dotted path."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

__all__ = ["PartnerSettings", "WaitLimits"]


@attrs.frozen
class WaitLimits:
    """How long to wait for the partner, in seconds.

    To connect, for the next bytes, and for the whole of one call. Where the settings have one
    limit for a partner all three are that one.
    """

    connect_s: float = 10.0
    read_s: float = 10.0
    total_s: float = 10.0


@attrs.frozen
class PartnerSettings:
    """One partner's branch of the settings: what is not set there is empty.

    `partner` names the branch: ``registry``, ``erp``, ``signature``, ``operator_sftp``,
    ``bank_sftp`` or ``smtp``. `url` stands in the first three; `host`, `port`, `username` and
    `password` in the others; `client_key` and `host_key` in the SFTP ones; `tls` in ``smtp``.
    `options` is the branch's own table of texts, for whatever else the adapter needs. What may
    be secret is left out of the repr.
    """

    partner: str
    url: str = ""
    host: str = ""
    port: int = 0
    username: str = ""
    password: str = attrs.field(default="", repr=False)
    client_key: str = attrs.field(default="", repr=False)
    host_key: str = ""
    tls: bool = False
    options: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    limits: WaitLimits = attrs.field(factory=WaitLimits)
