"""What is asked for where a question is who somebody is."""

from __future__ import annotations

from castgraph.asking.meanings import Expression, Name

_OF_CHARACTERS = ("has-character", "commander", "crew")
_OF_PEOPLE = (
    "cast-member", "director", "writer", "creator", "producer", "executive-producer", "composer", "narrator", "author",
)  # fmt: skip
"""Relations that are told of a character and of a person, where that is all that is asked."""


def about(name: Name) -> tuple[Expression, ...]:
    """The questions for what the sources tell of a person or a character, by the kind of its name."""
    if name.kind == "character":
        performers = Expression("of", ("performer", Expression("performances", (), (("character", name),))))
        sets = [performers, *(Expression("with", (relation, name)) for relation in _OF_CHARACTERS)]
        return (*(Expression("list", (one,)) for one in sets), Expression("value", ("occupation", name)))
    characters = Expression("of", ("character", Expression("performances", (), (("performer", name),))))
    sets = [characters, *(Expression("with", (relation, name)) for relation in _OF_PEOPLE)]
    return tuple(Expression("list", (one,)) for one in sets)
