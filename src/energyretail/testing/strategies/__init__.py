"""Hypothesis strategies for every public value; needs the extra ``energyretail[testing]``."""

from energyretail.testing.strategies.billing import billable_supplies, credit_notes, invoices
from energyretail.testing.strategies.contracts import CONTRACT_STATES, contracts, quotes
from energyretail.testing.strategies.deposits import deposit_rules, deposits, ended_supplies
from energyretail.testing.strategies.faults import fault_plans
from energyretail.testing.strategies.identifiers import identifiers, spoilt_identifiers
from energyretail.testing.strategies.instalments import advances_of, instalment_plans
from energyretail.testing.strategies.ledger import entries, open_items
from energyretail.testing.strategies.metering import (
    REGISTERS,
    delivered_readings,
    deliveries,
    hourly_uses,
    metered_supplies,
    plans,
    readings,
    register_series,
)
from energyretail.testing.strategies.parties import addresses, customers, names, people
from energyretail.testing.strategies.payments import (
    bank_entries,
    collections,
    mandates,
    notifications,
    references,
    return_codes,
    unpaid_items,
)
from energyretail.testing.strategies.prices import dated_prices
from energyretail.testing.strategies.pricing import bills, components, priced, tariffs
from energyretail.testing.strategies.shared import (
    MADRID,
    clock_change_days,
    cups,
    days,
    energies,
    hours_of_days,
    ibans,
    money,
    periods,
    powers,
    rounding_policies,
    roundings,
)
from energyretail.testing.strategies.supply import sites, supplies
from energyretail.testing.strategies.switching import answers, message_orders, switches
from energyretail.testing.strategies.usages import (
    circumstances,
    interval_indices,
    interval_uses,
    usages,
)
from energyretail.testing.strategies.variants import varied

__all__ = [
    "CONTRACT_STATES",
    "MADRID",
    "REGISTERS",
    "addresses",
    "advances_of",
    "answers",
    "bank_entries",
    "billable_supplies",
    "bills",
    "circumstances",
    "clock_change_days",
    "collections",
    "components",
    "contracts",
    "credit_notes",
    "cups",
    "customers",
    "dated_prices",
    "days",
    "delivered_readings",
    "deliveries",
    "deposit_rules",
    "deposits",
    "ended_supplies",
    "energies",
    "entries",
    "fault_plans",
    "hourly_uses",
    "hours_of_days",
    "ibans",
    "identifiers",
    "instalment_plans",
    "interval_indices",
    "interval_uses",
    "invoices",
    "mandates",
    "message_orders",
    "metered_supplies",
    "money",
    "names",
    "notifications",
    "open_items",
    "people",
    "periods",
    "plans",
    "powers",
    "priced",
    "quotes",
    "readings",
    "references",
    "register_series",
    "return_codes",
    "rounding_policies",
    "roundings",
    "sites",
    "spoilt_identifiers",
    "supplies",
    "switches",
    "tariffs",
    "unpaid_items",
    "usages",
    "varied",
]
