"""The four families of expected failures."""

from __future__ import annotations

from typing import Final

__all__ = ["Conflict", "DomainError", "Fault", "Invalid", "NotFound", "Outdated", "Refused"]


class DomainError(Exception):
    """Say what was expected and did not hold; raise one of the four families, never this.

    `code` is stable and dotted (``supply.cups.check_letters``): callers may branch on it.
    `facts` are the values a person needs to act, as text. There is no HTTP status here;
    a door maps the family to one.
    """

    def __init__(self, code: str, text: str, **facts: object) -> None:
        super().__init__(text)
        self.code: Final = code
        self.text: Final = text
        self.facts: Final = {name: str(value) for name, value in facts.items()}

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}: {self.text}" + (f" ({facts})" if facts else "")


class NotFound(DomainError):
    """The named thing does not exist."""


class Conflict(DomainError):
    """It exists already, or somebody else was faster."""


class Outdated(Conflict):
    """It was changed since the caller read it: read again, then decide again."""


class Refused(DomainError):
    """A rule of the business forbids it now; the same request may be granted another day."""


class Invalid(DomainError):
    """The value can never be right: malformed, out of range, or contradicting itself."""


class Fault(DomainError):
    """An outside partner failed: no answer, a broken answer, or a refusal to talk.

    `outcome_unknown` is True when the partner may have acted on the request all the same:
    the caller must ask, never send again blindly.
    """

    def __init__(self, code: str, text: str, *, outcome_unknown: bool = False, **facts: object):
        super().__init__(code, text, **facts)
        self.outcome_unknown: Final = outcome_unknown
