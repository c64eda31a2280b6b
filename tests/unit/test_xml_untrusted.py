"""Untrusted XML: what is refused, with which code."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from energyretail.adapters.shared.xml import local_name, namespace_of, parse_untrusted
from energyretail.domain.shared import Invalid
from energyretail.testing.corpora import Hostile, hostile_documents

GOOD = (
    b"<?xml version='1.0' encoding='UTF-8'?>"
    b"<Document xmlns='urn:x:camt.054.001.08'><A>1</A></Document>"
)

ATTACKS = [case for case in hostile_documents() if case.code]
INERT = [case for case in hostile_documents() if not case.code]


def code_of(raw: bytes, **options: Any) -> str:
    with pytest.raises(Invalid) as refused:
        parse_untrusted(raw, **options)
    return refused.value.code


class TestParseUntrusted:
    def test_returns_the_root_of_a_good_document(self) -> None:
        root = parse_untrusted(GOOD, namespace="urn:x:camt.054.001.08", root="Document")

        assert (local_name(root), namespace_of(root)) == ("Document", "urn:x:camt.054.001.08")

    @pytest.mark.parametrize("case", ATTACKS, ids=lambda case: case.name)
    def test_refuses_every_attack_of_the_corpus(self, case: Hostile) -> None:
        assert code_of(case.content, root="a", namespace="") == case.code

    def test_includes_nothing_where_inclusion_is_asked_for(self) -> None:
        (case,) = (case for case in INERT if case.name == "xinclude")

        assert "".join(parse_untrusted(case.content).itertext()) == ""

    def test_takes_no_other_root(self) -> None:
        (case,) = (case for case in INERT if case.name != "xinclude")

        assert code_of(case.content, root="a") == "xml.root"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
    def test_refuses_a_doctype_in_every_encoding(self, encoding: str) -> None:
        name = encoding.removesuffix("-sig")
        text = f"<?xml version='1.0' encoding='{name}'?><!DOCTYPE a><a/>"

        assert code_of(text.encode(encoding)) == "xml.doctype"

    @pytest.mark.parametrize("raw", [b"not xml", b"<a>", b"<a></b>", GOOD + GOOD])
    def test_refuses_what_is_not_well_formed(self, raw: bytes) -> None:
        assert code_of(raw) == "xml.malformed"

    def test_refuses_an_unknown_encoding(self) -> None:
        assert code_of(b"<?xml version='1.0' encoding='nonesuch'?><a/>") == "xml.malformed"

    def test_refuses_another_namespace(self) -> None:
        assert code_of(GOOD, namespace="urn:x:camt.054.001.0.") == "xml.namespace"
        assert code_of(b"<Document/>", namespace="urn:x") == "xml.namespace"

    def test_takes_a_pattern_of_namespaces(self) -> None:
        pattern = re.compile(r".*camt\.054\.001\.\d\d")

        assert parse_untrusted(GOOD, namespace=pattern)[0].text == "1"
        assert code_of(GOOD, namespace=re.compile("urn:x")) == "xml.namespace"

    def test_refuses_another_root(self) -> None:
        assert code_of(GOOD, root="Envelope") == "xml.root"

    def test_refuses_more_bytes_than_allowed(self) -> None:
        assert code_of(GOOD, bytes_max=len(GOOD) - 1) == "xml.too_large"

    def test_refuses_nesting_without_end(self) -> None:
        assert code_of(b"<a>" * 5000 + b"</a>" * 5000) == "xml.malformed"


@given(st.binary(max_size=200))
@example(b"<a/>")
@example(b"<?xml version='1.0' encoding='utf-7'?><a/>")
@example(b"<?xml version='1.0' encoding='idna'?><a/>")
def test_any_bytes_parse_or_are_refused_with_a_code(raw: bytes) -> None:
    code = "xml.fine"
    try:
        parse_untrusted(raw)
    except Invalid as refused:
        code = refused.code

    assert code.startswith("xml.")


@given(st.integers(0, len(GOOD) - 1))
def test_any_truncation_is_malformed(length: int) -> None:
    assert code_of(GOOD[:length]) == "xml.malformed"
