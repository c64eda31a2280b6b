"""Quoting, accepting, signing, starting, withdrawing and ending contracts."""

from energyretail.application.contracts.accept_quote import Acceptance, AcceptQuote
from energyretail.application.contracts.advance_contracts import AdvanceContracts, Advanced
from energyretail.application.contracts.change_customer import ChangeCustomer, CustomerDetails
from energyretail.application.contracts.end_supply import EndSupply
from energyretail.application.contracts.follow_switch import FollowSwitches
from energyretail.application.contracts.ports import Contracts, Customers, Quotes, Tariffs
from energyretail.application.contracts.quote_supply import QuoteRequest, QuoteSupply, WantedSite
from energyretail.application.contracts.receive_signatures import ReceiveSignatures
from energyretail.application.contracts.send_envelope import SendEnvelope
from energyretail.application.contracts.shelves import (
    ContractShelf,
    CustomerShelf,
    PointSupply,
    QuoteShelf,
    SupplyPoint,
    SupplyPointShelf,
)
from energyretail.application.contracts.signature import (
    Envelope,
    SignatureService,
    SignedEvidence,
)
from energyretail.application.contracts.withdraw_contract import WithdrawContract

__all__ = [
    "AcceptQuote",
    "Acceptance",
    "AdvanceContracts",
    "Advanced",
    "ChangeCustomer",
    "ContractShelf",
    "Contracts",
    "CustomerDetails",
    "CustomerShelf",
    "Customers",
    "EndSupply",
    "Envelope",
    "FollowSwitches",
    "PointSupply",
    "QuoteRequest",
    "QuoteShelf",
    "QuoteSupply",
    "Quotes",
    "ReceiveSignatures",
    "SendEnvelope",
    "SignatureService",
    "SignedEvidence",
    "SupplyPoint",
    "SupplyPointShelf",
    "Tariffs",
    "WantedSite",
    "WithdrawContract",
]
