"""The partners' adapters, chosen and addressed by the settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from energyretail.adapters.erp_soap import SoapErp, TimeLimits
from energyretail.adapters.esign import HttpSignatureService
from energyretail.adapters.html import HtmlInvoicePages, Seller
from energyretail.adapters.registry_central import CentralRegistry
from energyretail.adapters.registry_central.messages import write_told
from energyretail.adapters.registry_es import SpanishRegistry, write_claim
from energyretail.adapters.sftp import SftpFolder, SftpSettings
from energyretail.adapters.smtp import MailRelay, message_id_of
from energyretail.application.switching import Registry
from energyretail.domain import billing, payments, switching
from energyretail.domain.markets import SPAIN
from energyretail.entrypoints.settings import Settings, SftpSite

__all__ = [
    "bank_folder",
    "billing_policy",
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


def registry(settings: Settings) -> Registry:
    """Return the market registry's adapter: CNMC C1 or the neutral messages."""
    partner, timeout_s = settings.registry, settings.timeouts.registry_s
    if partner.kind == "es":
        code = settings.retailer.market_code
        return SpanishRegistry(partner.url, market_code=code, timeout_s=timeout_s)
    return CentralRegistry(partner.url, timeout_s=timeout_s)


def claim_writer(settings: Settings) -> Callable[[switching.Claim], bytes]:
    """Return what writes a claim as the registry gets it."""
    if settings.registry.kind == "es":
        return partial(write_claim, issuer=settings.retailer.market_code)
    return write_told


def signature_service(settings: Settings) -> HttpSignatureService:
    """Return the signature service's adapter."""
    return HttpSignatureService(settings.signature.url, timeout_s=settings.timeouts.signature_s)


def erp(settings: Settings) -> SoapErp:
    """Return the ERP's adapter."""
    limits = settings.timeouts
    return SoapErp(
        settings.erp.url,
        limits=TimeLimits(limits.erp_connect_s, limits.erp_read_s, limits.erp_total_s),
    )


def operator_folder(settings: Settings) -> SftpFolder:
    """Return the network operator's folder."""
    return _folder(settings.operator_sftp, settings)


def bank_folder(settings: Settings) -> SftpFolder:
    """Return the bank's folder."""
    return _folder(settings.bank_sftp, settings)


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


def mail_relay(settings: Settings) -> MailRelay:
    """Return the mail relay's adapter."""
    return MailRelay(
        settings.smtp.host,
        settings.smtp.port,
        sender=settings.retailer.email,
        timeout_s=settings.timeouts.mail_s,
        tls=settings.smtp.tls,
        username=settings.smtp.username,
        password=settings.smtp.password.get_secret_value(),
    )


def message_id(settings: Settings) -> Callable[[str], str]:
    """Return what names the mail of a document."""
    return partial(message_id_of, "invoice", domain=settings.smtp.domain)


def invoice_pages(settings: Settings) -> HtmlInvoicePages:
    """Return the layout of invoices under our name."""
    we = settings.retailer
    address = f"{we.street}, {we.postcode} {we.town} ({we.country})"
    return HtmlInvoicePages(Seller(we.legal_name, we.tax_id, address))


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
        series=billing.DocumentSeries(
            invoice=settings.retailer.invoice_series,
            credit_note=settings.retailer.credit_note_series,
        ),
    )
