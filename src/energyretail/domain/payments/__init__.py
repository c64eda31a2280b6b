"""Mandates, collections, payment files, and what the bank answers."""

from energyretail.domain.payments.answers import BankEntry, BankNotification, BankTransaction
from energyretail.domain.payments.booking import NO_REASON, Booking, book_entry
from energyretail.domain.payments.collection import (
    COLLECTIONS,
    IN_FLIGHT,
    Collection,
    CollectionState,
    CollectionTrigger,
)
from energyretail.domain.payments.events import (
    CollectionReturned,
    MandateRegistered,
    MandateStopped,
    PaymentFileCreated,
)
from energyretail.domain.payments.mandates import (
    MANDATES,
    UNUSED_MONTHS_MAX,
    Mandate,
    MandateState,
    MandateTrigger,
    Party,
    Sequence,
)
from energyretail.domain.payments.reasons import (
    RETRIES_MAX,
    RETURN_REASONS,
    ReturnReason,
    return_reason,
)
from energyretail.domain.payments.references import REFERENCE_LENGTH_MAX, check_reference
from energyretail.domain.payments.runs import (
    PAYMENT_FILES,
    Creditor,
    DirectDebit,
    DirectDebitBatch,
    DirectDebitOrder,
    FileState,
    FileTrigger,
    PaymentFile,
    Run,
    message_id,
    order_of,
    plan_run,
)
from energyretail.domain.payments.schedule import (
    RUN_LEAD_DAYS,
    due_date_to_collect,
    month_end_due_date,
    run_day,
)
from energyretail.domain.payments.selection import (
    Hindrance,
    Selection,
    UnpaidItem,
    give_back_hindrance,
    select,
)

__all__ = [
    "COLLECTIONS",
    "IN_FLIGHT",
    "MANDATES",
    "NO_REASON",
    "PAYMENT_FILES",
    "REFERENCE_LENGTH_MAX",
    "RETRIES_MAX",
    "RETURN_REASONS",
    "RUN_LEAD_DAYS",
    "UNUSED_MONTHS_MAX",
    "BankEntry",
    "BankNotification",
    "BankTransaction",
    "Booking",
    "Collection",
    "CollectionReturned",
    "CollectionState",
    "CollectionTrigger",
    "Creditor",
    "DirectDebit",
    "DirectDebitBatch",
    "DirectDebitOrder",
    "FileState",
    "FileTrigger",
    "Hindrance",
    "Mandate",
    "MandateRegistered",
    "MandateState",
    "MandateStopped",
    "MandateTrigger",
    "Party",
    "PaymentFile",
    "PaymentFileCreated",
    "ReturnReason",
    "Run",
    "Selection",
    "Sequence",
    "UnpaidItem",
    "book_entry",
    "check_reference",
    "due_date_to_collect",
    "give_back_hindrance",
    "message_id",
    "month_end_due_date",
    "order_of",
    "plan_run",
    "return_reason",
    "run_day",
    "select",
]
