"""Customers: homes and companies, who they are and where."""

from energyretail.domain.parties.bounds import (
    COUNTRY_SHAPE,
    EMAIL_MAX,
    EMAIL_SHAPE,
    LANGUAGE_SHAPE,
    LINE_SHAPE,
    NAME_MAX,
    POSTCODE_MAX,
    POSTCODE_SHAPE,
    STREET_MAX,
    TAX_ID_SHAPE,
    TOWN_MAX,
    email_of,
)
from energyretail.domain.parties.customers import Address, Customer, CustomerKind, Person
from energyretail.domain.parties.events import CustomerChanged

__all__ = [
    "COUNTRY_SHAPE",
    "EMAIL_MAX",
    "EMAIL_SHAPE",
    "LANGUAGE_SHAPE",
    "LINE_SHAPE",
    "NAME_MAX",
    "POSTCODE_MAX",
    "POSTCODE_SHAPE",
    "STREET_MAX",
    "TAX_ID_SHAPE",
    "TOWN_MAX",
    "Address",
    "Customer",
    "CustomerChanged",
    "CustomerKind",
    "Person",
    "email_of",
]
