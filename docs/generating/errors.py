"""The page of every error code: family, status, exit code, where it is raised and why."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from energyretail.domain.shared import (
    SCHEMES,
    CheckPolicy,
    Conflict,
    DomainError,
    Fault,
    Invalid,
    NotFound,
    Outdated,
    Refused,
)
from energyretail.entrypoints.cli.exit_codes import exit_code_of
from energyretail.entrypoints.problems import status_of
from energyretail.testing.faulty import Moment
from generating import BY_HAND_NEVER
from generating.error_texts import TEXTS, OwnCode, own_codes
from generating.transitions import tables

__all__ = ["FILE", "MADE", "Raised", "files", "raised_below"]

FILE: Final = "docs/reference/errors.md"
_FAMILIES: Final[dict[str, type[DomainError]]] = {
    family.__name__: family for family in (Invalid, Refused, Conflict, Outdated, NotFound, Fault)
}
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_KERNEL: Final = "energyretail.domain.shared"
_CODE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")

# Codes that are put together where they are raised: (module, what stands there) → what it becomes.
MADE: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("domain.shared.transitions", "{self.name}.not_allowed"): tuple(
        f"{table.name}.not_allowed" for table in tables().values()
    ),
    ("domain.shared.identifiers.values", "{self.code}.{reason}"): (
        *(f"{scheme.kind.rules.code}.shape" for scheme in SCHEMES.values()),
        *(
            f"{scheme.kind.rules.code}.{scheme.kind.rules.check}"
            for scheme in SCHEMES.values()
            if scheme.policy is CheckPolicy.REFUSE
        ),
        "payments.iban.country", "payments.iban.length",
    ),
    # What the ERP's typed fault says; see the contract of the ERP.
    ("adapters.erp_soap.faults", "name"): ("erp.fault.*",),
    ("adapters.erp_soap.faults", "code"): ("erp.fault.unnamed", "erp.fault.*"),
    # Constraints: read from the tables of their modules.
    ("adapters.postgres.billing", "*_CLASHES[name]"): (),
    ("adapters.postgres.clashes", "*known"): (),
    # The shape of a text in an imported file: the field says under which code.
    ("application.imports.fields", "self.pattern_code"): (
        "import.value.pattern", "parties.email", "parties.tax_id",
    ),
    # The code the inbox keeps of what came broken: raised where it was read.
    ("application.switching.receive_messages", "arrival.code"): (),
    ("testing.faulty", "simulated.{moment.value}"): tuple(
        f"simulated.{moment.value}" for moment in Moment
    ),
    **{
        ("adapters.shared.mailbox", f"{{self._name}}.{what}"): (f"registry.{what}",)
        for what in (
            "answer", "attempts", "broken_off", "key_reused", "not_taken", "status", "timeout",
            "unreachable",
        )
    },
}  # fmt: skip


@attrs.frozen
class Raised:
    """A code at one place: its family, the text beside it and the module."""

    code: str
    family: str
    text: str
    module: str


def files(root: Path) -> dict[str, str]:
    """Return the page; raises SystemExit for a code that cannot be told from the source."""
    package = root / "src" / "energyretail"
    found = raised_below(package)
    unknown = sorted({f"{each.module}: {each.code}" for each in found if not _is_code(each.code)})
    if unknown:
        raise SystemExit(f"say in MADE of docs/generating/errors.py what becomes of {unknown}")
    by_code: dict[str, list[Raised]] = {}
    for each in found:
        by_code.setdefault(each.code, []).append(each)
    if strange := sorted(TEXTS.keys() - by_code.keys()):
        raise SystemExit(f"nobody raises {strange} of docs/generating/error_texts.py")
    own = own_codes(package)
    rows = {code: _row(code, each) for code, each in by_code.items()}
    rows |= {each.code: _own_row(each) for each in own}
    areas: dict[str, list[str]] = {}
    for code in sorted(rows):
        areas.setdefault(code.partition(".")[0], []).append(rows[code])
    families = "\n".join(_family(name) for name in _FAMILIES)
    head = _HEAD.replace("FAMILIES", families).replace("COUNT", str(len(rows)))
    return {FILE: head + "\n".join(_area(*each) for each in areas.items())}


def raised_below(package: Path) -> tuple[Raised, ...]:
    """Return every code that the modules of the package raise or return, by module and line."""
    return tuple(
        each
        for file in sorted(package.rglob("*.py"))
        for each in _raised_in(file, file.relative_to(package).with_suffix("").as_posix())
    )


def _raised_in(file: Path, name: str) -> Iterator[Raised]:
    tree, module = ast.parse(file.read_text(encoding="utf-8")), name.replace("/", ".")
    module = module.removesuffix(".__init__")
    ours = {name: family for name, family in _imported(tree) if family in _FAMILIES}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in ours:
            text = _text(node.args[1]) if len(node.args) > 1 else ""
            for code in _codes(node.args[0], module, tree):
                yield Raised(code, ours[ast.unparse(node.func)], text, module)
        elif isinstance(node, ast.Dict) and module.startswith("adapters.postgres."):
            yield from _clashes(node, module)


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield what a module takes from our kernel: the name it has here, and there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_KERNEL):
            yield from ((each.asname or each.name, each.name) for each in node.names)


def _clashes(node: ast.Dict, module: str) -> Iterator[Raised]:
    """Read a table of constraints: name → (code, text)."""
    for value in node.values:
        told = [_text(each) for each in value.elts] if isinstance(value, ast.Tuple) else []
        if len(told) == 2 and _CODE.fullmatch(told[0]):
            yield Raised(told[0], "Conflict", told[1], module)


def _codes(node: ast.expr, module: str, tree: ast.Module) -> tuple[str, ...]:
    """Return what a code may be: as written, as MADE says, or as the module's calls fill it in."""
    if isinstance(node, ast.Constant):
        return (str(node.value),)
    written = ast.unparse(node)
    if isinstance(node, ast.JoinedStr):
        written = written.removeprefix("f")[1:-1]
    if (module, written) in MADE:
        return MADE[module, written]
    gaps = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    if len(gaps) == 1 and (found := _values(gaps[0], tree)):
        gap = f"{{{gaps[0].id}}}" if isinstance(node, ast.JoinedStr) else gaps[0].id
        return tuple(written.replace(gap, value) for value in sorted(found))
    return (written,)


def _values(node: ast.expr, tree: ast.Module, depth: int = 0) -> frozenset[str]:
    """Return the texts an expression may have, as far as its own module tells; none if unsure."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return frozenset({node.value})
    if isinstance(node, ast.IfExp):
        both = (_values(node.body, tree, depth), _values(node.orelse, tree, depth))
        return both[0] | both[1] if all(both) else frozenset()
    function = _around(node, tree)
    if not isinstance(node, ast.Name) or function is None or depth > 3:
        return frozenset()
    given = [
        each.value
        for each in ast.walk(function)
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == node.id
    ] or _arguments(node.id, function, tree)
    found = [_values(each, tree, depth + 1) for each in given]
    return frozenset().union(*found) if all(found) else frozenset()


def _around(node: ast.expr, tree: ast.Module) -> _Function | None:
    """Return the innermost function an expression stands in."""
    holders = (each for each in ast.walk(tree) if isinstance(each, _FUNCTIONS))
    around = [each for each in holders if any(inner is node for inner in ast.walk(each))]
    return around[-1] if around else None


def _arguments(name: str, function: _Function, tree: ast.Module) -> list[ast.expr]:
    """Return what the module's calls of a function give for its argument."""
    names = [each.arg for each in function.args.args]
    if name not in names:
        return []
    at = names.index(name)
    calls = (each for each in ast.walk(tree) if isinstance(each, ast.Call))
    ours = [each for each in calls if ast.unparse(each.func) == function.name]
    return [each.args[at] for each in ours if len(each.args) > at]


def _text(node: ast.expr) -> str:
    """Return a text with what is filled in as dots; none where it is somebody else's."""
    if isinstance(node, ast.JoinedStr):
        parts = (each.value if isinstance(each, ast.Constant) else "…" for each in node.values)
        return "".join(map(str, parts))
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _is_code(code: str) -> bool:
    return _CODE.fullmatch(code.removesuffix("*") + ("x" if code.endswith("*") else "")) is not None


def _family(name: str) -> str:
    family = _FAMILIES[name]
    error = family("any.code", "")
    first = (family.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    return f"| `{name}` | {status_of(error)} | {exit_code_of(error).value} | {first} |"


def _area(area: str, rows: list[str]) -> str:
    head = "| code | family | HTTP | exit | says | raised in |\n|---|---|---|---|---|---|\n"
    return f"## {area}\n\n{head}" + "\n".join(rows) + "\n"


def _status(error: DomainError) -> int:
    down = isinstance(error, Fault) and error.code.startswith("postgres.")
    return 503 if down else status_of(error)


def _row(code: str, found: list[Raised]) -> str:
    # Where a code's family is not one, each is told: the status is then the family's.
    families = sorted({each.family for each in found})
    errors = [_FAMILIES[family](code, "") for family in families]
    statuses = sorted({_status(error) for error in errors})
    exits = sorted({exit_code_of(error).value for error in errors})
    texts = sorted({each.text for each in found if each.text} | {TEXTS.get(code, "")} - {""})
    if not texts and families != ["Fault"]:
        raise SystemExit(f"say in TEXTS of docs/generating/error_texts.py what {code} says")
    cells = (
        f"`{code}`",
        ", ".join(families),
        ", ".join(map(str, statuses)),
        ", ".join(map(str, exits)),
        "; ".join(texts or ["what the partner says"]).replace("|", "\\|"),
        ", ".join(f"`{module}`" for module in sorted({each.module for each in found})),
    )
    return f"| {' | '.join(cells)} |"


def _own_row(own: OwnCode) -> str:
    return f"| `{own.code}` | the API's own | {own.status} | | {own.text} | `{own.module}` |"


_HEAD: Final = f"""# Error codes

{BY_HAND_NEVER}

Every expected failure is a `DomainError` of one family with a stable code; callers may branch on
it, and it is the same at every door: the `code` of a problem in the [API](api.md), the word after
`error:` on the [command line](cli.md), `error.code` in Python. What is filled into a text is shown
as …; the values stand in `facts`.

| family | HTTP | exit | says |
|---|---|---|---|
FAMILIES

A `Fault` of `postgres` is 503 at the API and exit code 7: the database is no partner. Codes of the
family "the API's own" are given by the API alone, without an error of the domain: those "in
`errors`" stand there, in a problem `request.invalid`. The COUNT codes below are all there are,
but for those of what is wrong with a tariff document, `document.*`: they are in
[the tariff format](tariff-format.md#what-is-refused).

"""
