"""The partners' adapters, chosen and addressed by the settings."""

# A port is named here to compare adapters with it, never to be built.
# mypy: disable-error-code="type-abstract"

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

import attrs
from pydantic import SecretStr

from energyretail.adapters.erp_soap import SoapErp, TimeLimits
from energyretail.adapters.esign import HttpSignatureService
from energyretail.adapters.html import HtmlAdvancePages, HtmlInvoicePages, Seller
from energyretail.adapters.registry_central import CentralRegistry
from energyretail.adapters.registry_central.messages import write_told
from energyretail.adapters.registry_es import SpanishRegistry, write_claim
from energyretail.adapters.sftp import SftpFolder, SftpSettings
from energyretail.adapters.shared.partner_settings import PartnerSettings, WaitLimits
from energyretail.adapters.smtp import MailRelay, message_id_of
from energyretail.application.contracts import SignatureService
from energyretail.application.documents import MailService
from energyretail.application.erp import Erp
from energyretail.application.metering import MeterFilesFolder
from energyretail.application.payments import BankGateway
from energyretail.application.switching import Registry
from energyretail.domain import billing, payments, switching
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Invalid
from energyretail.entrypoints.settings import PartnerBranch, Settings, SftpSite
from energyretail.entrypoints.their_adapters import adapter_of

__all__ = [
    "advance_pages",
    "bank_folder",
    "billing_policy",
    "check",
    "claim_writer",
    "creditor",
    "erp",
    "invoice_pages",
    "mail_relay",
    "message_id",
    "operator_folder",
    "registry",
    "signature_service",
]

P = TypeVar("P")


def registry(settings: Settings) -> Registry:
    """Return the market registry's adapter: CNMC C1, the neutral messages, or a third party's."""
    partner, timeout_s = settings.registry, settings.timeouts.registry_s
    if partner.adapter:
        return _theirs(Registry, "registry", partner, _limits(timeout_s))
    if partner.kind == "es":
        code = settings.retailer.market_code
        return SpanishRegistry(partner.url, market_code=code, timeout_s=timeout_s)
    return CentralRegistry(partner.url, timeout_s=timeout_s)


def claim_writer(settings: Settings) -> Callable[[switching.Claim], bytes]:
    """Return what writes a claim as our adapter's registry gets it."""
    if settings.registry.kind == "es":
        return partial(write_claim, issuer=settings.retailer.market_code)
    return write_told


def signature_service(settings: Settings) -> SignatureService:
    """Return the signature service's adapter."""
    partner, timeout_s = settings.signature, settings.timeouts.signature_s
    if partner.adapter:
        return _theirs(SignatureService, "signature", partner, _limits(timeout_s))
    return HttpSignatureService(partner.url, timeout_s=timeout_s)


def erp(settings: Settings) -> Erp:
    """Return the ERP's adapter."""
    partner, limits = settings.erp, settings.timeouts
    if partner.adapter:
        waits = WaitLimits(limits.erp_connect_s, limits.erp_read_s, limits.erp_total_s)
        return _theirs(Erp, "erp", partner, waits)
    return SoapErp(
        partner.url,
        limits=TimeLimits(limits.erp_connect_s, limits.erp_read_s, limits.erp_total_s),
    )


def operator_folder(settings: Settings) -> MeterFilesFolder:
    """Return the network operator's folder."""
    site = settings.operator_sftp
    if site.adapter:
        return _theirs(MeterFilesFolder, "operator_sftp", site, _sftp_limits(settings))
    return _folder(site, settings)


def bank_folder(settings: Settings) -> BankGateway:
    """Return the bank's folder."""
    site = settings.bank_sftp
    if site.adapter:
        return _theirs(BankGateway, "bank_sftp", site, _sftp_limits(settings))
    return _folder(site, settings)


def _folder(site: SftpSite, settings: Settings) -> SftpFolder:
    return SftpFolder(
        SftpSettings(
            host=site.host,
            port=site.port,
            username=site.username,
            host_key=site.host_key,
            password=site.password.get_secret_value() if site.password else None,
            client_key=site.client_key.get_secret_value() if site.client_key else None,
            connect_timeout_s=settings.timeouts.sftp_connect_s,
            operation_timeout_s=settings.timeouts.sftp_operation_s,
        )
    )


def mail_relay(settings: Settings) -> MailService:
    """Return the mail relay's adapter."""
    if settings.smtp.adapter:
        limits = _limits(settings.timeouts.mail_s)
        return _theirs(MailService, "smtp", settings.smtp, limits)
    return MailRelay(
        settings.smtp.host,
        settings.smtp.port,
        sender=settings.retailer.email,
        timeout_s=settings.timeouts.mail_s,
        tls=settings.smtp.tls,
        username=settings.smtp.username,
        password=settings.smtp.password.get_secret_value(),
    )


MAKERS: Final[dict[str, Callable[[Settings], object]]] = {
    "registry": registry,
    "signature": signature_service,
    "erp": erp,
    "operator_sftp": operator_folder,
    "bank_sftp": bank_folder,
    "smtp": mail_relay,
}
"""What makes the adapter of each branch of the settings."""


def check(settings: Settings) -> None:
    """Raise Invalid when a partner is not named, or a third party's adapter is none.

    One mistake is raised as it is; several as ``settings.mistakes``, all in its text.
    """
    theirs = [make for branch, make in MAKERS.items() if getattr(settings, branch).adapter]
    told = [_mistake_of(each, settings) for each in (Settings.require_partners, *theirs)]
    mistakes = [each for each in told if each is not None]
    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        raise Invalid("settings.mistakes", "; ".join(str(each) for each in mistakes))


def _mistake_of(maker: Callable[[Settings], object], settings: Settings) -> Invalid | None:
    try:
        maker(settings)
    except Invalid as error:
        return error
    return None


def _theirs(port: type[P], name: str, branch: PartnerBranch, limits: WaitLimits) -> P:
    """Return the adapter that the branch of this name asks for by dotted path."""
    known = {field.name for field in attrs.fields(PartnerSettings)} - {"options"}
    plain = {key: _plain(value) for key, value in branch if key in known and value is not None}
    options = {key: value.get_secret_value() for key, value in branch.options.items()}
    given = PartnerSettings(name, **plain, options=options, limits=limits)
    return adapter_of(port, branch.adapter, given)


def _plain(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _limits(seconds: float) -> WaitLimits:
    return WaitLimits(seconds, seconds, seconds)


def _sftp_limits(settings: Settings) -> WaitLimits:
    limits = settings.timeouts
    whole = limits.sftp_operation_s
    return WaitLimits(limits.sftp_connect_s, whole, whole)


def message_id(settings: Settings) -> Callable[[str], str]:
    """Return what names the mail of a document."""
    return partial(message_id_of, "invoice", domain=settings.smtp.domain)


def invoice_pages(settings: Settings) -> HtmlInvoicePages:
    """Return the layout of invoices under our name."""
    return HtmlInvoicePages(_seller(settings))


def advance_pages(settings: Settings) -> HtmlAdvancePages:
    """Return the layout of advances under our name."""
    return HtmlAdvancePages(_seller(settings))


def _seller(settings: Settings) -> Seller:
    we = settings.retailer
    address = f"{we.street}, {we.postcode} {we.town} ({we.country})"
    return Seller(we.legal_name, we.tax_id, address)


def creditor(settings: Settings) -> payments.Creditor:
    """Return us as the bank knows us."""
    we = settings.retailer
    return payments.Creditor(
        code=we.creditor_identifier.value[7:],
        identifier=we.creditor_identifier,
        party=payments.Party(
            we.legal_name, street=we.street, postcode=we.postcode, town=we.town, country=we.country
        ),
        iban=we.iban,
    )


def billing_policy(settings: Settings) -> billing.BillingPolicy:
    """Return what must be read, how we number and date documents, what of them is excise."""
    return billing.BillingPolicy(
        reading=SPAIN.reading,
        excise_components=frozenset({"excise"}),
        series=settings.retailer.series(),
        corrections=SPAIN.corrections,
        plausibility=SPAIN.plausibility,
    )
