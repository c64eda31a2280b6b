"""Spain's switching messages (CNMC formats, process C1) with a grid operator, over HTTP."""

from energyretail.adapters.registry_es.answers import answer_header, write_answer
from energyretail.adapters.registry_es.envelope import NAMESPACE, SCHEMA, Header
from energyretail.adapters.registry_es.messages import (
    Read,
    read_answer,
    read_claim,
    write_claim,
)
from energyretail.adapters.registry_es.registry import SpanishRegistry

__all__ = [
    "NAMESPACE",
    "SCHEMA",
    "Header",
    "Read",
    "SpanishRegistry",
    "answer_header",
    "read_answer",
    "read_claim",
    "write_answer",
    "write_claim",
]
