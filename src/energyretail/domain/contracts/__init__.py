"""Quote, contract, signature, cooling-off, start, end."""

from energyretail.domain.contracts.contracts import (
    CONTRACT_TABLE,
    COOLING_OFF_DAYS,
    UNSIGNED_DAYS,
    Contract,
    ContractState,
    ContractTrigger,
    Signature,
)
from energyretail.domain.contracts.document import contract_text
from energyretail.domain.contracts.events import (
    ContractAccepted,
    ContractLapsed,
    ContractSigned,
    ContractWithdrawn,
    SupplyEnded,
    SupplyStarted,
    SupplyWanted,
)
from energyretail.domain.contracts.month_price import month_priced, price_month
from energyretail.domain.contracts.quotes import QUOTE_VALID_DAYS, Quote, QuoteState, SitePrice

__all__ = [
    "CONTRACT_TABLE",
    "COOLING_OFF_DAYS",
    "QUOTE_VALID_DAYS",
    "UNSIGNED_DAYS",
    "Contract",
    "ContractAccepted",
    "ContractLapsed",
    "ContractSigned",
    "ContractState",
    "ContractTrigger",
    "ContractWithdrawn",
    "Quote",
    "QuoteState",
    "Signature",
    "SitePrice",
    "SupplyEnded",
    "SupplyStarted",
    "SupplyWanted",
    "contract_text",
    "month_priced",
    "price_month",
]
