"""What stands for a part of a tariff that cannot be read, so that the rest is looked at as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import attrs

from energyretail.adapters.tariff_json.values import DECIMAL, Field, Node
from energyretail.domain import pricing
from energyretail.domain.shared import Invalid, PowerUnit

__all__ = [
    "UNREAD", "name_of", "names_alone", "names_of", "unread_block", "unread_component",
    "unread_step",
]  # fmt: skip

UNREAD: Final = "\0unread"
"""Stands for a name that cannot be read; what is wrong with it alone is not told again."""


def name_of(node: Node, field: str = "name") -> str:
    """Return the name an entry goes by, or one of its own where it cannot be read."""
    name = _told(node).get(field)
    return name if isinstance(name, str) else f"unread {node.path[-1]}"


def names_of(value: object) -> tuple[str, ...]:
    """Return a list of names, each at its place; UNREAD for what is none."""
    if not isinstance(value, (list, tuple)):
        return (UNREAD,)
    return tuple(each if isinstance(each, str) else UNREAD for each in value) or (UNREAD,)


def unread_block(node: Node) -> pricing.Block:
    """Return a block whose price cannot be read; raises Unread if its end cannot either."""
    told = _told(node)
    if "up_to" not in told:
        return pricing.Block(())
    return pricing.Block((), DECIMAL.read(Node(told["up_to"], (), [])))


def unread_step(node: Node) -> tuple[str, tuple[pricing.DatedPrice, ...]]:
    """Return a step whose price cannot be read."""
    register = _told(node).get("register")
    return (register if isinstance(register, str) else UNREAD, ())


def unread_component(
    node: Node,
    made: Callable[..., pricing.Component],
    fields: Mapping[str, Field],
    found: Mapping[str, Any],
    where: Mapping[str, str],
) -> pricing.Component:
    """Return a component of which only `found` can be read, noting what contradicts in that.

    Where too little is known to make one, it is one that names what it names.
    """
    told = _told(node)
    instead = {**_STAND_INS, **{name: names_of(told[name]) for name in _LISTS if name in told}}
    lacking = {
        name: instead[name]
        for name, field in fields.items()
        if name not in found and (field.required or name in told) and name in instead
    }
    known = {"name": name_of(node), "tax_code": pricing.NO_TAX, **lacking, **found}
    if known.keys() >= {name for name, field in fields.items() if field.required} - {"kind"}:
        try:
            return made(**known)
        except Invalid as error:
            node.note(error, where)
    return names_alone(node)


def names_alone(node: Node) -> pricing.Component:
    """Return a component that names what it names and is no more."""
    told = _told(node)
    tax, calendar = told.get("tax_code"), told.get("calendar")
    lists: dict[str, Any] = {name: names_of(told[name]) for name in _LISTS if name in told}
    return _Unread(
        name=name_of(node),
        tax_code=tax if isinstance(tax, str) else pricing.NO_TAX,
        calendar=calendar if isinstance(calendar, str) else "",
        **lists,
    )


def _told(node: Node) -> Mapping[str, Any]:
    return node.value if isinstance(node.value, Mapping) else {}


_NOTHING: Final = pricing.always("", 0, "")
_STAND_INS: Final[Mapping[str, Any]] = {
    "price": (),
    "percent": _NOTHING,
    "rate": _NOTHING,
    "amount": Decimal(0),
    "free_percent": Decimal(0),
    "unit": PowerUnit.KW,
    "index": UNREAD,
    "calendar": UNREAD,
    "bases": (UNREAD,),
}
_LISTS: Final = ("bases", "limit_to", "registers", "bands")


@attrs.frozen(kw_only=True)
class _Unread(pricing.Component):
    """Stands for a component that cannot be read, so that its names are looked at all the same."""

    bases: tuple[str, ...] = ()
    limit_to: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    calendar: str = ""

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The bases it names, where they are names."""
        return self.bases or self.limit_to

    def draft(self, piece: pricing.Piece) -> tuple[pricing.Draft, ...]:
        """Return nothing: no bill is made by it."""
        return ()
