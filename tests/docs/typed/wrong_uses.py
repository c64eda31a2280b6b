# A comparison is there to be refused, not for what it says.
# ruff: noqa: B015
"""What must not pass: every line below that ends with codes is an error of those kinds."""

from __future__ import annotations

from datetime import date

from energyretail.application.billing import Tariffs
from energyretail.application.shared import Clock
from energyretail.domain import contracts, markets, pricing, switching
from energyretail.domain.shared import Cups, Energy, Iban, Money, Period, Power, customer_number

march = Period(date(2026, 3, 1), date(2026, 4, 1))
tariff = markets.SPAIN.tariff("2.0TD-FIJO")

Energy(2.5)  # arg-type
Money("1.00")  # call-arg
Money(1.5, "EUR")  # arg-type
Energy(1) + Power(1)  # operator
Energy(1) + 1  # operator
Money(1, "EUR") + 1  # operator
Money(1, "EUR") < 1  # operator
Money(1, "EUR").amount = 2  # misc assignment
Period("2026-03-07", date(2026, 4, 6))  # arg-type
pricing.rate(tariff, pricing.Usage(), march)  # call-arg
pricing.rate("2.0TD-FIJO", pricing.Usage(), period=march)  # arg-type
pricing.RegisterUse("P1", march, 250, pricing.Quality.ACTUAL)  # arg-type
pricing.RegisterUse("P1", march, Energy(1), "actual")  # arg-type
markets.SPAIN.tariff(code=7)  # arg-type
switching.GAIN.after(contracts.ContractState.ACTIVE, switching.SwitchTrigger.ACCEPT)  # arg-type
switching.GAIN.triggers("requested")  # arg-type
cups: Cups = Iban("ES9121000418450200051332")  # assignment
name: str = customer_number("C000001")  # arg-type


class NoClock:
    """Answers with a text where a day is wanted."""

    def today(self) -> str:
        """Return the day."""
        return "2026-03-02"


class NoTariffs:
    """Lacks what the port wants."""


clock: Clock = NoClock()  # assignment
tariffs: Tariffs = NoTariffs()  # assignment
