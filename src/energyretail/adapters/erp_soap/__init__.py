"""The ERP over SOAP by the packaged contract."""

from energyretail.adapters.erp_soap.contract import (
    ENVELOPE,
    NAMESPACE,
    body_of,
    schema_document,
    tag,
    violations,
    wsdl_document,
)
from energyretail.adapters.erp_soap.erp import SoapErp
from energyretail.adapters.erp_soap.transport import TimeLimits

__all__ = [
    "ENVELOPE",
    "NAMESPACE",
    "SoapErp",
    "TimeLimits",
    "body_of",
    "schema_document",
    "tag",
    "violations",
    "wsdl_document",
]
