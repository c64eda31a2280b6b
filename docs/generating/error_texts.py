"""What the page of error codes cannot read where a code is raised: texts made elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import attrs

from energyretail.domain.shared import SCHEMES, CheckPolicy
from energyretail.entrypoints.api import identity, origins, problems

__all__ = ["TEXTS", "OwnCode", "own_codes"]

_OWN: Final = re.compile(r"internal|request\.[a-z_]+|api\.(?:foreign|token)_[a-z]+")
_OF_A_FIELD: Final = "in `errors`: "


def _identifiers() -> Iterator[tuple[str, str]]:
    """Yield the code and text of every refusal an identifier's rules make."""
    for scheme in SCHEMES.values():
        rules = scheme.kind.rules
        for error, is_raised in (
            (rules.wrong_shape(""), True),
            (rules.wrong_check(""), scheme.policy is CheckPolicy.REFUSE),
        ):
            if is_raised:
                yield error.code, error.text


TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict(_identifiers()),
        # Iban._require_shape knows more than the rules of all identifiers do.
        "payments.iban.country": "its country has no IBAN",
        "payments.iban.length": "an IBAN of … has … characters",
        "erp.fault.*": "what the ERP says",
        "erp.fault.schema": "what does not fit the ERP's schema",
        "erp.broken_answer": "no SOAP message; the answer is too large; what the partner says",
        "erp.fault.unnamed": "no reason given; what the partner says",
        "sftp.host_key_changed": "not the key that was pinned",
        "sftp.refused": "no SFTP is offered; the login is refused; what the partner says",
        "sftp.timeout": "no connection in time; what the partner says",
        "pricing.power_twice": "a register has two powers",
        "pricing.usage_overlap": "two uses of a register overlap",
        "pricing.usage_gap": "register was not measured; reactive energy was not measured",
        "settings.adapter.import": "cannot import …: …",
        "settings.adapter.incomplete": "made no …: …",
        "settings.adapter.missing": "… has no …",
        "settings.adapter.not_callable": "… cannot be called",
        "settings.adapter.not_made": "made nothing: …",
        "settings.invalid": "every mistake, each after the name of its setting",
        "settings.mistakes": "every mistake, each with its code",
    }
)
"""The text of each code that has none where it is raised; a Fault's may be the partner's own."""


@attrs.frozen
class OwnCode:
    """A code that the API gives itself, without an error of the domain."""

    code: str
    status: str
    text: str
    module: str


def own_codes(package: Path) -> tuple[OwnCode, ...]:
    """Return the API's own codes; raises SystemExit for one in its source without a status."""
    told = {each.code: each for each in _told()}
    if strange := sorted(_in_source(package / "entrypoints" / "api") ^ told.keys()):
        raise SystemExit(f"say in docs/generating/error_texts.py what becomes of {strange}")
    return tuple(told.values())


def _told() -> Iterator[OwnCode]:
    what = problems._WHAT
    for number, code in problems._CODES.items():
        yield OwnCode(code, str(number), what[number], "entrypoints.api.problems")
    yield OwnCode("internal", "500", what[500], "entrypoints.api.problems")
    yield OwnCode(
        "request.refused", "other 4xx", "what the server says", "entrypoints.api.problems"
    )
    for status, module in (("401", identity), ("403", origins)):
        for code, text in module._DETAIL.items():
            yield OwnCode(code, status, text, module.__name__.removeprefix("energyretail."))
    for code, text in (
        ("request.shape", "what does not fit the description"),
        ("request.missing", "the field is missing"),
        ("request.unknown_field", "no such field"),
    ):
        yield OwnCode(code, "400", _OF_A_FIELD + text, "entrypoints.api.request_faults")
    for code, text in (
        ("request.unknown_parameter", "no such parameter"),
        ("request.repeated_parameter", "say it once"),
    ):
        yield OwnCode(code, "400", _OF_A_FIELD + text, "entrypoints.api.requests")


def _in_source(folder: Path) -> set[str]:
    """Return the texts of the API's modules that are codes, but what is raised as an error."""
    found: set[str] = set()
    for file in sorted(folder.glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        raised = {
            id(node.exc.args[0])
            for node in ast.walk(tree)
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args
        }
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and id(node) not in raised
            if isinstance(node.value, str) and _OWN.fullmatch(node.value)
        }
    return found
