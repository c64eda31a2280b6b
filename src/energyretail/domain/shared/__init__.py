"""The kernel: money, quantities, periods, calendars, identifiers, errors, events, transitions."""

from energyretail.domain.shared.calendars import TARGET, HolidayRule, WorkingDays, easter_sunday
from energyretail.domain.shared.decimals import decimal_of
from energyretail.domain.shared.errors import (
    Conflict,
    DomainError,
    Fault,
    Invalid,
    NotFound,
    Outdated,
    Refused,
)
from energyretail.domain.shared.events import Event
from energyretail.domain.shared.identifiers import CreditorIdentifier, Cups, Iban
from energyretail.domain.shared.ids import (
    ContractNumber,
    CustomerNumber,
    EndToEndId,
    InvoiceNumber,
    MandateReference,
    MessageId,
    QuoteNumber,
    RequestCode,
    contract_number,
    customer_number,
    end_to_end_id,
    invoice_number,
    mandate_reference,
    parse_contract_number,
    parse_customer_number,
    parse_invoice_number,
    parse_quote_number,
    parse_request_code,
    quote_number,
    request_code,
)
from energyretail.domain.shared.market_time import MarketTime
from energyretail.domain.shared.money import Money
from energyretail.domain.shared.periods import Period, add_months
from energyretail.domain.shared.quantities import Energy, Power, PowerUnit, Volume
from energyretail.domain.shared.rounding import (
    CENTS_HALF_UP,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.domain.shared.transitions import Transition, TransitionTable

__all__ = [
    "CENTS_HALF_UP",
    "TARGET",
    "Conflict",
    "ContractNumber",
    "CreditorIdentifier",
    "Cups",
    "CustomerNumber",
    "DomainError",
    "EndToEndId",
    "Energy",
    "Event",
    "Fault",
    "HolidayRule",
    "Iban",
    "Invalid",
    "InvoiceNumber",
    "MandateReference",
    "MarketTime",
    "MessageId",
    "Money",
    "NotFound",
    "Outdated",
    "Period",
    "Power",
    "PowerUnit",
    "QuoteNumber",
    "Refused",
    "RequestCode",
    "Rounding",
    "RoundingMode",
    "RoundingPolicy",
    "RoundingScope",
    "Transition",
    "TransitionTable",
    "Volume",
    "WorkingDays",
    "add_months",
    "contract_number",
    "customer_number",
    "decimal_of",
    "easter_sunday",
    "end_to_end_id",
    "invoice_number",
    "mandate_reference",
    "parse_contract_number",
    "parse_customer_number",
    "parse_invoice_number",
    "parse_quote_number",
    "parse_request_code",
    "quote_number",
    "request_code",
]
