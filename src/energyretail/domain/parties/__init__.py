"""Customers: homes and companies, who they are and where."""

from energyretail.domain.parties.customers import Address, Customer, CustomerKind, Person
from energyretail.domain.parties.events import CustomerChanged

__all__ = ["Address", "Customer", "CustomerChanged", "CustomerKind", "Person"]
