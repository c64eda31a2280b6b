"""What all identifiers have in common: a shape that is law, a check digit that is policy."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import ClassVar, Final, Self

import attrs

from energyretail.domain.shared.errors import Invalid

__all__ = ["CheckPolicy", "CheckWarning", "Identifier", "Rules", "compact", "without_blanks"]

_BLANKS: Final = re.compile(r"\s")
_BLANKS_AND_POINTS: Final = re.compile(r"[\s.-]")


class CheckPolicy(enum.Enum):
    """What happens to an identifier whose shape is right and whose check digit is not."""

    REFUSE = "refuse"
    WARN = "warn"
    NONE = "none"


@attrs.frozen
class CheckWarning:
    """A doubt about an identifier that is taken all the same; `code` is stable and dotted."""

    code: str
    text: str


def _compiled(shape: str) -> re.Pattern[str]:
    return re.compile(shape)


def _always(_: str) -> bool:
    return True


@attrs.frozen
class Rules:
    """How the identifiers of one scheme look, and what is done about their check digits.

    `code` begins the code of every error, `form` is the shape in words, `check` names the check
    digits, `finds` says which slips they notice. `fits` looks at a value of the right shape.
    """

    code: str
    shape: re.Pattern[str] = attrs.field(converter=_compiled)
    form: str
    policy: CheckPolicy = CheckPolicy.NONE
    fits: Callable[[str], bool] = _always
    check: str = "check_digit"
    finds: str = "nothing"

    def refusal(self, reason: str, text: str, value: str) -> Invalid:
        """Return the error that refuses `value`, to be raised."""
        return Invalid(f"{self.code}.{reason}", text, **{self.code.rpartition(".")[2]: value})

    def wrong_shape(self, value: str) -> Invalid:
        """Return the error for a `value` of the wrong shape."""
        return self.refusal("shape", f"it is {self.form}", value)

    def wrong_check(self, value: str) -> Invalid:
        """Return the error for a `value` whose check digits are wrong."""
        return self.refusal(self.check, self.misfit, value)

    @property
    def misfit(self) -> str:
        """What is said of check digits that are wrong."""
        verb = "do" if self.check.endswith("s") else "does"
        return f"{self.check.replace('_', ' ')} {verb} not fit"


def without_blanks(text: str) -> str:
    """Return `text` in capitals without white space; other scripts' letters stay as they are."""
    return _in_capitals(_BLANKS.sub("", text))


def compact(text: str) -> str:
    """Return `text` in capitals without white space, dots and hyphens."""
    return _in_capitals(_BLANKS_AND_POINTS.sub("", text))


def _in_capitals(text: str) -> str:
    # Only ASCII: the long s and the dotless i would become letters nobody wrote.
    return text.upper() if text.isascii() else text


@attrs.frozen(order=True)
class Identifier:
    """An identifier in its one spelling; each scheme is a type of its own.

    Raises Invalid ``<code>.shape`` for a wrong shape, always, and ``<code>.<check>`` for wrong
    check digits where the policy of its scheme is to refuse them.
    """

    rules: ClassVar[Rules]

    value: str = attrs.field(converter=compact)

    @value.validator
    def _require(self, _: object, value: str) -> None:
        self._require_shape(value)
        if self.rules.policy is CheckPolicy.REFUSE and not self.rules.fits(value):
            raise self.rules.wrong_check(value)

    def _require_shape(self, value: str) -> None:
        if not self.rules.shape.fullmatch(value):
            raise self.rules.wrong_shape(value)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the identifier in `text` as people write it, or raise Invalid."""
        return cls(text)

    @property
    def warnings(self) -> tuple[CheckWarning, ...]:
        """The doubts about it: a wrong check digit where the policy is to warn."""
        if self.rules.policy is not CheckPolicy.WARN or self.rules.fits(self.value):
            return ()
        return (CheckWarning(f"{self.rules.code}.{self.rules.check}", self.rules.misfit),)

    def __str__(self) -> str:
        return self.value
