"""What a column of an imported file may hold, and how its text becomes a value."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

import attrs

from energyretail.domain.shared import Invalid

__all__ = ["DAY_MAX", "DAY_MIN", "LIST_DELIMITER", "Field", "Kind", "Value"]

# Days outside are slips of the keyboard; between them no sum of days leaves the calendar.
DAY_MIN: Final = date(2000, 1, 1)
DAY_MAX: Final = date(2099, 12, 31)
LIST_DELIMITER: Final = ";"

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")

Value = object
"""What a cell came to: text, a day, a number, an identifier, a tuple of them, or None."""


class Kind(enum.Enum):
    """How a cell is written; the values are the types of a Frictionless table schema."""

    TEXT = "string"
    DAY = "date"
    DECIMAL = "number"
    WHOLE = "integer"
    LIST = "list"


@attrs.frozen
class Field:
    """A column: its name, how it is written, what it says, and what it may be.

    `identifier` makes the domain's own value of a text and raises Invalid for a wrong one; for
    a list it is made of each item. `pattern_code` is the code of a text that `pattern` does
    not match. `minimum` and `maximum` are included.
    """

    name: str
    kind: Kind
    text: str
    example: str
    required: bool = True
    choices: tuple[str, ...] = ()
    pattern: str = ""
    pattern_code: str = "import.value.pattern"
    minimum: int | None = None
    maximum: int | None = None
    length_max: int = 140
    identifier: Callable[[str], Value] | None = None

    def read(self, cell: str) -> Value:
        """Return the value of a cell, spaces around it taken off; None for an empty one.

        Raises Invalid with the code that docs/reference/import.md explains.
        """
        text = cell.strip()
        if not text:
            if self.required:
                raise Invalid("import.value.missing", "the cell is empty")
            return None
        if _CONTROL.search(text):
            raise Invalid("import.value.control_character", "a line break or control character")
        return _READERS[self.kind](self, text)

    @property
    def limits(self) -> str:
        """Say in words what a value may be; empty for any day."""
        if self.choices:
            return " or ".join(self.choices)
        if self.minimum is not None and self.maximum is not None:
            return f"{self.minimum:,} to {self.maximum:,}"
        if self.kind is Kind.DAY:
            return ""
        shape = f"`{self.pattern}`" if self.pattern else ""
        return ", ".join(each for each in (shape, f"up to {self.length_max} characters") if each)

    def _text(self, text: str) -> Value:
        if self.choices and text not in self.choices:
            raise Invalid("import.value.not_allowed", f"must be one of {', '.join(self.choices)}")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise Invalid(self.pattern_code, f"not of the shape of {self.example}")
        if len(text) > self.length_max:
            raise Invalid("import.value.too_long", f"longer than {self.length_max} characters")
        return self.identifier(text) if self.identifier else text

    def _list(self, text: str) -> Value:
        items = tuple(self._text(item.strip()) for item in text.split(LIST_DELIMITER))
        if len(set(items)) < len(items):
            raise Invalid("import.value.repeated", "an item stands twice in the list")
        return items

    def _day(self, text: str) -> Value:
        try:
            if not _DAY.fullmatch(text):
                raise ValueError(text)
            day = date.fromisoformat(text)
        except ValueError:
            raise Invalid("import.value.not_a_date", "write a day as 2026-03-01") from None
        if not DAY_MIN <= day <= DAY_MAX:
            raise Invalid("import.value.out_of_range", f"a day from {DAY_MIN} to {DAY_MAX}")
        return day

    def _decimal(self, text: str) -> Value:
        if not _DECIMAL.fullmatch(text):
            raise Invalid(
                "import.value.not_a_number", "digits, a point and up to three decimals: 1234.567"
            )
        return self._in_range(Decimal(text))

    def _whole(self, text: str) -> Value:
        if not _WHOLE.fullmatch(text):
            raise Invalid("import.value.not_a_whole_number", "up to nine digits and nothing else")
        return self._in_range(int(text))

    def _in_range(self, number: Decimal | int) -> Value:
        low = self.minimum is not None and number < self.minimum
        high = self.maximum is not None and number > self.maximum
        if low or high:
            raise Invalid("import.value.out_of_range", f"from {self.minimum} to {self.maximum}")
        return number


_READERS: Final[dict[Kind, Callable[[Field, str], Value]]] = {
    Kind.TEXT: Field._text,
    Kind.DAY: Field._day,
    Kind.DECIMAL: Field._decimal,
    Kind.WHOLE: Field._whole,
    Kind.LIST: Field._list,
}
