"""The way to the ERP: time limits, no redirects, no proxies, no answer taken on trust."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

import attrs
import requests
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError
from zeep import Transport

from energyretail.adapters.erp_soap.contract import (
    MESSAGE_BYTES_MAX,
    body_of,
    schema_document,
    tag,
    violations,
    wsdl_document,
)
from energyretail.adapters.erp_soap.faults import (
    broken_answer,
    error_of,
    is_fault,
    no_answer,
    unreachable,
)
from energyretail.domain.shared import Fault, Invalid

__all__ = ["WSDL_LOCATION", "GuardedTransport", "TimeLimits"]

WSDL_LOCATION: Final = "file:///energyretail/erp.wsdl"
_SCHEMA_LOCATION: Final = "file:///energyretail/erp.xsd"


@attrs.frozen
class TimeLimits:
    """How long to wait for the ERP, in seconds.

    To connect, for the next bytes, and for the whole of an answer once it has begun.
    """

    connect: float = 3.0
    read: float = 10.0
    total: float = 30.0


class GuardedTransport(Transport):
    """A zeep transport that opens no other address than the ERP's, and no file."""

    def __init__(self, limits: TimeLimits):
        session = requests.Session()
        # Neither a proxy nor a password out of the environment.
        session.trust_env = False
        # Packed answers could unpack to any size.
        session.headers["Accept-Encoding"] = "identity"
        super().__init__(session=session)  # type: ignore[no-untyped-call]  # zeep has no types
        self._limits = limits

    def load(self, url: str) -> bytes:
        """Return a packaged document; zeep asks for the WSDL and what it imports."""
        documents = {WSDL_LOCATION: wsdl_document, _SCHEMA_LOCATION: schema_document}
        if url not in documents:
            raise Fault("erp.contract", "the contract refers to a foreign document", url=url)
        return documents[url]()

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> requests.Response:
        """Send one message and return the whole answer, once it was seen to fit the contract.

        Raises Fault: ``erp.unreachable`` when there was no connection to send it over,
        ``erp.no_answer`` when none came in time, ``erp.broken_answer`` for any other answer
        than a SOAP message of the contract; after these two the outcome is unknown. A SOAP
        fault raises what `error_of` says of it: zeep loses the detail of some.
        """
        response = self._exchange(address, message, headers)
        _check(response, _operation_of(headers))
        return response

    def _exchange(self, address: str, message: bytes, headers: dict[str, str]) -> requests.Response:
        limits = self._limits
        deadline = time.monotonic() + limits.total
        try:
            response = self.session.post(
                address,
                data=message,
                headers=headers,
                timeout=(limits.connect, limits.read),
                allow_redirects=False,
                stream=True,
            )
            response._content = _read(response, deadline)
            return response
        except requests.ConnectTimeout as error:
            raise unreachable(address) from error
        except requests.ConnectionError as error:
            if _never_connected(error):
                raise unreachable(address) from error
            raise no_answer(address) from error
        except (requests.RequestException, HTTPError) as error:
            raise no_answer(address) from error


def _read(response: requests.Response, deadline: float) -> bytes:
    content = bytearray()
    # Whatever came, at once: `iter_content` would wait for a whole chunk, drop by drop.
    while chunk := response.raw.read1(64 * 1024):
        content += chunk
        late = time.monotonic() > deadline
        if late or len(content) > MESSAGE_BYTES_MAX:
            response.close()
            if late:
                raise no_answer(str(response.url))
            raise broken_answer("the answer is too large", "xml.too_large")
    return bytes(content)


def _check(response: requests.Response, operation: str) -> None:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.status_code not in (200, 500) or kind != "text/xml":
        raise broken_answer(
            "no SOAP message", "http", status=response.status_code, content_type=kind
        )
    try:
        body = body_of(response.content)
    except Invalid as error:
        raise broken_answer(error.text, error.code, status=response.status_code) from error
    if is_fault(body):
        raise error_of(body)
    if body.tag != tag(f"{operation}Response"):
        raise broken_answer("the answer is to another question", "soap.answer", answer=body.tag)
    if wrong := violations(body):
        raise broken_answer(wrong[0], "schema")


def _operation_of(headers: Mapping[str, str]) -> str:
    return headers.get("SOAPAction", "").strip('"').rpartition("/")[2]


def _never_connected(error: requests.ConnectionError) -> bool:
    reason = error.args[0] if error.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
