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
from energyretail.adapters.tariff_json.schema import (
    figures_schema,
    request_schema,
    tariff_schema,
    usage_schema,
)
from energyretail.adapters.tariff_json.told import read_figures, read_offered, read_told

__all__ = [
    "DocumentFault",
    "DocumentFaults",
    "Request",
    "bill_document",
    "figures_schema",
    "load",
    "rate_document",
    "rate_request",
    "read_figures",
    "read_offered",
    "read_request",
    "read_tariff",
    "read_told",
    "request_schema",
    "tariff_schema",
    "usage_schema",
]
