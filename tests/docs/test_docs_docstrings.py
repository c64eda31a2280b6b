"""Every public name says what its types cannot: what it is for, and how it fails."""

from __future__ import annotations

import ast
import enum
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))
from generating.names import public, public_modules  # noqa: E402 - found on that path

sys.path.remove(str(ROOT / "docs"))

FAMILIES = ("Invalid", "Refused", "Conflict", "NotFound", "Fault")


@attrs.frozen
class Named:
    """A public class or function, by its full name."""

    name: str
    value: Any

    @property
    def text(self) -> str:
        return inspect.getdoc(self.value) or ""

    @property
    def is_ours(self) -> bool:
        return (self.value.__module__ or "").startswith("energyretail")


def named() -> Iterator[Named]:
    """Yield every public class and function of ours, once."""
    for module in public_modules():
        for name, value in public(module).items():
            if (inspect.isclass(value) or inspect.isfunction(value)) and Named("", value).is_ours:
                yield Named(f"{module.__name__}.{name}", value)


def members(each: Named) -> Iterator[Named]:
    """Yield the public functions and properties a class defines itself."""
    if not inspect.isclass(each.value):
        return
    for name, found in vars(each.value).items():
        value: Any = getattr(found, "__func__", found)
        value = value.fget if isinstance(value, property) else value
        if inspect.isfunction(value) and not name.startswith(("_", "test_")):
            yield Named(f"{each.name}.{name}", value)


def raised_by(function: Callable[..., Any]) -> set[str]:
    """Return the families a function raises in its own lines."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    raises = (node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc)
    calls = (each.func for each in raises if isinstance(each, ast.Call))
    return {name for each in calls if (name := ast.unparse(each)) in FAMILIES}


def constructors(kind: type) -> Iterator[Callable[..., Any]]:
    """Yield what runs when a value of the class is made: its checks and validators."""
    for name, found in vars(kind).items():
        if not inspect.isfunction(found) or (name == "__init__" and attrs.has(kind)):
            continue
        parameters = list(inspect.signature(found).parameters)
        if name in ("__init__", "__attrs_post_init__") or parameters[1:2] == ["_"]:
            yield found


NAMED = tuple({id(each.value): each for each in named()}.values())
FUNCTIONS = tuple(
    each
    for one in NAMED
    for each in (one, *members(one))
    if inspect.isfunction(each.value) and "energyretail.testing" not in each.name
)
CLASSES = tuple(
    each for each in NAMED if inspect.isclass(each.value) and not issubclass(each.value, enum.Enum)
)


class TestDocstrings:
    def test_are_there(self) -> None:
        everything = [found for each in NAMED for found in (each, *members(each))]

        assert len(everything) > 700
        # attrs and enum write a docstring of their own where there is none.
        assert [each.name for each in everything if not written(each)] == []

    def test_are_sentences(self) -> None:
        texts = {each.name: each.text for each in NAMED if written(each)}

        assert [name for name, text in texts.items() if not re.search(r"[.:]$", text, re.M)] == []

    def test_name_what_a_function_raises(self) -> None:
        silent = {each.name: missed for each in FUNCTIONS if (missed := unsaid(each))}

        assert silent == {}

    def test_name_what_a_value_refuses(self) -> None:
        silent = {
            each.name: refused
            for each in CLASSES
            if each.name.startswith("energyretail.domain.")
            if (refused := {f for make in constructors(each.value) for f in raised_by(make)})
            if not re.search(rf"{'|'.join(FAMILIES)}|[Rr]efuse|``[a-z_.]+``", each.text)
        }

        assert silent == {}


def written(each: Named) -> bool:
    """Tell whether somebody wrote the docstring: a made one is the signature."""
    own = vars(each.value).get("__doc__") if inspect.isclass(each.value) else each.value.__doc__
    return bool(own) and not own.startswith(f"{each.value.__name__}(")


def unsaid(each: Named) -> set[str]:
    """Return the families a function raises and does not name, by family or by code."""
    families = raised_by(each.value)
    codes = re.search(r"``[a-z_.]*\.[a-z_.]+``", each.text)
    return set() if codes else {family for family in families if family not in each.text}


@pytest.mark.parametrize("text", ["Return it.", "Return it; raises Refused ``a.b``."])
def test_what_is_raised_is_seen(text: str) -> None:
    def decide() -> None:
        from energyretail.domain.shared import Refused

        raise Refused("a.b", "no")

    decide.__doc__ = text
    assert unsaid(Named("decide", decide)) == (set() if "Refused" in text else {"Refused"})
