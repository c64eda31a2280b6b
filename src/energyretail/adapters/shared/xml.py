"""XML that came from outside, parsed without trusting it."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from lxml import etree

from energyretail.domain.shared import Invalid

__all__ = ["XML_BYTES_MAX", "local_name", "namespace_of", "parse_untrusted"]

XML_BYTES_MAX: Final = 64 * 1024 * 1024


def parse_untrusted(
    raw: bytes,
    *,
    namespace: str | re.Pattern[str] | None = None,
    root: str | None = None,
    bytes_max: int = XML_BYTES_MAX,
) -> etree._Element:
    """Parse a document somebody else wrote and return its root element.

    A DOCTYPE is refused before anything of it is read (with it go external entities, entity
    bombs and default attributes); comments and processing instructions are dropped. With
    `namespace` (a name, or a pattern that must match all of it) and `root` (a local name)
    the root element must have them.

    Raises Invalid: ``xml.too_large`` above `bytes_max` bytes, ``xml.doctype``,
    ``xml.malformed`` (truncated, not XML, nested too deep), ``xml.namespace``, ``xml.root``.
    """
    if len(raw) > bytes_max:
        raise Invalid("xml.too_large", "the document is too large", bytes=len(raw), max=bytes_max)
    _refuse_doctype(raw)
    element = _parse(raw)
    found = namespace_of(element)
    if namespace is not None and not re.fullmatch(_pattern(namespace), found):
        raise Invalid("xml.namespace", "not the namespace that was expected", namespace=found)
    if root is not None and local_name(element) != root:
        raise Invalid("xml.root", "not the root element that was expected", root=element.tag)
    return element


def namespace_of(element: etree._Element) -> str:
    """Return the namespace of an element, empty when it has none."""
    return etree.QName(element).namespace or ""


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return etree.QName(element).localname


def _pattern(namespace: str | re.Pattern[str]) -> str:
    return re.escape(namespace) if isinstance(namespace, str) else namespace.pattern


class _PrologRead(Exception):
    """The first element was reached: the prolog holds no DOCTYPE."""


def _refuse_doctype(raw: bytes) -> None:
    # lxml alone cannot do it: with resolve_entities=False it still reads the DTD and gives
    # entities back as empty text. expat calls us at "<!DOCTYPE", in every encoding it knows.
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _on_doctype
    parser.StartElementHandler = _on_element
    try:
        parser.Parse(raw, True)
    except _PrologRead:
        return
    except expat.ExpatError as error:
        raise Invalid("xml.malformed", f"not well-formed XML: {error}", bytes=len(raw)) from error
    except (ValueError, LookupError, TypeError) as error:
        # An encoding declaration that Python does not know, or cannot use here.
        raise Invalid("xml.malformed", f"unknown encoding: {error}", bytes=len(raw)) from error


def _on_doctype(name: str, *_: object) -> None:
    raise Invalid("xml.doctype", "a document with a DOCTYPE is refused", doctype=name)


def _on_element(*_: object) -> None:
    raise _PrologRead


def _parse(raw: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        element = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Invalid("xml.malformed", f"not well-formed XML: {error}", bytes=len(raw)) from error
    if element.getroottree().docinfo.internalDTD is not None:
        raise Invalid("xml.doctype", "a document with a DOCTYPE is refused")
    return element
