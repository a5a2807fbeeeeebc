"""Links from titles and people of one side to those of another: how sure, and why.

:func:`castgraph.linking.match.link` compares two sides and returns a :class:`Linking`;
:func:`castgraph.linking.sides.read_side` makes a side of tables or RDF files. Here are the values they speak in.
"""

from castgraph.linking.entities import CLOSE_MATCH, SAME_AS, Entity, Evidence, Link, Linking, Outcome, Side

__all__ = ["CLOSE_MATCH", "SAME_AS", "Entity", "Evidence", "Link", "Linking", "Outcome", "Side"]
