"""The order in which components are computed: bases first, and who rests on himself has none."""

from __future__ import annotations

from collections.abc import Mapping

from energyretail.domain.pricing.components import Component

__all__ = ["circles", "in_order"]


def in_order(components: tuple[Component, ...]) -> tuple[Component, ...]:
    """Return the components, bases first, else as they stand; without those that cannot be."""
    waiting, done = list(components), list[Component]()
    there = {component.name for component in components}
    while waiting:
        names = {component.name for component in waiting}
        ready = next((c for c in waiting if not (set(c.rests_on) & there & names)), None)
        if ready is None:
            break
        waiting.remove(ready)
        done.append(ready)
    return tuple(done)


def circles(components: tuple[Component, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return the shortest circle that each component is on, for those that are on one.

    A circle is named from that of its components on which stands first.
    """
    done = in_order(components)
    if len(done) == len(components):
        return {}
    bases = {component.name: component.rests_on for component in components}
    places = {name: at for at, name in enumerate(bases)}
    found = {name: _circle(name, bases) for name in bases}
    return {name: _from_first(way, places) for name, way in found.items() if way}


def _circle(name: str, bases: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the shortest way from a component back to itself; empty where none leads there."""
    ways: dict[str, tuple[str, ...]] = {name: (name,)}
    reached = [name]
    for at in reached:  # grows as it goes
        for base in bases.get(at, ()):
            if base == name:
                return ways[at]
            if base not in ways:
                ways[base] = (*ways[at], base)
                reached.append(base)
    return ()


def _from_first(way: tuple[str, ...], places: Mapping[str, int]) -> tuple[str, ...]:
    first = min(range(len(way)), key=lambda at: places[way[at]])
    return way[first:] + way[:first]
