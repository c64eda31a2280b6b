"""Whom the company speaks to."""

from __future__ import annotations

from dependency_injector import providers

from energyretail.entrypoints import partners
from energyretail.entrypoints.container.choices import Choices
from energyretail.entrypoints.container.stores import Stores

__all__ = ["Partners"]

One = providers.Singleton


class Partners(Stores):
    """Every port to an outside partner, as the settings name it."""

    registry = One(partners.registry, Choices.settings)
    signature_service = One(partners.signature_service, Choices.settings)
    erp = One(partners.erp, Choices.settings)
    operator_folder = One(partners.operator_folder, Choices.settings)
    bank_folder = One(partners.bank_folder, Choices.settings)

    claim_writer = One(partners.claim_writer, Choices.settings)
    invoice_pages = One(partners.invoice_pages, Choices.settings)
    advance_pages = One(partners.advance_pages, Choices.settings)
