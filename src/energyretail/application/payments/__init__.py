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

__all__ = [
    "PAYMENT_FILE",
    "BankEntries",
    "BankFile",
    "BankFilesReceived",
    "BankGateway",
    "CollectDueItems",
    "Collections",
    "Debtors",
    "Mandates",
    "NotificationReader",
    "PaymentFileWriter",
    "PaymentFiles",
    "ReceiveBankFiles",
    "RegisterMandate",
    "SendPaymentFile",
    "SignedMandate",
    "UnpaidItems",
]
