"""Contracts and their supplies as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.json_values import day_of, powers_json, powers_of
from energyretail.domain.contracts import Contract, ContractState, Signature
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    Iban,
    QuoteNumber,
)
from energyretail.domain.supply import Site, Supply, SupplyState

__all__ = ["SELECT_CONTRACT", "PostgresContracts", "contract_of", "supply_of"]

SELECT_CONTRACT = """
    SELECT contract.*, customer.kind, (
        SELECT jsonb_agg(jsonb_build_object(
            'cups', cups, 'tariff', tariff, 'powers', powers, 'state', supply.state,
            'started_on', started_on, 'ended_on', ended_on) ORDER BY cups COLLATE "C")
        FROM supply WHERE supply.contract = contract.number
    ) AS supplies
    FROM contract JOIN customer ON customer.number = contract.customer
"""

_SAVE_CONTRACT = text(
    """
    INSERT INTO contract (number, quote, customer, product, state, iban, accepted_on,
        early_start, document_sha256, signed_on, evidence)
    VALUES (:number, :quote, :customer, :product, :state, :iban, :accepted_on,
        :early_start, :document_sha256, :signed_on, :evidence)
    ON CONFLICT (number) DO UPDATE SET quote = excluded.quote, customer = excluded.customer,
        product = excluded.product, state = excluded.state, iban = excluded.iban,
        accepted_on = excluded.accepted_on, early_start = excluded.early_start,
        document_sha256 = excluded.document_sha256, signed_on = excluded.signed_on,
        evidence = excluded.evidence
    """
)

_SAVE_SUPPLY = text(
    """
    INSERT INTO supply (contract, cups, tariff, powers, state, started_on, ended_on)
    VALUES (:contract, :cups, :tariff, CAST(:powers AS jsonb), :state, :started_on, :ended_on)
    ON CONFLICT (contract, cups) DO UPDATE SET tariff = excluded.tariff, powers = excluded.powers,
        state = excluded.state, started_on = excluded.started_on, ended_on = excluded.ended_on
    """
)

_CLASHES: Final = {
    "supply_one_contract_a_day": (
        "supply.point_taken",
        "another contract has the supply point then",
    ),
    "contract_quote": ("contracts.contract.quote_taken", "another contract has the quote"),
}


class PostgresContracts:
    """Implements the Contracts port."""

    def __init__(self, database: Database):
        self._database = database

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Contract, ...]:
        """Return contracts by number, locked when a transaction is open."""
        return self._select("contract.number = ANY(:numbers)", {"numbers": list(numbers)})

    def in_state(self, state: ContractState) -> tuple[Contract, ...]:
        """Return the contracts in a state, locked when a transaction is open."""
        return self._select("contract.state = :state", {"state": state.value})

    def save(self, contracts: Sequence[Contract]) -> None:
        """Insert or replace contracts and supplies."""
        if not contracts:
            return
        connection = self._database.connection()
        rows = [_supply_row(c.number, supply) for c in contracts for supply in c.supplies]
        # What ends goes first: the point may go to another contract in the same save.
        rows.sort(key=lambda row: row["ended_on"] is None)
        try:
            connection.execute(_SAVE_CONTRACT, [_contract_row(contract) for contract in contracts])
            connection.execute(_SAVE_SUPPLY, rows)
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error

    def _select(self, where: str, parameters: dict[str, Any]) -> tuple[Contract, ...]:
        with self._database.reading() as connection:
            lock = " FOR UPDATE OF contract" if self._database.in_transaction else ""
            order = ' ORDER BY contract.number COLLATE "C"'
            rows = connection.execute(
                text(f"{SELECT_CONTRACT} WHERE {where}{order}{lock}"), parameters
            )
            return tuple(contract_of(row) for row in rows)


def _contract_row(contract: Contract) -> dict[str, Any]:
    signature = contract.signature
    return {
        "number": contract.number,
        "quote": contract.quote,
        "customer": contract.customer,
        "product": contract.product,
        "state": contract.state.value,
        "iban": contract.iban.value,
        "accepted_on": contract.accepted_on,
        "early_start": contract.early_start,
        "document_sha256": contract.document_sha256,
        "signed_on": signature.signed_on if signature else None,
        "evidence": signature.evidence if signature else None,
    }


def _supply_row(contract: ContractNumber, supply: Supply) -> dict[str, Any]:
    return {
        "contract": contract,
        "cups": supply.site.cups.value,
        "tariff": supply.site.tariff,
        "powers": powers_json(supply.site.powers),
        "state": supply.state.value,
        "started_on": supply.started_on,
        "ended_on": supply.ended_on,
    }


def contract_of(row: Row[Any]) -> Contract:
    """Return the contract of a row of the select above."""
    signed = row.signed_on is not None
    return Contract(
        number=ContractNumber(row.number),
        quote=QuoteNumber(row.quote),
        customer=CustomerNumber(row.customer),
        kind=CustomerKind(row.kind),
        product=row.product,
        iban=Iban(row.iban),
        accepted_on=row.accepted_on,
        early_start=row.early_start,
        document_sha256=row.document_sha256,
        supplies=tuple(supply_of(supply) for supply in row.supplies),
        state=ContractState(row.state),
        signature=Signature(row.signed_on, row.evidence) if signed else None,
    )


def supply_of(body: dict[str, Any]) -> Supply:
    """Return a supply as the selects build it in JSON."""
    return Supply(
        site=Site(Cups(body["cups"]), body["tariff"], powers_of(body["powers"])),
        state=SupplyState(body["state"]),
        started_on=day_of(body["started_on"]),
        ended_on=day_of(body["ended_on"]),
    )
