"""A side with what another side knows of the same things: a table of names and years gains casts from a second table."""

from __future__ import annotations

from dataclasses import replace

from castgraph.linking.entities import Entity, Linking, Side


def enriched(side: Side, other: Side, linking: Linking) -> Side:
    """The side, its entities with the directors, cast, roles, countries and runtime that the accepted links bring.

    ``linking`` is from ``side`` to ``other``. What the side states itself stays as it is: names, years and genres are not
    mixed, and a field is only brought where the side has nothing in it.
    """
    known = {entity.id: entity for entity in other}
    found = {link.subject: known[link.object] for link in linking.accepted}
    return replace(side, entities=tuple(_with(entity, found.get(entity.id)) for entity in side))


def _with(entity: Entity, other: Entity | None) -> Entity:
    if other is None:
        return entity
    return replace(
        entity,
        directors=entity.directors or other.directors,
        cast=entity.cast or other.cast,
        roles=entity.roles or other.roles,
        countries=entity.countries or other.countries,
        runtime=entity.runtime or other.runtime,
    )
