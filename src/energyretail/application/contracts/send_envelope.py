"""Bring a contract to the signature service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from energyretail.application.contracts.ports import Contracts, Quotes
from energyretail.application.contracts.signature import Envelope, SignatureService
from energyretail.application.shared import Channel
from energyretail.domain.contracts import Contract, Quote, contract_text

__all__ = ["ENVELOPE", "SendEnvelope"]

ENVELOPE = "envelope"


class SendEnvelope:
    """The sender of contracts to be signed; the key is the contract number."""

    channel = Channel.SIGNATURE
    kind = ENVELOPE

    def __init__(
        self, *, contracts: Contracts, quotes: Quotes, service: SignatureService, retailer: str
    ):
        self._contracts = contracts
        self._quotes = quotes
        self._service = service
        self._retailer = retailer

    def load(self, keys: Sequence[str]) -> Mapping[str, Envelope]:
        """Return the envelope of each contract."""
        contracts = self._contracts.by_numbers(keys)
        quotes = self._quotes.by_numbers([contract.quote for contract in contracts])
        by_number = {quote.number: quote for quote in quotes}
        return {c.number: self._envelope(c, by_number[c.quote]) for c in contracts}

    def deliver(self, message: Envelope, *, maybe_sent: bool) -> None:
        """Ask for the signature; the service knows the contract number, so twice is once."""
        self._service.request(message)

    def _envelope(self, contract: Contract, quote: Quote) -> Envelope:
        document = contract_text(
            quote,
            number=contract.number,
            retailer=self._retailer,
            iban=contract.iban,
            early=contract.early_start,
        )
        return Envelope(contract.number, document, quote.person.name, quote.person.email)
