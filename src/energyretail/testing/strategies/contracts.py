"""Strategies for quotes and contracts in every state their own methods reach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from hypothesis import strategies as st

from energyretail.domain.contracts import (
    COOLING_OFF_DAYS,
    UNSIGNED_DAYS,
    Contract,
    ContractState,
    Quote,
    Signature,
    SitePrice,
)
from energyretail.domain.parties import Customer, CustomerKind
from energyretail.domain.shared import contract_number, customer_number, quote_number
from energyretail.testing.strategies.parties import people
from energyretail.testing.strategies.shared import cups, days, ibans, money
from energyretail.testing.strategies.supply import sites

__all__ = ["CONTRACT_STATES", "contracts", "quotes"]

_S = ContractState
CONTRACT_STATES: Final = (
    _S.UNSIGNED,
    _S.COOLING_OFF,
    _S.SWITCHING,
    _S.ACTIVE,
    _S.LAPSED,
    _S.WITHDRAWN,
    _S.REFUSED,
)
"""The states drawn; nothing ends a contract yet, so that none is drawn as ended."""

_COUNTS = st.integers(1, 999_999)


@st.composite
def quotes(
    draw: st.DrawFn, *, kind: CustomerKind | None = None, accepted: bool | None = None
) -> Quote:
    """Quotes for one to four sites; open and accepted ones, unless `accepted` says which."""
    number = draw(_COUNTS)
    product = draw(st.sampled_from(["2.0TD-FIJO", "2.0TD-HORAS"]))
    points = draw(st.lists(cups(), min_size=1, max_size=4, unique=True))
    quote = Quote(
        number=quote_number(number),
        reference=f"web-{number}",
        person=draw(people(kind)),
        product=product,
        sites=tuple(
            SitePrice(
                draw(sites(point=point, tariff=product)), draw(st.integers(0, 9_999)), draw(money())
            )
            for point in points
        ),
        quoted_on=draw(days()),
    )
    if not (draw(st.booleans()) if accepted is None else accepted):
        return quote
    taken_on = quote.quoted_on + timedelta(days=draw(st.integers(0, 29)))
    return quote.accept(contract_number(draw(_COUNTS)), on=taken_on)


@st.composite
def contracts(draw: st.DrawFn, state: ContractState | None = None) -> Contract:
    """Contracts in a state of CONTRACT_STATES, reached by the decisions that lead there.

    Homes and companies, early start or not, one to four points; an active contract may have
    points that were refused and points still claimed.
    """
    wanted = state or draw(st.sampled_from(CONTRACT_STATES))
    home = wanted is ContractState.WITHDRAWN
    quote = draw(quotes(kind=CustomerKind.HOME if home else None, accepted=True))
    accepted_on = quote.quoted_on
    contract, _ = Contract.accept(
        quote,
        Customer(customer_number(draw(_COUNTS)), quote.person),
        number=quote.contract or contract_number(1),
        iban=draw(ibans()),
        early_start=draw(st.booleans()),
        document_sha256="ab" * 32,
        on=accepted_on,
    )
    if wanted is ContractState.UNSIGNED:
        return contract
    if wanted is ContractState.LAPSED:
        return contract.lapse(on=accepted_on + timedelta(days=UNSIGNED_DAYS))[0]
    return _WAYS[wanted](draw, draw(_signed(contract)))


@st.composite
def _signed(draw: st.DrawFn, contract: Contract) -> Contract:
    day = contract.accepted_on + timedelta(days=draw(st.integers(0, UNSIGNED_DAYS - 1)))
    return contract.sign(Signature(day, f"EV-{contract.number}"))[0]


def _cooling_off(_: st.DrawFn, contract: Contract) -> Contract:
    return contract


def _withdrawn(draw: st.DrawFn, contract: Contract) -> Contract:
    return contract.withdraw(on=_signed_on(contract, draw(st.integers(0, COOLING_OFF_DAYS))))[0]


def _started(draw: st.DrawFn, contract: Contract) -> Contract:
    return contract.start(on=_signed_on(contract, COOLING_OFF_DAYS + draw(st.integers(1, 20))))[0]


def _refused(draw: st.DrawFn, contract: Contract) -> Contract:
    started = _started(draw, contract)
    for supply in started.supplies:
        started, _ = started.refuse(supply.site.cups)
    return started


def _active(draw: st.DrawFn, contract: Contract) -> Contract:
    started = _started(draw, contract)
    first, *others = draw(st.permutations(started.supplies))
    day = _signed_on(contract, COOLING_OFF_DAYS + draw(st.integers(22, 40)))
    active, _ = started.activate(first.site.cups, on=day)
    for supply in others:
        what = draw(st.sampled_from(["wait", "refuse", "activate"]))
        if what == "refuse":
            active, _ = active.refuse(supply.site.cups)
        if what == "activate":
            active, _ = active.activate(supply.site.cups, on=day)
    return active


def _signed_on(contract: Contract, later: int) -> date:
    assert contract.signature is not None
    return contract.signature.signed_on + timedelta(days=later)


_WAYS: Final[dict[ContractState, Callable[[st.DrawFn, Contract], Contract]]] = {
    _S.COOLING_OFF: _cooling_off,
    _S.WITHDRAWN: _withdrawn,
    _S.SWITCHING: _started,
    _S.REFUSED: _refused,
    _S.ACTIVE: _active,
}
