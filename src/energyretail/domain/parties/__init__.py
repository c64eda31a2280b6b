"""Customers: homes and companies, who they are and where."""

from energyretail.domain.parties.customers import Address, Customer, CustomerKind, Person

__all__ = ["Address", "Customer", "CustomerKind", "Person"]
