"""What is done with money: mandates are registered, items collected, bank files read."""

from energyretail.application.payments.collect import CollectDueItems
from energyretail.application.payments.ports import (
    BankEntries,
    BankFile,
    BankGateway,
    Collections,
    Debtors,
    Mandates,
    NotificationReader,
    PaymentFiles,
    PaymentFileWriter,
    UnpaidItems,
)
from energyretail.application.payments.receive import BankFilesReceived, ReceiveBankFiles
from energyretail.application.payments.register_mandate import RegisterMandate, SignedMandate
from energyretail.application.payments.send import PAYMENT_FILE, SendPaymentFile
from energyretail.application.payments.shelves import (
    BankEntryShelf,
    BookedEntry,
    CollectionShelf,
    MandateShelf,
    PaymentFileShelf,
    PaymentFileSummary,
)

__all__ = [
    "PAYMENT_FILE",
    "BankEntries",
    "BankEntryShelf",
    "BankFile",
    "BankFilesReceived",
    "BankGateway",
    "BookedEntry",
    "CollectDueItems",
    "CollectionShelf",
    "Collections",
    "Debtors",
    "MandateShelf",
    "Mandates",
    "NotificationReader",
    "PaymentFileShelf",
    "PaymentFileSummary",
    "PaymentFileWriter",
    "PaymentFiles",
    "ReceiveBankFiles",
    "RegisterMandate",
    "SendPaymentFile",
    "SignedMandate",
    "UnpaidItems",
]
