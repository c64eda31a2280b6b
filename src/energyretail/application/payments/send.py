"""Send a payment file to the bank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from energyretail.application.payments.ports import BankGateway, Collections, PaymentFiles
from energyretail.application.shared import Channel, Work
from energyretail.domain import payments

__all__ = ["PAYMENT_FILE", "SendPaymentFile"]

PAYMENT_FILE: Final = "payment_file"


class SendPaymentFile:
    """Bring payment files to the bank's folder; the key of a message is the MsgId.

    Rules: the bytes sent are the bytes kept; the name comes from the MsgId, so a second
    sending finds the file there and changes nothing; then file and collections are SENT.
    """

    channel: Final = Channel.BANK
    kind: Final = PAYMENT_FILE

    def __init__(
        self, *, work: Work, files: PaymentFiles, collections: Collections, bank: BankGateway
    ):
        self._work = work
        self._files = files
        self._collections = collections
        self._bank = bank

    def load(self, keys: Sequence[str]) -> Mapping[str, payments.PaymentFile]:
        """Return the files under their MsgId."""
        return {file.msg_id: file for file in self._files.named(keys)}

    def deliver(self, message: payments.PaymentFile, *, maybe_sent: bool) -> None:
        """Put the file and note it as sent; `maybe_sent` needs no care, the name is the key.

        Raises Fault when the bank cannot be reached, Conflict when it holds other bytes
        under the name.
        """
        del maybe_sent
        self._bank.put(message.file_name, message.content)
        created, requested = payments.PAYMENT_FILES.initial, payments.COLLECTIONS.initial
        sent = payments.PAYMENT_FILES.after(created, payments.FileTrigger.SEND)
        under_way = payments.COLLECTIONS.after(requested, payments.CollectionTrigger.SEND)
        with self._work() as transaction:
            # The bank's answer may be booked before our own note: then it stays.
            self._files.move(message.msg_id, created, sent)
            self._collections.move(message.msg_id, requested, under_way)
            transaction.commit()
