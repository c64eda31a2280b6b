"""Mandates as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.domain import payments
from energyretail.domain.shared import (
    ContractNumber,
    CreditorIdentifier,
    CustomerNumber,
    Iban,
    MandateReference,
)

__all__ = ["PostgresMandates", "mandate_of"]

_ADD_MANDATE = text(
    """
    INSERT INTO mandate (umr, contract, customer, creditor, iban, debtor_name, debtor_street,
        debtor_postcode, debtor_town, debtor_country, signed_on, state, first_used, last_used)
    VALUES (:umr, :contract, :customer, :creditor, :iban, :debtor_name, :debtor_street,
        :debtor_postcode, :debtor_town, :debtor_country, :signed_on, :state, :first_used,
        :last_used)
    ON CONFLICT (umr) DO NOTHING
    """
)

# What was signed never changes: only account, state and use are updated.
_SAVE_MANDATES = text(
    """
    UPDATE mandate SET iban = new.iban, state = new.state, first_used = new.first_used,
        last_used = new.last_used
    FROM unnest(CAST(:umrs AS text[]), CAST(:ibans AS text[]), CAST(:states AS text[]),
        CAST(:first_uses AS date[]), CAST(:last_uses AS date[]))
        AS new (umr, iban, state, first_used, last_used)
    WHERE mandate.umr = new.umr
    """
)

_CLASHES: Final = {
    "mandate_one_active_a_contract": (
        "payments.mandate.second_active",
        "the contract has an active mandate already",
    ),
}


class PostgresMandates:
    """Implements the Mandates port."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, mandates: Sequence[payments.Mandate]) -> None:
        """Add mandates, once each; raises Conflict for a second active one of a contract."""
        if mandates:
            self._write(_ADD_MANDATE, [_mandate_row(mandate) for mandate in mandates])

    def save(self, mandates: Sequence[payments.Mandate]) -> None:
        """Replace account, state and use; raises Conflict as `add` does."""
        # What stops goes first: another mandate may take over in the same save.
        active = payments.MandateState.ACTIVE
        stopped = [mandate for mandate in mandates if mandate.state is not active]
        running = [mandate for mandate in mandates if mandate.state is active]
        if mandates:
            self._write(_SAVE_MANDATES, [_changes(stopped), _changes(running)])

    def _write(self, statement: TextClause, rows: list[dict[str, Any]]) -> None:
        try:
            self._database.connection().execute(statement, rows)
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error

    def named(self, references: Sequence[str]) -> tuple[payments.Mandate, ...]:
        """Return mandates, ordered by reference."""
        # What a transaction reads it is about to change; a reader without one only looks.
        locking = "FOR UPDATE" if self._database.in_transaction else ""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "SELECT * FROM mandate WHERE umr = ANY(:umrs)"
                    f' ORDER BY umr COLLATE "C" {locking}'
                ),
                {"umrs": list(references)},
            ).all()
        return tuple(mandate_of(row) for row in rows)


def _mandate_row(mandate: payments.Mandate) -> dict[str, Any]:
    return {
        "umr": mandate.umr,
        "contract": mandate.contract,
        "customer": mandate.customer,
        "creditor": mandate.creditor.value,
        "iban": mandate.iban.value,
        "debtor_name": mandate.debtor.name,
        "debtor_street": mandate.debtor.street,
        "debtor_postcode": mandate.debtor.postcode,
        "debtor_town": mandate.debtor.town,
        "debtor_country": mandate.debtor.country,
        "signed_on": mandate.signed_on,
        "state": mandate.state.value,
        "first_used": mandate.first_used,
        "last_used": mandate.last_used,
    }


def _changes(mandates: Sequence[payments.Mandate]) -> dict[str, Any]:
    return {
        "umrs": [m.umr for m in mandates],
        "ibans": [m.iban.value for m in mandates],
        "states": [m.state.value for m in mandates],
        "first_uses": [m.first_used for m in mandates],
        "last_uses": [m.last_used for m in mandates],
    }


def mandate_of(row: Any) -> payments.Mandate:
    """Return the mandate of a row of its table."""
    return payments.Mandate(
        umr=MandateReference(row.umr),
        contract=ContractNumber(row.contract),
        customer=CustomerNumber(row.customer),
        creditor=CreditorIdentifier(row.creditor),
        iban=Iban(row.iban),
        debtor=payments.Party(
            row.debtor_name,
            row.debtor_town,
            row.debtor_country,
            row.debtor_street,
            row.debtor_postcode,
        ),
        signed_on=row.signed_on,
        state=payments.MandateState(row.state),
        first_used=row.first_used,
        last_used=row.last_used,
    )
