"""Meter files, bank notifications, payment files and pages keep what their ports promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from energyretail.adapters.html import HtmlAdvancePages, HtmlInvoicePages, Seller
from energyretail.adapters.iso20022 import (
    read_direct_debits,
    read_notification,
    write_direct_debits,
    write_notification,
)
from energyretail.adapters.meter_files import read_meter_file, write_meter_file
from energyretail.adapters.meter_files.layout import checksum
from energyretail.application.documents import AdvancePages, InvoicePages
from energyretail.domain import payments
from energyretail.domain.metering import Delivery
from energyretail.domain.shared import Invalid
from energyretail.testing.conformance.formats import (
    AdvancePagesConformance,
    InvoicePagesConformance,
    MeterFileReaderConformance,
    NotificationReaderConformance,
    PaymentFileWriterConformance,
)
from energyretail.testing.corpora import Hostile, hostile_tables

HEADER = "READINGS;1;0021;2026-04-01"
ROW = "R;ES0021000000000001RK0F;P1;2026-04-01;1234.5;10;2026-05-01"


def sealed(content: bytes) -> bytes:
    """Return a file with a trailer that fits it, so that its rows are looked at."""
    rows = content.count(b"\n") - 1
    return content + f"END;{max(rows, 0)};{checksum(content)}\n".encode()


class TestMeterFiles(MeterFileReaderConformance):
    def read(self, content: bytes) -> Delivery:
        return read_meter_file(content)

    def write(self, delivery: Delivery) -> bytes:
        return write_meter_file(delivery)

    def hostile(self) -> Sequence[Hostile]:
        return [
            Hostile(case.name, sealed(case.content) if seal else case.content, case.why)
            for cell in range(len(ROW.split(";")))
            for case in hostile_tables(HEADER, ROW, cell=cell)
            for seal in (True, False)
        ]

    def test_report_every_hostile_row_that_is_sealed(self) -> None:
        taken = {
            case.name
            for case in hostile_tables(HEADER, ROW, cell=4)
            if (delivery := self._read_or_none(sealed(case.content))) and delivery.rows
        }

        # Twice the same index is one; a row without its hostile neighbour is sound.
        assert taken == {"same_row_twice", "blank_lines", "header_twice", "mixed_ends"}

    def _read_or_none(self, content: bytes) -> Delivery | None:
        try:
            return read_meter_file(content)
        except Invalid:
            return None


class TestNotifications(NotificationReaderConformance):
    def read(self, raw: bytes) -> payments.BankNotification:
        return read_notification(raw)

    def write(self, notification: payments.BankNotification) -> bytes:
        return write_notification(notification)


class TestPaymentFiles(PaymentFileWriterConformance):
    def write(self, order: payments.DirectDebitOrder) -> bytes:
        return b"".join(write_direct_debits(order))

    def debits(self, raw: bytes) -> Sequence[tuple[str, str, int, date]]:
        asked = read_direct_debits(raw).instructions
        return [(one.end_to_end_id, one.umr, one.amount.cents, one.due_on) for one in asked]


class TestPages(InvoicePagesConformance):
    def pages(self) -> InvoicePages:
        return HtmlInvoicePages(Seller("Luma", "B00000000", "Calle Mayor 1, Madrid"))


class TestAdvancePages(AdvancePagesConformance):
    def pages(self) -> AdvancePages:
        return HtmlAdvancePages(Seller("Luma", "B00000000", "Calle Mayor 1, Madrid"))
