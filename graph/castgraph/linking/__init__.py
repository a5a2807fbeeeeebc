"""Links from titles and people of one side to those of another: how sure, and why.

``link(subjects, objects)`` compares two sides and returns a :class:`Linking`.
"""

from castgraph.linking.entities import (
    CLOSE_MATCH,
    SAME_AS,
    Entity,
    Evidence,
    Link,
    Linking,
    Outcome,
    Side,
)

__all__ = ["CLOSE_MATCH", "SAME_AS", "Entity", "Evidence", "Link", "Linking", "Outcome", "Side"]
