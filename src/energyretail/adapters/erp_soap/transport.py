"""The way to the ERP: time limits, no redirects, no proxies, no answer taken on trust."""

from __future__ import annotations

import time
from typing import Any, Final

import attrs
import requests
from lxml import etree
from urllib3.exceptions import MaxRetryError, NewConnectionError
from zeep import Transport

from energyretail.adapters.erp_soap.contract import (
    ENVELOPE,
    MESSAGE_BYTES_MAX,
    body_of,
    schema_document,
    tag,
    violations,
    wsdl_document,
)
from energyretail.domain.shared import Fault, Invalid

__all__ = ["WSDL_LOCATION", "GuardedTransport", "TimeLimits"]

WSDL_LOCATION: Final = "file:///energyretail/erp.wsdl"
_SCHEMA_LOCATION: Final = "file:///energyretail/erp.xsd"


@attrs.frozen
class TimeLimits:
    """How long to wait for the ERP, in seconds: to connect, between two bytes, and in all."""

    connect: float = 3.0
    read: float = 10.0
    total: float = 30.0


class GuardedTransport(Transport):
    """A zeep transport that opens no other address than the ERP's, and no file."""

    def __init__(self, limits: TimeLimits):
        session = requests.Session()
        # Neither a proxy nor a password out of the environment.
        session.trust_env = False
        super().__init__(session=session)  # type: ignore[no-untyped-call]
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
        than a SOAP message of the contract. After the last two the outcome is unknown.
        """
        response = self._exchange(address, message, headers)
        _check(response)
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
            raise _unreachable(address) from error
        except requests.ConnectionError as error:
            if _never_connected(error):
                raise _unreachable(address) from error
            raise _no_answer(address) from error
        except requests.RequestException as error:
            raise _no_answer(address) from error


def _read(response: requests.Response, deadline: float) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(64 * 1024):
        content += chunk
        late = time.monotonic() > deadline
        if late or len(content) > MESSAGE_BYTES_MAX:
            response.close()
            if late:
                raise _no_answer(str(response.url))
            raise _broken("the answer is too large", "xml.too_large")
    return bytes(content)


def _check(response: requests.Response) -> None:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.status_code not in (200, 500) or kind != "text/xml":
        raise _broken("no SOAP message", "http", status=response.status_code, content_type=kind)
    try:
        body = body_of(response.content)
    except Invalid as error:
        raise _broken(error.text, error.code, status=response.status_code) from error
    told = body if body.tag != f"{{{ENVELOPE}}}Fault" else _detail(body)
    if told is not None and (wrong := violations(told)):
        raise _broken(wrong[0], "schema", status=response.status_code)


def _detail(fault: etree._Element) -> etree._Element | None:
    return fault.find(f"detail/{tag('ErpFault')}")


def _never_connected(error: requests.ConnectionError) -> bool:
    reason = error.args[0] if error.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)


def _unreachable(address: str) -> Fault:
    return Fault("erp.unreachable", "the ERP takes no connection", address=address)


def _no_answer(address: str) -> Fault:
    return Fault(
        "erp.no_answer", "the ERP did not answer in time", outcome_unknown=True, address=address
    )


def _broken(text: str, why: str, **facts: Any) -> Fault:
    return Fault("erp.broken_answer", text, outcome_unknown=True, why=why, **facts)
