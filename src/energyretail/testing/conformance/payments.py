"""What every implementation of the ports of payments promises."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import attrs
import pytest

from energyretail.application.payments import (
    BankEntries,
    Collections,
    Mandates,
    PaymentFiles,
    UnpaidItems,
)
from energyretail.application.shared import Books, Work
from energyretail.domain import payments
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import (
    Conflict,
    ContractNumber,
    CreditorIdentifier,
    CustomerNumber,
    EndToEndId,
    Iban,
    InvoiceNumber,
    MandateReference,
    MessageId,
    Money,
    Refused,
    end_to_end_id,
)

__all__ = [
    "PaymentsConformance",
    "PaymentsWorld",
    "collection",
    "euros",
    "mandate",
    "payment_file",
    "unpaid",
]

DUE_ON = date(2026, 4, 30)


class KeepsInvoices(Protocol):
    """Puts an invoice where the unpaid items look for its due date and contract."""

    def __call__(self, *, number: str, contract: str, customer: str, due_on: date) -> None:
        """Keep an invoice, committed."""
        ...


@attrs.frozen
class PaymentsWorld:
    """One implementation, empty."""

    work: Work
    mandates: Mandates
    collections: Collections
    files: PaymentFiles
    entries: BankEntries
    items: UnpaidItems
    books: Books
    keep_invoice: KeepsInvoices

    def keep(self, *things: payments.Mandate | payments.Collection | payments.PaymentFile) -> None:
        """Add things in one committed transaction."""
        with self.work() as transaction:
            self.mandates.add([one for one in things if isinstance(one, payments.Mandate)])
            self.collections.add([one for one in things if isinstance(one, payments.Collection)])
            for file in (one for one in things if isinstance(one, payments.PaymentFile)):
                self.files.add(file)
            transaction.commit()

    def replace(self, *things: payments.Mandate | payments.Collection) -> None:
        """Save things in one committed transaction."""
        with self.work() as transaction:
            self.mandates.save([one for one in things if isinstance(one, payments.Mandate)])
            self.collections.save([one for one in things if isinstance(one, payments.Collection)])
            transaction.commit()

    def owe(self, item: str, cents: int, *, due_on: date = DUE_ON, customer: str = "C1") -> None:
        """Post a debt, or a credit for negative cents, with its invoice of contract K1."""
        self.keep_invoice(number=item, contract="K1", customer=customer, due_on=due_on)
        with self.work() as transaction:
            owed = Posting(
                Account.RECEIVABLE, euros(cents), CustomerNumber(customer), InvoiceNumber(item)
            )
            revenue = Posting(Account.REVENUE, euros(-cents))
            self.books.post((Entry(f"invoice:{item}", due_on, "A bill", (owed, revenue)),))
            transaction.commit()


def euros(cents: int) -> Money:
    """Return whole cents in euros."""
    return Money.of_cents(cents, "EUR")


def mandate(umr: str = "K1-1", *, contract: str = "K1") -> payments.Mandate:
    """Return an active mandate that was never used."""
    return payments.Mandate(
        umr=MandateReference(umr),
        contract=ContractNumber(contract),
        customer=CustomerNumber("C1"),
        creditor=CreditorIdentifier("ES23ZZZ47690558N"),
        iban=Iban.of_account("ES", "21000418450200051332"),
        debtor=payments.Party("Zoé Núñez", "León", "ES", "Calle Ancha 1", "24003"),
        signed_on=date(2026, 3, 2),
    )


def collection(item: str = "F1", attempt: int = 1, cents: int = 6456) -> payments.Collection:
    """Return a collection just requested."""
    return payments.Collection(
        end_to_end_id=end_to_end_id(InvoiceNumber(item), attempt),
        item=InvoiceNumber(item),
        customer=CustomerNumber("C1"),
        umr=MandateReference("K1-1"),
        amount=euros(cents),
        due_on=DUE_ON,
        attempt=attempt,
        sequence=payments.Sequence.FIRST,
        msg_id=MessageId("LUMA-20260430-1"),
        payment_information_id="LUMA-20260430-1-FRST",
    )


def payment_file(msg_id: str = "LUMA-20260430-1") -> payments.PaymentFile:
    """Return a payment file with bytes that are no text."""
    return payments.PaymentFile(
        MessageId(msg_id), f"{msg_id}.xml", b"\x00<a/>\xff", "ab" * 32, euros(6456), 1, DUE_ON
    )


def unpaid(item: str, due_on: date, cents: int) -> payments.UnpaidItem:
    """Return what is open of an item of contract K1, with its mandate."""
    return payments.UnpaidItem(
        item=InvoiceNumber(item),
        customer=CustomerNumber("C1"),
        contract=ContractNumber("K1"),
        due_on=due_on,
        open=euros(cents),
        umr=MandateReference("K1-1"),
    )


def _returned(one: payments.Collection, reason: str) -> payments.Collection:
    credited = one.after(payments.CollectionTrigger.CREDIT)
    trigger = payments.CollectionTrigger.RETURN
    return credited.given_back(trigger, reason=reason, on=date(2026, 5, 5))


class PaymentsConformance:
    """Subclass in a test and give a fixture `world` that returns an empty PaymentsWorld."""

    def test_gives_mandates_back_as_they_were_ordered_by_reference(
        self, world: PaymentsWorld
    ) -> None:
        world.keep(mandate("K2-1", contract="K2"), mandate())

        found = world.mandates.named(("K2-1", "K1-1", "K9-1"))

        assert found == (mandate(), mandate("K2-1", contract="K2"))

    def test_leaves_a_mandate_that_is_there_as_it_is(self, world: PaymentsWorld) -> None:
        world.keep(mandate())

        world.keep(attrs.evolve(mandate(), customer=CustomerNumber("C2")))

        assert world.mandates.named(("K1-1",)) == (mandate(),)

    def test_replaces_a_mandate(self, world: PaymentsWorld) -> None:
        world.keep(mandate())
        changed = mandate().used(DUE_ON).after(payments.MandateTrigger.SUSPEND)

        world.replace(changed)

        assert world.mandates.named(("K1-1",)) == (changed,)

    def test_never_changes_what_was_signed(self, world: PaymentsWorld) -> None:
        world.keep(mandate())
        iban = Iban("ES7921000813610123456789")
        other = attrs.evolve(mandate(contract="K2"), signed_on=DUE_ON, iban=iban)

        world.replace(other, mandate("K1-9"))

        assert world.mandates.named(("K1-1", "K1-9")) == (attrs.evolve(mandate(), iban=iban),)

    def test_refuses_a_second_active_mandate_of_a_contract(self, world: PaymentsWorld) -> None:
        stopped = mandate("K1-2").after(payments.MandateTrigger.SUSPEND)
        world.keep(mandate(), stopped)

        for act in (world.keep, world.replace):
            with pytest.raises(Conflict) as refused:
                act(mandate("K1-3"), mandate("K1-2").used(DUE_ON))
            assert refused.value.code == "payments.mandate.second_active"

        assert world.mandates.named(("K1-1", "K1-2", "K1-3")) == (mandate(), stopped)

    @pytest.mark.parametrize("turn", [1, -1])
    def test_lets_one_mandate_take_over_from_another(self, world: PaymentsWorld, turn: int) -> None:
        suspend, end = payments.MandateTrigger.SUSPEND, payments.MandateTrigger.END
        world.keep(mandate(), mandate("K1-2").after(suspend))
        after = (mandate().after(end), mandate("K1-2"))

        world.replace(*after[::turn])

        assert world.mandates.named(("K1-1", "K1-2")) == after

    def test_finds_collections_by_id_and_batch(self, world: PaymentsWorld) -> None:
        world.keep(collection("F2"), collection("F1"))
        both = (collection("F1"), collection("F2"))

        assert world.collections.named(("F2-1", "F1-1", "F3-1")) == both
        assert world.collections.of_batches(("LUMA-20260430-1-FRST",)) == both
        assert world.collections.of_batches(("LUMA-20260430-1-RCUR",)) == ()
        assert world.collections.named(()) == ()

    def test_replaces_a_collection(self, world: PaymentsWorld) -> None:
        world.keep(collection())
        returned = _returned(collection(), "AM04")

        world.replace(attrs.evolve(returned, amount=euros(1)), collection("F2"))

        assert world.collections.named(("F1-1", "F2-1")) == (returned,)

    def test_moves_the_collections_of_a_file_that_nobody_moved_before(
        self, world: PaymentsWorld
    ) -> None:
        credited = collection("F2").after(payments.CollectionTrigger.CREDIT)
        other = attrs.evolve(collection("F3"), msg_id=MessageId("LUMA-20260430-2"))
        world.keep(collection("F1"), credited, other)

        for _ in range(2):
            with world.work() as transaction:
                world.collections.move(
                    "LUMA-20260430-1",
                    payments.CollectionState.REQUESTED,
                    payments.CollectionState.SENT,
                )
                transaction.commit()

        sent = collection("F1").after(payments.CollectionTrigger.SEND)
        assert world.collections.named(("F1-1", "F2-1", "F3-1")) == (sent, credited, other)

    @pytest.mark.parametrize(
        ("before", "after"),
        [("requested", "rejected"), ("sent", "returned_early"), ("returned", "sent")],
    )
    def test_refuses_to_move_where_more_must_be_told(
        self, world: PaymentsWorld, before: str, after: str
    ) -> None:
        world.keep(collection())

        with pytest.raises(Refused) as refused, world.work():
            world.collections.move(
                "LUMA-20260430-1",
                payments.CollectionState(before),
                payments.CollectionState(after),
            )

        assert refused.value.code == "payments.collection.move"

    @pytest.mark.parametrize(
        "again",
        [
            collection(),
            attrs.evolve(collection(), item=InvoiceNumber("F9")),
            attrs.evolve(collection(), end_to_end_id=EndToEndId("F1-1-again")),
        ],
        ids=["all the same", "the same id", "the same attempt"],
    )
    def test_refuses_the_same_collection_twice(
        self, world: PaymentsWorld, again: payments.Collection
    ) -> None:
        world.keep(collection())

        with pytest.raises(Conflict) as refused:
            world.keep(again)

        assert refused.value.code == "payments.collection.exists"

    def test_refuses_a_second_collection_of_an_item_in_flight(self, world: PaymentsWorld) -> None:
        ended = _returned(collection(attempt=2), "AM04")
        world.keep(collection(), ended)

        for act, attempt in ((world.keep, 3), (world.replace, 2)):
            with pytest.raises(Conflict) as refused:
                act(collection(attempt=attempt))
            assert refused.value.code == "payments.collection.in_flight"

        assert world.collections.named(("F1-1", "F1-2", "F1-3")) == (collection(), ended)

    def test_keeps_the_bytes_of_a_file(self, world: PaymentsWorld) -> None:
        world.keep(payment_file())

        with world.work() as transaction:
            created, sent_state = payments.FileState.CREATED, payments.FileState.SENT
            world.files.move("LUMA-20260430-1", created, sent_state)
            # It is there no more.
            world.files.move("LUMA-20260430-1", created, created)
            transaction.commit()

        sent = attrs.evolve(payment_file(), state=payments.FileState.SENT)
        assert world.files.named(("LUMA-20260430-1", "LUMA-20260430-2")) == (sent,)

    @pytest.mark.parametrize("msg_id", ["LUMA-20260430-1", "LUMA-20260430-2"])
    def test_refuses_the_same_file_twice(self, world: PaymentsWorld, msg_id: str) -> None:
        world.keep(payment_file())

        with pytest.raises(Conflict) as refused:
            world.keep(attrs.evolve(payment_file(), msg_id=MessageId(msg_id)))

        assert refused.value.code == "payments.file.exists"

    def test_remembers_what_was_booked(self, world: PaymentsWorld) -> None:
        entry = payments.BankEntry("CR1", euros(-6456), DUE_ON)

        with world.work() as transaction:
            world.entries.add((entry,), source="a.xml:M1", on=DUE_ON)
            transaction.commit()

        assert world.entries.known(("CR1", "CR2")) == {"CR1": euros(-6456)}
        with pytest.raises(Conflict), world.work():
            world.entries.add((entry,), source="b.xml:M2", on=DUE_ON)

    def test_tells_the_items_that_are_due_and_all_credit(self, world: PaymentsWorld) -> None:
        world.keep(mandate())
        world.owe("F1", 6456)
        world.owe("F2", 100, due_on=date(2026, 5, 29))
        world.owe("F3", -50, due_on=date(2026, 6, 30))

        found = world.items.due(DUE_ON)

        assert found == (
            unpaid("F1", DUE_ON, 6456),
            unpaid("F3", date(2026, 6, 30), -50),
        )

    def test_tells_what_was_tried(self, world: PaymentsWorld) -> None:
        world.keep(mandate(), _returned(collection("F1"), "MS03"), collection("F1", 2))
        world.keep(_returned(collection("F2"), "MD06"))
        world.owe("F1", 6456)
        world.owe("F2", 100)

        first, second = world.items.due(DUE_ON)

        assert (first.attempts, first.given_back, first.in_flight) == (2, 1, True)
        assert first.last_reason is None
        assert (second.attempts, second.given_back, second.in_flight) == (1, 1, False)
        assert second.last_reason == "MD06"

    def test_tells_no_settled_item(self, world: PaymentsWorld) -> None:
        world.owe("F1", 6456)
        with world.work() as transaction:
            paid = Posting(
                Account.RECEIVABLE, euros(-6456), CustomerNumber("C1"), InvoiceNumber("F1")
            )
            bank = Posting(Account.BANK, euros(6456))
            world.books.post((Entry("bank:1", DUE_ON, "Paid", (bank, paid)),))
            transaction.commit()

        assert world.items.due(DUE_ON) == ()

    def test_names_no_mandate_where_there_is_none(self, world: PaymentsWorld) -> None:
        world.owe("F1", 6456)

        assert [item.umr for item in world.items.due(DUE_ON)] == [None]

    def test_prefers_the_mandate_that_is_active(self, world: PaymentsWorld) -> None:
        ended = attrs.evolve(
            mandate("K1-2"), state=payments.MandateState.ENDED, signed_on=date(2026, 4, 1)
        )
        world.keep(mandate(), ended)
        world.owe("F1", 6456)

        assert [item.umr for item in world.items.due(DUE_ON)] == ["K1-1"]
