"""A contract from acceptance to end, over one or many supply points."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import attrs

from energyretail.domain.contracts.events import (
    ContractAccepted,
    ContractLapsed,
    ContractSigned,
    ContractWithdrawn,
    SupplyEnded,
    SupplyStarted,
    SupplyWanted,
)
from energyretail.domain.contracts.quotes import Quote
from energyretail.domain.parties import Customer, CustomerKind
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    Event,
    Iban,
    Invalid,
    NotFound,
    QuoteNumber,
    Refused,
    Transition,
    TransitionTable,
)
from energyretail.domain.supply import Supply, SupplyState

__all__ = [
    "CONTRACT_TABLE",
    "COOLING_OFF_DAYS",
    "UNSIGNED_DAYS",
    "Contract",
    "ContractState",
    "ContractTrigger",
    "Signature",
]

# Directive 2011/83/EU art. 9(1): fourteen days to withdraw without giving a reason.
COOLING_OFF_DAYS: Final = 14
UNSIGNED_DAYS: Final = 30


class ContractState(enum.Enum):
    """Where a contract stands."""

    UNSIGNED = "unsigned"
    COOLING_OFF = "cooling_off"
    SWITCHING = "switching"
    ACTIVE = "active"
    ENDED = "ended"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class ContractTrigger(enum.Enum):
    """What moves a contract."""

    SIGN = "sign"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    START = "start"
    ACTIVATE = "activate"
    REFUSE = "refuse"
    END = "end"


_S, _T = ContractState, ContractTrigger
CONTRACT_TABLE = TransitionTable(
    "contract",
    _S.UNSIGNED,
    (
        Transition(_S.UNSIGNED, _T.SIGN, _S.COOLING_OFF, "signed with evidence"),
        Transition(_S.UNSIGNED, _T.LAPSE, _S.LAPSED, "not signed within thirty days"),
        Transition(_S.COOLING_OFF, _T.WITHDRAW, _S.WITHDRAWN, "Dir. 2011/83/EU art. 9, homes"),
        Transition(
            _S.COOLING_OFF,
            _T.START,
            _S.SWITCHING,
            "fourteen days over, or early start asked for (art. 7(3), 8(8)), or a company",
        ),
        Transition(_S.SWITCHING, _T.ACTIVATE, _S.ACTIVE, "the first supply point is ours"),
        Transition(_S.SWITCHING, _T.REFUSE, _S.REFUSED, "the registry rejected every point"),
        Transition(_S.ACTIVE, _T.ACTIVATE, _S.ACTIVE, "one more supply point is ours"),
        Transition(_S.ACTIVE, _T.REFUSE, _S.ACTIVE, "one point rejected, others supplied"),
        Transition(_S.ACTIVE, _T.END, _S.ENDED, "no supply point left"),
    ),
)


# A contract lives while one of its points is ours or may still become so.
_GOING: Final = frozenset({SupplyState.AGREED, SupplyState.REQUESTED, SupplyState.ACTIVE})


@attrs.frozen
class Signature:
    """The evidence of a signature: when, and what the signature service calls it."""

    signed_on: date
    evidence: str


def _by_point(supplies: Iterable[Supply]) -> tuple[Supply, ...]:
    return tuple(sorted(supplies, key=lambda supply: supply.site.cups.value))


@attrs.frozen
class Contract:
    """An agreement with a customer on one product at one or many supply points.

    Supplies are ordered by supply point, however they are given.
    """

    number: ContractNumber
    quote: QuoteNumber
    customer: CustomerNumber
    kind: CustomerKind
    product: str
    iban: Iban
    accepted_on: date
    early_start: bool
    document_sha256: str
    supplies: tuple[Supply, ...] = attrs.field(converter=_by_point)
    state: ContractState = ContractState.UNSIGNED
    signature: Signature | None = None

    @classmethod
    def accept(
        cls,
        quote: Quote,
        customer: Customer,
        *,
        number: ContractNumber,
        iban: Iban,
        early_start: bool,
        document_sha256: str,
        on: date,
    ) -> tuple[Contract, tuple[Event, ...]]:
        """Return the unsigned contract a customer makes of an open quote."""
        contract = cls(
            number=number,
            quote=quote.number,
            customer=customer.number,
            kind=customer.person.kind,
            product=quote.product,
            iban=iban,
            accepted_on=on,
            early_start=early_start,
            document_sha256=document_sha256,
            supplies=tuple(Supply(price.site) for price in quote.sites),
        )
        return contract, (ContractAccepted(number, customer.number),)

    @classmethod
    def take_over(
        cls,
        quote: Quote,
        customer: Customer,
        *,
        iban: Iban,
        signature: Signature,
        document_sha256: str,
        starts_on: date,
        last_collected_on: date | None = None,
    ) -> tuple[Contract, tuple[Event, ...]]:
        """Return the contract of an accepted quote that was made elsewhere and is in supply.

        Every point is ours from `starts_on`: no claim goes to the registry, while the mandate,
        last used for `last_collected_on`, and whoever else follows a signature are told. Raises
        Invalid
        ``contracts.take_over.unsigned`` for a signature later than the supply, and
        ``contracts.take_over.quote`` for a quote nobody accepted.
        """
        if quote.contract is None:
            raise Invalid("contracts.take_over.quote", "nobody accepted it", quote=quote.number)
        if starts_on < signature.signed_on:
            raise Invalid(
                "contracts.take_over.unsigned",
                "the supply begins before the signature",
                signed_on=signature.signed_on,
                starts_on=starts_on,
            )
        state = CONTRACT_TABLE.initial
        for trigger in (_T.SIGN, _T.START, _T.ACTIVATE):
            state = CONTRACT_TABLE.after(state, trigger)
        contract = cls(
            number=quote.contract,
            quote=quote.number,
            customer=customer.number,
            kind=customer.person.kind,
            product=quote.product,
            iban=iban,
            accepted_on=signature.signed_on,
            early_start=False,
            document_sha256=document_sha256,
            supplies=tuple(
                Supply(price.site).request().activate(starts_on) for price in quote.sites
            ),
            state=state,
            signature=signature,
        )
        signed = ContractSigned(
            contract.number, customer.number, signature.signed_on, iban.value, last_collected_on
        )
        started = (
            SupplyStarted(contract.number, supply.site.cups.value, starts_on)
            for supply in contract.supplies
        )
        return contract, (signed, *started)

    @property
    def starts_on_or_after(self) -> date | None:
        """The first day the supply may be claimed, or None while unsigned."""
        if self.signature is None:
            return None
        waits = self.kind is CustomerKind.HOME and not self.early_start
        days = COOLING_OFF_DAYS + 1 if waits else 1
        return self.signature.signed_on + timedelta(days=days)

    def sign(self, signature: Signature) -> tuple[Contract, tuple[Event, ...]]:
        """Return the signed contract; signing again with the same evidence changes nothing."""
        if self.signature == signature:
            return self, ()
        state = CONTRACT_TABLE.after(self.state, ContractTrigger.SIGN)
        signed = ContractSigned(self.number, self.customer, signature.signed_on, self.iban.value)
        return attrs.evolve(self, state=state, signature=signature), (signed,)

    def lapse(self, *, on: date) -> tuple[Contract, tuple[Event, ...]]:
        """Return the contract given up unsigned; raises Refused before thirty days are over."""
        if on < self.accepted_on + timedelta(days=UNSIGNED_DAYS):
            raise Refused("contracts.lapse.early", "may still be signed", contract=self.number)
        state = CONTRACT_TABLE.after(self.state, ContractTrigger.LAPSE)
        return attrs.evolve(self, state=state), (ContractLapsed(self.number),)

    def withdraw(self, *, on: date) -> tuple[Contract, tuple[Event, ...]]:
        """Return the contract a home withdrew from; withdrawing again changes nothing.

        Raises Refused for a company, or when the fourteen days are over.
        """
        if self.state is ContractState.WITHDRAWN:
            return self, ()
        if self.kind is not CustomerKind.HOME:
            raise Refused("contracts.withdraw.company", "only homes may withdraw")
        state = CONTRACT_TABLE.after(self.state, ContractTrigger.WITHDRAW)
        if self.signature and on > self.signature.signed_on + timedelta(days=COOLING_OFF_DAYS):
            raise Refused("contracts.withdraw.late", "the fourteen days are over")
        return attrs.evolve(self, state=state), (ContractWithdrawn(self.number),)

    def start(self, *, on: date) -> tuple[Contract, tuple[Event, ...]]:
        """Return the contract whose points are claimed; raises Refused while cooling off."""
        state = CONTRACT_TABLE.after(self.state, ContractTrigger.START)
        earliest = self.starts_on_or_after
        if earliest is None or on < earliest:
            raise Refused("contracts.start.cooling_off", "cooling off", until=earliest)
        wanted = tuple(
            SupplyWanted(self.number, supply.site.cups.value, self.customer, on)
            for supply in self.supplies
        )
        supplies = tuple(supply.request() for supply in self.supplies)
        return attrs.evolve(self, state=state, supplies=supplies), wanted

    def activate(self, cups: Cups, *, on: date) -> tuple[Contract, tuple[Event, ...]]:
        """Return the contract supplying `cups` from `on`; the same news twice changes nothing."""
        supply = self.supply(cups)
        if supply.started_on == on:
            return self, ()
        state = CONTRACT_TABLE.after(self.state, ContractTrigger.ACTIVATE)
        contract = self._with(supply.activate(on))
        return attrs.evolve(contract, state=state), (SupplyStarted(self.number, cups.value, on),)

    def refuse(self, cups: Cups) -> tuple[Contract, tuple[Event, ...]]:
        """Return the contract whose claim for `cups` the registry rejected."""
        supply = self.supply(cups)
        if supply.state is SupplyState.REFUSED:
            return self, ()
        contract = self._with(supply.refuse())
        hopeless = all(other.state is SupplyState.REFUSED for other in contract.supplies)
        if hopeless or self.state is ContractState.ACTIVE:
            state = CONTRACT_TABLE.after(self.state, ContractTrigger.REFUSE)
            contract = attrs.evolve(contract, state=state)
        return contract, ()

    def end(self, cups: Cups, *, on: date, today: date) -> tuple[Contract, tuple[Event, ...]]:
        """Return the contract whose last day at `cups` is the one before `on`.

        The contract ends with its last supply. The same end told again changes nothing. Raises
        Refused ``contracts.end.future`` for a day to come, ``contracts.end.before_start`` unless
        it was ours for a day at least, and ``supply.not_allowed`` where it never was, or ended
        on another day.
        """
        supply = self.supply(cups)
        if supply.ended_on == on:
            return self, ()
        if on > today:
            raise Refused("contracts.end.future", "end it on the day", on=on, today=today)
        if supply.started_on is not None and on <= supply.started_on:
            raise Refused(
                "contracts.end.before_start", "not ours before that", started_on=supply.started_on
            )
        contract = self._with(supply.end(on))
        ended = SupplyEnded(self.number, supply.site.cups.value, self.customer, on)
        if not any(other.state in _GOING for other in contract.supplies):
            state = CONTRACT_TABLE.after(self.state, ContractTrigger.END)
            contract = attrs.evolve(contract, state=state)
        return contract, (ended,)

    def supply(self, cups: Cups) -> Supply:
        """Return the supply of `cups`; raises NotFound when the contract has no such point."""
        for supply in self.supplies:
            if supply.site.cups == cups:
                return supply
        raise NotFound("contracts.supply", "not in this contract", cups=cups, contract=self.number)

    def _with(self, changed: Supply) -> Contract:
        supplies = tuple(
            changed if supply.site.cups == changed.site.cups else supply for supply in self.supplies
        )
        return attrs.evolve(self, supplies=supplies)
