"""What the company chose: its settings, its market, its rules."""

from __future__ import annotations

from dependency_injector import containers, providers

from energyretail.application import (
    contracts,
)
from energyretail.domain.markets import SPAIN
from energyretail.entrypoints import partners
from energyretail.entrypoints.settings import Settings

__all__ = ["Choices"]

One = providers.Singleton


def _market_tariffs() -> contracts.Tariffs:
    return SPAIN


class Choices(containers.DeclarativeContainer):
    """The settings and what follows from them alone."""

    settings = providers.Dependency(instance_of=Settings)

    market_tariffs = One(_market_tariffs)
    switching_rules = providers.Object(SPAIN.switching)
    reading_rules = providers.Object(SPAIN.reading)
    final_bill_rules = providers.Object(SPAIN.final_bill)
    deposit_rules = providers.Object(SPAIN.deposits)
    billing_policy = One(partners.billing_policy, settings)
    creditor = One(partners.creditor, settings)
    retailer = One(lambda settings: settings.retailer.legal_name, settings)
    chart = One(lambda settings: settings.retailer.chart_of_accounts, settings)
