"""A process as a table of rows: source, trigger, target, rule."""

from __future__ import annotations

import enum
from typing import Generic, TypeVar

import attrs

from energyretail.domain.shared.errors import Invalid, Refused

__all__ = ["Transition", "TransitionTable"]

S = TypeVar("S", bound=enum.Enum)
T = TypeVar("T", bound=enum.Enum)


@attrs.frozen
class Transition(Generic[S, T]):
    """In state `source`, `trigger` leads to `target`; `rule` says why, with its clause."""

    source: S
    trigger: T
    target: S
    rule: str


@attrs.frozen
class TransitionTable(Generic[S, T]):
    """All that may happen in one process; what has no row is refused.

    `name` prefixes the refusal's code: ``<name>.not_allowed``. Finality is derived:
    a state no row leaves is final. Two rows for one (source, trigger), an unreachable
    state or an empty table raise Invalid when the table is built.
    """

    name: str
    initial: S
    rows: tuple[Transition[S, T], ...]

    def __attrs_post_init__(self) -> None:
        keys = [(row.source, row.trigger) for row in self.rows]
        if not keys or len(set(keys)) != len(keys):
            raise Invalid("transitions.ambiguous", "one row a (source, trigger)", table=self.name)
        missing = set(type(self.initial)) - self.reachable()
        if missing:
            names = sorted(str(state.value) for state in missing)
            raise Invalid("transitions.unreachable", "states no row reaches", states=names)

    def after(self, state: S, trigger: T) -> S:
        """Return the next state, or raise Refused when no row allows `trigger` in `state`."""
        for row in self.rows:
            if row.source is state and row.trigger is trigger:
                return row.target
        raise Refused(
            f"{self.name}.not_allowed",
            f"{trigger.value} is not possible in state {state.value}",
            state=state.value,
            trigger=trigger.value,
        )

    def allows(self, state: S, trigger: T) -> bool:
        """Tell whether a row exists for `trigger` in `state`."""
        return any(row.source is state and row.trigger is trigger for row in self.rows)

    def triggers(self, state: S) -> tuple[T, ...]:
        """Return what may happen in `state`, in the order of the rows; nothing if it is final."""
        return tuple(row.trigger for row in self.rows if row.source is state)

    def finals(self) -> frozenset[S]:
        """Return the states that no row leaves."""
        return frozenset(type(self.initial)) - {row.source for row in self.rows}

    def reachable(self) -> frozenset[S]:
        """Return every state some path from the initial one reaches."""
        found = {self.initial}
        while more := {r.target for r in self.rows if r.source in found} - found:
            found |= more
        return frozenset(found)

    def path(self, target: S, start: S | None = None) -> tuple[Transition[S, T], ...] | None:
        """Return a shortest way from `start` (the initial state) to `target`, row by row.

        Empty where they are the same, None where no way leads there.
        """
        first = self.initial if start is None else start
        ways: dict[S, tuple[Transition[S, T], ...]] = {first: ()}
        # Breadth first, rows in their order: the way is the same in every process.
        for state, way in (waiting := [(first, ways[first])]):
            for row in self.rows:
                if row.source is state and row.target not in ways:
                    ways[row.target] = (*way, row)
                    waiting.append((row.target, ways[row.target]))
        return ways.get(target)

    def text(self) -> str:
        """Print the table for a person, a row a line: ``state --trigger--> state  rule``."""
        steps = [f"{r.source.value} --{r.trigger.value}--> {r.target.value}" for r in self.rows]
        width = max(map(len, steps))
        return "".join(
            f"{step:{width}}  {row.rule}\n" for step, row in zip(steps, self.rows, strict=True)
        )

    def mermaid(self) -> str:
        """Draw the table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        lines += [
            f"    {row.source.value} --> {row.target.value}: {row.trigger.value}"
            for row in self.rows
        ]
        lines += sorted(f"    {state.value} --> [*]" for state in self.finals())
        return "\n".join(lines) + "\n"
