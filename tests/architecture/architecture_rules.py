"""What linters cannot hold: each rule reads a tree of sources and names what breaks it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from token import COMMENT
from tokenize import tokenize
from typing import Final

__all__ = ["RULES", "Rule"]

Rule = Callable[[Path], tuple[str, ...]]

ROOT: Final = "energyretail"
FILE_LINES_MAX: Final = 400
FUNCTION_LINES_MAX: Final = 60
NESTING_MAX: Final = 3

# Of the standard library what computes, nothing that reads the world: no os, socket, random, time.
DOMAIN_MAY_IMPORT: Final = frozenset({
    "__future__", "abc", "attrs", "bisect", "calendar", "collections", "contextlib", "datetime",
    "decimal", "enum", "fractions", "functools", "hashlib", "itertools", "json", "math", "operator",
    "re", "string", "textwrap", "types", "typing", "zoneinfo",
})  # fmt: skip

APPLICATION_MAY_IMPORT: Final = DOMAIN_MAY_IMPORT | {ROOT}

READS_THE_WORLD: Final = frozenset({
    "date.today", "datetime.today", "datetime.now", "datetime.utcnow", "time.time",
    "time.monotonic", "uuid.uuid1", "uuid.uuid4", "random.random", "os.urandom",
})  # fmt: skip

_SILENCE: Final = re.compile(
    r"(?:ruff: )?noqa(?:: [A-Z0-9, ]+)?|type: ignore(?:\[[a-z, -]*\])?|pragma: no cover"
)


def domain_stands_alone(tree: Path) -> tuple[str, ...]:
    """Name every import in the domain but attrs and the standard modules that only compute."""
    return tuple(
        f"{_name(tree, file)} imports {module}"
        for file in _python(tree / "domain")
        for module in _imported(file)
        if module.partition(".")[0] not in DOMAIN_MAY_IMPORT
        and not module.startswith(f"{ROOT}.domain")
    )


def application_stays_inside(tree: Path) -> tuple[str, ...]:
    """Name every import in the application of a module that reaches outside, or is a stranger."""
    return tuple(
        f"{_name(tree, file)} imports {module}"
        for file in _python(tree / "application")
        for module in _imported(file)
        if module.partition(".")[0] not in APPLICATION_MAY_IMPORT
    )


def time_is_an_argument(tree: Path) -> tuple[str, ...]:
    """Name every call in domain, application or simulated partners that reads a clock or chance."""
    return tuple(
        f"{_name(tree, file)}:{node.lineno} calls {called}"
        for part in ("domain", "application", "adapters/simulated")
        for file in _python(tree / part)
        for node in ast.walk(_parsed(file))
        if isinstance(node, ast.Call)
        and (called := ".".join(ast.unparse(node.func).split(".")[-2:])) in READS_THE_WORLD
    )


def subdomains_are_imported_whole(tree: Path) -> tuple[str, ...]:
    """Name every import that reaches into a subdomain of the domain instead of its package."""
    return tuple(
        f"{_name(tree, file)} reaches into {module}"
        for file in _python(tree)
        for module in _imported(file)
        if module.startswith(f"{ROOT}.domain.") and module.count(".") > 2
        if _name(tree, file).split("/")[:2] != module.split(".")[1:3]
    )


def values_are_frozen(tree: Path) -> tuple[str, ...]:
    """Name every public class of the domain that could be changed in place."""
    loose = {"attrs.define", "attrs.mutable", "attr.s", "dataclass", "dataclasses.dataclass"}
    return tuple(
        f"{_name(tree, file)}:{node.lineno} {node.name} is not frozen"
        for file in _python(tree / "domain")
        for node in ast.walk(_parsed(file))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        if loose & {ast.unparse(each).partition("(")[0] for each in node.decorator_list}
    )


def float_is_no_business_type(tree: Path) -> tuple[str, ...]:
    """Name every float in the domain: a literal, a type or a conversion."""
    return tuple(
        f"{_name(tree, file)}:{node.lineno} uses float"
        for file in _python(tree / "domain")
        for node in ast.walk(_parsed(file))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    )


def modules_introduce_themselves(tree: Path) -> tuple[str, ...]:
    """Name every module without an opening sentence, or with content and without `__all__`."""
    found = []
    for file in _python(tree):
        opening = ast.get_docstring(_parsed(file)) or ""
        if len(opening.split()) < 2:
            found.append(f"{_name(tree, file)} opens without a sentence")
        said = _parsed(file).body
        if len(said) > 1 and not any(_declares_all(node) for node in said):
            found.append(f"{_name(tree, file)} has no __all__")
    return tuple(found)


def files_are_short(tree: Path) -> tuple[str, ...]:
    """Name every file above its limit of lines."""
    return tuple(
        f"{_name(tree, file)} has {lines} lines"
        for file in _python(tree)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > FILE_LINES_MAX
    )


def functions_are_short(tree: Path) -> tuple[str, ...]:
    """Name every function above its limit of lines or of nested blocks."""
    found = []
    for file in _python(tree):
        for node in _functions(file):
            where = f"{_name(tree, file)}:{node.lineno} {node.name}"
            if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX:
                found.append(f"{where} has {lines} lines")
            if (depth := _nesting(node.body)) > NESTING_MAX:
                found.append(f"{where} nests {depth} deep")
    return tuple(found)


def imports_are_honest(tree: Path) -> tuple[str, ...]:
    """Name every import under TYPE_CHECKING: it hides a cycle."""
    return tuple(
        f"{_name(tree, file)} imports for type checking alone"
        for file in _python(tree)
        if any(_is_type_checking(node) for node in ast.walk(_parsed(file)))
    )


def names_say_something(tree: Path) -> tuple[str, ...]:
    """Name every module called after nothing, and every note left for later."""
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    notes = re.compile(r"#\s*(TODO|FIXME|XXX|HACK)\b")
    return tuple(
        f"{_name(tree, file)} {'has an empty name' if file.stem in empty else 'leaves a note'}"
        for file in _python(tree)
        if file.stem in empty or notes.search(file.read_text(encoding="utf-8"))
    )


def silences_have_a_reason(tree: Path) -> tuple[str, ...]:
    """Name every line that silences a tool and says why neither itself nor just before."""
    return tuple(
        f"{_name(tree, file)}:{line} silences without a reason"
        for file in _python(tree)
        for line in _without_a_reason(file)
    )


def _without_a_reason(file: Path) -> Iterator[int]:
    with file.open("rb") as opened:
        comments = [one for one in tokenize(opened.readline) if one.type == COMMENT]
    alone = {one.start[0] for one in comments if one.line.lstrip().startswith("#")}
    for one in comments:
        said, silences = _SILENCE.subn("", one.string)
        if silences and not re.search(r"\w", said) and one.start[0] - 1 not in alone:
            yield one.start[0]


def _python(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.py"))


def _name(tree: Path, file: Path) -> str:
    return file.relative_to(tree).as_posix()


def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(_parsed(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def _is_type_checking(node: ast.AST) -> bool:
    named = isinstance(node, ast.Name) and node.id == "TYPE_CHECKING"
    return named or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")


def _declares_all(node: ast.stmt) -> bool:
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target) == "__all__"
    return isinstance(node, ast.Assign) and "__all__" in map(ast.unparse, node.targets)


def _functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(_parsed(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


# What decides or repeats; a `with` does neither, its body counts where it stands.
_BLOCKS: Final = (
    ast.If, ast.For, ast.While, ast.Try, ast.TryStar, ast.Match, ast.AsyncFor
)  # fmt: skip


def _nesting(body: list[ast.stmt]) -> int:
    """Return how many blocks lie in one another; an `elif` is no deeper than its `if`."""
    return max((_depth_of(statement) for statement in body), default=0)


def _depth_of(statement: ast.stmt) -> int:
    if isinstance(statement, ast.With | ast.AsyncWith):
        return _nesting(statement.body)
    if not isinstance(statement, _BLOCKS):
        return 0
    below = _nesting(getattr(statement, "body", []))
    rest = getattr(statement, "orelse", [])
    chained = isinstance(statement, ast.If) and len(rest) == 1 and isinstance(rest[0], ast.If)
    beside = _nesting(rest) - 1 if chained else _nesting(rest)
    branches = [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]
    in_branches = max((_nesting(branch.body) for branch in branches), default=0)
    return 1 + max(below, beside, in_branches, _nesting(getattr(statement, "finalbody", [])))


RULES: Final[dict[str, Rule]] = {
    rule.__name__: rule
    for rule in (
        domain_stands_alone,
        application_stays_inside,
        time_is_an_argument,
        subdomains_are_imported_whole,
        values_are_frozen,
        float_is_no_business_type,
        modules_introduce_themselves,
        files_are_short,
        functions_are_short,
        imports_are_honest,
        names_say_something,
        silences_have_a_reason,
    )
}
