"""Tariffs, usages and priced bills as JSON documents: the tariff format, read and written."""

from energyretail.adapters.tariff_json.faults import DocumentFault, DocumentFaults
from energyretail.adapters.tariff_json.requests import (
    Request,
    load,
    rate_document,
    rate_request,
    read_request,
    read_tariff,
)
from energyretail.adapters.tariff_json.results import bill_document
from energyretail.adapters.tariff_json.schema import request_schema, tariff_schema

__all__ = [
    "DocumentFault",
    "DocumentFaults",
    "Request",
    "bill_document",
    "load",
    "rate_document",
    "rate_request",
    "read_request",
    "read_tariff",
    "request_schema",
    "tariff_schema",
]
