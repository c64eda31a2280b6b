"""Payments: mandates, what was asked of the bank by them, what came back, and what was booked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter

from energyretail.application.payments import BookedEntry, PaymentFileSummary
from energyretail.domain.payments import Collection, CollectionState, Mandate, MandateState
from energyretail.domain.shared import NotFound
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.shapes import (
    ContractFilter,
    CustomerFilter,
    ItemFilter,
    MoneyOut,
    money_out,
    path_number,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["MandateOut", "PaymentOut", "PaymentsOut", "payment_routes"]

PaymentPath = Annotated[str, path_number(r"^[A-Z0-9-]{3,35}\Z", "F26-000001-1")]
MandatePath = Annotated[str, path_number(r"^[A-Z0-9-]{3,35}\Z", "K000001-1")]
PaymentStates = Annotated[
    Literal["requested", "sent", "collected", "returned_early", "returned", "rejected"] | None,
    QueryParameter(name="state"),
]
MandateStates = Annotated[
    Literal["active", "suspended", "ended"] | None, QueryParameter(name="state")
]


class PaymentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to collect one invoice; `reason` is the bank's code when it came back."""

    end_to_end_id: str
    item: str
    customer: str
    mandate: str
    amount: MoneyOut
    due_on: date
    attempt: int
    sequence: str
    payment_file: str
    state: str
    reason: str | None
    returned_on: date | None


class PaymentsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Payments in the order they were made."""

    items: list[PaymentOut]
    next: str | None
    has_more: bool


class MandateOut(msgspec.Struct, frozen=True, kw_only=True):
    """A debtor's permission; of the account only its country and last four characters."""

    reference: str
    contract: str
    customer: str
    creditor: str
    account: str
    signed_on: date
    state: str
    first_used: date | None
    last_used: date | None


class MandatesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Mandates in order of reference."""

    items: list[MandateOut]
    next: str | None
    has_more: bool


class PaymentFileOut(msgspec.Struct, frozen=True, kw_only=True):
    """A file of direct debits for the bank."""

    message_id: str
    file_name: str
    sha256: str
    control_sum: MoneyOut
    count: int
    due_on: date
    state: str


class PaymentFilesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Payment files in order of message id."""

    items: list[PaymentFileOut]
    next: str | None
    has_more: bool


class BankEntryOut(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of our bank account that was booked; what came in is positive."""

    reference: str
    amount: MoneyOut
    booked_on: date | None
    source: str
    received_on: date


class BankEntriesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Bank entries in the order they were booked."""

    items: list[BankEntryOut]
    next: str | None
    has_more: bool


def payment_routes(use_cases: ApiUseCases) -> list[Router]:
    """Return payments, returns, mandates, payment files and bank entries below ``/v1``."""
    return [
        _payments(use_cases),
        _returns(use_cases),
        _mandates(use_cases),
        _payment_files(use_cases),
        _bank_entries(use_cases),
    ]


def _payments(use_cases: ApiUseCases) -> Router:
    @get("/", sync_to_thread=True, operation_id="listPayments", responses=declared(400))
    def list_payments(
        limit: Limit = PAGE,
        cursor: Cursor = None,
        customer: CustomerFilter = None,
        item: ItemFilter = None,
        in_state: PaymentStates = None,
    ) -> PaymentsOut:
        """List payments, also those of a customer or an invoice."""
        page = use_cases.collection_shelf.page(
            after=after_of(cursor),
            limit=limit,
            customer=customer,
            item=item,
            state=CollectionState(in_state) if in_state else None,
        )
        return listed(PaymentsOut, page, _payment_out)

    @get(
        "/{end_to_end_id:str}",
        sync_to_thread=True,
        operation_id="readPayment",
        responses=declared(400, 404),
    )
    def read_payment(end_to_end_id: PaymentPath) -> PaymentOut:
        """Read a payment by the id the bank knows it by."""
        found = use_cases.collections.named([end_to_end_id])
        if not found:
            raise NotFound("payments.collection.unknown", "no such payment", id=end_to_end_id)
        return _payment_out(found[0])

    return Router("/payments", route_handlers=[list_payments, read_payment], tags=["payments"])


def _returns(use_cases: ApiUseCases) -> Router:
    @get("/", sync_to_thread=True, operation_id="listReturns", responses=declared(400))
    def list_returns(
        limit: Limit = PAGE,
        cursor: Cursor = None,
        customer: CustomerFilter = None,
        item: ItemFilter = None,
    ) -> PaymentsOut:
        """List the payments that came back or were rejected, each with the bank's reason."""
        page = use_cases.collection_shelf.page(
            after=after_of(cursor), limit=limit, customer=customer, item=item, returned=True
        )
        return listed(PaymentsOut, page, _payment_out)

    return Router("/returns", route_handlers=[list_returns], tags=["payments"])


def _mandates(use_cases: ApiUseCases) -> Router:
    @get("/", sync_to_thread=True, operation_id="listMandates", responses=declared(400))
    def list_mandates(
        limit: Limit = PAGE,
        cursor: Cursor = None,
        contract: ContractFilter = None,
        customer: CustomerFilter = None,
        in_state: MandateStates = None,
    ) -> MandatesOut:
        """List mandates, also those of a contract or a customer."""
        page = use_cases.mandate_shelf.page(
            after=after_of(cursor),
            limit=limit,
            contract=contract,
            customer=customer,
            state=MandateState(in_state) if in_state else None,
        )
        return listed(MandatesOut, page, _mandate_out)

    @get(
        "/{reference:str}",
        sync_to_thread=True,
        operation_id="readMandate",
        responses=declared(400, 404),
    )
    def read_mandate(reference: MandatePath) -> MandateOut:
        """Read a mandate by its reference."""
        found = use_cases.mandates.named([reference])
        if not found:
            raise NotFound("payments.mandate.unknown", "no such mandate", reference=reference)
        return _mandate_out(found[0])

    return Router("/mandates", route_handlers=[list_mandates, read_mandate], tags=["payments"])


def _payment_files(use_cases: ApiUseCases) -> Router:
    @get("/", sync_to_thread=True, operation_id="listPaymentFiles", responses=declared(400))
    def list_payment_files(limit: Limit = PAGE, cursor: Cursor = None) -> PaymentFilesOut:
        """List the files of direct debits, without their bytes."""
        page = use_cases.payment_file_shelf.page(after=after_of(cursor), limit=limit)
        return listed(PaymentFilesOut, page, _file_out)

    return Router("/payment-files", route_handlers=[list_payment_files], tags=["payments"])


def _bank_entries(use_cases: ApiUseCases) -> Router:
    @get("/", sync_to_thread=True, operation_id="listBankEntries", responses=declared(400))
    def list_bank_entries(limit: Limit = PAGE, cursor: Cursor = None) -> BankEntriesOut:
        """List the entries of our bank account that were booked."""
        page = use_cases.bank_entry_shelf.page(after=after_of(cursor), limit=limit)
        return listed(BankEntriesOut, page, _entry_out)

    return Router("/bank-entries", route_handlers=[list_bank_entries], tags=["payments"])


def _payment_out(payment: Collection) -> PaymentOut:
    return PaymentOut(
        end_to_end_id=payment.end_to_end_id,
        item=payment.item,
        customer=payment.customer,
        mandate=payment.umr,
        amount=money_out(payment.amount),
        due_on=payment.due_on,
        attempt=payment.attempt,
        sequence=payment.sequence.value,
        payment_file=payment.msg_id,
        state=payment.state.value,
        reason=payment.reason,
        returned_on=payment.returned_on,
    )


def _mandate_out(mandate: Mandate) -> MandateOut:
    account = mandate.iban.value
    return MandateOut(
        reference=mandate.umr,
        contract=mandate.contract,
        customer=mandate.customer,
        creditor=mandate.creditor.value,
        account=f"{account[:2]}…{account[-4:]}",
        signed_on=mandate.signed_on,
        state=mandate.state.value,
        first_used=mandate.first_used,
        last_used=mandate.last_used,
    )


def _file_out(file: PaymentFileSummary) -> PaymentFileOut:
    return PaymentFileOut(
        message_id=file.msg_id,
        file_name=file.file_name,
        sha256=file.sha256,
        control_sum=money_out(file.control_sum),
        count=file.count,
        due_on=file.due_on,
        state=file.state.value,
    )


def _entry_out(entry: BookedEntry) -> BankEntryOut:
    return BankEntryOut(
        reference=entry.reference,
        amount=money_out(entry.amount),
        booked_on=entry.booked_on,
        source=entry.source,
        received_on=entry.received_on,
    )
